import {
  completionBound,
  costOf,
  estimatedTokens,
  type Spend,
  type TokenCount,
} from '#shared/domain/cost.ts';
import type { PanelTarget } from '#shared/evidence/document.ts';
import type { AttemptRow } from '../../../db/attempt-store.ts';
import type { CapRow } from '../../../db/audit-store.ts';
import type { SealedPanelMember } from '../../plan/panel.ts';

const isObserved = (attempt: AttemptRow): boolean => attempt.tokensBasis !== null;

const tokensOfAttempt = (attempt: AttemptRow): TokenCount | null =>
  attempt.tokensBasis === null
    ? null
    : {
        prompt: attempt.promptTokens ?? 0,
        completion: attempt.completionTokens ?? 0,
        basis: attempt.tokensBasis,
      };

const NOTHING: Spend = { usd: 0, estimated: 0, estimatedUsd: 0 };

/** A target's spend with one more exchange; null price: unknown, and it stays so. */
function added(spend: Spend, target: PanelTarget, tokens: TokenCount | null): Spend {
  if (target.price === null || tokens === null) return spend;
  const usd = costOf(target.price, tokens);
  return tokens.basis === 'reported'
    ? { ...spend, usd: spend.usd + usd }
    : {
        ...spend,
        estimated: spend.estimated + 1,
        estimatedUsd: spend.estimatedUsd + usd,
      };
}

/** What a target's attempts have cost; null without a price: unknown. */
export function spendOf(target: PanelTarget, attempts: readonly AttemptRow[]): Spend | null {
  if (target.price === null) return null;
  return attempts
    .filter(isObserved)
    .reduce((spend, attempt) => added(spend, target, tokensOfAttempt(attempt)), NOTHING);
}

const dollars = (usd: number): string => `${usd.toFixed(usd < 1 ? 4 : 2)} USD`;

interface Used {
  spend: Spend;
  largestUsd: number;
  /** What the requests under way may cost. */
  reservedUsd: number;
  readonly canaries: Set<string>;
}

/**
 * The caps of the sealed targets, counted from what is stored, so that they hold across a restart. A canary is asked of
 * the whole panel or of nobody: before each one it is asked whether every target can take it.
 */
export function createCaps(
  panel: readonly SealedPanelMember[],
  attempts: readonly AttemptRow[],
  raised: readonly CapRow[],
) {
  const used = new Map<string, Used>();
  for (const { target } of panel)
    used.set(target.name, { spend: NOTHING, largestUsd: 0, reservedUsd: 0, canaries: new Set() });

  const exposed = (name: string, canaryId: string): void => {
    used.get(name)?.canaries.add(canaryId);
  };
  const spent = (target: PanelTarget, tokens: TokenCount | null): void => {
    const own = used.get(target.name);
    if (!own || target.price === null || tokens === null) return;
    own.spend = added(own.spend, target, tokens);
    own.largestUsd = Math.max(own.largestUsd, costOf(target.price, tokens));
  };
  const targets = new Map(panel.map(({ target }) => [target.name, target]));
  for (const attempt of attempts) {
    exposed(attempt.target, attempt.canaryId);
    const target = targets.get(attempt.target);
    if (target) spent(target, tokensOfAttempt(attempt));
  }

  const capsOf = (target: PanelTarget): { costUsd: number | null; exposures: number | null } => {
    const own = raised.filter((entry) => entry.target === target.name);
    return {
      costUsd: own.findLast((entry) => entry.costUsd !== null)?.costUsd ?? target.limits.costUsd,
      exposures:
        own.findLast((entry) => entry.exposures !== null)?.exposures ?? target.limits.exposures,
    };
  };

  /**
   * Most that a further request can cost, as far as anybody can say beforehand: by length and `max_tokens`, and not less
   * than the dearest one so far, since providers add prompts and reasoning of their own.
   */
  const nextUsd = (target: PanelTarget, own: Used, promptBytes: number): number => {
    const bound = completionBound(target.parameters);
    if (target.price === null) return 0;
    if (bound === null) return own.largestUsd;
    const foreseen = { prompt: estimatedTokens(promptBytes), completion: bound };
    return Math.max(own.largestUsd, costOf(target.price, foreseen));
  };

  return {
    exposed,
    spent,
    /** Sets aside what a request may cost until it is known; returns how to end that. */
    reserve: (target: PanelTarget, promptBytes: number): (() => void) => {
      const own = used.get(target.name);
      const usd = own ? nextUsd(target, own, promptBytes) : 0;
      if (own) own.reservedUsd += usd;
      return () => {
        if (own) own.reservedUsd -= usd;
      };
    },
    /** The sentence that says which cap forbids so many further requests for a canary; null: none does. */
    against: (
      target: PanelTarget,
      ask: { readonly canaryId: string; readonly requests: number; readonly promptBytes: number },
    ): string | null => {
      const own = used.get(target.name);
      if (!own) return null;
      const caps = capsOf(target);
      const isNew = !own.canaries.has(ask.canaryId);
      if (caps.exposures !== null && own.canaries.size + (isNew ? 1 : 0) > caps.exposures)
        return `The limit of ${caps.exposures} exposures to ${target.name} is reached.`;
      if (caps.costUsd === null || ask.requests === 0) return null;
      const known = own.spend.usd + own.spend.estimatedUsd;
      const next = nextUsd(target, own, ask.promptBytes) * ask.requests;
      const foreseen = known + own.reservedUsd;
      if (foreseen < caps.costUsd && foreseen + next <= caps.costUsd) return null;
      return `The cost cap of ${dollars(caps.costUsd)} for ${target.name} is reached: ${dollars(known)} spent${own.spend.estimated > 0 ? `, of it ${dollars(own.spend.estimatedUsd)} by estimate` : ''}, and what is asked next may cost up to ${dollars(own.reservedUsd + next)}.`;
    },
  };
}
export type Caps = ReturnType<typeof createCaps>;
