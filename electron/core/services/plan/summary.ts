import type { PlanSummary } from '#shared/contract/audit.ts';
import type { Plan } from '#shared/domain/plan.ts';
import { reportGradeThreshold } from '#shared/statistics/multiplicity.ts';
import { chanceOfReportGrade } from '#shared/statistics/power.ts';
import { seededRandom } from '#shared/statistics/seeded.ts';
import type { PositionUse } from '../../db/audit-store.ts';
import type { RegistryRow } from '../../db/library-store.ts';
import { beaconWarnings } from '../registry/item.ts';
import { hostOf } from '../target/target.ts';
import { stampWarnings } from '../timestamp/plan.ts';
import type { Session } from '../workspace/session.ts';
import { planEstimates } from './estimate.ts';
import type { PlannedPosition, SealedPanelMember } from './panel.ts';

const POWER_RATES = [0.02, 0.05, 0.1, 0.2, 0.5];
/** Beyond this many canaries power is as good as decided, and its exact table grows with the square. */
const POWER_STEPS = 400;
const POWER_RUNS = 2_000;
const MIN_CONTROLS = 5;
const MIN_TEMPORAL = 2;
const TIER_B_CONTROLS = 19;

function powerOf(lengths: readonly number[], threshold: number) {
  const n = lengths.slice(0, POWER_STEPS);
  // The same plan shows the same chances, also where they are simulated.
  const random = seededRandom(1);
  return POWER_RATES.map((q) => ({
    q,
    chance: chanceOfReportGrade({ q, n, threshold }, { random, runs: POWER_RUNS }),
  }));
}

function beaconState(registries: readonly RegistryRow[]): PlanSummary['beacon'] {
  if (registries.length === 0) return 'not-needed';
  const given = registries.filter((row) => row.beacon !== null).length;
  if (given < registries.length) return given === 0 ? 'none' : 'mixed';
  return registries.every((row) => row.drand !== null) ? 'given' : 'unverified';
}

function warningsOf(plan: Plan, summary: Omit<PlanSummary, 'warnings'>): string[] {
  const count = (...roles: string[]): number =>
    plan.panel.filter((member) => roles.includes(member.role)).length;
  const controls = count('control', 'temporal-control');
  const { evidence, twins, found } = summary.canaries;
  const warnings: string[] = [];
  const warn = (when: boolean, text: string): void => {
    if (when) warnings.push(text);
  };
  warn(
    controls < MIN_CONTROLS,
    `The panel has ${controls} controls; ${MIN_CONTROLS} or more are recommended.`,
  );
  warn(
    count('temporal-control') < MIN_TEMPORAL,
    `The panel has ${count('temporal-control')} temporal controls (released before planting); ${MIN_TEMPORAL} or more are recommended.`,
  );
  warn(
    count('known-positive') === 0,
    'The panel has no known positive: a silent pipeline would look like innocence.',
  );
  warn(
    evidence > 0 && twins === 0,
    'There are no twins: a leaked registry could not be told from training.',
  );
  warn(
    evidence > 0 && summary.canaries.afterRelease === 0,
    'There are no canaries planted after the release: a live relay could not be told from training.',
  );
  warn(
    summary.beacon === 'none' || summary.beacon === 'mixed',
    'A registry was drawn without a beacon: the report will say that the draw rests on the laboratory’s word.',
  );
  warn(
    found > 0 && controls < TIER_B_CONTROLS,
    `Found canaries need ${TIER_B_CONTROLS} controls for a finding; with ${controls} the label stays undetermined.`,
  );
  warn(
    evidence > plan.limits.canaries,
    `The limit of ${plan.limits.canaries} canaries is below the ${evidence} served ones: the rest will not be asked. Raise limits.canaries to ask all.`,
  );
  warn(
    plan.samples > 1,
    'Repeated samples of one canary are one canary: K above 1 costs exposures and adds little.',
  );
  return warnings;
}

interface Parts {
  readonly plan: Plan;
  readonly panel: readonly SealedPanelMember[];
  readonly registries: readonly RegistryRow[];
  readonly positions: readonly PlannedPosition[];
}

/** What each host would see of it: secrets, and requests that hold them. */
function exposuresOf(
  panel: Parts['panel'],
  asked: number,
  samples: number,
): PlanSummary['exposures'] {
  const hosts = Map.groupBy(panel, (member) => hostOf(member.target));
  return [...hosts].map(([host, members]) => ({
    host,
    secrets: asked,
    requests: asked * members.length * samples,
  }));
}

/** What a plan without mistakes would do, and what is to be said against it. */
export function summaryOf(session: Session, parts: Parts): PlanSummary {
  const { plan, panel, registries, positions } = parts;
  const count = (use: PositionUse): number => positions.filter((at) => at.use === use).length;
  const canaries = {
    evidence: count('evidence'),
    twins: count('twin'),
    afterRelease: count('after-release'),
    found: count('found'),
  };
  const asked =
    Math.min(canaries.evidence, plan.limits.canaries) + positions.length - canaries.evidence;
  const lengths = positions
    .filter((at) => at.use === 'evidence')
    .slice(0, plan.limits.canaries)
    .map((at) => session.library.get(at.canaryId)?.n ?? 0);
  const suspects = plan.panel.filter((member) => member.role === 'suspect').length;
  const threshold = reportGradeThreshold(suspects);
  const summary = {
    name: plan.name,
    caseId: plan.case,
    panel: panel.map(({ target }) => ({
      target: target.name,
      role: target.role,
      host: hostOf(target),
      model: target.model,
    })),
    canaries,
    samples: plan.samples,
    calls: asked * panel.length * plan.samples,
    exposures: exposuresOf(panel, asked, plan.samples),
    suspects,
    threshold,
    rule: plan.stop.rule,
    power: lengths.length === 0 ? [] : powerOf(lengths, threshold),
    beacon: beaconState(registries),
    ...planEstimates(session, panel, { positions, asked, samples: plan.samples }),
  };
  return {
    ...summary,
    warnings: [
      ...warningsOf(plan, summary),
      ...beaconWarnings(session, registries),
      ...stampWarnings(session, registries),
    ],
  };
}
