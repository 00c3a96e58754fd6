import type { ProbeResult } from '#shared/contract/target.ts';
import { decodeBody } from '#shared/wire/decode-body.ts';
import type { ReadOk } from '#shared/wire/types.ts';
import type { HarmlessAnswer } from './call.ts';
import { accepted, effect, hasThought, noEffect, type Seen } from './effects.ts';
import { PROBE_STOP, type ProbeStep } from './probe-plan.ts';

type Finding = ProbeResult['findings'][number];
type Subject = NonNullable<ProbeStep['subject']>;

/** Answers of a probe by the id of their step. */
export type Answers = ReadonlyMap<string, HarmlessAnswer>;

export function readingOf(answers: Answers, id: string): ReadOk | null {
  const reading = answers.get(id)?.reading;
  return reading?.ok ? reading : null;
}

/** A status by which servers say that the request itself is wrong, or an error of the provider about it. */
function isRejection({ exchange, reading }: HarmlessAnswer): boolean {
  if (reading.ok) return false;
  if (reading.code === 'PROVIDER_ERROR') return true;
  const status = exchange.response?.statusCode ?? 0;
  return reading.code === 'HTTP_STATUS' && [400, 404, 405, 422, 501].includes(status);
}

/** A gateway on its way to another place may say so once of a delivery that it has. */
export const isLost = ({ exchange }: HarmlessAnswer): boolean =>
  [404, 405].includes(exchange.response?.statusCode ?? 0);

interface Judged {
  readonly answers: Answers;
  /** Do two identical calls answer alike? Null when one of them failed. */
  readonly repeatsDiffer: boolean | null;
}

function ofTemperature({ answers, repeatsDiffer }: Judged): Seen {
  const cold = readingOf(answers, 'temperature-0');
  const hot = readingOf(answers, 'temperature-high');
  if (cold?.text === hot?.text)
    return noEffect('the coldest and the hottest call gave the same answer');
  return repeatsDiffer === false
    ? effect('answers differ by temperature, and not by themselves')
    : accepted('answers differ, but they differ by themselves too');
}

function ofThinking({ answers }: Judged): Seen {
  if (hasThought(readingOf(answers, 'thinking-off')))
    return noEffect('it thought though that was switched off');
  return hasThought(readingOf(answers, 'thinking-on'))
    ? effect('it thought when switched on, and not when switched off')
    : accepted('neither answer shows any thinking');
}

function ofEffort({ answers }: Judged): Seen {
  const [least, most] = [readingOf(answers, 'effort-least'), readingOf(answers, 'effort-most')];
  if (least === null || most === null)
    return accepted('one of its two values is refused, the other is taken');
  if (!hasThought(most))
    return hasThought(least)
      ? noEffect('it thought with the least effort, and not with the most')
      : accepted('neither answer shows any thinking');
  return hasThought(least)
    ? accepted('it thought both times: two calls cannot show how much of it was asked for')
    : effect('it thought with the most effort, and not with the least');
}

function ofSeed({ answers, repeatsDiffer }: Judged): Seen {
  if (readingOf(answers, 'seed')?.text !== readingOf(answers, 'seed-again')?.text)
    return noEffect('two calls with one seed gave different answers');
  return repeatsDiffer === true
    ? effect('answers vary by themselves, and not with one seed')
    : accepted('answers are alike with one seed, and without');
}

const ofLength =
  (subject: Subject) =>
  ({ answers }: Judged): Seen => {
    const plain = readingOf(answers, 'plain');
    const own = readingOf(answers, subject);
    const usual = plain?.usage?.completionTokens ?? 0;
    if (own?.end === 'length' || (own?.usage?.completionTokens === 1 && usual > 1))
      return effect('the answer was cut at one token');
    return own !== null && plain !== null && own.text.length < plain.text.length / 2
      ? effect('the answer is much shorter')
      : noEffect('the answer was not cut');
  };

function ofStop({ answers }: Judged): Seen {
  if (readingOf(answers, 'stop')?.text.includes(PROBE_STOP))
    return noEffect('the answer goes on past the stop');
  return readingOf(answers, 'plain')?.text.includes(PROBE_STOP)
    ? effect('the answer ends before the stop')
    : accepted('no answer holds the stop');
}

const ofLogprobs = ({ answers }: Judged): Seen =>
  readingOf(answers, 'logprobs')?.logprobs
    ? effect('log-probabilities came with the answer')
    : noEffect('no log-probabilities came with the answer');

/** Alternatives are not read, they stay in the bytes. A quote inside a text of JSON is escaped: no answer can forge this. */
const ALTERNATIVES = /"(?:top_logprobs|topCandidates)"\s*:\s*[[{]\s*["{]/;

function ofTopLogprobs({ answers }: Judged): Seen {
  const response = answers.get('top_logprobs')?.exchange.response;
  const decoded = response ? decodeBody(response.rawHeaders, response.body) : null;
  if (decoded?.ok && ALTERNATIVES.test(new TextDecoder().decode(decoded.body)))
    return effect('alternatives of the tokens came with the answer');
  return readingOf(answers, 'top_logprobs')?.logprobs
    ? accepted('log-probabilities came, and no alternatives that are known to us')
    : noEffect('no log-probabilities came with the answer');
}

const ofStream = ({ answers }: Judged): Seen =>
  readingOf(answers, 'stream')?.warnings.includes('not-streamed')
    ? noEffect('a stream was asked for, one document came')
    : effect('the other delivery was answered');

/** What the answered calls of one subject show; of the rest one answer shows nothing. */
const EFFECTS: Readonly<Partial<Record<Subject, (judged: Judged) => Seen>>> = {
  stream: ofStream,
  temperature: ofTemperature,
  max_tokens: ofLength('max_tokens'),
  max_completion_tokens: ofLength('max_completion_tokens'),
  seed: ofSeed,
  stop: ofStop,
  logprobs: ofLogprobs,
  top_logprobs: ofTopLogprobs,
  reasoning_effort: ofEffort,
  thinking: ofThinking,
};

/** What the calls of one subject show; null when they were not all made. */
export function findingOf(
  subject: Subject,
  steps: readonly ProbeStep[],
  judged: Judged,
): Finding | null {
  const asked = steps.flatMap(({ id }) => judged.answers.get(id) ?? []);
  if (asked.length < steps.length) return null;
  const refused = asked.filter(isRejection);
  // Of an effort a server may know some values only.
  const isPartly = subject === 'reasoning_effort' && refused.length < asked.length;
  if (refused.length > 0 && !isPartly)
    return { subject, verdict: 'rejected', why: 'the server refused the call because of it' };
  const failed = asked.find((answer) => !answer.reading.ok && !isRejection(answer));
  if (failed && !failed.reading.ok)
    return { subject, verdict: 'unknown', why: `a call failed: ${failed.reading.code}` };
  const seen =
    EFFECTS[subject]?.(judged) ??
    accepted('the call was answered; one answer does not show whether it counted');
  return { subject, ...seen };
}
