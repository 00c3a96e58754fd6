import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { AppError } from '#shared/contract/errors.ts';
import type { BundleItem, Verification } from '#shared/contract/evidence.ts';
import type { Output, ParsedInput } from '#shared/contract/index.ts';
import { buildBag } from '#shared/evidence/bag.ts';
import { sha256Hex, utf8 } from '#shared/evidence/bytes.ts';
import { commitmentsText } from '#shared/evidence/commit.ts';
import type {
  CanarySeal,
  DisclosedCanary,
  EvidenceAttempt,
  EvidenceDocument,
  NotAskedReason,
  Registration,
  UndisclosedCanary,
} from '#shared/evidence/document.ts';
import { EvidenceError } from '#shared/evidence/errors.ts';
import { spkiToPem } from '#shared/evidence/spki.ts';
import { verifyBag } from '#shared/evidence/verify.ts';
import { renderReport } from '#shared/report/render.ts';
import { evaluate } from '#shared/statistics/evaluate.ts';
import type { PositionRow } from '../db/audit-store.ts';
import type { RegistryRow } from '../db/library-store.ts';
import { loadExchange } from './attempts.ts';
import { evaluationInput } from './audit-state.ts';
import { findingsOf } from './evidence.ts';
import { readFolder, writeFolderDurably } from './files.ts';
import { openLeaf } from './library.ts';
import { mustFindPlan, readSealed } from './plan.ts';
import { drandOf } from './registry.ts';
import type { Session } from './session.ts';

export interface ReportOptions {
  readonly auditId: string;
  readonly lab: string;
  readonly analyst: string;
}

function registration(session: Session, row: RegistryRow): Registration {
  const commitments = session.library
    .leaves(row.number)
    .map((leaf) => new Uint8Array(leaf.commitment));
  const drand = drandOf(row);
  return {
    registration: new Uint8Array(row.registration),
    registrationSigstore: new Uint8Array(row.sigstore),
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
  return session.audits.attempts(auditId).map((attempt) => {
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

/** Everything that a report and a bundle rest on, read from the workspace. Errors: NOT_FOUND, CONFLICT, INTEGRITY. */
export async function evidenceDocument(
  session: Session,
  options: ReportOptions,
): Promise<EvidenceDocument> {
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
  const { lines, sigstore } = await session.checkpoint();
  const signer = session.signer();
  const { runtime } = session.ports;
  return {
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
    plan: { yaml: new Uint8Array(planRow.yaml), sealSigstore: new Uint8Array(planRow.sigstore) },
    registrations: session.library
      .registries()
      .filter((entry) => entry.number <= last)
      .map((entry) => registration(session, entry)),
    canaries,
    undisclosed: undisclosed(session, numbers, positions),
    panel: sealed.panel.map((member) => member.target),
    attempts: evidenceAttempts(session, options.auditId),
    seals,
    custody: { lines, checkpointSigstore: sigstore },
    state,
    evaluation: evaluate(evaluationInput(session, { auditId: row.auditId, plan }, state)),
    tierB,
    limits: [],
    signerPublicKeyPem: spkiToPem(signer.publicKeySpkiDer),
  };
}

function refuseRunning(session: Session, auditId: string): void {
  if (session.audits.audit(auditId)?.state === 'running')
    throw new AppError('CONFLICT', 'The audit is still running. Pause or stop it first.');
}

/** The report as one static page. Errors: NOT_FOUND, CONFLICT while it runs. */
export async function getReport(
  session: Session,
  options: ReportOptions,
): Promise<Output<'report.get'>> {
  refuseRunning(session, options.auditId);
  const html = renderReport(await evidenceDocument(session, options));
  session.transaction(() =>
    session.record('report.rendered', { audit: options.auditId, sha256: sha256Hex(utf8(html)) }),
  );
  return { html, sha256: sha256Hex(utf8(html)) };
}

/** Writes and verifies the signed bundle. Errors: NOT_FOUND, CONFLICT, INTEGRITY, NOT_AVAILABLE_HERE. */
export async function exportBundle(
  session: Session,
  input: ParsedInput<'bundle.export'>,
): Promise<BundleItem> {
  refuseRunning(session, input.auditId);
  const { host } = session.ports.runtime;
  if (input.out !== null && host === 'loopback')
    throw new AppError(
      'NOT_AVAILABLE_HERE',
      'In browser mode bundles are written below the workspace.',
    );
  session.transaction(() => session.record('report.signed', { audit: input.auditId }));
  const document = await evidenceDocument(session, input);
  const path =
    input.out === null
      ? join(session.ports.paths.workspace, 'exports', document.reportId)
      : resolve(input.out);
  if (existsSync(path))
    throw new AppError('CONFLICT', 'This folder exists already. Choose one that does not.');
  const files = await buildBag(document, session.signer());
  const check = verifyBag(files, { publicKeyPem: document.signerPublicKeyPem });
  if (!check.ok) {
    const failed = check.checks.filter((entry) => !entry.ok).map((entry) => entry.name);
    throw new AppError(
      'INTEGRITY',
      `The bundle does not verify and was not written. Failed: ${failed.join(', ')}.`,
      { failed },
    );
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFolderDurably(path, files);
  const item: BundleItem = {
    bundleId: session.ports.random.uuid(),
    auditId: input.auditId,
    path,
    files: files.size,
    manifestSha256: sha256Hex(files.get('manifest-sha256.txt') ?? new Uint8Array()),
    createdUtc: document.createdUtc,
  };
  session.transaction(() => {
    session.workspaces.addBundle(item);
    session.record('report.exported', {
      audit: input.auditId,
      bundle: item.bundleId,
      manifest_sha256: item.manifestSha256,
    });
  });
  return item;
}

/** Verifies a folder; a folder that cannot be a bundle is a failed check, not an exception. Errors: NOT_FOUND. */
export function verifyFolder(path: string, publicKeyPem: string | null): Verification {
  const folder = isAbsolute(path) ? path : resolve(path);
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new AppError('NOT_FOUND', 'There is no such folder.');
  let files: Map<string, Uint8Array>;
  try {
    files = readFolder(folder);
  } catch (error) {
    const detail =
      error instanceof AppError || error instanceof EvidenceError
        ? error.message
        : 'it cannot be read';
    return {
      ok: false,
      path: folder,
      keyid: null,
      keyGiven: publicKeyPem !== null,
      checks: [{ name: 'layout', ok: false, detail }],
    };
  }
  const report = verifyBag(files, publicKeyPem === null ? {} : { publicKeyPem });
  return {
    ok: report.ok,
    path: folder,
    keyid: report.fingerprint,
    keyGiven: publicKeyPem !== null,
    checks: report.checks.map(({ name, ok, detail }) => ({ name, ok, detail })),
  };
}

/** Verifies a bundle of this workspace against the workspace's own key. Errors: NOT_FOUND. */
export function checkBundle(session: Session, bundleId: string): Verification {
  const item = session.workspaces.bundles().find((entry) => entry.bundleId === bundleId);
  if (!item) throw new AppError('NOT_FOUND', 'There is no such bundle.');
  return verifyFolder(item.path, spkiToPem(session.signer().publicKeySpkiDer));
}
