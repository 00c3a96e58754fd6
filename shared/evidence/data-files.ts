import { VERBAL_SCALE } from '../statistics/verbal-scale.ts';
import { attemptHeadRow } from './attempt-head.ts';
import { beaconRoundRow } from './beacon.ts';
import {
  canonicalJson,
  canonicalJsonFile,
  concat,
  sha256Hex,
  toBase64,
  toHex,
  utf8,
} from './bytes.ts';
import { commitmentLeaf, parseCommitments } from './commit.ts';
import type { Derived } from './derive.ts';
import type { EvidenceDocument, Registration, ReportHead } from './document.ts';
import { excerptFile } from './excerpt.ts';
import { DATA, recordPath, registrationPath } from './layout.ts';
import { allInclusionPaths } from './merkle.ts';
import { METHOD_TEXT } from './method-text.ts';
import type { AdjudicationRow, DisclosureRow, ResultsFile, TranscriptRow } from './rows.ts';
import { type TargetIdentity, targetIdentities } from './segments.ts';
import { targetsBytes } from './targets.ts';
import { verifyText } from './verify-text.ts';
import { warcBytes } from './warc.ts';

/** JSON Lines: canonical JSON and LF for each row. */
export function jsonLines(rows: readonly unknown[]): Uint8Array {
  const lf = Uint8Array.of(10);
  return concat(...rows.flatMap((row) => [canonicalJson(row), lf]));
}

function drawFile(registration: Registration): Uint8Array {
  const { draw } = registration;
  if (draw === null) return canonicalJsonFile(null);
  const { drand } = draw;
  return canonicalJsonFile({
    beacon: draw.beacon,
    source: draw.source,
    drawn_utc: draw.drawnUtc,
    ...(drand === undefined ? {} : { drand: beaconRoundRow(drand) }),
  });
}

/** Inclusion paths of the disclosed canaries, hex, in the order of asking. */
export function inclusionPaths(
  { registrations }: ReportHead,
  canaries: readonly { readonly registry: number; readonly leafIndex: number }[],
): string[][] {
  const paths = registrations.map((registration) =>
    allInclusionPaths(parseCommitments(registration.commitments).map(commitmentLeaf)),
  );
  return canaries.map(({ registry, leafIndex }) =>
    (paths[registry - 1]?.[leafIndex] ?? []).map(toHex),
  );
}

/** Lines of disclosures.jsonl. */
export function disclosureRows(document: EvidenceDocument, derived: Derived): DisclosureRow[] {
  const paths = inclusionPaths(document, document.canaries);
  return derived.canaries.map((canary, index) => ({
    order: index + 1,
    registry: canary.disclosed.registry,
    leaf_index: canary.disclosed.leafIndex,
    id: canary.record.id,
    use: canary.disclosed.use,
    salt: toHex(canary.disclosed.salt),
    key: canary.disclosed.key === null ? null : toHex(canary.disclosed.key),
    path: paths[index] ?? [],
    draw_index: canary.trueIndex,
  }));
}

/** Lines of transcripts.jsonl. */
export function transcriptRows(derived: Derived): TranscriptRow[] {
  return derived.attempts.map(({ attempt, reading, found }) => ({
    ...attemptHeadRow(attempt),
    request: {
      method: attempt.request.method,
      url: attempt.request.url,
      headers: attempt.request.headers.map(([name, value]): [string, string] => [name, value]),
      body: toBase64(attempt.request.body),
      sha256: sha256Hex(attempt.request.body),
    },
    response:
      attempt.response === null
        ? null
        : {
            status: attempt.response.status,
            headers: attempt.response.headers.map(([name, value]): [string, string] => [
              name,
              value,
            ]),
            body: toBase64(attempt.response.body),
            sha256: sha256Hex(attempt.response.body),
          },
    custody_salt: toHex(attempt.custodySalt),
    // JSON text cannot hold a lone surrogate; the exact bytes stand in the body.
    answer: reading.text === null ? null : reading.text.toWellFormed(),
    found: found === null ? null : [...found],
  }));
}

function resultsFile(
  document: ReportHead,
  identities: readonly TargetIdentity[] | null,
): ResultsFile {
  return structured({
    v: 1,
    profile: document.profile,
    report_id: document.reportId,
    created_utc: document.createdUtc,
    lab: document.lab,
    analyst: document.analyst,
    tool: document.tool,
    case: document.case,
    signer_clock_offset_ms: document.clockOffsetMs,
    run: {
      id: document.run.id,
      started_utc: document.run.startedUtc,
      ended_utc: document.run.endedUtc,
    },
    state: document.state,
    evaluation: document.evaluation,
    tier_b: document.tierB,
    identities:
      identities?.map(({ target, degenerate, segments }) => ({
        target,
        degenerate,
        segments: segments.map(({ number, identity, changed, asked, hits }) => ({
          number,
          ...identity,
          changed,
          asked,
          hits,
        })),
      })) ?? null,
    limits: document.limits,
  });
}

/** The same value without its readonly marks. */
function structured(value: DeepReadonly<ResultsFile>): ResultsFile {
  return value as ResultsFile;
}

type DeepReadonly<T> = T extends readonly (infer U)[]
  ? readonly DeepReadonly<U>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

function adjudicationRows({ adjudications }: EvidenceDocument): AdjudicationRow[] {
  return adjudications.map(({ id, canaryId, target, k, verdict, reason, actor, createdUtc }) => ({
    ...{ id, canary: canaryId, target, k, verdict, reason, actor },
    created_utc: createdUtc,
  }));
}

function notAskedRows({ undisclosed }: ReportHead): object[] {
  return undisclosed.map(({ registry, leafIndex, reason }) => ({
    registry,
    leaf_index: leafIndex,
    reason,
  }));
}

function sealRows({ seals }: ReportHead): object[] {
  return seals.map((seal) => ({
    sequence: seal.sequence,
    canary: seal.canaryId,
    sha256: seal.sha256,
    sealed_utc: seal.sealedUtc,
    opened_utc: seal.openedUtc,
  }));
}

/** Files that every profile holds, without the report. */
export function commonFiles(
  head: ReportHead,
  identities: readonly TargetIdentity[] | null = null,
): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  files.set(DATA.results, canonicalJsonFile(resultsFile(head, identities)));
  files.set(DATA.presentation, canonicalJsonFile(head.presentation));
  files.set(DATA.verify, utf8(verifyText(head.profile)));
  files.set(DATA.method, utf8(METHOD_TEXT));
  // No line end: the SHA-256 of this file is the id of the scale.
  files.set(DATA.scale, canonicalJson(VERBAL_SCALE));
  files.set(DATA.plan, head.plan.yaml);
  files.set(DATA.planSeal, head.plan.sealSigstore);
  head.registrations.forEach((registration, index) => {
    const number = index + 1;
    files.set(registrationPath(number, 'registration.json'), registration.registration);
    files.set(
      registrationPath(number, 'registration.sigstore.json'),
      registration.registrationSigstore,
    );
    files.set(registrationPath(number, 'commitments.txt'), registration.commitments);
    files.set(registrationPath(number, 'protocol.json'), registration.protocol);
    files.set(registrationPath(number, 'draw.json'), drawFile(registration));
  });
  files.set(DATA.notAsked, jsonLines(notAskedRows(head)));
  files.set(DATA.seals, jsonLines(sealRows(head)));
  files.set(DATA.custody, excerptFile(head.custody.lines));
  files.set(DATA.checkpoint, head.custody.checkpointSigstore);
  return files;
}

/** Every file under data/ but the report and what is attached: the verifier writes them again and compares the bytes. */
export function fullFiles(document: EvidenceDocument, derived: Derived): Map<string, Uint8Array> {
  const files = commonFiles(document, targetIdentities(document, derived));
  files.set(DATA.targets, targetsBytes(document.panel));
  for (const { registry, leafIndex, record } of document.canaries) {
    files.set(recordPath(registry, leafIndex), record);
  }
  files.set(DATA.disclosures, jsonLines(disclosureRows(document, derived)));
  files.set(DATA.transcripts, jsonLines(transcriptRows(derived)));
  files.set(DATA.adjudications, jsonLines(adjudicationRows(document)));
  files.set(DATA.warc, warcBytes(document));
  return files;
}
