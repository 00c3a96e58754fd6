import { z } from 'zod';

/** What is wrong with one row of a file. Quotes nothing of the file. */
export const rowError = z.strictObject({
  line: z.int(),
  field: z.string(),
  message: z.string(),
  /** What to do about it. */
  fix: z.string(),
});
export type RowError = z.infer<typeof rowError>;
