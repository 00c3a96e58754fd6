import { z } from 'zod';
import { query } from './define.ts';

export const statsMethods = {
  'stats.run': query({
    summary: 'Compute statistics from numbers that you give, for checking one by hand',
    input: z.strictObject({
      /** Each {id, kind, input}. A case that is not understood gets an error of its own. */
      cases: z.array(z.unknown()).max(100_000),
    }),
    output: z.strictObject({
      results: z.array(
        z.strictObject({
          id: z.union([z.string(), z.number(), z.null()]),
          value: z.unknown().optional(),
          error: z.string().optional(),
        }),
      ),
    }),
  }),
} as const;
