import { AppError } from '#shared/contract/errors.ts';
import type { Output, ParsedInput } from '#shared/contract/index.ts';
import { type RescoreResult, rescoreResult, type ScorerChoice } from '#shared/contract/rescore.ts';
import { OUTCOME_USE } from '#shared/domain/outcome.ts';
import type { RankedAnswer } from '#shared/scoring/rank/engine.ts';
import { EAccumulator } from '#shared/statistics/e-process.ts';
import type { AttemptRow } from '../../db/attempt-store.ts';
import type { PositionRow } from '../../db/audit-store.ts';
import type { Transport } from '../../endpoints/types.ts';
import { loadExchange } from '../audit/attempts.ts';
import { attemptsByPosition, recordAt } from '../audit/state.ts';
import { openLeafDraw } from '../library/library.ts';
import type { SealedPanelMember } from '../plan/panel.ts';
import { mustFindPlan, readSealed } from '../plan/plan.ts';
import { readExchange } from '../target/call.ts';
import { hostOf, refuseHazards } from '../target/target.ts';
import type { Session } from '../workspace/session.ts';
import {
  type CanaryRanker,
  rankerOf,
  requestsOf,
  type ScoredCanary,
  scoringTarget,
} from './rescore-scorers.ts';
import { countingAttempts } from './scoring.ts';

const CAVEAT =
  'Exploratory: this scorer was chosen after the answers were there, so these numbers are a lead and no evidence. The evidence of this audit is what its sealed scorer found.';

interface Running {
  readonly cancel: AbortController;
  readonly end: Promise<void>;
  done: number;
  total: number;
  state: 'running' | 'failed' | 'cancelled' | 'complete';
  message: string | null;
}

/** Re-scores the stored answers of an audit; one at a time. Errors: NOT_FOUND, CONFLICT, UNSAFE_ENVIRONMENT. */
export function createRescoreService(transport: Transport) {
  const known = new Map<string, Running>();

  const start = (
    session: Session,
    { auditId, scorer }: ParsedInput<'rescore.start'>,
  ): Output<'rescore.start'> => {
    if ([...known.values()].some(({ state }) => state === 'running'))
      throw new AppError('CONFLICT', 'A re-scoring is running already. Wait for it, or cancel it.');
    const ranker = rankerOf(session, transport, scorer);
    const members = panelOf(session, auditId);
    const positions = openedPositions(session, auditId);
    if (positions.length === 0)
      throw new AppError(
        'CONFLICT',
        'No canary of this audit is opened yet: there is nothing to score.',
      );
    const rescoreId = session.ports.random.uuid();
    const requests = requestsOf(scorer, canariesOf(session, auditId, members, positions));
    recordStart(session, { auditId, rescoreId, scorer, ranker, canaries: positions.length });
    const cancel = new AbortController();
    const state: Running = {
      cancel,
      end: Promise.resolve(),
      done: 0,
      total: positions.length,
      state: 'running',
      message: null,
    };
    const work = async (): Promise<void> => {
      const canaries = canariesOf(session, auditId, members, positions);
      const ranked: (readonly [ScoredCanary, ReadonlyMap<string, RankedAnswer>])[] = [];
      for (const canary of canaries) {
        ranked.push([canary, await ranker.rank(canary, cancel.signal)]);
        state.done += 1;
      }
      const result: RescoreResult = {
        rescoreId,
        auditId,
        scorer: ranker.id,
        endpointModel: ranker.endpointModel(),
        requests,
        createdUtc: session.nowUtc(),
        targets: members.map((member) => summary(member, ranked)),
        caveat: CAVEAT,
      };
      session.transaction(() =>
        session.rescores.insert({
          id: rescoreId,
          auditId,
          result: JSON.stringify(result),
          createdUtc: result.createdUtc,
        }),
      );
      state.state = 'complete';
    };
    const end = work().catch((error: unknown) => {
      state.state = cancel.signal.aborted ? 'cancelled' : 'failed';
      // Only our own words are passed on: what else is thrown may quote a text.
      state.message = error instanceof AppError ? error.message : null;
    });
    known.set(rescoreId, Object.assign(state, { end }));
    return { rescoreId };
  };

  const get = (session: Session, rescoreId: string): Output<'rescore.get'> => {
    const running = known.get(rescoreId);
    const row = session.rescores.get(rescoreId);
    if (row) {
      const result = rescoreResult.parse(JSON.parse(row.result));
      const total = running?.total ?? result.targets[0]?.canaries.length ?? 0;
      return { state: 'complete', done: total, total, message: null, result };
    }
    if (!running) throw new AppError('NOT_FOUND', 'There is no such re-scoring.');
    const { state, done, total, message } = running;
    return { state, done, total, message, result: null };
  };

  const stopAll = async (): Promise<void> => {
    for (const running of known.values()) running.cancel.abort();
    await Promise.all([...known.values()].map(({ end }) => end));
  };

  return {
    start,
    get,
    cancel: async (rescoreId: string): Promise<Output<'rescore.cancel'>> => {
      const running = known.get(rescoreId);
      if (running?.state !== 'running') return { cancelled: false };
      running.cancel.abort();
      await running.end;
      return { cancelled: true };
    },
    isRunning: (): boolean => [...known.values()].some(({ state }) => state === 'running'),
    close: stopAll,
  };
}
export type RescoreService = ReturnType<typeof createRescoreService>;

/** What a scorer would read and send. Errors: NOT_FOUND, CONFLICT. */
export function previewRescore(
  session: Session,
  { auditId, scorer }: ParsedInput<'rescore.preview'>,
): Output<'rescore.preview'> {
  const members = panelOf(session, auditId);
  const canaries = canariesOf(session, auditId, members, openedPositions(session, auditId));
  const target = scorer.kind === 'text' ? null : scoringTarget(session, scorer.target);
  return {
    scorer: scorer.kind === 'text' ? scorer.id : scorer.kind,
    canaries: canaries.length,
    answers: canaries.reduce(
      (sum, { answers }) => sum + answers.reduce((own, { texts }) => own + texts.length, 0),
      0,
    ),
    requests: requestsOf(scorer, canaries),
    host: target && hostOf(target),
  };
}

export function listRescores(session: Session, auditId: string): Output<'rescore.list'> {
  return {
    results: session.rescores
      .ofAudit(auditId)
      .map(({ result }) => rescoreResult.parse(JSON.parse(result))),
  };
}

function panelOf(session: Session, auditId: string): readonly SealedPanelMember[] {
  const audit = session.audits.audit(auditId);
  if (!audit) throw new AppError('NOT_FOUND', 'There is no such audit.');
  return readSealed(mustFindPlan(session, audit.planId)).sealed.panel;
}

const openedPositions = (session: Session, auditId: string): PositionRow[] =>
  session.audits.positions(auditId).filter((at) => at.state === 'opened' && at.use !== 'found');

function canariesOf(
  session: Session,
  auditId: string,
  members: readonly SealedPanelMember[],
  positions: readonly PositionRow[],
): ScoredCanary[] {
  const attempts = attemptsByPosition(session, auditId);
  return positions.flatMap((at) => {
    const trueIndex = openLeafDraw(session, at.registry, at.leafIndex);
    if (trueIndex === null || at.use === 'found') return [];
    const counting = countingAttempts(attempts.get(at.position) ?? []);
    return [
      {
        id: at.canaryId,
        use: at.use,
        candidates: recordAt(session, at).responses,
        trueIndex,
        answers: members.flatMap((member) => storedAnswers(session, member, counting)),
      },
    ];
  });
}

/** The usable samples of a member; a member that has none was not administered and is left out. */
function storedAnswers(
  session: Session,
  member: SealedPanelMember,
  attempts: readonly AttemptRow[],
): ScoredCanary['answers'] {
  const texts = attempts
    .filter(({ target, outcome }) => {
      const use = OUTCOME_USE[outcome ?? 'interrupted'];
      return target === member.target.name && use !== 'not-administered';
    })
    .map((attempt) => {
      if (attempt.outcome !== 'answered') return '';
      const { facts, body } = loadExchange(session, attempt.id);
      if (!facts) return '';
      const reading = readExchange(
        { response: facts.response && { ...facts.response, body }, error: facts.error },
        member.target,
      );
      return reading.ok ? reading.text : '';
    });
  const { name, role } = member.target;
  return texts.length === 0 ? [] : [{ target: name, role, texts }];
}

function summary(
  { target: { name, role } }: SealedPanelMember,
  ranked: readonly (readonly [ScoredCanary, ReadonlyMap<string, RankedAnswer>])[],
): RescoreResult['targets'][number] {
  const canaries = ranked.flatMap(([canary, byTarget]) => {
    const answer = byTarget.get(name);
    if (!answer) return [];
    const { p, bits } = answer.open(canary.trueIndex);
    const hit = answer.found.includes(canary.trueIndex);
    const found = answer.found.length;
    return [
      { canaryId: canary.id, use: canary.use, n: answer.n, p: p as number, bits, found, hit },
    ];
  });
  const served = canaries.filter(({ use }) => use === 'evidence');
  const process = new EAccumulator();
  for (const { n, found, hit } of served) process.add({ n, found, hit });
  return {
    target: name,
    role,
    asked: served.length,
    hits: served.filter(({ hit }) => hit).length,
    meanBits:
      served.length === 0 ? 0 : served.reduce((sum, { bits }) => sum + bits, 0) / served.length,
    logE: process.logE as number,
    canaries,
  };
}

/** The log says that lists and answers were shown to somebody, before they are. */
function recordStart(
  session: Session,
  job: {
    readonly auditId: string;
    readonly rescoreId: string;
    readonly scorer: ScorerChoice;
    readonly ranker: CanaryRanker;
    readonly canaries: number;
  },
): void {
  const { scorer } = job;
  if (scorer.kind !== 'text') refuseHazards(session);
  session.transaction(() =>
    session.record('score.computed', {
      rescore: job.rescoreId,
      audit: job.auditId,
      scorer: job.ranker.id,
      canaries: job.canaries,
      shown_to: scorer.kind === 'text' ? null : hostOf(scoringTarget(session, scorer.target)),
    }),
  );
}
