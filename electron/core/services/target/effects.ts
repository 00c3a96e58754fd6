import type { ProbeResult, TargetTestResult } from '#shared/contract/target.ts';
import type { Json, ParameterName, Parameters } from '#shared/domain/target.ts';
import { setParameters } from '#shared/wire/body.ts';
import type { ReadOk, ReadResult } from '#shared/wire/types.ts';
import type { Ignored } from './preset.ts';

/** What answers show of a parameter, and why it is said. */
export type Seen = Omit<ProbeResult['findings'][number], 'subject'>;

export const effect = (why: string): Seen => ({ verdict: 'effect', why });
export const noEffect = (why: string): Seen => ({ verdict: 'no-effect', why });
export const accepted = (why: string): Seen => ({ verdict: 'accepted', why });

/** Whether an answer shows its thinking, or counts it. */
export const hasThought = (reading: ReadOk | null): boolean =>
  reading !== null && (reading.reasoning !== null || (reading.usage?.reasoningTokens ?? 0) > 0);

type Show = (reading: ReadOk, value: Json) => Seen;

const ofLength: Show = ({ end, usage }, value) => {
  if (end === 'length') return effect('the answer was cut at the limit');
  return (usage?.completionTokens ?? 0) > Number(value)
    ? noEffect('the answer has more tokens than the limit')
    : accepted('the answer is shorter than the limit');
};

const ofStop: Show = ({ text }, value) =>
  (Array.isArray(value) ? value.map(String) : []).some((stop) => text.includes(stop))
    ? noEffect('the answer goes on past a stop')
    : accepted('the answer holds no stop');

const ofLogprobs: Show = ({ logprobs }) =>
  logprobs
    ? effect('log-probabilities came with the answer')
    : noEffect('no log-probabilities came with the answer');

const UNSEEN = accepted('one answer cannot show more; a probe may');

const ofNoThinking: Show = (reading) =>
  hasThought(reading)
    ? noEffect('it thought all the same')
    : accepted('the answer shows no thinking');

const ofThinking: Show = (reading, value) =>
  value !== false && hasThought(reading)
    ? accepted('it thought, as many do unasked')
    : ofNoThinking(reading, value);

/** What one readable answer shows of a parameter. Most of them show in the comparison of several answers only: a probe. */
const SHOWN: Readonly<Partial<Record<ParameterName, Show>>> = {
  max_tokens: ofLength,
  max_completion_tokens: ofLength,
  stop: ofStop,
  logprobs: (reading, value) => (value === true ? ofLogprobs(reading, value) : UNSEEN),
  top_logprobs: ofLogprobs,
  thinking: ofThinking,
  reasoning_effort: (reading, value) => (value === 'none' ? ofNoThinking(reading, value) : UNSEEN),
};

const REFUSALS = [400, 404, 405, 422, 501];

function unseen(status: number | null): Seen {
  const why = REFUSALS.includes(status ?? 0)
    ? 'the server refused the call, perhaps because of it'
    : 'no answer came that could show it';
  return { verdict: 'unknown', why };
}

/** What came of one call: how it was read, and its HTTP status. */
interface OneAnswer {
  readonly reading: ReadResult;
  readonly status: number | null;
}

/** Each parameter that was asked: what this one answer shows of it, and what its vendor is known to do with it. */
export const effectsIn = (
  parameters: Parameters,
  { reading, status }: OneAnswer,
  ignored: ReadonlyMap<string, Ignored>,
): TargetTestResult['parameters'] =>
  setParameters(parameters).map(([subject, value]) => ({
    subject,
    ...(reading.ok ? (SHOWN[subject]?.(reading, value) ?? UNSEEN) : unseen(status)),
    known: ignored.get(subject)?.note ?? null,
  }));
