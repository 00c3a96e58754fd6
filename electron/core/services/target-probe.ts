import { AppError } from '#shared/contract/errors.ts';
import type { Output, ParsedInput } from '#shared/contract/index.ts';
import type { ProbeResult } from '#shared/contract/target.ts';
import type { TargetDraft } from '#shared/domain/target.ts';
import type { ReadOk } from '#shared/wire/types.ts';
import type { Transport } from '../endpoints/types.ts';
import { openWay } from './sending.ts';
import type { Session } from './session.ts';
import { mustExist, refuseHazards } from './target.ts';
import { askHarmless, type HarmlessAnswer, shownName } from './target-call.ts';
import { hasThought } from './target-effects.ts';
import { PROBE_QUESTION, PROBE_STOP, type ProbeStep, probePlan } from './target-probe-plan.ts';
import { keepTrial } from './target-trials.ts';

type Finding = ProbeResult['findings'][number];

/** The calls that a probe would make; nothing is sent. Errors: NOT_FOUND. */
export function planProbe(
  session: Session,
  { name, calls }: ParsedInput<'target.probePlan'>,
): Output<'target.probePlan'> {
  const { target } = mustExist(session, name);
  const { steps, untried } = probePlan(target, calls);
  return { calls: steps.map(({ id, asks }) => ({ id, asks })), untried: [...untried] };
}

/**
 * Makes at most so many harmless calls, one after the other, and says what they show. A target that does not answer the
 * plain call is asked nothing more. Errors: NOT_FOUND, CONFLICT, UNSAFE_ENVIRONMENT.
 */
export async function probeTarget(
  session: Session,
  transport: Transport,
  { name, calls, timeoutMs }: ParsedInput<'target.probe'>,
): Promise<ProbeResult> {
  const { target } = mustExist(session, name);
  if (target.format === 'paste')
    throw new AppError(
      'CONFLICT',
      `${name} is asked by hand (format paste): nothing can be probed.`,
    );
  refuseHazards(session);
  const { steps, untried } = probePlan(target, calls);
  const sender = openWay(session, target);
  const answers = new Map<string, HarmlessAnswer>();
  for (const step of steps) {
    const asked = step.otherStream ? { ...target, stream: !target.stream } : target;
    answers.set(
      step.id,
      await askHarmless(transport, sender, asked, {
        messages: PROBE_QUESTION,
        parameters: step.parameters,
        reason: 'probe',
        timeoutMs,
      }),
    );
    if (step.id === 'plain' && readingOf(answers, 'plain') === null) break;
  }
  const result = judge(target, { steps, untried, answers, atUtc: session.nowUtc() });
  session.transaction(() => {
    keepTrial(session, target, { kind: 'probe', calls: result.calls, result });
    session.record('target.probed', {
      target: name,
      calls: result.calls,
      answered: result.answered,
    });
  });
  return result;
}

type Answers = ReadonlyMap<string, HarmlessAnswer>;

function readingOf(answers: Answers, id: string): ReadOk | null {
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

const EXPLAINED: Readonly<Record<string, string>> = {
  stream: 'the other delivery was answered',
  top_k: 'the call was answered; one answer does not show whether it counted',
};

interface Judged {
  readonly answers: Answers;
  readonly repeatsDiffer: boolean | null;
}

/** What the answered calls of one parameter show. */
function effectOf(subject: string, { answers, repeatsDiffer }: Judged): Omit<Finding, 'subject'> {
  const plain = readingOf(answers, 'plain');
  const own = readingOf(answers, subject);
  if (subject === 'temperature') {
    const cold = readingOf(answers, 'temperature-0');
    const hot = readingOf(answers, 'temperature-high');
    if (cold?.text === hot?.text)
      return { verdict: 'no-effect', why: 'the coldest and the hottest call gave the same answer' };
    return repeatsDiffer === false
      ? { verdict: 'effect', why: 'answers differ by temperature, and not by themselves' }
      : { verdict: 'accepted', why: 'answers differ, but they differ by themselves too' };
  }
  if (subject === 'thinking') {
    if (hasThought(readingOf(answers, 'thinking-off')))
      return { verdict: 'no-effect', why: 'it thought though that was switched off' };
    return hasThought(readingOf(answers, 'thinking-on'))
      ? { verdict: 'effect', why: 'it thought when switched on, and not when switched off' }
      : { verdict: 'accepted', why: 'neither answer shows any thinking' };
  }
  if (subject === 'seed') {
    const same = readingOf(answers, 'seed')?.text === readingOf(answers, 'seed-again')?.text;
    if (!same)
      return { verdict: 'no-effect', why: 'two calls with one seed gave different answers' };
    return repeatsDiffer === true
      ? { verdict: 'effect', why: 'answers vary by themselves, and not with one seed' }
      : { verdict: 'accepted', why: 'answers are alike with one seed, and without' };
  }
  if (subject === 'max_tokens' || subject === 'max_completion_tokens') {
    const usual = plain?.usage?.completionTokens ?? 0;
    if (own?.end === 'length' || (own?.usage?.completionTokens === 1 && usual > 1))
      return { verdict: 'effect', why: 'the answer was cut at one token' };
    const shorter = own !== null && plain !== null && own.text.length < plain.text.length / 2;
    return shorter
      ? { verdict: 'effect', why: 'the answer is much shorter' }
      : { verdict: 'no-effect', why: 'the answer was not cut' };
  }
  if (subject === 'stop') {
    if (own?.text.includes(PROBE_STOP))
      return { verdict: 'no-effect', why: 'the answer goes on past the stop' };
    return plain?.text.includes(PROBE_STOP)
      ? { verdict: 'effect', why: 'the answer ends before the stop' }
      : { verdict: 'accepted', why: 'no answer holds the stop' };
  }
  if (subject === 'logprobs')
    return own?.logprobs
      ? { verdict: 'effect', why: 'log-probabilities came with the answer' }
      : { verdict: 'no-effect', why: 'no log-probabilities came with the answer' };
  if (subject === 'stream') {
    const refused = own?.warnings.includes('not-streamed') === true;
    return refused
      ? { verdict: 'no-effect', why: 'a stream was asked for, one document came' }
      : { verdict: 'effect', why: EXPLAINED.stream ?? '' };
  }
  return { verdict: 'accepted', why: EXPLAINED.top_k ?? '' };
}

function findingOf(subject: string, steps: readonly ProbeStep[], judged: Judged): Finding | null {
  const asked = steps.flatMap(({ id }) => judged.answers.get(id) ?? []);
  if (asked.length < steps.length) return null;
  if (asked.some(isRejection))
    return { subject, verdict: 'rejected', why: 'the server refused the call because of it' };
  const failed = asked.find(({ reading }) => !reading.ok);
  if (failed && !failed.reading.ok)
    return { subject, verdict: 'unknown', why: `a call failed: ${failed.reading.code}` };
  return { subject, ...effectOf(subject, judged) };
}

const distinct = (values: readonly (string | null)[]): string[] => [
  ...new Set(values.flatMap((value) => shownName(value) ?? [])),
];

interface Evidence {
  readonly steps: readonly ProbeStep[];
  readonly untried: readonly string[];
  readonly answers: Answers;
  readonly atUtc: string;
}

function judge(target: TargetDraft, { steps, untried, answers, atUtc }: Evidence): ProbeResult {
  const plain = readingOf(answers, 'plain');
  const again = readingOf(answers, 'again');
  const repeatsDiffer = plain && again ? plain.text !== again.text : null;
  const subjects = [...new Set(steps.flatMap(({ subject }) => subject ?? []))];
  const findings = subjects.flatMap((subject) => {
    const own = steps.filter((step) => step.subject === subject);
    return findingOf(subject, own, { answers, repeatsDiffer }) ?? [];
  });
  const read = [...answers.values()].flatMap(({ reading }) => (reading.ok ? [reading] : []));
  const times = [...answers.values()]
    .filter(({ reading }) => reading.ok)
    .map(({ exchange }) => Math.round(exchange.times.durationMs))
    .sort((a, b) => a - b);
  const models = distinct(read.map(({ model }) => model));
  const fingerprints = distinct(read.map(({ fingerprint }) => fingerprint));
  const upstreams = distinct(read.map(({ route }) => route.upstream));
  const warnings = [
    ...(models.some((model) => model !== target.model) ? ['model-differs'] : []),
    ...(models.length > 1 ? ['model-changes-between-calls'] : []),
    ...(fingerprints.length > 1 ? ['fingerprint-changes-between-calls'] : []),
    ...(upstreams.length > 1 ? ['upstream-changes-between-calls'] : []),
    ...(plain === null ? ['plain-call-failed'] : []),
  ];
  return {
    atUtc,
    calls: answers.size,
    answered: read.length,
    findings,
    untried: [...untried],
    repeatsDiffer,
    latency:
      times.length === 0
        ? null
        : {
            leastMs: times[0] ?? 0,
            medianMs: times[Math.floor(times.length / 2)] ?? 0,
            mostMs: times.at(-1) ?? 0,
          },
    models,
    fingerprints,
    upstreams,
    warnings,
    failures: [...answers].flatMap(([id, { exchange, reading }]) =>
      reading.ok ? [] : [{ id, code: reading.code, status: exchange.response?.statusCode ?? null }],
    ),
  };
}
