import { z } from 'zod';
import { nothing } from './common.ts';
import { query } from './define.ts';

export const trustMethods = {
  'key.show': query({
    summary: 'The public signing key and its fingerprint',
    input: nothing,
    output: z.strictObject({ keyid: z.string(), publicKeyPem: z.string() }),
  }),
} as const;
