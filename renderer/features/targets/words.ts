import type { Output } from '#shared/contract/index.ts';
import type { ReadWarning } from '#shared/wire/types.ts';
import type { GlyphName } from '../../ui/glyph.tsx';

export type ProbeResult = NonNullable<Output<'target.get'>['lastProbe']>;
type Verdict = ProbeResult['findings'][number]['verdict'];

/** Glyph and word of what was seen of a parameter. */
export const VERDICTS: Readonly<Record<Verdict, readonly [GlyphName, string]>> = {
  effect: ['ok', 'Has an effect'],
  'no-effect': ['miss', 'No effect seen'],
  accepted: ['undetermined', 'Effect not certain'],
  rejected: ['bad', 'Rejected'],
  unknown: ['none', 'Not known'],
};

const READ_WARNINGS: Readonly<Record<ReadWarning, string>> = {
  bom: 'The answer began with a byte order mark.',
  'duplicate-key': 'The answer names a field twice; the last one counts.',
  'lone-surrogate': 'The answer holds half a character.',
  'not-streamed': 'A stream was asked for; the answer came in one piece.',
  'several-choices': 'More than one answer came; the first one counts.',
  'no-finish-reason': 'The answer does not say why it ended.',
  'tool-calls': 'The answer calls tools; its text alone is read.',
  'model-changed': 'The model changed within one answer.',
  'fingerprint-changed': 'The fingerprint changed within one answer.',
  'upstream-changed': 'The provider behind the gateway changed within one answer.',
  'after-done': 'Something stands after the end of the stream; it is no part of the answer.',
  'unfinished-event': 'The stream ended within an event, which is left out.',
  'stream-disagrees': 'The end of the stream repeats the answer in other words.',
  'bad-logprobs': 'Log-probabilities came that cannot be read; they are left out.',
};

const CALL_WARNINGS: Readonly<Record<string, string>> = {
  ...READ_WARNINGS,
  'model-differs': 'The answer names another model than the one that was asked for.',
  'model-not-named': 'The answer does not say which model gave it.',
  'no-tls': 'The connection was not encrypted.',
  'key-sent-back': 'The server sent the key back. Revoke it.',
  'model-changes-between-calls': 'Answers of this one probe name different models.',
  'fingerprint-changes-between-calls': 'The fingerprint changed between calls.',
  'upstream-changes-between-calls': 'Calls were passed to different providers.',
  'plain-call-failed': 'The first call failed, so no further one was made.',
};

const ENVIRONMENT = 'environment:';

/** Warnings of a test or a probe in words; one that is not known is shown as it is. */
export function warningTexts(warnings: readonly string[]): string[] {
  const set = warnings.filter((warning) => warning.startsWith(ENVIRONMENT));
  const others = warnings.filter((warning) => !warning.startsWith(ENVIRONMENT));
  const names = set.map((warning) => warning.slice(ENVIRONMENT.length)).join(', ');
  return [
    ...others.map((warning) => CALL_WARNINGS[warning] ?? warning),
    ...(names === '' ? [] : [`Set where this program runs, and noted with each run: ${names}.`]),
  ];
}
