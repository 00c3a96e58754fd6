import { AppError } from '#shared/contract/errors.ts';
import { fromUtf8 } from '#shared/evidence/bytes.ts';
import { commitmentsText } from '#shared/evidence/commit.ts';
import { readCustodyLine } from '#shared/evidence/custody.ts';
import type {
  Adjudication,
  CanarySeal,
  DisclosedCanary,
  EvidenceAttempt,
  EvidenceDocument,
  NotAskedReason,
  Registration,
  UndisclosedCanary,
} from '#shared/evidence/document.ts';
import type { Presentation } from '#shared/evidence/presentation.ts';
import { spkiToPem } from '#shared/evidence/spki.ts';
import { evaluate } from '#shared/statistics/evaluate.ts';
import type { PositionRow } from '../../db/audit-store.ts';
import type { RegistryRow } from '../../db/library-store.ts';
import { loadExchange } from '../audit/attempts.ts';
import { evaluationInput } from '../audit/state.ts';
import { openLeaf } from '../library/library.ts';
import { mustFindPlan, readSealed } from '../plan/plan.ts';
import { drandOf } from '../registry/item.ts';
import { clockOffsetMs, withKnownStamps } from '../timestamp/timestamp.ts';
import type { Session } from '../workspace/session.ts';
import { adjudicationsOf } from './adjudication.ts';
import { findingsOf } from './evidence.ts';

export interface ReportOptions {
  readonly auditId: string;
  readonly lab: string;
  readonly analyst: string;
  readonly presentation: Presentation;
  /** Signs the log; without it, without time stamps. */
  readonly checkpoint?: Session['checkpoint'];
}

function registration(session: Session, row: RegistryRow): Registration {
  const commitments = session.library
    .leaves(row.number)
    .map((leaf) => new Uint8Array(leaf.commitment));
  const drand = drandOf(row);
  return {
    registration: new Uint8Array(row.registration),
    registrationSigstore: withKnownStamps(session, new Uint8Array(row.sigstore)),
    commitments: commitmentsText(commitments),
    protocol: new Uint8Array(row.protocol),
    draw:
      row.drawnUtc === null
        ? null
        : {
            beacon: row.beacon ? row.beacon.toString('hex') : null,
            source: row.beaconSource ?? 'none',
            drawnUtc: row.drawnUtc,
            ...(drand === null ? {} : { drand }),
          },
  };
}

/** Leaves of the planned registries that were not asked, with the reason. */
function undisclosed(
  session: Session,
  numbers: readonly number[],
  positions: readonly PositionRow[],
): UndisclosedCanary[] {
  const planned = new Map(positions.map((at) => [`${at.registry}/${at.leafIndex}`, at]));
  return numbers.flatMap((number) =>
    session.library.leaves(number).flatMap((leaf): UndisclosedCanary[] => {
      const at = planned.get(`${number}/${leaf.leafIndex}`);
      const of = (reason: NotAskedReason) => [
        { registry: number, leafIndex: leaf.leafIndex, reason },
      ];
      if (at === undefined) return of(leaf.use === 'found' ? 'found' : 'used');
      if (at.state === 'pending') return of('not-reached');
      if (at.state === 'skipped') return of(at.skipReason === 'limit' ? 'limit' : 'stopped');
      return [];
    }),
  );
}

function evidenceAttempts(session: Session, auditId: string): EvidenceAttempt[] {
  return session.attempts.ofAudit(auditId).map((attempt) => {
    const { request, facts, body } = loadExchange(session, attempt.id);
    return {
      id: attempt.id,
      target: attempt.target,
      canaryId: attempt.canaryId,
      k: attempt.k,
      number: attempt.number,
      retryOf: attempt.retryOf,
      startedUtc: attempt.startedUtc,
      endedUtc: attempt.endedUtc,
      request: {
        method: request.method,
        url: request.url,
        headers: facts?.headers ?? request.headers,
        body: request.body,
      },
      response: facts?.response
        ? { status: facts.response.status, headers: facts.response.headers, body }
        : null,
      custodySalt: request.salt,
      outcome: attempt.outcome ?? 'interrupted',
      errorCode: attempt.errorCode,
    };
  });
}

/** Those that stand in the log as it was signed: one that came while it was being stamped is for the next report. */
function adjudicationsIn(
  session: Session,
  auditId: string,
  lines: readonly Uint8Array[],
): Adjudication[] {
  const logged = new Set(
    lines.flatMap((bytes) => {
      if (!fromUtf8(bytes).includes('"sample.adjudicated"')) return [];
      const { kind, data } = readCustodyLine(bytes);
      return kind === 'sample.adjudicated' ? [data.adjudication] : [];
    }),
  );
  return adjudicationsOf(session, { auditId, canaryId: null, target: null })
    .filter(({ id }) => logged.has(id))
    .map(({ auditId: _, ...own }) => own);
}

function refuseRunning(session: Session, auditId: string): void {
  if (session.audits.audit(auditId)?.state === 'running')
    throw new AppError('CONFLICT', 'The audit is still running. Pause or stop it first.');
}

/** Everything that a report and a bundle rest on, read from the workspace. Errors: NOT_FOUND, CONFLICT while it runs, INTEGRITY. */
export async function evidenceDocument(
  session: Session,
  options: ReportOptions,
): Promise<EvidenceDocument> {
  refuseRunning(session, options.auditId);
  const row = session.audits.audit(options.auditId);
  if (!row) throw new AppError('NOT_FOUND', 'There is no such audit.');
  const planRow = mustFindPlan(session, row.planId);
  const { plan, sealed } = readSealed(planRow);
  const numbers = plan.canaries.registries.map((entry) => entry.number);
  const positions = session.audits.positions(options.auditId);
  const asked = positions.filter((at) => at.state !== 'pending' && at.state !== 'skipped');
  const canaries = asked.map((at): DisclosedCanary => {
    const leaf = openLeaf(session, at.registry, at.leafIndex);
    return {
      registry: at.registry,
      leafIndex: at.leafIndex,
      record: leaf.recordBytes,
      salt: leaf.salt,
      key: leaf.key,
      use: at.use,
    };
  });
  const seals = asked.flatMap((at, index): CanarySeal[] =>
    at.sealSha256 && at.sealedUtc !== null && at.openedUtc !== null
      ? [
          {
            sequence: index + 1,
            canaryId: at.canaryId,
            sha256: at.sealSha256.toString('hex'),
            sealedUtc: at.sealedUtc,
            openedUtc: at.openedUtc,
          },
        ]
      : [],
  );
  const last = Math.max(0, ...numbers);
  const { state, tierB } = findingsOf(session, options.auditId);
  const { lines, sigstore } = await (options.checkpoint ?? session.checkpoint)();
  const signer = session.signer();
  const { runtime } = session.ports;
  return {
    profile: 'internal',
    presentation: options.presentation,
    reportId: session.ports.random.uuid(),
    createdUtc: session.nowUtc(),
    lab: options.lab === '' ? (session.workspaces.workspace()?.name ?? '') : options.lab,
    analyst: options.analyst === '' ? runtime.actor : options.analyst,
    tool: {
      name: 'trapstreet',
      version: runtime.version,
      runtime: `node ${runtime.node} openssl ${runtime.openssl} ${runtime.platform}`,
    },
    case: { id: row.caseId, title: session.workspaces.case(row.caseId)?.name ?? row.caseId },
    run: { id: row.auditId, startedUtc: row.startedUtc, endedUtc: row.endedUtc },
    plan: {
      yaml: new Uint8Array(planRow.yaml),
      sealSigstore: withKnownStamps(session, new Uint8Array(planRow.sigstore)),
    },
    registrations: session.library
      .registries()
      .filter((entry) => entry.number <= last)
      .map((entry) => registration(session, entry)),
    canaries,
    undisclosed: undisclosed(session, numbers, positions),
    panel: sealed.panel.map((member) => member.target),
    attempts: evidenceAttempts(session, options.auditId),
    adjudications: adjudicationsIn(session, options.auditId, lines),
    clockOffsetMs: clockOffsetMs(session),
    seals,
    custody: { lines, checkpointSigstore: sigstore },
    state,
    evaluation: evaluate(evaluationInput(session, { auditId: row.auditId, plan }, state)),
    tierB,
    limits: [],
    signerPublicKeyPem: spkiToPem(signer.publicKeySpkiDer),
  };
}
