import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Member, runAudit } from '../../helpers/audit.ts';
import { type Bench, newBench, smallPlan } from '../../helpers/bench.ts';
import { addRegistry, drawnCanaries, foundCanaries } from '../../helpers/canaries.ts';
import type { OpenCore } from '../../helpers/workspace.ts';

let bench: Bench;
let core: OpenCore;
beforeAll(async () => {
  bench = await newBench();
  core = bench.core;
});
afterAll(() => bench.close());

describe('found canaries', () => {
  const panelOf = (controls: number): Member[] => [
    { name: 'suspect', role: 'suspect' },
    ...Array.from({ length: controls }, (_, at) => ({
      name: `found-control-${at + 1}`,
      role: 'control' as const,
    })),
  ];
  const addFound = async (count: number) => {
    const prefix = bench.prefix();
    const lines = foundCanaries(`${prefix}F`, count);
    const number = await addRegistry(core.client, [...lines, ...drawnCanaries(prefix, 2)], {
      heldOut: 0,
    });
    return {
      number,
      ids: lines.map((line) => line.id),
      known: new Map(lines.map((line) => [line.prompt, line.expected[0] ?? ''])),
    };
  };

  it('stay undetermined with 3 controls, with their floor, and never enter E', async () => {
    const { number, known } = await addFound(4);
    const panel = panelOf(3);
    const server = await bench.serve(
      ({ model, prompt }) => (model === 'suspect' ? (known.get(prompt) ?? 'no') : 'no'),
      panel,
    );
    const ran = await runAudit(core.client, smallPlan(number, { panel, found: 'all' }));
    expect(ran.status.audit.state).toBe('complete');
    expect(server.log).toHaveLength(6 * 4);
    const { tierA, tierB } = ran.evidence;
    expect(tierB).toMatchObject({ tier: 'B', canaries: 4, controls: 3, floor: 0.25 });
    expect(tierB?.suspects[0]).toMatchObject({
      hits: 4,
      asked: 4,
      p: 0.25,
      likelihoodRatioCap: 4,
      label: 'undetermined',
    });
    expect(tierA?.suspects[0]).toMatchObject({ asked: 2, hits: 0 });
    await bench.expectVerified(ran.auditId);
  });

  it('are consistent with contact at the floor of 19 controls, and a plan may choose them by id', async () => {
    const { number, ids, known } = await addFound(3);
    const panel = panelOf(19);
    const chosen = ids.filter((_, at) => at !== 1);
    const server = await bench.serve(
      ({ model, prompt }) => (model === 'suspect' ? (known.get(prompt) ?? 'no') : 'no'),
      panel,
    );
    const ran = await runAudit(core.client, smallPlan(number, { panel, found: chosen }));
    expect(ran.evidence.tierB).toMatchObject({ canaries: 2, controls: 19, floor: 0.05 });
    expect(ran.evidence.tierB?.suspects[0]).toMatchObject({
      hits: 2,
      p: 0.05,
      likelihoodRatioCap: 20,
      label: 'consistent-with',
    });
    expect(ran.evidence.tierA?.suspects[0]).toMatchObject({ asked: 2, hits: 0 });
    expect(new Set(server.log.map((question) => question.prompt)).size).toBe(4);
    await bench.expectVerified(ran.auditId);
  });

  it('alone give an audit without tier A evidence', async () => {
    const lines = foundCanaries('only', 2);
    const number = await addRegistry(core.client, lines, { heldOut: 0 });
    await bench.serve(() => lines[0]?.expected[0] ?? '');
    const ran = await runAudit(core.client, smallPlan(number, { found: 'all' }));
    expect(ran.status.audit.state).toBe('complete');
    expect(ran.evidence.tierA).toBeNull();
    expect(ran.evidence.tierB?.suspects[0]?.hits).toBe(1);
    await bench.expectVerified(ran.auditId);
  });
});
