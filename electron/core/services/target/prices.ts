import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Price, priceSchema, type TargetDraft } from '#shared/domain/target.ts';
import type { Session } from '../workspace/session.ts';

const tableSchema = z.strictObject({
  note: z.string(),
  prices: z.array(
    priceSchema.extend({
      host: z.string().min(1).max(253),
      model: z.string().min(1).max(200),
      source: z.string().min(1).max(200),
    }),
  ),
});

/** The price of a target: its own, else the one of the table for its host and model; null: unknown. */
export type PriceOf = (target: Pick<TargetDraft, 'baseUrl' | 'model' | 'price'>) => Price | null;

/** Reads the table of list prices (resources/prices/prices.json). Throws where that file is damaged. */
export function priceTable(session: Session): PriceOf {
  const file = join(session.ports.paths.resources, 'prices', 'prices.json');
  const { prices } = tableSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  return ({ baseUrl, model, price }) => {
    if (price !== null) return price;
    const { hostname } = new URL(baseUrl);
    const known = prices.find((entry) => entry.host === hostname && entry.model === model);
    if (known === undefined) return null;
    const { inputPerMillion, outputPerMillion, asOf, source } = known;
    return { inputPerMillion, outputPerMillion, asOf, source };
  };
}
