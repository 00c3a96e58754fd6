import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../helpers/workspace.ts';
import { type Capture, differences, LEFT_OUT, startCapture } from './captured-request.ts';
import { ours } from './client-row.ts';
import { CLOUD_CLIENTS } from './cloud-clients.ts';
import { VENDOR_CLIENTS } from './vendor-clients.ts';

let capture: Capture;
/** Names of all headers that the clients were seen to send. */
const seen = new Set<string>();
beforeAll(async () => {
  capture = await startCapture();
});
afterAll(() => capture.close());

describe.each([...VENDOR_CLIENTS, ...CLOUD_CLIENTS])('$name', (row) => {
  it.each([false, true])('builds the same request, streamed: %s', async (stream) => {
    const theirs = await row.theirs(capture, stream);
    for (const name of Object.keys(theirs.headers)) seen.add(name);
    const expected = Object.fromEntries(
      Object.entries(row.differs(stream)).map(([name, side]) => [name, [side.ours, side.theirs]]),
    );
    expect(differences(ours(capture.origin, row, stream), theirs)).toEqual(expected);
  });
});

it('leaves out no header that no client sends', () => {
  expect(Object.keys(LEFT_OUT).filter((name) => !seen.has(name))).toEqual([]);
});

it('says in the documents which headers it leaves out', () => {
  const page = readFileSync(join(ROOT, 'docs/wire-formats.md'), 'utf8');
  const table = page.slice(page.indexOf('| header | why |'));
  const told = [...table.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name);
  expect(told.sort()).toEqual(Object.keys(LEFT_OUT).sort());
});
