import type { PlanSummary } from '#shared/contract/audit.ts';
import { completionBound, costOf, estimatedTokens } from '#shared/domain/cost.ts';
import type { PanelTarget } from '#shared/evidence/document.ts';
import { recordAt } from '../audit/state.ts';
import type { Session } from '../workspace/session.ts';
import type { PlannedPosition, SealedPanelMember } from './panel.ts';

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

/** What the plan can cost at most (prompts by length, answers at `max_tokens`, no retries), and how long it takes at least. */
export function planEstimates(
  session: Session,
  panel: readonly SealedPanelMember[],
  workload: Workload,
): Pick<PlanSummary, 'cost' | 'time'> {
  const work = {
    prompt: promptTokens(session, workload),
    requests: workload.asked * workload.samples,
  };
  const targets = panel.map(({ target }) => costRow(target, work));
  const known = targets.flatMap(({ usd }) => (usd === null ? [] : [usd]));
  const usd = known.length === targets.length ? known.reduce((sum, one) => sum + one, 0) : null;
  return { cost: { usd, targets }, time: timeOf(panel, work) };
}

/** The panel answers canary by canary, so the slowest target sets the pace of all; null where none has a rate. */
function timeOf(
  panel: readonly SealedPanelMember[],
  work: { readonly prompt: number; readonly requests: number },
): PlanSummary['time'] {
  const minutes = panel.flatMap(({ target }) => {
    const { requestsPerMinute, tokensPerMinute } = target.limits;
    const tokens = work.prompt + (completionBound(target.parameters) ?? 0) * work.requests;
    return [
      ...(requestsPerMinute === null
        ? []
        : [{ target, minutes: work.requests / requestsPerMinute }]),
      ...(tokensPerMinute === null ? [] : [{ target, minutes: tokens / tokensPerMinute }]),
    ];
  });
  const slowest = minutes.toSorted((a, b) => b.minutes - a.minutes)[0];
  return slowest
    ? { seconds: Math.ceil(slowest.minutes * 60), slowest: slowest.target.name }
    : { seconds: null, slowest: null };
}
