import {
  type ProbeResult,
  probeResult,
  type TargetTestResult,
  targetTestResult,
} from '#shared/contract/target.ts';
import type { TargetDraft } from '#shared/domain/target.ts';
import { canonicalJson } from '#shared/evidence/bytes.ts';
import type { TrialKind } from '../../db/target-store.ts';
import { hashOf } from '../workspace/cells.ts';
import type { Session } from '../workspace/session.ts';

/** Hash of everything of a target that can change what it answers; its note and role do not count. */
function configurationHash(target: TargetDraft): Buffer {
  const {
    note: _note,
    role: _role,
    released: _released,
    price: _price,
    limits: _limits,
    ...rest
  } = target;
  return hashOf(canonicalJson(rest));
}

interface Trial {
  readonly kind: TrialKind;
  readonly calls: number;
  readonly result: TargetTestResult | ProbeResult;
}

/** Stores what came of a test or a probe. Call it inside a transaction. */
export function keepTrial(session: Session, target: TargetDraft, trial: Trial): void {
  const id = session.ports.random.uuid();
  const { cell, sha256 } = session.cells.sealJson('target_trial', id, 'result_cell', trial.result);
  session.targets.addTrial({
    id,
    target: target.name,
    kind: trial.kind,
    draftSha256: configurationHash(target),
    calls: trial.calls,
    cell,
    sha256,
    createdUtc: session.nowUtc(),
  });
}

function lastTrial(session: Session, target: TargetDraft, kind: TrialKind) {
  const row = session.targets.lastTrial(target.name, kind, configurationHash(target));
  if (row === null) return null;
  return {
    atUtc: row.createdUtc,
    value: session.cells.openJson('target_trial', row.id, 'result_cell', row.cell),
  };
}

/** The last test of the target as it is configured now; null when there is none. */
export function lastTest(session: Session, target: TargetDraft) {
  const trial = lastTrial(session, target, 'test');
  const result = targetTestResult.safeParse(trial?.value);
  return trial && result.success ? { atUtc: trial.atUtc, result: result.data } : null;
}

/** The last probe of the target as it is configured now; null when there is none. */
export function lastProbe(session: Session, target: TargetDraft): ProbeResult | null {
  const result = probeResult.safeParse(lastTrial(session, target, 'probe')?.value);
  return result.success ? result.data : null;
}
