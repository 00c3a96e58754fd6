import { AppError } from '#shared/contract/errors.ts';
import type { Output, ParsedInput } from '#shared/contract/index.ts';
import type { CanaryFinding } from '#shared/contract/library.ts';
import type { CanaryDraft } from '#shared/domain/canary.ts';
import { duplicateTexts } from '#shared/domain/duplicates.ts';
import {
  favouredByControls,
  hintedCandidates,
  outlyingCandidates,
  shortResponses,
} from '#shared/domain/guessability.ts';
import { candidatesHoldingOthers } from '#shared/domain/template.ts';
import { lookAlikeCandidates } from '#shared/scoring/confusables.ts';
import { candidatesInPrompt, compileCandidates } from '#shared/scoring/exact.ts';
import { normaliseText } from '#shared/scoring/normalise.ts';
import type { Session } from '../workspace/session.ts';
import { SMALL_LIST } from './canary-file.ts';
import { openDraft } from './library.ts';

type Found = Omit<CanaryFinding, 'id' | 'other'>;

const places = (indices: readonly number[]): string => {
  const shown = indices.slice(0, 3).map((index) => index + 1);
  const more = indices.length - shown.length;
  return `${indices.length === 1 ? 'entry' : 'entries'} ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
};

const promptOf = (draft: CanaryDraft): string =>
  draft.messages.map(({ content }) => content).join('\n');

/** How often controls named which response, over every canary they were asked. */
interface ControlAnswers {
  /** Answers by the canary's list in its normal form: canaries of one list are looked at together. */
  readonly byList: ReadonlyMap<string, { answers: number; named: Map<string, number> }>;
  readonly total: number;
}

const listKey = (draft: CanaryDraft): string =>
  draft.responses.map(normaliseText).sort().join('\n');

function controlAnswers(session: Session): ControlAnswers {
  const byList = new Map<string, { answers: number; named: Map<string, number> }>();
  let total = 0;
  for (const [canaryId, answers] of session.library.controlAnswers()) {
    const draft = openDraft(session, canaryId);
    if (draft.kind !== 'drawn') continue;
    const key = listKey(draft);
    const entry = byList.get(key) ?? { answers: 0, named: new Map<string, number>() };
    for (const found of answers) {
      entry.answers += 1;
      total += 1;
      for (const index of found) {
        const name = normaliseText(draft.responses[index] ?? '');
        entry.named.set(name, (entry.named.get(name) ?? 0) + 1);
      }
    }
    byList.set(key, entry);
  }
  return { byList, total };
}

function checkList(draft: CanaryDraft, controls: ControlAnswers): Found[] {
  const { responses } = draft;
  const found: Found[] = [];
  const warn = (code: CanaryFinding['code'], message: string, fix: string): void => {
    found.push({ code, severity: 'warning', message, fix });
  };
  if (responses.length < SMALL_LIST)
    warn(
      'list.small',
      `the list has ${responses.length} candidates: a guess is right with chance 1 in ${responses.length}`,
      `Use ${SMALL_LIST} candidates or more.`,
    );
  const holding = candidatesHoldingOthers(responses);
  if (holding.length > 0)
    warn(
      'list.inside',
      `${places(holding)} hold another candidate as a part: an answer with one names both`,
      'Reword them, so that none is a part of another.',
    );
  const hinted = hintedCandidates(promptOf(draft), responses);
  if (hinted.length > 0)
    warn(
      'guess.hint',
      `${places(hinted)} share a word with the question, the others do not`,
      'Reword the question or those candidates.',
    );
  const outlying = outlyingCandidates(responses);
  if (outlying.length > 0)
    warn(
      'guess.outlier',
      `${places(outlying)} look unlike the rest of the list`,
      'Use candidates of one kind: one that stands out is avoided or preferred.',
    );
  const [alike] = lookAlikeCandidates(responses);
  if (alike !== undefined)
    warn(
      'list.look-alike',
      `candidates ${alike[0]} and ${alike[1]} look alike but have different letters`,
      'Write one of them anew.',
    );
  const seen = controls.byList.get(listKey(draft));
  if (seen !== undefined) {
    const at = new Map(responses.map((text, index) => [normaliseText(text), index]));
    const named = new Map([...seen.named].map(([name, times]) => [at.get(name) ?? 0, times]));
    const favoured = favouredByControls({ n: responses.length, answers: seen.answers, named });
    if (favoured !== null)
      warn(
        'guess.control-answers',
        `controls name entry ${favoured + 1} far more often than one in ${responses.length}`,
        'Take it out of the list: models say it without having seen your outputs.',
      );
  }
  return found;
}

function checkOne(draft: CanaryDraft, controls: ControlAnswers): Found[] {
  const listed = draft.kind === 'drawn' ? draft.responses : draft.expected;
  const contents = draft.messages.map(({ content }) => content);
  const inPrompt = candidatesInPrompt(compileCandidates(listed), contents);
  const found: Found[] =
    inPrompt.length === 0
      ? []
      : [
          {
            code: 'guess.in-prompt',
            severity: 'error',
            message: `${places(inPrompt)} stand in the question`,
            fix: 'Reword the question or remove the entry.',
          },
        ];
  if (draft.kind === 'drawn') return [...found, ...checkList(draft, controls)];
  const short = shortResponses(draft.expected);
  if (short.length > 0)
    found.push({
      code: 'guess.short',
      severity: 'warning',
      message: `${places(short)} of the known responses are short enough to be said by chance`,
      fix: 'Use a longer, more distinctive response, and rely on the controls.',
    });
  return found;
}

/** Questions of the checked canaries that stand twice in the workspace. */
function duplicates(drafts: readonly CanaryDraft[], checked: ReadonlySet<string>): CanaryFinding[] {
  return duplicateTexts(drafts.map(promptOf)).flatMap(({ index, other, similarity }) => {
    const draft = drafts[index];
    const twin = drafts[other];
    if (!draft || !twin || !(checked.has(draft.id) || checked.has(twin.id))) return [];
    const isExact = similarity === 1;
    return [
      {
        id: draft.id,
        code: isExact ? ('duplicate.exact' as const) : ('duplicate.near' as const),
        severity: isExact ? ('error' as const) : ('warning' as const),
        message: isExact
          ? `its question is the one of ${twin.id}`
          : `its question is nearly the one of ${twin.id} (${Math.round(100 * similarity)}% of their parts are shared)`,
        fix: 'Two canaries with one question are one canary: give each its own.',
        other: twin.id,
      },
    ];
  });
}

/** Guessability and duplicates, with the rules of docs/formats.md. Reads texts, tells none. Errors: NOT_FOUND. */
export function checkCanaries(
  session: Session,
  input: ParsedInput<'canary.check'>,
): Output<'canary.check'> {
  const ids = input.ids ?? session.library.draftIds();
  for (const id of ids)
    if (!session.library.exists(id)) throw new AppError('NOT_FOUND', `There is no canary ${id}.`);
  const controls = controlAnswers(session);
  const checked = new Set(ids);
  const all = session.library.allIds().map((id) => openDraft(session, id));
  const findings = all
    .filter(({ id }) => checked.has(id))
    .flatMap((draft) =>
      checkOne(draft, controls).map(
        (finding): CanaryFinding => ({ id: draft.id, ...finding, other: null }),
      ),
    );
  return {
    checked: checked.size,
    controlAnswers: controls.total,
    findings: [...findings, ...duplicates(all, checked)],
  };
}
