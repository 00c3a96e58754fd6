import { RETRYABLE, retryWaitMs } from '#shared/domain/retry.ts';
import type { AttemptRow } from '../../../db/attempt-store.ts';
import type { Asker } from './ask.ts';
import type { createHealth } from './health.ts';
import type { Done, Lanes, PasteSample, Question, RunInput, Sample } from './types.ts';

export interface PanelTools {
  readonly asker: Asker;
  readonly health: ReturnType<typeof createHealth>;
  readonly lanes: Lanes;
}

export interface PanelEnd {
  /** Every sample has its answer. */
  readonly isComplete: boolean;
  /** Samples that a person is to ask. */
  readonly paste: readonly PasteSample[];
  /** The cap that kept a sample from being asked. */
  readonly cap: string | null;
}

/** Why a sample is not settled: a cap forbids it, or (null) it is to be asked, again, when the audit goes on. */
interface Left {
  readonly cap: string | null;
}
const OPEN: Left = { cap: null };

/** Whether a sample has an answer, or a failure. */
const isAnswered = (attempt: AttemptRow): boolean =>
  attempt.outcome !== null && attempt.outcome !== 'interrupted';

/** Asks the whole panel one canary. A target that is halted keeps nobody else from answering. */
export function createPanelRound(input: RunInput, tools: PanelTools) {
  const { session, auditId, plan, signal } = input;
  const { asker, health, lanes } = tools;

  /** Sees one sample through to the attempt that counts, as far as the sealed retry policy goes; says why it could not. */
  const complete = async (
    sample: Sample,
    question: Question,
    known: readonly AttemptRow[],
  ): Promise<Left | null> => {
    const { target } = sample.member;
    let last: Done | null = null;
    let retries = 0;
    for (const attempt of known) {
      if (last && RETRYABLE.has(last.attempt.outcome ?? 'interrupted')) retries += 1;
      last = { attempt, retryAfterMs: null };
    }
    for (;;) {
      const outcome = last?.attempt.outcome ?? null;
      const again = outcome === null || outcome === 'interrupted';
      const mayRetry = outcome !== null && RETRYABLE.has(outcome) && retries < plan.retry.attempts;
      if (!again && !mayRetry) return null;
      if (signal.aborted || health.isHalted(target.name)) return OPEN;
      if (mayRetry) {
        retries += 1;
        const wait = retryWaitMs(plan.retry, {
          planSha256: input.planSha256,
          canaryId: question.at.canaryId,
          target: target.name,
          k: sample.k,
          retry: retries,
          retryAfterMs: last?.retryAfterMs ?? null,
        });
        lanes.waiting.set(target.name, `waits ${Math.ceil(wait / 1_000)} s before a planned retry`);
        await input.clock.sleep(wait, signal);
        lanes.waiting.delete(target.name);
      }
      const done = await asker.ask(sample, question, last?.attempt ?? null);
      // A failure that the cap keeps from being repeated stands; a sample without any answer ends the run.
      if (typeof done === 'string') return mayRetry ? null : { cap: done };
      if (done === null) return mayRetry && asker.isUsedUp() ? null : OPEN;
      last = done;
      input.changed();
      if (last.attempt.outcome === 'interrupted') return OPEN;
    }
  };

  return async (
    samples: readonly Sample[],
    question: Question,
    known: readonly AttemptRow[],
  ): Promise<PanelEnd> => {
    const isPaste = ({ member }: Sample): boolean => member.target.format === 'paste';
    const asked = samples.filter((sample) => !isPaste(sample));
    // What is in flight when one of them fails is seen through to its durable result.
    const ends = await Promise.allSettled(
      asked.map((sample) => {
        const { member, k } = sample;
        const own = known.filter((one) => one.target === member.target.name && one.k === k);
        return complete(sample, question, own);
      }),
    );
    const broken = ends.find((end) => end.status === 'rejected');
    if (broken) throw broken.reason;
    const left = ends.flatMap((end) => (end.status === 'fulfilled' ? (end.value ?? []) : []));
    const answered = new Set(
      session.attempts
        .at(auditId, question.at.position)
        .filter(isAnswered)
        .map((attempt) => `${attempt.target}/${attempt.k}`),
    );
    const missing = samples.filter(({ member, k }) => !answered.has(`${member.target.name}/${k}`));
    return {
      isComplete: missing.length === 0 && left.length === 0,
      paste:
        left.length === 0 && missing.every(isPaste)
          ? missing.map(({ member, k }) => ({ target: member.target.name, k }))
          : [],
      cap: left.find(({ cap }) => cap !== null)?.cap ?? null,
    };
  };
}
