import { DECISION_KINDS } from './decisions.ts';
import type { CaseKind } from './define.ts';
import { E_KINDS } from './e-values.ts';
import { INTERVAL_KINDS } from './intervals.ts';
import { P_KINDS } from './p-values.ts';

/** Every statistic that can be recomputed by hand, by the name of its kind. */
export const STATISTIC_KINDS: Readonly<Record<string, CaseKind>> = {
  ...INTERVAL_KINDS,
  ...E_KINDS,
  ...P_KINDS,
  ...DECISION_KINDS,
};
