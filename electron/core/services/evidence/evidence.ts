import { AppError } from '#shared/contract/errors.ts';
import type { Output, ParsedInput } from '#shared/contract/index.ts';
import type { EvaluationInput } from '#shared/domain/evaluation.ts';
import { sha256Hex } from '#shared/evidence/bytes.ts';
import type { PanelTarget } from '#shared/evidence/document.ts';
import { evaluateTierB } from '#shared/evidence/tier-b.ts';
import { evaluate } from '#shared/statistics/evaluate.ts';
import { visible } from '#shared/util/visible.ts';
import { decodeBody } from '#shared/wire/decode-body.ts';
import type { AttemptRow } from '../../db/attempt-store.ts';
import type { StoredAuditState } from '../../db/audit-store.ts';
import { loadExchange } from '../audit/attempts.ts';
import { factWarnings, laneFacts } from '../audit/facts.ts';
import { attemptsByPosition, candidatesOf, evaluationInput, recordAt } from '../audit/state.ts';
import { openLeafDraw } from '../library/library.ts';
import { mustFindPlan, readSealed } from '../plan/plan.ts';
import { panelAnswers } from '../scoring/scoring.ts';
import { readExchange } from '../target/call.ts';
import type { Session } from '../workspace/session.ts';
import { adjudicationsOf } from './adjudication.ts';

const SHOWN_CHARACTERS = 200_000;

/** How an audit's stored state enters the evaluation. */
export const EVALUATION_STATE: Readonly<Record<StoredAuditState, EvaluationInput['state']>> = {
  running: 'running',
  paused: 'running',
  failed: 'stopped',
  complete: 'complete',
  stopped: 'stopped',
  budget: 'budget',
};

export interface Findings {
  readonly state: EvaluationInput['state'];
  readonly tierA: ReturnType<typeof evaluate> | null;
  readonly tierB: ReturnType<typeof evaluateTierB>;
}

/** Evaluates what is opened so far; from stored answers only, never from the network. */
export function findingsOf(session: Session, auditId: string): Findings {
  const row = session.audits.audit(auditId);
  if (!row) throw new AppError('NOT_FOUND', 'There is no such audit.');
  const { plan, sealed } = readSealed(mustFindPlan(session, row.planId));
  const state = EVALUATION_STATE[row.state];
  const attempts = attemptsByPosition(session, auditId);
  const positions = session.audits.positions(auditId);
  const found = positions
    .filter((at) => at.use === 'found' && at.state === 'opened')
    .map((at) => ({
      canaryId: at.canaryId,
      answers: panelAnswers(attempts.get(at.position) ?? [], at.use),
    }));
  const drawn = positions.some((at) => at.use !== 'found');
  const panel: readonly PanelTarget[] = sealed.panel.map((member) => member.target);
  return {
    state,
    tierA: drawn ? evaluate(evaluationInput(session, { auditId, plan }, state)) : null,
    tierB: evaluateTierB(panel, found),
  };
}

export function getEvidence(
  session: Session,
  auditId: string,
  state: Output<'evidence.get'>['state'],
): Output<'evidence.get'> {
  const { tierA, tierB } = findingsOf(session, auditId);
  const row = session.audits.audit(auditId);
  const { sealed } = readSealed(mustFindPlan(session, row?.planId ?? ''));
  return {
    auditId,
    state,
    tierA: tierA as Output<'evidence.get'>['tierA'],
    tierB: tierB as Output<'evidence.get'>['tierB'],
    beacon: sealed.summary.beacon,
    warnings: factWarnings(
      laneFacts(session, {
        auditId,
        panel: sealed.panel,
        attempts: session.attempts.ofAudit(auditId),
        positions: session.audits.positions(auditId),
      }),
    ),
    order: session.audits
      .positions(auditId)
      .map(({ canaryId, registry, use }) => ({ canaryId, registry, use })),
  };
}

/** Expected against actual for one target and canary. The expected side stays closed while the canary is sealed. */
export function getSample(
  session: Session,
  input: ParsedInput<'evidence.sample'>,
): Output<'evidence.sample'> {
  const at = session.audits.positionOf(input.auditId, input.canaryId);
  const row = session.audits.audit(input.auditId);
  if (!at || !row) throw new AppError('NOT_FOUND', 'This audit has no such canary.');
  const { sealed } = readSealed(mustFindPlan(session, row.planId));
  const member = sealed.panel.find((one) => one.target.name === input.target);
  if (!member) throw new AppError('NOT_FOUND', 'This audit has no such target.');
  const record = recordAt(session, at);
  const isOpen = at.state === 'opened';
  const candidates = candidatesOf(record, at.use);
  const drawn = isOpen ? openLeafDraw(session, at.registry, at.leafIndex) : null;
  const expected =
    at.use === 'found' ? [...record.expected] : drawn === null ? [] : [candidates[drawn] ?? ''];
  session.transaction(() =>
    session.record('sample.revealed', {
      audit: input.auditId,
      canary: input.canaryId,
      target: input.target,
    }),
  );
  const attempts = session.attempts
    .at(input.auditId, at.position)
    .filter((attempt) => attempt.target === input.target);
  return {
    canaryId: input.canaryId,
    target: input.target,
    use: at.use,
    prompt: record.messages.map(({ role, content }) => ({ role, content })),
    expected: isOpen ? expected : null,
    n: record.n,
    sealSha256: at.sealSha256 ? at.sealSha256.toString('hex') : null,
    sealedUtc: at.sealedUtc,
    openedUtc: at.openedUtc,
    adjudications: adjudicationsOf(session, input),
    attempts: attempts.map((attempt) =>
      describe(session, attempt, {
        wire: member.target,
        candidates: isOpen ? candidates : [],
        hits: at.use === 'found' ? null : drawn,
      }),
    ),
  };
}

const clip = (bytes: Uint8Array): string =>
  visible(new TextDecoder().decode(bytes.subarray(0, SHOWN_CHARACTERS)));

function describe(
  session: Session,
  attempt: AttemptRow,
  view: { wire: PanelTarget; candidates: readonly string[]; hits: number | null },
): Output<'evidence.sample'>['attempts'][number] {
  const { request, facts, body } = loadExchange(session, attempt.id);
  const reading = facts
    ? readExchange(
        { response: facts.response && { ...facts.response, body }, error: facts.error },
        view.wire,
      )
    : null;
  const decoded = facts?.response ? decodeBody(facts.response.headers, body) : null;
  return {
    attemptId: attempt.id,
    k: attempt.k,
    number: attempt.number,
    retryOf: attempt.retryOf,
    startedUtc: attempt.startedUtc,
    endedUtc: attempt.endedUtc,
    outcome: attempt.outcome,
    errorCode: attempt.errorCode,
    url: request.url,
    status: facts?.response?.status ?? null,
    request: {
      headers: (facts?.headers ?? request.headers).map(([name, value]) => [name, value]),
      text: clip(request.body),
      bytes: request.body.length,
      sha256: sha256Hex(request.body),
    },
    response: facts?.response
      ? {
          headers: facts.response.headers,
          text: clip(decoded?.ok ? decoded.body : body),
          bytes: body.length,
          sha256: facts.response.sha256,
        }
      : null,
    answer: reading?.ok ? visible(reading.text.slice(0, SHOWN_CHARACTERS)) : null,
    reasoning:
      reading?.ok && reading.reasoning !== null
        ? visible(reading.reasoning.slice(0, SHOWN_CHARACTERS))
        : null,
    model: reading?.ok ? reading.model : null,
    finishReason: reading?.ok ? reading.finishReason : null,
    found: attempt.found.flatMap((index) => view.candidates[index] ?? []),
    rules: [...attempt.rules],
    hit:
      view.hits === null
        ? attempt.found.length > 0 && view.candidates.length > 0
        : attempt.found.includes(view.hits),
  };
}
