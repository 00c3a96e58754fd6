import type { PlanError, PlanItem } from '#shared/contract/audit.ts';
import { AppError } from '#shared/contract/errors.ts';
import type { Output } from '#shared/contract/index.ts';
import { type Plan, planSchema } from '#shared/domain/plan.ts';
import { sha256, toHex, utf8 } from '#shared/evidence/bytes.ts';
import { signStatement } from '#shared/evidence/dsse.ts';
import { planSealStatement } from '#shared/evidence/statements.ts';
import type { PlanRow } from '../../db/audit-store.ts';
import type { Transport } from '../../endpoints/types.ts';
import { firstStampOver, stampBundle } from '../timestamp/timestamp.ts';
import type { Session } from '../workspace/session.ts';
import { parseYamlFile } from '../yaml-file.ts';
import { type Checked, check } from './check.ts';
import type { SealedPlan } from './panel.ts';

const isErrors = (result: Checked | readonly PlanError[]): result is readonly PlanError[] =>
  Array.isArray(result);

/** A wrong plan is an answer here, not an exception. */
export function checkPlan(session: Session, text: string): Output<'plan.check'> {
  const result = check(session, text);
  return isErrors(result)
    ? { ok: false, errors: [...result], summary: null }
    : { ok: true, errors: [], summary: result.summary };
}

export const toPlanItem = (session: Session, row: PlanRow): PlanItem => ({
  planId: row.planId,
  name: row.name,
  caseId: row.caseId,
  sha256: toHex(row.yamlSha256),
  sealedUtc: row.sealedUtc,
  stamp: firstStampOver(session, new Uint8Array(row.sigstore)),
  auditId: row.auditId,
});

/** The plan's file and what was sealed with it. */
export function readSealed(row: PlanRow): { plan: Plan; sealed: SealedPlan } {
  const parsed = parseYamlFile(row.yaml.toString('utf8'), planSchema);
  if (!parsed.ok) throw new AppError('INTEGRITY', 'The sealed plan cannot be read back.');
  return { plan: parsed.value, sealed: JSON.parse(row.sealed.toString('utf8')) as SealedPlan };
}

/** Hashes and signs the plan, the panel's configuration and the registrations. Errors: PLAN_INVALID with every problem. */
export async function sealPlan(
  session: Session,
  transport: Transport,
  text: string,
): Promise<Output<'plan.seal'>> {
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
  const about = { kind: 'plan-seal', subject: planId } as const;
  const { stamps, failures } = await stampBundle(session, transport, sigstore, about);
  if (result.plan.requireStamp === true && stamps.length === 0)
    throw new AppError(
      'CONFLICT',
      `The plan asks for a time stamp and none was to be had: ${failures.map((one) => `${one.authority}: ${one.message}`).join('; ') || 'no authority is configured'}. Nothing was sealed.`,
    );
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
  return { plan: toPlanItem(session, row), summary: result.summary };
}

export function listPlans(session: Session): Output<'plan.list'> {
  return { plans: session.audits.plans().map((row) => toPlanItem(session, row)) };
}

export function mustFindPlan(session: Session, planId: string): PlanRow {
  const row = session.audits.plan(planId);
  if (!row) throw new AppError('NOT_FOUND', 'There is no such plan.');
  return row;
}

export function getPlan(session: Session, planId: string): Output<'plan.get'> {
  const row = mustFindPlan(session, planId);
  return {
    plan: toPlanItem(session, row),
    text: row.yaml.toString('utf8'),
    summary: readSealed(row).sealed.summary,
  };
}
