import { describe, expect, it } from 'vitest';
import type { AttemptRow } from '#core/db/attempt-store.ts';
import { createCaps } from '#core/services/audit/run/caps.ts';
import type { SealedPanelMember } from '#core/services/plan/panel.ts';
import type { PanelTarget } from '#shared/evidence/document.ts';

/** Two cents a completion token; the prompt is free. */
const price = { inputPerMillion: 0, outputPerMillion: 20_000, asOf: '2026-01-02', source: 'test' };

function capsOf(limits: { costUsd?: number; exposures?: number }, parameters: object) {
  const target = {
    name: 'suspect',
    parameters,
    price,
    limits: { costUsd: limits.costUsd ?? null, exposures: limits.exposures ?? null },
  } as unknown as PanelTarget;
  const panel = [{ target }] as unknown as readonly SealedPanelMember[];
  const noAttempts: readonly AttemptRow[] = [];
  return { target, caps: createCaps(panel, noAttempts, []) };
}
const ask = (requests: number) => ({ canaryId: 'C-1', requests, promptBytes: 40 });
const reported = (completion: number) => ({ prompt: 1, completion, basis: 'reported' as const });

describe('a cost cap', () => {
  it('counts what is under way, so that several at once cannot pass it together', () => {
    const { target, caps } = capsOf({ costUsd: 0.05 }, { max_tokens: 1 });
    expect(caps.against(target, ask(2))).toBeNull();
    const first = caps.reserve(target, 40);
    expect(caps.against(target, ask(1))).toBeNull();
    const second = caps.reserve(target, 40);
    expect(caps.against(target, ask(1))).toMatch(/0\.0000 USD spent.*may cost up to 0\.0600 USD/);
    // One of them came to nothing: its share is free again.
    first();
    expect(caps.against(target, ask(1))).toBeNull();
    caps.spent(target, reported(1));
    second();
    expect(caps.against(target, ask(1))).toBeNull();
    expect(caps.against(target, ask(2))).toMatch(/0\.0200 USD spent/);
  });

  it('expects no answer to be cheaper than the dearest so far, whatever max_tokens promises', () => {
    const { target, caps } = capsOf({ costUsd: 1 }, { max_tokens: 1 });
    caps.spent(target, reported(20));
    expect(caps.against(target, ask(1))).toBeNull();
    expect(caps.against(target, ask(2))).toMatch(/0\.4000 USD spent.*up to 0\.8000 USD/);
  });

  it('sets nothing aside for a target without a price', () => {
    const { target, caps } = capsOf({ exposures: 1 }, {});
    const release = caps.reserve({ ...target, price: null }, 40);
    expect(caps.against(target, ask(1))).toBeNull();
    release();
    caps.exposed('suspect', 'C-1');
    expect(caps.against(target, ask(1))).toBeNull();
    expect(caps.against(target, { ...ask(1), canaryId: 'C-2' })).toBe(
      'The limit of 1 exposures to suspect is reached.',
    );
  });
});
