import { z } from 'zod';
import { canaryIdSchema } from './canary.ts';

const day = z.iso.date('use a day that exists, as YYYY-MM-DD');

/** One line of a serving ledger: a cohort was served a canary this often, from the first day to the last. */
export const ledgerEntrySchema = z
  .strictObject({
    canary: canaryIdSchema,
    cohort: z.string().min(1).max(64),
    served: z.int().min(1).max(1_000_000_000),
    first: day,
    last: day,
  })
  .readonly();
export type LedgerEntry = z.infer<typeof ledgerEntrySchema>;

/** Suppositions of how much of what it was served somebody kept for training. */
export const KEPT_SHARES: readonly number[] = [0.001, 0.01, 0.1, 1];

/**
 * Exposure estimate (METHOD 2.4): how many different canaries can have reached a student that kept a share f of what was
 * served, each serving independently of the others: sum over canaries of 1 - (1 - f)^s, s = times served. With f = 1 it is
 * the number of canaries served at all. An upper bound of what can be inherited: what reached a student is not yet learnt.
 */
export function expectedReach(served: readonly number[], kept: number): number {
  // log1p keeps the digits that 1 - f would lose; expm1(-Infinity) is -1.
  const logMiss = Math.log1p(-kept);
  return served.reduce((sum, times) => sum + (times === 0 ? 0 : -Math.expm1(times * logMiss)), 0);
}
