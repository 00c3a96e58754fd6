import { parse, stringify } from 'yaml';
import type { Plan } from '#shared/domain/plan.ts';
import { yamlTrouble } from '#shared/util/yaml-bounds.ts';

export type Role = Plan['panel'][number]['role'];
export type RegistryUse = 'evidence' | 'after-release';

/** The plan as the form holds it: every field set. */
export type PlanForm = {
  -readonly [K in keyof Plan]: Plan[K];
};

export const NEW_PLAN: PlanForm = {
  trapstreet: 'plan/1',
  name: '',
  case: 'default',
  question: '',
  panel: [],
  canaries: { registries: [], found: 'none' },
  samples: 1,
  parameters: {},
  scorer: 'exact-v1',
  stop: { rule: 'label', allTwins: true },
  retry: { attempts: 0, waitMs: 1_000, maxRetryAfterMs: 60_000, jitter: 0.5 },
  limits: { canaries: 60, requests: 100_000, concurrency: 16, timeoutMs: 120_000, breaker: 5 },
};

export const toYaml = (plan: PlanForm): string =>
  stringify(plan, { lineWidth: 0, defaultStringType: 'PLAIN', defaultKeyType: 'PLAIN' });

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads what the form knows out of a YAML text; null when the text has another shape. */
export function fromYaml(text: string): PlanForm | null {
  if (yamlTrouble(text) !== null) return null;
  let value: unknown;
  try {
    value = parse(text);
  } catch {
    return null;
  }
  if (!isObject(value)) return null;
  const merged = { ...NEW_PLAN, ...value } as PlanForm;
  if (!Array.isArray(merged.panel) || !merged.panel.every(isObject)) return null;
  if (!isObject(merged.canaries)) return null;
  merged.canaries = { ...NEW_PLAN.canaries, ...merged.canaries };
  if (!Array.isArray(merged.canaries.registries) || !merged.canaries.registries.every(isObject)) {
    return null;
  }
  for (const part of ['stop', 'retry', 'limits'] as const) {
    if (!isObject(merged[part])) return null;
  }
  merged.stop = { ...NEW_PLAN.stop, ...merged.stop };
  merged.retry = { ...NEW_PLAN.retry, ...merged.retry };
  merged.limits = { ...NEW_PLAN.limits, ...merged.limits };
  if (!isObject(merged.parameters)) return null;
  return merged;
}
