import { AppError } from '#shared/contract/errors.ts';
import type { Output, ParsedInput } from '#shared/contract/index.ts';
import type { ProbeResult } from '#shared/contract/target.ts';
import type { TargetDraft } from '#shared/domain/target.ts';
import type { Transport } from '../../endpoints/types.ts';
import { openWay } from '../network/sending.ts';
import type { Session } from '../workspace/session.ts';
import { askHarmless, type HarmlessAnswer, shownName } from './call.ts';
import { type Answers, findingOf, isLost, readingOf } from './probe-effects.ts';
import { PROBE_QUESTION, type ProbeStep, probePlan } from './probe-plan.ts';
import { mustExist, refuseHazards } from './target.ts';
import { keepTrial } from './trials.ts';

/** The calls that a probe would make at most; nothing is sent. Errors: NOT_FOUND. */
export function planProbe(
  session: Session,
  { name, calls }: ParsedInput<'target.probePlan'>,
): Output<'target.probePlan'> {
  const { target } = mustExist(session, name);
  const { steps, spares, untried } = probePlan(target, calls);
  return {
    calls: [...steps, ...spares].map(({ id, asks }) => ({ id, asks })),
    untried: [...untried],
  };
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
  let made = 0;
  const ask = (step: ProbeStep): Promise<HarmlessAnswer> => {
    made += 1;
    const asked = step.otherStream ? { ...target, stream: !target.stream } : target;
    return askHarmless(transport, sender, asked, {
      messages: PROBE_QUESTION,
      parameters: step.parameters,
      reason: 'probe',
      timeoutMs,
    });
  };
  for (const step of steps) {
    const first = await ask(step);
    answers.set(step.id, step.otherStream && isLost(first) ? await ask(step) : first);
    if (step.id === 'plain' && readingOf(answers, 'plain') === null) break;
  }
  const result = judge(target, { steps, untried, answers, made, atUtc: session.nowUtc() });
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

const distinct = (values: readonly (string | null)[]): string[] => [
  ...new Set(values.flatMap((value) => shownName(value) ?? [])),
];

interface Evidence {
  readonly steps: readonly ProbeStep[];
  readonly untried: readonly string[];
  readonly answers: Answers;
  /** Calls that were made. */
  readonly made: number;
  readonly atUtc: string;
}

function judge(
  target: TargetDraft,
  { steps, untried, answers, made, atUtc }: Evidence,
): ProbeResult {
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
    calls: made,
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
