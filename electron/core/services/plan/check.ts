import type { PlanError, PlanSummary } from '#shared/contract/audit.ts';
import { type Plan, planSchema } from '#shared/domain/plan.ts';
import { requestProblems } from '#shared/wire/request-problems.ts';
import type { RegistryRow } from '../../db/library-store.ts';
import { priceTable } from '../target/prices.ts';
import { registrationStamp } from '../timestamp/plan.ts';
import type { Session } from '../workspace/session.ts';
import { parseYamlFile } from '../yaml-file.ts';
import { plannedPositions, type SealedPanelMember, toPanelTarget } from './panel.ts';
import { summaryOf } from './summary.ts';

/** A plan that may be sealed. */
export interface Checked {
  readonly plan: Plan;
  readonly panel: readonly SealedPanelMember[];
  readonly registries: readonly RegistryRow[];
  readonly summary: PlanSummary;
}

/** Notes a mistake at a field of the plan. */
type Wrong = (path: readonly PropertyKey[], message: string) => void;
/** One part of a plan: what of the workspace it names; mistakes are noted. */
type Part<T> = (session: Session, plan: Plan, wrong: Wrong) => T;

const checkCase: Part<void> = (session, plan, wrong) => {
  if (session.workspaces.case(plan.case) === undefined)
    wrong(['case'], `there is no case ${plan.case}; create it, or use "default"`);
};

const panelOf: Part<SealedPanelMember[]> = (session, plan, wrong) => {
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
    const { key, network, allowPrivate, allowHttp } = row.target;
    const target = toPanelTarget(row.target, plan, { role: member.role, priceOf });
    const sealed = { target, key, network, allowPrivate, allowHttp };
    checkMember(session, plan, { sealed, path, wrong });
    panel.push(sealed);
  }
  if (!plan.panel.some((member) => member.role === 'suspect'))
    wrong(['panel'], 'no target has the role suspect');
  return panel;
};

interface Member {
  readonly sealed: SealedPanelMember;
  readonly path: readonly PropertyKey[];
  readonly wrong: Wrong;
}

/** Whether a target of the panel can be asked what the plan asks. */
function checkMember(session: Session, plan: Plan, { sealed, path, wrong }: Member): void {
  const { target, key } = sealed;
  if (key !== null && session.workspaces.secretCell(key) === null)
    wrong(path, `the vault has no key named ${key}; set it first`);
  for (const problem of requestProblems(target, target.parameters)) {
    const [field = '', name = ''] = problem.path.split('.');
    const isOfPlan = field === 'parameters' && Object.hasOwn(plan.parameters, name);
    wrong(isOfPlan ? ['parameters', name] : path, `${target.name}: ${problem.message}`);
  }
  if (target.limits.costUsd !== null && target.price === null)
    wrong(
      path,
      `${target.name} has a cost cap and no known price, so the cap could not be kept. Give the target a price, or remove limits.costUsd`,
    );
}

const registriesOf: Part<RegistryRow[]> = (session, plan, wrong) => {
  const registries: RegistryRow[] = [];
  for (const [index, { number }] of plan.canaries.registries.entries()) {
    const path = ['canaries', 'registries', index, 'number'];
    const row = session.library.registry(number);
    if (!row) wrong(path, `there is no registry ${number}`);
    else if (row.drawnUtc === null) wrong(path, `registry ${number} is not drawn yet`);
    else if (registries.some((known) => known.number === number))
      wrong(path, `registry ${number} is named twice`);
    else registries.push(row);
    if (row && plan.requireStamp === true && registrationStamp(session, row) === null)
      wrong(
        path,
        `registry ${number} is unstamped and the plan asks for time stamps; stamp it with "stamp add", or remove requireStamp`,
      );
  }
  if (plan.canaries.registries.length === 0)
    wrong(['canaries'], 'name at least one registry under canaries.registries');
  return registries;
};

interface Found {
  readonly registries: readonly RegistryRow[];
  readonly wrong: Wrong;
}

function checkFound(session: Session, plan: Plan, { registries, wrong }: Found): void {
  if (!Array.isArray(plan.canaries.found)) return;
  for (const [index, id] of plan.canaries.found.entries()) {
    const leaf = session.library.leafOf(id);
    const known = leaf?.use === 'found' && registries.some((row) => row.number === leaf.registry);
    if (!known)
      wrong(['canaries', 'found', index], `${id} is not a found canary of the named registries`);
  }
}

/** Checks a plan file against the workspace. */
export function check(session: Session, text: string): Checked | readonly PlanError[] {
  const parsed = parseYamlFile(text, planSchema);
  if (!parsed.ok) return parsed.problems;
  const plan = parsed.value;
  const errors: PlanError[] = [];
  const wrong: Wrong = (path, message) => {
    errors.push({ ...parsed.at(path), path: path.join('.'), message });
  };
  checkCase(session, plan, wrong);
  const panel = panelOf(session, plan, wrong);
  const registries = registriesOf(session, plan, wrong);
  checkFound(session, plan, { registries, wrong });
  if (errors.length > 0) return errors;
  const positions = plannedPositions(session, plan);
  if (positions.length === 0)
    wrong(
      ['canaries'],
      'no fresh canary is left in these registries: each was asked before or belongs to an unfinished audit; commit new ones',
    );
  if (errors.length > 0) return errors;
  const summary = summaryOf(session, { plan, panel, registries, positions });
  return { plan, panel, registries, summary };
}
