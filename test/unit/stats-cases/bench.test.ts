import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

const bench = (...args: string[]) =>
  spawnSync(process.execPath, ['scripts/bench.ts', ...args], { encoding: 'utf8' });

describe('npm run bench', () => {
  it('lists its parts when asked for none, or for one that is not there', () => {
    for (const args of [[], ['no-such'], ['options'], ['innocents']]) {
      const { status, stdout, stderr } = bench(...args);
      expect(status).toBe(64);
      expect(stdout).toBe('');
      for (const part of ['null', 'power', 'speed', 'lineage']) expect(stderr).toContain(part);
    }
  });

  it('null: rates with intervals, within their bounds', () => {
    const { status, stdout } = bench('null', '--sequences', '1000', '--detectors', '40', '--json');
    const { rows, detectors, bad } = JSON.parse(stdout) as {
      rows: { kind: string; sequences: number; reached: number[] }[];
      detectors: { mean: number }[];
      bad: string[];
    };
    expect(rows).toHaveLength(8);
    for (const { sequences, reached } of rows) {
      expect(sequences).toBe(1000);
      expect(reached).toHaveLength(3);
    }
    for (const { mean } of detectors) expect(mean).toBeGreaterThan(1000);
    expect(bad).toEqual([]);
    expect(status).toBe(0);
  });

  it('null: stops in time and says so', () => {
    const { stdout, stderr } = bench('null', '--seconds', '1', '--detectors', '2', '--json');
    const { rows } = JSON.parse(stdout) as { rows: { sequences: number }[] };
    expect(rows.every(({ sequences }) => sequences > 0 && sequences < 200_000)).toBe(true);
    expect(stderr).toContain('stopped after');
  });

  it('power: agrees with METHOD 5.8', () => {
    const { status, stdout } = bench('power', '--runs', '4000', '--json');
    const { cells, within } = JSON.parse(stdout) as { cells: unknown[]; within: unknown[] };
    expect(cells).toHaveLength(20);
    expect(within).toHaveLength(4);
    expect(status).toBe(0);
  });

  it('speed: gives ratios', () => {
    const { stdout } = bench('speed', '--answers', '500', '--json');
    const { ratio, labels } = JSON.parse(stdout) as { ratio: number; labels: { steps: number } };
    expect(ratio).toBeGreaterThan(0);
    expect(labels.steps).toBe(1_000_000);
  });

  it('refuses what is no number', () => {
    expect(bench('null', '--sequences', 'many').status).not.toBe(0);
  });
});
