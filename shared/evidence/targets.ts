import { z } from 'zod';
import {
  authSchema,
  dialectSchema,
  formatSchema,
  jsonSchema,
  parametersSchema,
  priceSchema,
  roleSchema,
  targetLimitsSchema,
  targetNameSchema,
  templateSchema,
} from '../domain/target.ts';
import { canonicalJsonFile } from './bytes.ts';
import type { PanelTarget } from './document.ts';

const panelTargetSchema = z.strictObject({
  name: targetNameSchema,
  role: roleSchema,
  format: formatSchema,
  baseUrl: z.string(),
  model: z.string(),
  stream: z.boolean(),
  parameters: parametersSchema,
  headers: z.record(z.string(), z.string()),
  auth: authSchema.nullable(),
  extra: z.record(z.string(), jsonSchema),
  template: templateSchema.nullable(),
  dialect: dialectSchema.nullable(),
  limits: targetLimitsSchema,
  price: priceSchema.nullable(),
  released: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/)
    .nullable(),
});

export const targetsFileSchema = z.array(panelTargetSchema).min(1);

/** Bytes of targets.json: the panel's public configuration, sealed with the plan and shown in the bag. */
export function targetsBytes(panel: readonly PanelTarget[]): Uint8Array {
  return canonicalJsonFile(targetsFileSchema.parse(panel));
}
