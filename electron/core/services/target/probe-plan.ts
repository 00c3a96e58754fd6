import type { Message } from '#shared/domain/canary.ts';
import type { ParameterName, Parameters, TargetDraft } from '#shared/domain/target.ts';
import { PARAMETER_NAMES } from '#shared/domain/target.ts';
import { unsupportedParameters } from '#shared/wire/adapters.ts';
import { requestProblems } from '#shared/wire/request-problems.ts';

/** Free enough that answers can differ, long enough that a limit or a stop shows. */
export const PROBE_QUESTION: readonly Message[] = [
  {
    role: 'user',
    content: 'Write two short sentences about the sea. End each of them with a full stop.',
  },
];
export const PROBE_STOP = '.';

/** One harmless call of a probe: what it changes of the target. */
export interface ProbeStep {
  readonly id: string;
  /** The parameter it is about; null for the plain calls and the other delivery. */
  readonly subject: ParameterName | 'stream' | null;
  readonly asks: string;
  readonly parameters: Parameters;
  readonly otherStream: boolean;
}

/** Formats whose vendors take temperatures up to 1 only. */
const HOTTEST: Readonly<Partial<Record<TargetDraft['format'], number>>> = {
  'anthropic-messages': 1,
  'bedrock-converse': 1,
};

/** A call that is made only if another one goes wrong. */
type SpareCall = Pick<ProbeStep, 'id' | 'asks'>;

interface Group {
  readonly subject: ParameterName | 'stream' | null;
  readonly steps: readonly ProbeStep[];
  /** One more call that it may need. */
  readonly spare?: SpareCall;
}

/** The first of these values that the target can be asked with. */
const firstAskable = (target: TargetDraft, ...values: readonly Parameters[]): Parameters =>
  values.find((value) => canBeAsked(target, { ...target.parameters, ...value })) ?? {};

function groupsOf(target: TargetDraft): Group[] {
  const step = (
    id: string,
    subject: ProbeStep['subject'],
    asks: string,
    parameters: Parameters = {},
  ): ProbeStep => ({
    id,
    subject,
    asks,
    parameters: { ...target.parameters, ...parameters },
    otherStream: subject === 'stream',
  });
  const one = (subject: ParameterName, asks: string, parameters: Parameters): Group => ({
    subject,
    steps: [step(subject, subject, asks, parameters)],
  });
  const hot = HOTTEST[target.format] ?? 2;
  const length: ParameterName = canBeAsked(target, { ...target.parameters, max_tokens: 1 })
    ? 'max_tokens'
    : 'max_completion_tokens';
  const least = firstAskable(target, { reasoning_effort: 'none' }, { reasoning_effort: 'low' });
  const alternatives = firstAskable(
    target,
    { logprobs: true, top_logprobs: 2 },
    { top_logprobs: 2 },
  );
  return [
    {
      subject: null,
      steps: [
        step('plain', null, 'the target as it is configured'),
        step('again', null, 'the same call once more: do answers vary by themselves?'),
      ],
    },
    {
      subject: 'stream',
      steps: [step('stream', 'stream', target.stream ? 'without streaming' : 'with streaming')],
      spare: { id: 'stream-again', asks: 'that once more, only after a status of 404 or 405' },
    },
    one(length, `${length} 1: is the answer cut?`, { [length]: 1 }),
    {
      subject: 'temperature',
      steps: [
        step('temperature-0', 'temperature', 'temperature 0', { temperature: 0 }),
        step('temperature-high', 'temperature', `temperature ${hot}`, { temperature: hot }),
      ],
    },
    {
      subject: 'thinking',
      steps: [
        step('thinking-off', 'thinking', 'thinking switched off', { thinking: false }),
        step('thinking-on', 'thinking', 'thinking switched on', { thinking: true }),
      ],
    },
    {
      subject: 'reasoning_effort',
      steps: [
        step(
          'effort-least',
          'reasoning_effort',
          `reasoning_effort ${least.reasoning_effort}`,
          least,
        ),
        step('effort-most', 'reasoning_effort', 'reasoning_effort high', {
          reasoning_effort: 'high',
        }),
      ],
    },
    one('stop', 'stop at the first full stop', { stop: [PROBE_STOP] }),
    one('logprobs', 'log-probabilities of the tokens', { logprobs: true }),
    one('top_logprobs', 'two alternatives of each token', alternatives),
    one('top_k', 'top_k 1', { top_k: 1 }),
    {
      subject: 'seed',
      steps: [
        step('seed', 'seed', 'seed 7', { seed: 7 }),
        step('seed-again', 'seed', 'seed 7 once more', { seed: 7 }),
      ],
    },
    one('top_p', 'top_p 0.1', { top_p: 0.1 }),
    one('frequency_penalty', 'frequency_penalty 1', { frequency_penalty: 1 }),
    one('presence_penalty', 'presence_penalty 1', { presence_penalty: 1 }),
    one('min_p', 'min_p 0.5', { min_p: 0.5 }),
  ];
}

/** Can the target be asked with these parameters: each of them has a field, and a field of its own? */
const canBeAsked = (target: TargetDraft, parameters: Parameters): boolean =>
  requestProblems(target, parameters).length === 0;

const isSendable = (target: TargetDraft, { steps, subject }: Group): boolean => {
  // A template says itself whether and how it streams.
  if (subject === 'stream') return target.format !== 'custom';
  return steps.every(
    ({ parameters }) =>
      (subject === null || parameters[subject] !== undefined) && canBeAsked(target, parameters),
  );
};

export interface ProbePlan {
  readonly steps: readonly ProbeStep[];
  readonly spares: readonly SpareCall[];
  /** Parameters of the format that these calls do not try. */
  readonly untried: readonly string[];
}

/** The calls of a probe, at most so many; a question that needs two calls is asked whole or not at all. */
export function probePlan(target: TargetDraft, calls: number): ProbePlan {
  const steps: ProbeStep[] = [];
  const spares: SpareCall[] = [];
  for (const group of groupsOf(target)) {
    const own = group.spare === undefined ? [] : [group.spare];
    const needed = group.steps.length + own.length;
    if (!isSendable(target, group) || steps.length + spares.length + needed > calls) continue;
    steps.push(...group.steps);
    spares.push(...own);
  }
  const tried = new Set(steps.map(({ subject }) => subject));
  return {
    steps,
    spares,
    untried: PARAMETER_NAMES.filter((name) => !tried.has(name) && isKnown(target, name)),
  };
}

const EXAMPLE: Readonly<Required<Parameters>> = {
  temperature: 1,
  top_p: 0.5,
  max_tokens: 16,
  max_completion_tokens: 16,
  seed: 1,
  frequency_penalty: 0.5,
  presence_penalty: 0.5,
  stop: ['x'],
  top_k: 5,
  min_p: 0.1,
  logprobs: true,
  top_logprobs: 1,
  reasoning_effort: 'low',
  thinking: true,
};

/** Can the format of the target send this parameter at all? */
export const isKnown = (target: TargetDraft, name: ParameterName): boolean =>
  unsupportedParameters(target, { [name]: EXAMPLE[name] }).length === 0;
