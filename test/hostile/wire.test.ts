import { afterAll, describe, expect, it } from 'vitest';
import { type HostileCase, serverOf } from './cases/case.ts';
import { connectionCases } from './cases/connection.ts';
import { contentCases } from './cases/content.ts';
import { headCases } from './cases/head.ts';
import { ask, PATIENT } from './client.ts';
import { tally } from './tally.ts';

async function run(row: HostileCase): Promise<void> {
  const server = await serverOf(row);
  const limits = row.limits ?? (row.expected.includes('accepted') ? PATIENT : undefined);
  let peak = 0;
  const before = process.memoryUsage.rss();
  const probe = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss() - before);
  }, 5);
  try {
    const asked = await ask({
      baseUrl: `http://127.0.0.1:${server.port}/v1`,
      ...(row.stream === undefined ? {} : { stream: row.stream }),
      ...(limits === undefined ? {} : { transport: { limits } }),
    });
    peak = Math.max(peak, process.memoryUsage.rss() - before);
    tally.count(row.expected.includes(asked.code));
    expect(row.expected).toContain(asked.code);
    expect(asked.tookMs).toBeLessThan(limits?.totalMs ?? 2_000);
    expect(server.connections()).toBe(1);
    if (row.memoryMiB !== undefined) expect(peak / 1024 / 1024).toBeLessThan(row.memoryMiB);
    row.check?.(asked);
  } finally {
    clearInterval(probe);
    await server.close();
  }
}

describe('a hostile endpoint', () => {
  for (const row of [...connectionCases, ...headCases, ...contentCases]) {
    it(`${row.number}: ${row.name} -> ${row.expected.join(' or ')}`, () => run(row));
  }
});

afterAll(() => tally.print());
