import { stringify } from 'yaml';
import type { CanaryFormat } from '#shared/contract/library.ts';
import type { CanaryDraft } from '#shared/domain/canary.ts';

/** A canary as a line of a file spells it. */
function lineOf(draft: CanaryDraft): Record<string, unknown> {
  const { responses, expected, cohort, ...rest } = draft;
  return {
    ...rest,
    ...(draft.kind === 'drawn' ? { responses } : { expected }),
    ...(cohort === null ? {} : { cohort }),
  };
}

/** A test of promptfoo. A drawn canary has no assertion: what is right for it is drawn later, and stays secret. */
function testOf(draft: CanaryDraft): Record<string, unknown> {
  const { messages, expected, ...fields } = lineOf(draft);
  const [only] = draft.messages;
  const isPlain =
    draft.messages.length === 1 && only?.role === 'user' && !/^\s*[[{]/.test(only.content);
  return {
    description: draft.id,
    vars: { prompt: isPlain ? only.content : JSON.stringify(messages) },
    ...(expected === undefined ? {} : { assert: [{ type: 'icontains-any', value: expected }] }),
    metadata: { trapstreet: fields },
  };
}

const yaml = (value: unknown): string =>
  stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });

/** Canaries as a file that import reads back. */
export function canaryFile(
  format: Exclude<CanaryFormat, 'csv'>,
  drafts: readonly CanaryDraft[],
): string {
  switch (format) {
    case 'jsonl':
      return drafts.map((draft) => `${JSON.stringify(lineOf(draft))}\n`).join('');
    case 'yaml':
      return yaml({ canaries: drafts.map(lineOf) });
    case 'promptfoo':
      return yaml({ prompts: ['{{prompt}}'], tests: drafts.map(testOf) });
  }
}
