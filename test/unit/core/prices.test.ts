import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { priceTable } from '#core/services/target/prices.ts';
import type { Session } from '#core/services/workspace/session.ts';

const RESOURCES = join(import.meta.dirname, '../../../resources');
const file = readFileSync(join(RESOURCES, 'prices/prices.json'), 'utf8');
const { note, prices } = JSON.parse(file) as {
  readonly note: string;
  readonly prices: readonly {
    readonly host: string;
    readonly model: string;
    readonly asOf: string;
    readonly source: string;
    readonly inputPerMillion: number;
    readonly outputPerMillion: number;
  }[];
};
// Reading a table takes nothing of a session but its folder.
const priceOf = priceTable({ ports: { paths: { resources: RESOURCES } } } as unknown as Session);
const at = (host: string, model: string) =>
  priceOf({ baseUrl: `https://${host}/v1`, model, price: null });

describe('the table of list prices', () => {
  it('is sorted by host and model, each once', () => {
    const keys = prices.map(({ host, model }) => `${host} ${model}`);
    expect(keys).toEqual([...keys].sort());
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.length).toBeGreaterThanOrEqual(40);
  });

  it('names a day that has been and a source for every price, and says what the figures are', () => {
    const today = new Date().toISOString().slice(0, 10);
    for (const { asOf, source } of prices) {
      expect(new Date(asOf).toISOString().slice(0, 10)).toBe(asOf);
      expect(asOf >= '2025-01-01' && asOf <= today).toBe(true);
      expect(source).toMatch(/^(https:\/\/|github\.com\/[\w-]+\/[\w-]+@[0-9a-f]{40} )\S+ \(.+\)$/);
    }
    expect(note).toContain('on its day at most');
  });

  it('costs more for what is written than nothing, and for no model less than for what is read', () => {
    for (const { inputPerMillion, outputPerMillion } of prices) {
      expect(inputPerMillion).toBeGreaterThan(0);
      expect(outputPerMillion).toBeGreaterThanOrEqual(inputPerMillion);
    }
  });

  it('names hosts that presets lead to', () => {
    const hosts = new Set(prices.map(({ host }) => host));
    expect([...hosts]).toEqual(
      expect.arrayContaining(['api.openai.com', 'api.anthropic.com', 'api.mistral.ai', 'api.x.ai']),
    );
    for (const host of hosts) expect(host).toMatch(/^[a-z0-9.-]+\.[a-z]+$/);
  });

  it('gives the price of a host and a model together only, and a target’s own before all', () => {
    expect(at('api.mistral.ai', 'mistral-large-2512')).toMatchObject({
      inputPerMillion: 0.5,
      outputPerMillion: 1.5,
      asOf: '2026-06-09',
    });
    expect(at('api.openai.com', 'mistral-large-2512')).toBeNull();
    expect(at('api.mistral.ai', 'mistral-large')).toBeNull();
    const own = { inputPerMillion: 7, outputPerMillion: 8, asOf: '2026-01-01', source: 'contract' };
    const target = {
      baseUrl: 'https://api.mistral.ai/v1',
      model: 'mistral-large-2512',
      price: own,
    };
    expect(priceOf(target)).toBe(own);
  });
});
