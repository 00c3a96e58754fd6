import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runAudit } from '../../helpers/audit.ts';
import { type Bench, newBench, SMALL, smallPlan } from '../../helpers/bench.ts';
import { tempFolder } from '../../helpers/workspace.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await newBench();
});
afterAll(() => bench.close());

/** With fields that no reader knows, twice one name, and spaces that no program would write. */
const BODY = `{ "vendor_trace" : {"shard": 7, "nested":[{"x-deep":"zqunbekannt"}]},
  "choices":[ {"index":0,"message":{"content":"No idea.","mood":"calm"},"finish_reason":"stop","vendor_score":0.10} ],
  "model":"m", "usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5,"vendor_units":1.50}, "vendor_trace":null }`;
const HEADERS = { 'X-Vendor-Shard': '7', 'x-vendor-note': 'left as it is' };

it('fields and headers of an answer that nobody knows are kept byte for byte, in the record and in the bundle', async () => {
  await bench.serve(() => ({ body: BODY, headers: HEADERS }));
  const number = await bench.registry(1);
  const { client } = bench.core;
  const { auditId, status } = await runAudit(client, smallPlan(number));
  expect(status.audit.state).toBe('complete');
  const { columns } = await client.call('audit.matrix', { auditId });
  const canaryId = columns[0]?.canaryId ?? '';
  const { attempts } = await client.call('evidence.sample', {
    auditId,
    canaryId,
    target: 'suspect',
  });
  const [attempt] = attempts;
  expect(attempt?.answer).toBe('No idea.');
  expect(attempt?.response).toMatchObject({ text: BODY, bytes: BODY.length });
  for (const header of Object.entries(HEADERS))
    expect(attempt?.response?.headers).toContainEqual(header);
  const out = join(tempFolder(), 'bundle');
  await client.call('bundle.export', { auditId, out });
  const lines = readFileSync(join(out, 'data/transcripts.jsonl'), 'utf8').trim().split('\n');
  expect(lines).toHaveLength(SMALL.length);
  const base64 = Buffer.from(BODY).toString('base64');
  for (const line of lines) expect(line).toContain(base64);
  const warc = readFileSync(join(out, 'data/transcripts.warc'), 'utf8');
  expect(warc.split(BODY)).toHaveLength(SMALL.length + 1);
  expect(warc).toContain('X-Vendor-Shard: 7');
});
