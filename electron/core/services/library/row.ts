import { z } from 'zod';
import type { RowError } from '#shared/contract/row-error.ts';
import {
  type CanaryDraft,
  canaryDraftSchema,
  canaryIdSchema,
  canaryKindSchema,
  canaryTypeSchema,
  MAX_CANDIDATES,
  messageSchema,
} from '#shared/domain/canary.ts';
import { CandidateError, compileCandidates } from '#shared/scoring/exact.ts';
import { illFormedAt } from '#shared/util/well-formed.ts';

export const FIELD_NAME = /^[a-z][a-z0-9_-]{0,31}$/i;

const slotsSchema = z.strictObject({
  slots: z
    .array(z.array(z.string().min(1).max(200)).min(1).max(MAX_CANDIDATES))
    .min(1)
    .max(4),
  join: z.string().max(20).default(' '),
});

/** A canary as files spell it. */
export const lineSchema = z.strictObject({
  id: canaryIdSchema,
  kind: canaryKindSchema.optional(),
  type: canaryTypeSchema.default('O'),
  prompt: z.string().min(1).max(100_000).optional(),
  messages: z.array(messageSchema).min(1).max(64).optional(),
  system: z.string().min(1).max(100_000).optional(),
  responses: z
    .union([z.array(z.string().min(1).max(1_000)).max(MAX_CANDIDATES), slotsSchema])
    .optional(),
  expected: z.array(z.string().min(1).max(10_000)).max(64).optional(),
  scorer: z.literal('exact-v1').default('exact-v1'),
  cohort: z.string().min(1).max(64).nullable().default(null),
  tags: z.array(z.string().min(1).max(64)).max(32).default([]),
  note: z.string().max(2_000).default(''),
});
export type Line = z.infer<typeof lineSchema>;

export const FIX: Readonly<Record<string, string>> = {
  id: 'Give each canary its own id of letters, digits, dots, dashes or underscores.',
  kind: 'Use "drawn" (with responses) or "found" (with expected).',
  type: 'Use "O" (output trace) or "W" (weights trigger).',
  prompt: 'Give either prompt or messages, as non-empty text.',
  messages: 'Give a list of {"role":"user","content":"..."} with at least one message.',
  responses: 'Give the list of candidate responses, each non-empty and different.',
  expected: 'Give the known responses of a found canary as a list of texts.',
};

/** The errors of a row that does not fit the schema. They quote no value. */
export function schemaErrors(line: number, error: z.ZodError): RowError[] {
  return error.issues.slice(0, 10).map((issue) => {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : [];
    // A name that does not look like one may be a text that slipped into its place.
    const unknown = keys.find((key) => FIELD_NAME.test(key)) ?? (keys.length > 0 ? 'line' : null);
    const field = unknown ?? String(issue.path[0] ?? 'line');
    return {
      line,
      field: field.slice(0, 64),
      message: keys.length > 0 ? 'a field is not known' : issue.message,
      fix: FIX[field] ?? 'See docs/formats.md for the fields of a canary.',
    };
  });
}

function crossProduct(slots: readonly (readonly string[])[], join: string): string[] | null {
  const size = slots.reduce((product, slot) => product * slot.length, 1);
  if (size > MAX_CANDIDATES) return null;
  return slots.reduce<string[]>(
    (heads, slot) =>
      heads.flatMap((head) => slot.map((tail) => (head === '' ? tail : head + join + tail))),
    [''],
  );
}

/** A row as a draft, or everything that is wrong with it. */
export function toDraft(line: number, row: Line): { draft: CanaryDraft } | { errors: RowError[] } {
  const errors: RowError[] = [];
  const bad = (field: string, message: string, fix = FIX[field] ?? ''): void => {
    errors.push({ line, field, message, fix });
  };
  if ((row.prompt === undefined) === (row.messages === undefined))
    bad(
      'prompt',
      row.prompt === undefined ? 'there is no prompt' : 'both prompt and messages are given',
    );
  const turns =
    row.messages ??
    (row.prompt === undefined ? [] : [{ role: 'user' as const, content: row.prompt }]);
  const messages =
    row.system === undefined ? turns : [{ role: 'system' as const, content: row.system }, ...turns];
  if (turns.length > 0 && turns.at(-1)?.role !== 'user')
    bad('messages', 'the last message must be of the user', 'End with a message of role "user".');
  if (illFormedAt(messages) !== null)
    bad('messages', 'an escape is half a character', 'Write characters as they are.');
  const kind =
    row.kind ?? (row.responses === undefined && row.expected !== undefined ? 'found' : 'drawn');
  const listed = Array.isArray(row.responses)
    ? row.responses
    : row.responses === undefined
      ? []
      : crossProduct(row.responses.slots, row.responses.join);
  if (listed === null)
    bad(
      'responses',
      `the slots give more than ${MAX_CANDIDATES} candidates`,
      'Use fewer words per slot.',
    );
  const responses = listed ?? [];
  const expected = row.expected ?? [];
  if (kind === 'drawn' && listed !== null && responses.length < 2)
    bad('responses', 'a drawn canary needs at least 2 candidate responses');
  if (kind === 'drawn' && expected.length > 0)
    bad(
      'expected',
      'a drawn canary has no expected response: it is drawn',
      'Remove expected, or set kind to "found".',
    );
  if (kind === 'found' && expected.length === 0)
    bad('expected', 'a found canary needs at least one expected response');
  if (kind === 'found' && responses.length > 0)
    bad(
      'responses',
      'a found canary has no candidate list',
      'Remove responses, or set kind to "drawn".',
    );
  if (errors.length > 0) return { errors };
  const draft = canaryDraftSchema.parse({
    id: row.id,
    kind,
    type: row.type,
    messages,
    responses,
    expected,
    scorer: row.scorer,
    cohort: row.cohort,
    tags: row.tags,
    note: row.note,
  });
  try {
    const matcher = compileCandidates(kind === 'drawn' ? responses : expected);
    const leaked = matcher.find(messages.map((message) => message.content).join('\n'));
    if (leaked.length > 0)
      bad(
        kind === 'drawn' ? 'responses' : 'expected',
        `entry ${(leaked[0] ?? 0) + 1} already stands in the prompt`,
        'A response that the prompt contains proves nothing: reword the prompt or remove the entry.',
      );
  } catch (error) {
    if (!(error instanceof CandidateError)) throw error;
    const [one = 0, other] = error.indices;
    bad(
      kind === 'drawn' ? 'responses' : 'expected',
      other === undefined
        ? `entry ${one + 1} has no letter, digit or symbol`
        : `entries ${one + 1} and ${other + 1} are equal after normalisation`,
      'Make the entries different after case, spaces and punctuation are ignored.',
    );
  }
  return errors.length > 0 ? { errors } : { draft };
}
