import type { CanaryRecord } from '#shared/domain/canary.ts';
import type { EvaluationInput, OpenedCanary } from '#shared/domain/evaluation.ts';
import type { EndpointErrorCode, Outcome } from '#shared/domain/outcome.ts';
import type { Plan } from '#shared/domain/plan.ts';
import { type CanaryScorer, scorerOf } from '#shared/evidence/score.ts';
import { evaluate } from '#shared/statistics/evaluate.ts';
import { buildRequest } from '#shared/wire/adapters.ts';
import type { AttemptRow, PositionRow, StoredAuditState, Trouble } from '../db/audit-store.ts';
import type { Transport } from '../endpoints/types.ts';
import { panelDigest, storeIntent, storeResult } from './attempts.ts';
import { attemptsByPosition, openedCanary, recordAt } from './audit-state.ts';
import { createCommitQueue } from './commit-queue.ts';
import { takeLease } from './lease.ts';
import { readAttempt, settleLeftovers, storeOutcome } from './outcomes.ts';
import type { SealedPanelMember } from './plan.ts';
import { openWay } from './sending.ts';
import type { Session } from './session.ts';
import { hostOf } from './target.ts';

/** Failures that a plan may allow to be tried again; everything else is an answer or a fact. */
const RETRYABLE: ReadonlySet<Outcome> = new Set(['rate-limited', 'timed-out', 'transport-failed']);

export interface RunInput {
  readonly session: Session;
  readonly transport: Transport;
  readonly auditId: string;
  readonly plan: Plan;
  readonly panel: readonly SealedPanelMember[];
  /** Asks for a halt after the requests in flight; it never cuts one off. */
  readonly signal: AbortSignal;
  /** Called after every durable change. */
  readonly changed: () => void;
}

export interface RunEnd {
  readonly state: StoredAuditState;
  readonly message: string | null;
  /** The failure that paused it. */
  readonly trouble?: Trouble;
}

/** Live figures that are not worth a row: what is in flight, and why a target waits. */
export interface Lanes {
  readonly inFlight: Map<string, number>;
  readonly waiting: Map<string, string>;
  readonly stopped: Set<string>;
}

interface Sample {
  readonly member: SealedPanelMember;
  readonly k: number;
}

interface Done {
  readonly attempt: AttemptRow;
  readonly retryAfterMs: number | null;
}

/**
 * Executes a sealed plan panel-synchronously (METHOD 5.4): all panel answers to a canary are stored and sealed, then its
 * response is opened, then every suspect's e-process makes its step. Everything it knows is in the database, so a killed
 * run goes on where it was: what has a durable result is never asked again, and an intent without a result stays what it
 * is, `interrupted`, followed by one new attempt.
 */
export function createRun(input: RunInput) {
  const { session, transport, auditId, plan, panel, signal } = input;
  const { audits } = session;
  const commit = createCommitQueue(session);
  const lanes: Lanes = { inFlight: new Map(), waiting: new Map(), stopped: new Set() };
  const opened: OpenedCanary[] = [];
  const failures = new Map<string, { code: string; count: number }>();
  let requests = 0;
  let trouble: (Trouble & { readonly message: string }) | null = null;
  const suspects = panel.filter((member) => member.target.role === 'suspect');

  const evaluateNow = (state: EvaluationInput['state']) =>
    evaluate({
      panel: plan.panel,
      suspects: suspects.length,
      rule: plan.stop.rule,
      canaries: opened,
      state,
    });

  const updateStops = (): void => {
    if (plan.stop.rule !== 'label') return;
    for (const suspect of evaluateNow('running').suspects)
      if (suspect.stoppedAt !== null) lanes.stopped.add(suspect.target);
  };
  const allStopped = (): boolean =>
    suspects.every((member) => lanes.stopped.has(member.target.name));

  /** Reads, scores and stores the outcome of an attempt whose bytes are durable. */
  const settle = async (attempt: AttemptRow, scorer: CanaryScorer): Promise<Done> => {
    const reading = readAttempt(session, attempt, { panel, scorer });
    await commit(() => storeOutcome(session, { ...attempt, auditId }, reading));
    noteFailure(attempt.target, reading.row.outcome, reading.row.errorCode);
    return { attempt: { ...attempt, ...reading.row }, retryAfterMs: reading.retryAfterMs };
  };

  /** The same failure again and again, or a refused key, pauses the run before more canaries are burned. */
  const noteFailure = (target: string, outcome: Outcome, code: EndpointErrorCode | null): void => {
    if (code === null || outcome === 'interrupted') {
      failures.delete(target);
      return;
    }
    const known = failures.get(target);
    const count = known?.code === code ? known.count + 1 : 1;
    failures.set(target, { code, count });
    if (code === 'SECRET_ECHOED')
      trouble ??= {
        target,
        code,
        message: `${target} sent the API key back (SECRET_ECHOED); that answer was not stored. Revoke the key, set a new one, then resume, or stop the audit.`,
      };
    else if (code === 'AUTH_FAILED')
      trouble ??= {
        target,
        code,
        message: `${target} refused the key (AUTH_FAILED). Check the vault entry and resume.`,
      };
    else if (count >= plan.limits.breaker)
      trouble ??= {
        target,
        code,
        message: `${target} failed ${count} times in the same way (${code}). Check the target, then resume, or stop the audit.`,
      };
  };

  const ask = async (
    sample: Sample,
    at: PositionRow,
    record: CanaryRecord,
    before: AttemptRow | null,
  ) => {
    const { member, k } = sample;
    const { target } = member;
    requests += 1;
    // A key that is gone must not cost an exposure: it is opened before the intent is stored.
    const sender = openWay(session, member);
    const request = buildRequest(target, {
      messages: record.messages,
      parameters: target.parameters,
      keyName: member.key,
    });
    const attempt: AttemptRow = {
      id: session.ports.random.uuid(),
      position: at.position,
      canaryId: at.canaryId,
      target: target.name,
      host: hostOf(target),
      k,
      number: (before?.number ?? 0) + 1,
      retryOf: before?.id ?? null,
      startedUtc: '',
      endedUtc: null,
      outcome: null,
      errorCode: null,
      model: null,
      found: [],
      rules: [],
    };
    await commit(() => {
      storeIntent(session, { ...attempt, auditId }, request);
      // From the first request on it is no secret any more, whatever becomes of this audit.
      if (audits.markAsked(auditId, at.position) === 1)
        session.library.setStatus(at.canaryId, 'exposed');
    });
    lanes.inFlight.set(target.name, (lanes.inFlight.get(target.name) ?? 0) + 1);
    try {
      const exchange = await sender.send(transport, request, {
        timeoutMs: plan.limits.timeoutMs,
        reason: 'audit',
      });
      const { keyFingerprint } = sender;
      await commit(() =>
        storeResult(session, { ...attempt, auditId }, { exchange, keyFingerprint }),
      );
    } finally {
      lanes.inFlight.set(target.name, (lanes.inFlight.get(target.name) ?? 1) - 1);
    }
    return attempt;
  };

  /** Sees one sample through to the attempt that counts, as far as the sealed retry policy goes. */
  const complete = async (
    sample: Sample,
    at: PositionRow,
    known: readonly AttemptRow[],
    tools: { record: CanaryRecord; scorer: CanaryScorer },
  ): Promise<void> => {
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
      if (!again && !mayRetry) return;
      if (signal.aborted || trouble !== null) return;
      if (mayRetry) {
        const wait = Math.max(last?.retryAfterMs ?? 0, plan.retry.waitMs * 2 ** retries);
        if ((last?.retryAfterMs ?? 0) > plan.retry.maxRetryAfterMs) {
          const target = sample.member.target.name;
          trouble ??= {
            target,
            code: 'RATE_LIMITED',
            message: `${target} asks to wait longer than the plan allows. Resume later.`,
          };
          return;
        }
        lanes.waiting.set(
          sample.member.target.name,
          `waits ${Math.ceil(wait / 1000)} s before a planned retry`,
        );
        await delay(wait, signal);
        lanes.waiting.delete(sample.member.target.name);
        if (signal.aborted) return;
        retries += 1;
      }
      if (requests >= plan.limits.requests) return;
      const attempt = await ask(sample, at, tools.record, last?.attempt ?? null);
      last = await settle(attempt, tools.scorer);
      input.changed();
      if (last.attempt.outcome === 'interrupted') return;
    }
  };

  /** Who is asked at a position. A suspect that has stopped is asked only for what checks explanations. */
  const askedAt = (at: PositionRow): Sample[] =>
    panel
      .filter(({ target }) => at.use !== 'evidence' || !lanes.stopped.has(target.name))
      .flatMap((member) =>
        Array.from({ length: plan.samples }, (_, index) => ({ member, k: index + 1 })),
      );

  const askPanel = async (
    at: PositionRow,
    known: readonly AttemptRow[],
  ): Promise<'done' | 'halted'> => {
    const record = recordAt(session, at);
    const tools = { record, scorer: scorerOf(record) };
    const samples = askedAt(at);
    const queue = [...samples];
    const worker = async (): Promise<void> => {
      for (let sample = queue.shift(); sample; sample = queue.shift()) {
        const { member, k } = sample;
        const own = known.filter((one) => one.target === member.target.name && one.k === k);
        try {
          await complete(sample, at, own, tools);
        } catch (error) {
          queue.length = 0;
          throw error;
        }
      }
    };
    const workers = Math.min(plan.limits.concurrency, samples.length);
    // What is in flight when one of them fails is seen through to its durable result.
    const ends = await Promise.allSettled(Array.from({ length: workers }, worker));
    const broken = ends.find((end) => end.status === 'rejected');
    if (broken) throw broken.reason;
    const settled = audits.attemptsAt(auditId, at.position);
    const answered = new Set(
      settled
        .filter((attempt) => attempt.outcome !== null && attempt.outcome !== 'interrupted')
        .map((attempt) => `${attempt.target}/${attempt.k}`),
    );
    const missing = samples.some(({ member, k }) => !answered.has(`${member.target.name}/${k}`));
    return missing ? 'halted' : 'done';
  };

  const seal = (at: PositionRow): void => {
    const digest = panelDigest(session, audits.attemptsAt(auditId, at.position));
    session.transaction(() => {
      const data = { audit: auditId, canary: at.canaryId, seal_sha256: digest };
      const seq = session.record('canary.sealed', data);
      const sha256 = Buffer.from(digest, 'hex');
      audits.markSealed(auditId, at.position, { sha256, utc: session.nowUtc(), seq });
    });
  };

  const open = (at: PositionRow): void => {
    session.transaction(() => {
      const seq = session.record('canary.opened', { audit: auditId, canary: at.canaryId });
      audits.markOpened(auditId, at.position, { utc: session.nowUtc(), seq });
      session.library.setStatus(at.canaryId, 'burned');
    });
    const now = audits.positionOf(auditId, at.canaryId) ?? at;
    const canary = openedCanary(session, now, audits.attemptsAt(auditId, at.position));
    if (canary) opened.push(canary);
    updateStops();
  };

  const skip = (at: PositionRow, reason: 'stopped' | 'limit'): void => {
    session.transaction(() => audits.markSkipped(auditId, at.position, reason));
  };

  const servedAsked = (positions: readonly PositionRow[]): number =>
    positions.filter(
      (at) => at.use === 'evidence' && at.state !== 'pending' && at.state !== 'skipped',
    ).length;

  const run = async (): Promise<RunEnd> => {
    settleLeftovers(session, auditId, panel);
    const attempts = attemptsByPosition(session, auditId);
    const positions = audits.positions(auditId);
    requests = [...attempts.values()].reduce((sum, list) => sum + list.length, 0);
    for (const at of positions) {
      if (at.state !== 'opened') continue;
      const canary = openedCanary(session, at, attempts.get(at.position) ?? []);
      if (canary) opened.push(canary);
    }
    updateStops();
    let served = servedAsked(positions);
    let overLimit = false;
    for (const at of positions) {
      if (at.state === 'opened') continue;
      if (at.state === 'skipped') {
        overLimit ||= at.skipReason === 'limit';
        continue;
      }
      takeLease(session);
      const want = audits.audit(auditId)?.want ?? null;
      if (want === 'stop') return { state: 'stopped', message: 'Stopped by the analyst.' };
      if (want === 'pause' || signal.aborted) return { state: 'paused', message: 'Paused.' };
      if (at.state === 'sealed') {
        open(at);
        continue;
      }
      if (at.state === 'pending') {
        if (allStopped() && (at.use === 'evidence' || (at.use === 'twin' && !plan.stop.allTwins))) {
          skip(at, 'stopped');
          continue;
        }
        if (at.use === 'evidence' && served >= plan.limits.canaries) {
          overLimit = true;
          skip(at, 'limit');
          continue;
        }
        if (requests + askedAt(at).length > plan.limits.requests)
          return {
            state: 'budget',
            message: `The limit of ${plan.limits.requests} requests is reached.`,
          };
      }
      if (at.use === 'evidence' && at.state === 'pending') served += 1;
      const result = await askPanel(at, audits.attemptsAt(auditId, at.position));
      if (result === 'halted') {
        if (signal.aborted) return { state: 'paused', message: 'Paused.' };
        if (trouble !== null) return { state: 'paused', message: trouble.message, trouble };
        if (requests >= plan.limits.requests)
          return {
            state: 'budget',
            message: `The limit of ${plan.limits.requests} requests is reached.`,
          };
        return { state: 'paused', message: 'A request was cut off. Resume to go on.' };
      }
      seal(at);
      open({ ...at, state: 'sealed' });
      input.changed();
      if (trouble !== null) return { state: 'paused', message: trouble.message, trouble };
    }
    if (overLimit && !allStopped())
      return {
        state: 'budget',
        message: `The limit of ${plan.limits.canaries} canaries is reached before every suspect has its label.`,
      };
    return { state: 'complete', message: null };
  };

  return { run, lanes, requests: () => requests };
}
export type Run = ReturnType<typeof createRun>;

function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}
