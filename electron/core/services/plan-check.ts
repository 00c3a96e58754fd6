import type { PlanError, PlanSummary } from '#shared/contract/audit.ts';
import { type Plan, planSchema } from '#shared/domain/plan.ts';
import { reportGradeThreshold } from '#shared/statistics/multiplicity.ts';
import { chanceOfReportGrade } from '#shared/statistics/power.ts';
import { seededRandom } from '#shared/statistics/seeded.ts';
import { requestProblems } from '#shared/wire/request-problems.ts';
import type { PositionUse } from '../db/audit-store.ts';
import type { RegistryRow } from '../db/library-store.ts';
import { planEstimates } from './plan-estimate.ts';
import { plannedPositions, type SealedPanelMember, toPanelTarget } from './plan-panel.ts';
import { priceTable } from './prices.ts';
import { beaconWarnings } from './registry-item.ts';
import type { Session } from './session.ts';
import { hostOf } from './target.ts';
import { registrationStamp, stampWarnings } from './timestamp-plan.ts';
import { type Place, parseYamlFile } from './yaml-file.ts';

const POWER_RATES = [0.02, 0.05, 0.1, 0.2, 0.5];
/** Beyond this many canaries power is as good as decided, and its exact table grows with the square. */
const POWER_STEPS = 400;
const POWER_RUNS = 2_000;
const MIN_CONTROLS = 5;
const MIN_TEMPORAL = 2;
const TIER_B_CONTROLS = 19;

/** A plan that may be sealed. */
export interface Checked {
  readonly plan: Plan;
  readonly panel: readonly SealedPanelMember[];
  readonly registries: readonly RegistryRow[];
  readonly summary: PlanSummary;
}

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

/** Checks a plan file against the workspace. */
export function check(session: Session, text: string): Checked | readonly PlanError[] {
  const parsed = parseYamlFile(text, planSchema);
  if (!parsed.ok) return parsed.problems;
  const plan = parsed.value;
  const errors: PlanError[] = [];
  const wrong = (path: readonly PropertyKey[], message: string): void => {
    const place: Place = parsed.at(path);
    errors.push({ ...place, path: path.join('.'), message });
  };
  if (session.workspaces.case(plan.case) === undefined)
    wrong(['case'], `there is no case ${plan.case}; create it, or use "default"`);
  const priceOf = priceTable(session);
  const panel: SealedPanelMember[] = [];
  const names = new Set<string>();
  for (const [index, member] of plan.panel.entries()) {
    const path = ['panel', index, 'target'];
    if (names.has(member.target)) wrong(path, `${member.target} is in the panel twice`);
    names.add(member.target);
    const row = session.targets.get(member.target);
    if (!row?.active) {
      wrong(path, `there is no target ${member.target}; add it first`);
      continue;
    }
    if (row.target.key !== null && session.workspaces.secretCell(row.target.key) === null)
      wrong(path, `the vault has no key named ${row.target.key}; set it first`);
    const target = toPanelTarget(row.target, plan, { role: member.role, priceOf });
    for (const problem of requestProblems(target, target.parameters)) {
      const [field = '', name = ''] = problem.path.split('.');
      const isOfPlan = field === 'parameters' && Object.hasOwn(plan.parameters, name);
      wrong(isOfPlan ? ['parameters', name] : path, `${member.target}: ${problem.message}`);
    }
    if (target.limits.costUsd !== null && target.price === null)
      wrong(
        path,
        `${member.target} has a cost cap and no known price, so the cap could not be kept. Give the target a price, or remove limits.costUsd`,
      );
    panel.push({
      target,
      key: row.target.key,
      network: row.target.network,
      allowPrivate: row.target.allowPrivate,
      allowHttp: row.target.allowHttp,
    });
  }
  const suspects = plan.panel.filter((member) => member.role === 'suspect').length;
  if (suspects === 0) wrong(['panel'], 'no target has the role suspect');
  const registries: RegistryRow[] = [];
  for (const [index, { number }] of plan.canaries.registries.entries()) {
    const path = ['canaries', 'registries', index, 'number'];
    const row = session.library.registry(number);
    if (!row) wrong(path, `there is no registry ${number}`);
    else if (row.drawnUtc === null) wrong(path, `registry ${number} is not drawn yet`);
    else if (registries.includes(row) || registries.some((known) => known.number === number))
      wrong(path, `registry ${number} is named twice`);
    else registries.push(row);
    if (row && plan.requireStamp === true && registrationStamp(session, row) === null)
      wrong(
        path,
        `registry ${number} is unstamped and the plan asks for time stamps; stamp it with "stamp add", or remove requireStamp`,
      );
  }
  if (Array.isArray(plan.canaries.found)) {
    for (const [index, id] of plan.canaries.found.entries()) {
      const leaf = session.library.leafOf(id);
      const known = leaf?.use === 'found' && registries.some((row) => row.number === leaf.registry);
      if (!known)
        wrong(['canaries', 'found', index], `${id} is not a found canary of the named registries`);
    }
  }
  if (plan.canaries.registries.length === 0)
    wrong(['canaries'], 'name at least one registry under canaries.registries');
  if (errors.length > 0) return errors;
  const positions = plannedPositions(session, plan);
  const count = (use: PositionUse): number => positions.filter((at) => at.use === use).length;
  if (positions.length === 0)
    wrong(
      ['canaries'],
      'no fresh canary is left in these registries: each was asked before or belongs to an unfinished audit; commit new ones',
    );
  if (errors.length > 0) return errors;
  const canaries = {
    evidence: count('evidence'),
    twins: count('twin'),
    afterRelease: count('after-release'),
    found: count('found'),
  };
  const asked =
    Math.min(canaries.evidence, plan.limits.canaries) + positions.length - canaries.evidence;
  const hosts = new Map<string, number>();
  for (const member of panel) {
    const host = hostOf(member.target);
    hosts.set(host, (hosts.get(host) ?? 0) + 1);
  }
  const lengths = positions
    .filter((at) => at.use === 'evidence')
    .slice(0, plan.limits.canaries)
    .map((at) => session.library.get(at.canaryId)?.n ?? 0);
  const threshold = reportGradeThreshold(suspects);
  const base = {
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
    exposures: [...hosts].map(([host, targets]) => ({
      host,
      secrets: asked,
      requests: asked * targets * plan.samples,
    })),
    suspects,
    threshold,
    rule: plan.stop.rule,
    power: lengths.length === 0 ? [] : powerOf(lengths, threshold),
    beacon: beaconState(registries),
    ...planEstimates(session, panel, { positions, asked, samples: plan.samples }),
  };
  const summary: PlanSummary = { ...base, warnings: [] };
  return {
    plan,
    panel,
    registries,
    summary: {
      ...summary,
      warnings: [
        ...warningsOf(plan, summary),
        ...beaconWarnings(session, registries),
        ...stampWarnings(session, registries),
      ],
    },
  };
}
