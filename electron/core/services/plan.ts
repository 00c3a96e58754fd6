import type { PlanError, PlanItem, PlanSummary } from '#shared/contract/audit.ts';
import { AppError } from '#shared/contract/errors.ts';
import type { Output } from '#shared/contract/index.ts';
import { type Plan, planSchema } from '#shared/domain/plan.ts';
import type { TargetDraft } from '#shared/domain/target.ts';
import { sha256, toHex, utf8 } from '#shared/evidence/bytes.ts';
import type { PanelTarget } from '#shared/evidence/document.ts';
import { signStatement } from '#shared/evidence/dsse.ts';
import { planSealStatement } from '#shared/evidence/statements.ts';
import { reportGradeThreshold } from '#shared/statistics/multiplicity.ts';
import { chanceOfReportGrade } from '#shared/statistics/power.ts';
import { seededRandom } from '#shared/statistics/seeded.ts';
import { requestProblems } from '#shared/wire/request-problems.ts';
import type { PlanRow, PositionUse } from '../db/audit-store.ts';
import type { LeafRow, RegistryRow } from '../db/library-store.ts';
import type { Way } from './sending.ts';
import type { Session } from './session.ts';
import { hostOf } from './target.ts';
import { type Place, parseYamlFile } from './yaml-file.ts';

const POWER_RATES = [0.02, 0.05, 0.1, 0.2, 0.5];
/** Beyond this many canaries power is as good as decided, and its exact table grows with the square. */
const POWER_STEPS = 400;
const POWER_RUNS = 2_000;
const MIN_CONTROLS = 5;
const MIN_TEMPORAL = 2;
const TIER_B_CONTROLS = 19;

/** One place in the committed order of an audit. */
export interface PlannedPosition {
  readonly registry: number;
  readonly leafIndex: number;
  readonly canaryId: string;
  readonly use: PositionUse;
}

/** What the sealed plan fixes beside its file: who is asked, how, and which consents were given. */
export interface SealedPanelMember extends Way {
  readonly target: PanelTarget;
}
export interface SealedPlan {
  readonly panel: readonly SealedPanelMember[];
  readonly summary: PlanSummary;
}

interface Checked {
  readonly plan: Plan;
  readonly panel: readonly SealedPanelMember[];
  readonly registries: readonly RegistryRow[];
  readonly summary: PlanSummary;
}

/** The public configuration of a panel member, as the plan seals it. */
function toPanelTarget(target: TargetDraft, plan: Plan, role: TargetDraft['role']): PanelTarget {
  return {
    name: target.name,
    role,
    format: target.format,
    baseUrl: target.baseUrl,
    model: target.model,
    stream: target.stream,
    parameters: { ...target.parameters, ...plan.parameters },
    headers: target.headers,
    auth: target.auth,
    extra: target.extra,
    template: target.template,
    dialect: target.dialect,
    released: target.released,
  };
}

/** The canaries of a plan in committed order: registry by registry, and within one by its order key. */
export function plannedPositions(session: Session, plan: Plan): PlannedPosition[] {
  const { found, registries } = plan.canaries;
  const wantsFound = (leaf: LeafRow): boolean =>
    found === 'all' || (found !== 'none' && found.includes(leaf.canaryId));
  // What an unfinished audit is still to ask belongs to it: nobody may open it before its panel has answered.
  const reserved = session.audits.reserved();
  return registries.flatMap(({ number, use }) =>
    session.library
      .leaves(number)
      .toSorted((a, b) => (a.orderPosition ?? 0) - (b.orderPosition ?? 0))
      .filter((leaf) => leaf.use !== 'found' || wantsFound(leaf))
      .filter((leaf) => {
        const status = session.library.get(leaf.canaryId)?.status;
        const fresh = status === 'committed' || status === 'planted';
        return fresh && !reserved.has(leaf.canaryId);
      })
      .map((leaf) => ({
        registry: number,
        leafIndex: leaf.leafIndex,
        canaryId: leaf.canaryId,
        use: leaf.use === 'served' ? use : (leaf.use ?? 'found'),
      })),
  );
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
  return given === registries.length ? 'given' : given === 0 ? 'none' : 'mixed';
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
function check(session: Session, text: string): Checked | readonly PlanError[] {
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
    const target = toPanelTarget(row.target, plan, member.role);
    for (const problem of requestProblems(target, target.parameters))
      wrong(path, `${member.target}: ${problem.message}`);
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
  };
  const summary: PlanSummary = { ...base, warnings: [] };
  return { plan, panel, registries, summary: { ...summary, warnings: warningsOf(plan, summary) } };
}

const isErrors = (result: Checked | readonly PlanError[]): result is readonly PlanError[] =>
  Array.isArray(result);

/** A wrong plan is an answer here, not an exception. */
export function checkPlan(session: Session, text: string): Output<'plan.check'> {
  const result = check(session, text);
  return isErrors(result)
    ? { ok: false, errors: [...result], summary: null }
    : { ok: true, errors: [], summary: result.summary };
}

export const toPlanItem = (row: PlanRow): PlanItem => ({
  planId: row.planId,
  name: row.name,
  caseId: row.caseId,
  sha256: toHex(row.yamlSha256),
  sealedUtc: row.sealedUtc,
  auditId: row.auditId,
});

/** The plan's file and what was sealed with it. */
export function readSealed(row: PlanRow): { plan: Plan; sealed: SealedPlan } {
  const parsed = parseYamlFile(row.yaml.toString('utf8'), planSchema);
  if (!parsed.ok) throw new AppError('INTEGRITY', 'The sealed plan cannot be read back.');
  return { plan: parsed.value, sealed: JSON.parse(row.sealed.toString('utf8')) as SealedPlan };
}

/** Hashes and signs the plan, the panel's configuration and the registrations. Errors: PLAN_INVALID with every problem. */
export async function sealPlan(session: Session, text: string): Promise<Output<'plan.seal'>> {
  const result = check(session, text);
  if (isErrors(result)) {
    const first = result[0];
    throw new AppError(
      'PLAN_INVALID',
      `The plan cannot be sealed. First: line ${first?.line}, ${first?.path}: ${first?.message}.`,
      { errors: result },
    );
  }
  const yaml = utf8(text);
  const sealedUtc = session.nowUtc();
  const sigstore = await signStatement(
    planSealStatement({
      planYaml: yaml,
      panel: result.panel.map((member) => member.target),
      registrations: result.registries.map((row) => new Uint8Array(row.registration)),
      sealedUtc,
    }),
    session.signer(),
  );
  const planId = session.ports.random.uuid();
  const sealed: SealedPlan = { panel: result.panel, summary: result.summary };
  session.transaction(() => {
    session.audits.insertPlan({
      planId,
      caseId: result.plan.case,
      name: result.plan.name,
      yaml,
      yamlSha256: sha256(yaml),
      sealed: utf8(JSON.stringify(sealed)),
      sigstore,
      sealedUtc,
    });
    session.record('plan.sealed', { plan: planId, plan_sha256: toHex(sha256(yaml)) });
  });
  const row = session.audits.plan(planId);
  if (!row) throw new AppError('INTERNAL', 'The plan was not stored.');
  return { plan: toPlanItem(row), summary: result.summary };
}

export function listPlans(session: Session): Output<'plan.list'> {
  return { plans: session.audits.plans().map(toPlanItem) };
}

export function mustFindPlan(session: Session, planId: string): PlanRow {
  const row = session.audits.plan(planId);
  if (!row) throw new AppError('NOT_FOUND', 'There is no such plan.');
  return row;
}

export function getPlan(session: Session, planId: string): Output<'plan.get'> {
  const row = mustFindPlan(session, planId);
  return {
    plan: toPlanItem(row),
    text: row.yaml.toString('utf8'),
    summary: readSealed(row).sealed.summary,
  };
}
