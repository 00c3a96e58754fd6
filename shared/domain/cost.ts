import type { Parameters, Price } from './target.ts';

/** Tokens of one exchange; `reported` as the provider counts them, else estimated by length. */
export interface TokenCount {
  readonly prompt: number;
  readonly completion: number;
  readonly basis: 'reported' | 'estimated';
}

/** About four bytes of text a token: a rule of thumb, never a count. */
export const estimatedTokens = (bytes: number): number => Math.ceil(bytes / 4);

/** US dollars. Completion tokens hold the reasoning; discounts for cached tokens are left out, so it is rather too much. */
export const costOf = (price: Price, tokens: Pick<TokenCount, 'prompt' | 'completion'>): number =>
  (tokens.prompt * price.inputPerMillion + tokens.completion * price.outputPerMillion) / 1_000_000;

/** Most tokens an answer may have, as the parameters say; null: they do not. */
export const completionBound = (parameters: Parameters): number | null =>
  parameters.max_completion_tokens ?? parameters.max_tokens ?? null;

/** What a target has cost so far. `usd` is what follows from reported tokens; the rest is told apart, never mixed in. */
export interface Spend {
  readonly usd: number;
  /** Exchanges whose tokens nobody reported, and what they cost by estimate. */
  readonly estimated: number;
  readonly estimatedUsd: number;
}
