import type { ProbeResult, TargetTestResult } from '#shared/contract/target.ts';
import type { Json, ParameterName, Parameters } from '#shared/domain/target.ts';
import { setParameters } from '#shared/wire/body.ts';
import type { ReadOk, ReadResult } from '#shared/wire/types.ts';
import type { Ignored } from './target-preset.ts';

type Seen = Omit<ProbeResult['findings'][number], 'subject'>;

const effect = (why: string): Seen => ({ verdict: 'effect', why });
const noEffect = (why: string): Seen => ({ verdict: 'no-effect', why });
const accepted = (why: string): Seen => ({ verdict: 'accepted', why });

/** Whether an answer shows its thinking, or counts it. */
export const hasThought = (reading: ReadOk | null): boolean =>
  reading !== null && (reading.reasoning !== null || (reading.usage?.reasoningTokens ?? 0) > 0);

/** What one readable answer shows of a parameter. Most of them show in the comparison of several answers only: a probe. */
function seenIn(reading: ReadOk, name: ParameterName, value: Json): Seen {
  if (name === 'max_tokens' || name === 'max_completion_tokens') {
    if (reading.end === 'length') return effect('the answer was cut at the limit');
    const tokens = reading.usage?.completionTokens ?? 0;
    return tokens > Number(value)
      ? noEffect('the answer has more tokens than the limit')
      : accepted('the answer is shorter than the limit');
  }
  if (name === 'stop') {
    const stops = Array.isArray(value) ? value.map(String) : [];
    return stops.some((stop) => reading.text.includes(stop))
      ? noEffect('the answer goes on past a stop')
      : accepted('the answer holds no stop');
  }
  if (name === 'top_logprobs' || (name === 'logprobs' && value === true))
    return reading.logprobs
      ? effect('log-probabilities came with the answer')
      : noEffect('no log-probabilities came with the answer');
  if (name === 'thinking' || (name === 'reasoning_effort' && value === 'none')) {
    if (!hasThought(reading)) return accepted('the answer shows no thinking');
    return name === 'thinking' && value !== false
      ? accepted('it thought, as many do unasked')
      : noEffect('it thought all the same');
  }
  return accepted('one answer cannot show more; a probe may');
}

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
    ...(reading.ok ? seenIn(reading, subject, value) : unseen(status)),
    known: ignored.get(subject)?.note ?? null,
  }));
