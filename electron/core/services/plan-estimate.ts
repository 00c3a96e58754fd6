import type { PlanSummary } from '#shared/contract/audit.ts';
import { completionBound, costOf, estimatedTokens } from '#shared/domain/cost.ts';
import type { PanelTarget } from '#shared/evidence/document.ts';
import { recordAt } from './audit-state.ts';
import type { PlannedPosition, SealedPanelMember } from './plan-panel.ts';
import type { Session } from './session.ts';

/** Prompts looked at for the mean length; more would change nothing and cost time. */
const LOOKED_AT = 200;

/** What is going to be asked of each target. */
export interface Workload {
  readonly positions: readonly PlannedPosition[];
  /** Canaries, after the plan's limit. */
  readonly asked: number;
  readonly samples: number;
}

/** Estimated tokens of all prompts that a target is sent: their mean length times their number. */
function promptTokens(session: Session, { positions, asked, samples }: Workload): number {
  const some = positions.slice(0, LOOKED_AT);
  const tokens = some.map((at) =>
    estimatedTokens(
      recordAt(session, at).messages.reduce((sum, { content }) => sum + content.length, 0),
    ),
  );
  const mean = tokens.reduce((sum, one) => sum + one, 0) / Math.max(1, some.length);
  return Math.ceil(mean * asked * samples);
}

function costRow(target: PanelTarget, work: { prompt: number; requests: number }) {
  const { price } = target;
  const bound = completionBound(target.parameters);
  const row = {
    target: target.name,
    capUsd: target.limits.costUsd,
    asOf: price?.asOf ?? null,
    source: price?.source ?? null,
  };
  if (price === null) return { ...row, usd: null, unknown: 'no price is known' };
  const isFree = price.outputPerMillion === 0;
  if (bound === null && !isFree)
    return { ...row, usd: null, unknown: 'max_tokens is not set, so answers have no known length' };
  const usd = costOf(price, { prompt: work.prompt, completion: (bound ?? 0) * work.requests });
  return { ...row, usd, unknown: null };
}

/** What the plan can cost at most, by estimate: prompts by length, answers at `max_tokens`, retries not counted. */
export function planCost(
  session: Session,
  panel: readonly SealedPanelMember[],
  workload: Workload,
): PlanSummary['cost'] {
  const prompt = promptTokens(session, workload);
  const requests = workload.asked * workload.samples;
  const targets = panel.map(({ target }) => costRow(target, { prompt, requests }));
  const known = targets.flatMap(({ usd }) => (usd === null ? [] : [usd]));
  return {
    usd: known.length === targets.length ? known.reduce((sum, usd) => sum + usd, 0) : null,
    targets,
  };
}

/** How long the plan takes at least, from the targets' own rates; null where none has any. */
export function planTime(
  session: Session,
  panel: readonly SealedPanelMember[],
  workload: Workload,
): PlanSummary['time'] {
  const requests = workload.asked * workload.samples;
  const prompt = promptTokens(session, workload);
  const minutes = panel.flatMap(({ target }) => {
    const { requestsPerMinute, tokensPerMinute } = target.limits;
    const completion = (completionBound(target.parameters) ?? 0) * requests;
    return [
      ...(requestsPerMinute === null ? [] : [{ target, minutes: requests / requestsPerMinute }]),
      ...(tokensPerMinute === null
        ? []
        : [{ target, minutes: (prompt + completion) / tokensPerMinute }]),
    ];
  });
  const slowest = minutes.toSorted((a, b) => b.minutes - a.minutes)[0];
  // The panel answers canary by canary, so the slowest target sets the pace of all.
  return slowest
    ? { seconds: Math.ceil(slowest.minutes * 60), slowest: slowest.target.name }
    : { seconds: null, slowest: null };
}
