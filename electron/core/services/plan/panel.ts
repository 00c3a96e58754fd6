import type { PlanSummary } from '#shared/contract/audit.ts';
import type { Plan } from '#shared/domain/plan.ts';
import type { TargetDraft } from '#shared/domain/target.ts';
import type { PanelTarget } from '#shared/evidence/document.ts';
import type { PositionUse } from '../../db/audit-store.ts';
import type { LeafRow } from '../../db/library-store.ts';
import type { Way } from '../network/sending.ts';
import type { PriceOf } from '../target/prices.ts';
import type { Session } from '../workspace/session.ts';

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

/** The public configuration of a panel member, as the plan seals it. */
export function toPanelTarget(
  target: TargetDraft,
  plan: Plan,
  { role, priceOf }: { role: TargetDraft['role']; priceOf: PriceOf },
): PanelTarget {
  const { concurrency } = plan.limits;
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
    limits: {
      ...target.limits,
      concurrency: Math.min(target.limits.concurrency ?? concurrency, concurrency),
    },
    price: priceOf(target),
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
