import { createHash } from 'node:crypto';
import type { Output } from '#shared/contract/index.ts';
import type { OpenedCanary, PanelAnswer } from '#shared/domain/evaluation.ts';
import type { Role } from '#shared/domain/target.ts';
import { evaluate } from '#shared/statistics/evaluate.ts';

export const sha = (text: string): string => createHash('sha256').update(text).digest('hex');
/** A fixed sequence in [0, 1): the same pictures every time. */
export const seeded = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

export const AUDIT_ID = '5b0a7c1e-8d5f-4c7e-9a64-2f1b3c4d5e6f';
export const PLAN_ID = '0c2f4f0a-6a1b-4b5d-8c3e-7f6a5b4c3d2e';
export const WAITING_PLAN_ID = '1d3e5f7a-9b1c-4d2e-8f4a-6b8c0d2e4f6a';
export const BUNDLE_ID = '9e8d7c6b-5a49-4838-a726-150413223140';

export const PANEL: readonly {
  readonly target: string;
  readonly role: Role;
  readonly rate: number;
}[] = [
  { target: 'student-10', role: 'suspect', rate: 0.1 },
  { target: 'student-0', role: 'suspect', rate: 0 },
  { target: 'relay', role: 'suspect', rate: 0.97 },
  { target: 'control-1', role: 'control', rate: 0 },
  { target: 'control-2', role: 'control', rate: 0 },
  { target: 'control-3', role: 'control', rate: 0 },
  { target: 'temporal-1', role: 'temporal-control', rate: 0 },
  { target: 'temporal-2', role: 'temporal-control', rate: 0 },
  { target: 'known-positive', role: 'known-positive', rate: 0.6 },
];

type Use = 'evidence' | 'twin' | 'after-release';

export interface Scenario {
  readonly canaries: readonly OpenedCanary[];
  readonly evaluation: ReturnType<typeof evaluate>;
}

/** A whole audit of 80 served canaries, 80 twins and 20 planted later, evaluated by the real statistics. */
export function scenario(names: (target: string) => string = (t) => t): Scenario {
  const random = seeded(11);
  const N = 1024;
  const canaries: OpenedCanary[] = [];
  for (let index = 0; index < 180; index += 1) {
    const use: Use = index >= 160 ? 'after-release' : random() < 0.5 ? 'evidence' : 'twin';
    const trueIndex = Math.floor(random() * N);
    const answers: Record<string, PanelAnswer> = {};
    for (const { target, role, rate } of PANEL) {
      const knows = use === 'evidence' || (use === 'after-release' && target === 'relay');
      const hit = knows && random() < rate;
      const roll = random();
      answers[names(target)] =
        role !== 'known-positive' && roll < 0.012
          ? { status: 'not-administered', found: [] }
          : {
              status: 'administered',
              found: hit ? [trueIndex] : roll > 0.9 ? [(trueIndex + 7) % N] : [],
            };
    }
    canaries.push({
      id: `P${String(index + 1).padStart(4, '0')}`,
      registry: use === 'after-release' ? 2 : 1,
      use,
      n: N,
      trueIndex,
      answers,
    });
  }
  const evaluation = evaluate({
    panel: PANEL.map(({ target, role }) => ({ target: names(target), role })),
    suspects: 3,
    rule: 'label',
    canaries,
    state: 'complete',
  });
  return { canaries, evaluation };
}

export function matrixOf(
  { canaries }: Scenario,
  done: number,
  names: (target: string) => string = (t) => t,
): Output<'audit.matrix'> {
  return {
    columns: canaries.map((canary, index) => ({
      position: index + 1,
      canaryId: canary.id,
      registry: canary.registry,
      use: canary.use,
      state:
        index < done
          ? ('opened' as const)
          : index < done + 2
            ? ('asked' as const)
            : ('pending' as const),
    })),
    rows: PANEL.map(({ target, role }, row) => ({
      target: names(target),
      role,
      cells: canaries
        .map((canary, index) => {
          if (index >= done) return index < done + 2 && row < 5 ? '?' : '.';
          const answer = canary.answers[names(target)];
          if (!answer || answer.status === 'not-administered') return 'x';
          if (answer.found.includes(canary.trueIndex)) return 'H';
          const odd = (index * 31 + row * 17) % 97;
          return odd === 0 ? 'r' : odd === 1 ? 't' : 'm';
        })
        .join(''),
    })),
  };
}

export const PLAN_SUMMARY: Output<'plan.seal'>['summary'] = {
  name: 'Recheck of three suspects',
  caseId: 'default',
  panel: PANEL.map(({ target, role }) => ({
    target,
    role,
    host: '127.0.0.1:41733',
    model: target,
  })),
  canaries: { evidence: 80, twins: 80, afterRelease: 20, found: 0 },
  samples: 1,
  calls: 1_620,
  exposures: [{ host: '127.0.0.1:41733', secrets: 180, requests: 1_620 }],
  suspects: 3,
  threshold: 3_000,
  rule: 'label',
  power: [
    { q: 0.02, chance: 0.183 },
    { q: 0.05, chance: 0.702 },
    { q: 0.1, chance: 0.974 },
    { q: 0.2, chance: 1 },
  ],
  beacon: 'given',
  cost: { usd: null, targets: [] },
  time: { seconds: null, slowest: null },
  warnings: ['The limit of canaries to one target is above 60, the usual number for a campaign.'],
};
