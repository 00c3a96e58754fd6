import { completionBound, estimatedTokens } from '#shared/domain/cost.ts';
import { buildRequest } from '#shared/wire/adapters.ts';
import type { OutboundRequest } from '#shared/wire/types.ts';
import type { AttemptRow } from '../../../db/attempt-store.ts';
import { openWay } from '../../network/sending.ts';
import type { SealedPanelMember } from '../../plan/panel.ts';
import { hostOf } from '../../target/target.ts';
import type { createCommitQueue } from '../../workspace/commit-queue.ts';
import { type StoredIntent, storeIntent, storeResult } from '../attempts.ts';
import { readAttempt, storeOutcome } from '../outcomes.ts';
import type { Caps } from './caps.ts';
import type { createClockWatch } from './clock-watch.ts';
import type { createHealth } from './health.ts';
import { createPacer, type Pacer } from './pacer.ts';
import type { Done, Lanes, Question, RunInput, Sample } from './types.ts';
import { createSlots } from './wait.ts';

export interface AskTools {
  readonly commit: ReturnType<typeof createCommitQueue>;
  readonly lanes: Lanes;
  readonly health: ReturnType<typeof createHealth>;
  readonly caps: Caps;
  readonly clockWatch: ReturnType<typeof createClockWatch>;
  /** Requests made so far, in all. */
  readonly count: { requests: number };
}

/** UTF-8 bytes of the question as it is sent, about. */
export const promptBytesOf = ({ record }: Pick<Question, 'record'>): number =>
  Buffer.byteLength(JSON.stringify(record.messages));

/** A new attempt of a sample, after the one before. */
export function nextAttempt(
  uuid: string,
  { at }: Pick<Question, 'at'>,
  sample: Sample,
  before: AttemptRow | null,
): AttemptRow {
  const { target } = sample.member;
  return {
    id: uuid,
    position: at.position,
    canaryId: at.canaryId,
    target: target.name,
    host: hostOf(target),
    k: sample.k,
    number: (before?.number ?? 0) + 1,
    retryOf: before?.id ?? null,
    startedUtc: '',
    endedUtc: null,
    outcome: null,
    errorCode: null,
    model: null,
    found: [],
    rules: [],
    segment: null,
    promptTokens: null,
    completionTokens: null,
    tokensBasis: null,
    clockOffsetMs: null,
    answerTag: null,
  };
}

/** Stores the intent of an attempt, in a transaction. From the first request on a canary is no secret any more. */
export function storeNewAttempt(
  { session, auditId }: Pick<RunInput, 'session' | 'auditId'>,
  attempt: AttemptRow,
  request: OutboundRequest,
): StoredIntent {
  const intent = storeIntent(session, { ...attempt, auditId }, request);
  if (session.audits.markAsked(auditId, attempt.position) === 1)
    session.library.setStatus(attempt.canaryId, 'exposed');
  return intent;
}

/**
 * Asks one sample once: at the pace of its target, with the intent durable before the request leaves and the raw answer
 * durable before it is read.
 */
export function createAsker(input: RunInput, tools: AskTools) {
  const { session, transport, auditId, plan, panel, signal } = input;
  const { commit, lanes, health, caps, count } = tools;
  const slots = createSlots(plan.limits.concurrency);
  const pacers = new Map<string, Pacer>(
    panel.map(({ target }) => [
      target.name,
      createPacer({
        limits: target.limits,
        concurrency: plan.limits.concurrency,
        clock: input.clock,
        signal,
        slots,
        waiting: (why) => {
          if (why === null) lanes.waiting.delete(target.name);
          else lanes.waiting.set(target.name, why);
          input.changed();
        },
      }),
    ]),
  );
  const pacerOf = (member: SealedPanelMember): Pacer => {
    const pacer = pacers.get(member.target.name);
    if (!pacer) throw new Error('a sample of a target that is not in the panel');
    return pacer;
  };

  /** What follows from an outcome: breaker, caps, and how long the server wants to be left alone. */
  const note = (done: Done, member: SealedPanelMember): void => {
    const { attempt, retryAfterMs } = done;
    const { target } = member;
    health.note(target.name, attempt.outcome ?? 'interrupted', attempt.errorCode);
    if (retryAfterMs === null) return;
    if (retryAfterMs <= plan.retry.maxRetryAfterMs) pacerOf(member).hold(retryAfterMs);
    else
      health.halt(
        target.name,
        attempt.errorCode ?? 'RATE_LIMITED',
        `${target.name} asks to wait longer than the plan allows (${Math.ceil(retryAfterMs / 1_000)} s, the plan: ${plan.retry.maxRetryAfterMs / 1_000} s). The others were asked to the end of this canary. Resume later, or stop the audit.`,
      );
  };

  /** Reads, scores and stores the outcome of an attempt whose bytes are durable. */
  const settle = async (
    attempt: AttemptRow,
    member: SealedPanelMember,
    question: Question,
  ): Promise<Done> => {
    const reading = readAttempt(session, attempt, { panel, scorer: question.scorer });
    await commit(() => storeOutcome(session, { ...attempt, auditId }, reading));
    const { tokens } = reading.observed;
    caps.spent(member.target, tokens);
    const done = { attempt: { ...attempt, ...reading.row }, retryAfterMs: reading.retryAfterMs };
    note(done, member);
    return {
      attempt: {
        ...done.attempt,
        promptTokens: tokens?.prompt ?? null,
        completionTokens: tokens?.completion ?? null,
        tokensBasis: tokens?.basis ?? null,
      },
      retryAfterMs: done.retryAfterMs,
    };
  };

  const send = async (
    sample: Sample,
    question: Question,
    before: AttemptRow | null,
  ): Promise<Done> => {
    const { member } = sample;
    const { target } = member;
    count.requests += 1;
    // A key that is gone must not cost an exposure: it is opened before the intent is stored.
    const sender = openWay(session, member);
    const request = buildRequest(target, {
      messages: question.record.messages,
      parameters: target.parameters,
      keyName: member.key,
    });
    const attempt = nextAttempt(session.ports.random.uuid(), question, sample, before);
    const intent = await commit(() => storeNewAttempt(input, attempt, request));
    caps.exposed(target.name, question.at.canaryId);
    lanes.inFlight.set(target.name, (lanes.inFlight.get(target.name) ?? 0) + 1);
    try {
      const exchange = await sender.send(transport, request, {
        timeoutMs: plan.limits.timeoutMs,
        reason: 'audit',
        reads: target,
        signal: input.cut,
      });
      const { keyFingerprint } = sender;
      await commit(() =>
        storeResult(session, { ...attempt, auditId }, { exchange, keyFingerprint, intent }),
      );
    } finally {
      lanes.inFlight.set(target.name, (lanes.inFlight.get(target.name) ?? 1) - 1);
    }
    tools.clockWatch.look();
    return settle(attempt, member, question);
  };

  const isUsedUp = (): boolean => count.requests >= plan.limits.requests;

  return {
    /** Whether the plan's requests are used up. */
    isUsedUp,
    /** Nothing is asked of the target before the time has passed. */
    hold: (member: SealedPanelMember, ms: number): void => pacerOf(member).hold(ms),
    /**
     * Null: it was not asked, since the run halts, the target is halted, or the plan's requests are used up. A text: a
     * cap of the target, counted with what is under way at this moment, forbids it.
     */
    ask: async (
      sample: Sample,
      question: Question,
      before: AttemptRow | null,
    ): Promise<Done | string | null> => {
      const { target } = sample.member;
      const pacer = pacerOf(sample.member);
      const bytes = promptBytesOf(question);
      const need = estimatedTokens(bytes) + (completionBound(target.parameters) ?? 0);
      if (!(await pacer.admit(need))) return null;
      let result = { tokens: 0, isLimited: false, isAnswered: false };
      try {
        if (signal.aborted || health.isHalted(target.name) || isUsedUp()) return null;
        const ask = { canaryId: question.at.canaryId, requests: 1, promptBytes: bytes };
        const cap = caps.against(target, ask);
        if (cap !== null) return cap;
        const release = caps.reserve(target, bytes);
        const done = await send(sample, question, before).finally(release);
        const { attempt } = done;
        result = {
          tokens: (attempt.promptTokens ?? 0) + (attempt.completionTokens ?? 0),
          isLimited: attempt.outcome === 'rate-limited',
          isAnswered: attempt.errorCode === null,
        };
        return done;
      } finally {
        pacer.done(need, result);
      }
    },
  };
}
export type Asker = ReturnType<typeof createAsker>;
