import type { SuspectEvaluation } from '../domain/evaluation.ts';
import { sha256Hex, toHex } from './bytes.ts';
import { commitmentsRoot, parseCommitments } from './commit.ts';
import { checkpointOf } from './custody.ts';
import type { Derived } from './derive.ts';
import type { EvidenceDocument } from './document.ts';
import { readBundle } from './dsse.ts';
import { readRegistration } from './registration.ts';

/** ln E as log10 in fixed-point text: numbers that matter are strings or small integers in a signed statement. */
function log10Text(logE: number): string {
  return (logE / Math.LN10).toFixed(6);
}

function suspectResult(suspect: SuspectEvaluation) {
  return {
    target: suspect.target,
    hits: suspect.hits,
    asked: suspect.asked,
    not_administered: suspect.notAdministered,
    log10_e: log10Text(suspect.logE),
    max_log10_e: log10Text(suspect.maxLogE),
    min_log10_leave_one_out:
      suspect.minLogLeaveOneOut === null ? null : log10Text(suspect.minLogLeaveOneOut),
    label: suspect.label,
    explanation: suspect.explanation,
    verbal: suspect.verbal,
    twins: { asked: suspect.twins.asked, hits: suspect.twins.hits },
    after_release: { asked: suspect.afterRelease.asked, hits: suspect.afterRelease.hits },
  };
}

function registeredCount(document: EvidenceDocument): number {
  const used = new Set(
    [...document.canaries, ...document.undisclosed].map(({ registry }) => registry),
  );
  return [...used].reduce((sum, number) => {
    const registration = document.registrations[number - 1];
    return sum + (registration ? readRegistration(registration.registration).size : 0);
  }, 0);
}

/** The signed predicate (EVIDENCE 1.3), a pure function of the document: the verifier builds it again and compares. */
export function reportPredicate(document: EvidenceDocument, derived: Derived): object {
  const { evaluation, run } = document;
  const checkpoint = checkpointOf(document.custody.lines);
  const seal = readBundle(document.plan.sealSigstore);
  const failed = document.attempts.filter(
    ({ errorCode, outcome }) => errorCode !== null || outcome === 'interrupted',
  );
  return {
    schemaVersion: 1,
    report_id: document.reportId,
    created_utc: document.createdUtc,
    case_ref: document.case.id,
    lab: document.lab,
    analysts: [{ name: document.analyst, role: 'analyst' }],
    tool: document.tool,
    plan_sha256: sha256Hex(document.plan.yaml),
    plan_seal_payload_sha256: sha256Hex(seal.payload),
    registrations: document.registrations.map((registration, index) => ({
      number: index + 1,
      sha256: sha256Hex(registration.registration),
      protocol_sha256: sha256Hex(registration.protocol),
      root: toHex(commitmentsRoot(parseCommitments(registration.commitments))),
      beacon: registration.draw?.beacon ?? null,
    })),
    custody: {
      size: checkpoint.size,
      head_sha256: checkpoint.headSha256,
      root: checkpoint.root,
    },
    runs: [
      {
        run_id: run.id,
        started: run.startedUtc,
        ended: run.endedUtc,
        state: document.state,
        attempts: document.attempts.length,
        failed_attempts: failed.length,
        excluded_samples: derived.excluded.length,
      },
    ],
    canaries: {
      registered: registeredCount(document),
      run: document.canaries.length,
      disclosed: document.canaries.length,
    },
    scoring: { method: evaluation.method, scorer: 'exact-v1' },
    results: {
      threshold: evaluation.threshold,
      suspects: evaluation.suspects.map(suspectResult),
      controls: {
        count: evaluation.controls.count,
        hits: evaluation.controls.hits,
        frozen: evaluation.controls.frozen,
      },
      tier_b:
        document.tierB === null
          ? null
          : document.tierB.suspects.map(({ target, hits, asked, label }) => ({
              target,
              hits,
              asked,
              label,
            })),
      scale_id: evaluation.suspects[0]?.scaleId ?? null,
    },
    limitations: document.limits,
  };
}
