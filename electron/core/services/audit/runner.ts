import type { EvaluationInput, OpenedCanary } from '#shared/domain/evaluation.ts';
import { scorerOf } from '#shared/evidence/score.ts';
import { evaluate } from '#shared/statistics/evaluate.ts';
import type { PositionRow } from '../../db/audit-store.ts';
import { openWay } from '../network/sending.ts';
import type { SealedPanelMember } from '../plan/panel.ts';
import { createCommitQueue } from '../workspace/commit-queue.ts';
import { panelDigest } from './attempts.ts';
import { takeLease } from './lease.ts';
import { readAttempt, settleLeftovers } from './outcomes.ts';
import { createAsker, promptBytesOf } from './run/ask.ts';
import { createCaps } from './run/caps.ts';
import { createClockWatch } from './run/clock-watch.ts';
import { createHealth } from './run/health.ts';
import { createPanelRound } from './run/panel.ts';
import type { Lanes, PasteSample, Question, RunEnd, RunInput, Sample } from './run/types.ts';
import { attemptsByPosition, openedCanary, recordAt } from './state.ts';

/**
 * Executes a sealed plan panel-synchronously (METHOD 5.4): all panel answers to a canary are stored and sealed, then its
 * response is opened, then every suspect's e-process makes its step. Everything it knows is in the database, so a killed
 * run goes on where it was: what has a durable result is never asked again, and an intent without a result stays what it
 * is, `interrupted`, followed by one new attempt.
 */
export function createRun(input: RunInput) {
  const { session, auditId, plan, panel, signal } = input;
  const { audits } = session;
  const lanes: Lanes = { inFlight: new Map(), waiting: new Map(), stopped: new Set() };
  const health = createHealth(plan.limits.breaker);
  const count = { requests: 0 };
  const opened: OpenedCanary[] = [];
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

  /** Who is asked at a position. A suspect that has stopped is asked only for what checks explanations. */
  const askedMembers = (at: PositionRow): SealedPanelMember[] =>
    panel.filter(({ target }) => at.use !== 'evidence' || !lanes.stopped.has(target.name));
  const askedAt = (at: PositionRow): Sample[] =>
    askedMembers(at).flatMap((member) =>
      Array.from({ length: plan.samples }, (_, index) => ({ member, k: index + 1 })),
    );

  const seal = (at: PositionRow): void => {
    const digest = panelDigest(session, session.attempts.at(auditId, at.position));
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
    const canary = openedCanary(session, now, session.attempts.at(auditId, at.position));
    if (canary) opened.push(canary);
    updateStops();
  };

  const skip = (at: PositionRow, reason: 'stopped' | 'limit'): void => {
    session.transaction(() => audits.markSkipped(auditId, at.position, reason));
  };

  const paused = (message: string): RunEnd => ({ state: 'paused', message });
  const budget = (message: string): RunEnd => ({ state: 'budget', message });
  const requestsUsed = (): RunEnd =>
    budget(`The limit of ${plan.limits.requests} requests is reached.`);

  /** What the analyst, here or in another process, wants of the run; null: that it goes on. */
  const wished = (): RunEnd | null => {
    const want = audits.audit(auditId)?.want ?? null;
    if (want === 'stop') return { state: 'stopped', message: 'Stopped by the analyst.' };
    return want === 'pause' || signal.aborted ? paused('Paused.') : null;
  };
  const troubled = (): RunEnd | null => {
    const halt = health.first();
    return (
      halt && {
        state: 'paused',
        message: halt.message,
        trouble: { target: halt.target, code: halt.code },
      }
    );
  };
  const waitingFor = (at: PositionRow, samples: readonly PasteSample[]): RunEnd => {
    const names = [...new Set(samples.map(({ target }) => target))].join(', ');
    return {
      ...paused(
        `Waiting for a person: ${samples.length} ${samples.length === 1 ? 'answer' : 'answers'} to paste (${names}). See \`audit prompts\`, then \`audit paste\`.`,
      ),
      waiting: { position: at.position, samples },
    };
  };

  /** What is known of a run that was under way before: opened canaries, and servers that asked to be left alone. */
  const recall = (positions: readonly PositionRow[]) => {
    const attempts = attemptsByPosition(session, auditId);
    count.requests = [...attempts.values()].reduce((sum, list) => sum + list.length, 0);
    for (const at of positions) {
      if (at.state !== 'opened') continue;
      const canary = openedCanary(session, at, attempts.get(at.position) ?? []);
      if (canary) opened.push(canary);
    }
    updateStops();
    const all = [...attempts.values()].flat();
    const caps = createCaps(panel, all, audits.raisedCaps(auditId));
    const asker = createAsker(input, {
      commit: createCommitQueue(session),
      lanes,
      health,
      caps,
      clockWatch: createClockWatch(session, auditId),
      count,
    });
    // Not the last failure only: with several samples at a time an earlier one may have asked for more.
    for (const attempt of all) {
      if (attempt.errorCode === null || attempt.endedUtc === null) continue;
      const passedMs = session.ports.clock.nowMs() - Date.parse(attempt.endedUtc);
      if (passedMs >= plan.retry.maxRetryAfterMs) continue;
      const member = panel.find(({ target }) => target.name === attempt.target);
      const at = positions.find((one) => one.position === attempt.position);
      if (!member || !at) continue;
      const scorer = scorerOf(recordAt(session, at));
      const { retryAfterMs } = readAttempt(session, attempt, { panel, scorer });
      // A longer wait than the plan allows paused the audit; who resumes it decides to ask again now.
      if (retryAfterMs === null || retryAfterMs > plan.retry.maxRetryAfterMs) continue;
      const leftMs = retryAfterMs - passedMs;
      if (leftMs > 0) asker.hold(member, Math.min(leftMs, retryAfterMs));
    }
    return { caps, round: createPanelRound(input, { asker, health, lanes }) };
  };

  const run = async (): Promise<RunEnd> => {
    settleLeftovers(session, auditId, { panel, keepOpen: true });
    // A key that is gone must cost no exposure to anybody.
    for (const member of panel) openWay(session, member);
    const positions = audits.positions(auditId);
    const { caps, round } = recall(positions);
    let served = positions.filter(
      (at) => at.use === 'evidence' && at.state !== 'pending' && at.state !== 'skipped',
    ).length;
    let overLimit = false;

    /** Why a canary that nobody has seen yet is not asked; null: it is. */
    const capAgainst = (at: PositionRow, question: Question): string | null => {
      const promptBytes = promptBytesOf(question);
      const ask = { canaryId: at.canaryId, requests: plan.samples, promptBytes };
      for (const { target } of askedMembers(at)) {
        const against = caps.against(target, ask);
        if (against !== null) return against;
      }
      return null;
    };

    for (const at of positions) {
      if (at.state === 'opened') continue;
      if (at.state === 'skipped') {
        overLimit ||= at.skipReason === 'limit';
        continue;
      }
      takeLease(session);
      const wish = wished();
      if (wish) return wish;
      if (at.state === 'sealed') {
        open(at);
        continue;
      }
      const record = recordAt(session, at);
      const question: Question = { at, record, scorer: scorerOf(record) };
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
        if (count.requests + askedAt(at).length > plan.limits.requests) return requestsUsed();
        const cap = capAgainst(at, question);
        if (cap !== null) return budget(cap);
        if (at.use === 'evidence') served += 1;
      }
      const end = await round(askedAt(at), question, session.attempts.at(auditId, at.position));
      if (!end.isComplete) {
        const why = wished() ?? troubled();
        if (why) return why;
        if (end.cap !== null) return budget(end.cap);
        if (end.paste.length > 0) return waitingFor(at, end.paste);
        if (count.requests >= plan.limits.requests) return requestsUsed();
        return paused('A request was cut off. Resume to go on.');
      }
      seal(at);
      open({ ...at, state: 'sealed' });
      input.changed();
      const why = troubled();
      if (why) return why;
    }
    if (overLimit && !allStopped())
      return budget(
        `The limit of ${plan.limits.canaries} canaries is reached before every suspect has its label.`,
      );
    return { state: 'complete', message: null };
  };

  return { run, lanes };
}
export type Run = ReturnType<typeof createRun>;
