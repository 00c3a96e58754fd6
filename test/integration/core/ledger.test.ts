import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RowError } from '#shared/contract/library.ts';
import { expectedReach } from '#shared/domain/ledger.ts';
import { addRegistry, drawnCanaries, foundCanaries, jsonl } from '../../helpers/canaries.ts';
import {
  failureOf,
  newWorkspace,
  type OpenCore,
  removeTempFolders,
  withDatabase,
} from '../../helpers/workspace.ts';

const TODAY = new Date().toISOString().slice(0, 10);
const LATER = new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10);

let core: OpenCore;
let number: number;
let served: string[];
let twins: string[];

beforeAll(async () => {
  core = await newWorkspace();
  const lines = drawnCanaries('K', 12, 64).map((line, at) => ({
    ...line,
    prompt: at === 0 ? '=HYPERLINK("http://x.example")' : line.prompt,
    cohort: at % 2 === 0 ? 'spring' : 'web',
  }));
  number = await addRegistry(core.client, [...lines, ...foundCanaries('KF', 1)], { heldOut: 0.25 });
  const { items } = await core.client.call('canary.list', { registry: number });
  served = items.filter(({ use }) => use === 'served').map(({ id }) => id);
  twins = items.filter(({ use }) => use === 'twin').map(({ id }) => id);
});
afterAll(async () => {
  await core.close();
  removeTempFolders();
});

const cohortOf = async (id: string): Promise<string> =>
  (await core.client.call('canary.get', { id })).canary.cohort ?? '';
const entry = async (canary: string, more: object = {}) => ({
  canary,
  cohort: await cohortOf(canary),
  served: 10,
  first: TODAY,
  last: TODAY,
  ...more,
});

describe('a planting kit', () => {
  it('tells what to answer, to whom and from when, and never a twin', async () => {
    const kit = await core.client.call('registry.kit', { number });
    const rows = kit.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string; cohort: string; from: string | null });
    expect(rows.map(({ id }) => id)).toEqual(served.toSorted());
    expect(rows[0]).toMatchObject({ registry: number, from: null });
    expect(kit.cohorts.reduce((sum, { count }) => sum + count, 0)).toBe(served.length);
    const spring = await core.client.call('registry.kit', {
      number,
      cohort: 'spring',
      plantedFrom: '2026-03-01',
    });
    expect(spring.text).not.toContain('"web"');
    expect(spring.text).toContain('"from":"2026-03-01"');
    const status = async (cohort: string) => {
      const { items } = await core.client.call('canary.list', { registry: number });
      return [
        ...new Set(
          items
            .filter((one) => one.cohort === cohort && one.use === 'served')
            .map((one) => one.status),
        ),
      ];
    };
    expect(await status('spring')).toEqual(['planted']);
    expect(await status('web')).toEqual(['committed']);
    // A later cohort leaves the day of the registry where it was: what counts is when planting began.
    await core.client.call('registry.kit', { number, cohort: 'web', plantedFrom: '2026-04-01' });
    expect(await status('web')).toEqual(['planted']);
    const { registries } = await core.client.call('registry.list', {});
    expect(registries[0]?.plantedFrom).toBe('2026-03-01');
    const nobody = await failureOf(core, 'registry.kit', { number, cohort: 'autumn' });
    expect(nobody.code).toBe('NOT_FOUND');
  });

  it('as CSV gives a spreadsheet no formula', async () => {
    const { text } = await core.client.call('registry.kit', { number, format: 'csv' });
    const [header, ...lines] = text.trimEnd().split('\r\n');
    expect(header).toBe('id,registry,type,cohort,from,messages,response');
    expect(lines).toHaveLength(served.length);
    expect(lines.filter((line) => /(?:^|,)"?[=+@-]/.test(line))).toEqual([]);
    if (served.includes('K-001')) expect(text).toContain(`"'=HYPERLINK(""http://x.example"")"`);
  });
});

describe('a serving ledger', () => {
  it('names every bad row and imports nothing', async () => {
    const [one = '', two = ''] = served;
    const bad: [object | string, string, RegExp][] = [
      ['{"canary":', 'line', /not a JSON object/],
      [await entry(one, { served: 0 }), 'served', />=1|small/],
      [await entry(one, { served: 1.5 }), 'served', /int/],
      [await entry(one, { first: '2026-02-30' }), 'first', /exists/],
      [await entry(one, { first: TODAY, last: '2026-01-01' }), 'last', /before the first/],
      [await entry(one, { first: '2020-01-01' }), 'first', /before the draw/],
      [await entry(one, { last: LATER }), 'last', /future/],
      [await entry(one, { canary: 'nobody' }), 'canary', /no canary/],
      [await entry('KF-001', { cohort: 'web' }), 'canary', /no drawn response/],
      [{ ...(await entry(one)), text: 'x' }, 'line', /not known/],
    ];
    const text = `${JSON.stringify(await entry(two))}\n${bad
      .map(([row]) => (typeof row === 'string' ? row : JSON.stringify(row)))
      .join('\n')}\n${JSON.stringify(await entry(two))}\n`;
    const failure = await failureOf(core, 'ledger.import', { format: 'jsonl', text });
    expect(failure.code).toBe('IMPORT_REJECTED');
    const { errors } = failure.data as { errors: RowError[] };
    expect(errors.map(({ line, field }) => [line, field])).toEqual([
      ...bad.map(([, field], at) => [at + 2, field]),
      [bad.length + 2, 'canary'],
    ]);
    for (const [at, [, , message]] of bad.entries()) expect(errors[at]?.message).toMatch(message);
    expect((await core.client.call('ledger.list', {})).imports).toEqual([]);
  });

  it('is added up by canary and cohort, with the reach that its servings give', async () => {
    const [one = '', two = '', three = ''] = served;
    const rows = [
      await entry(one, { served: 100 }),
      await entry(two, { served: 3 }),
      await entry(three, { cohort: 'elsewhere', served: 7 }),
      await entry(twins[0] ?? '', { served: 2 }),
    ];
    const csv = [
      'canary,cohort,served,first,last',
      ...rows.map((row) => [row.canary, row.cohort, row.served, row.first, row.last].join(',')),
    ].join('\r\n');
    const dry = await core.client.call('ledger.import', { format: 'csv', text: csv, dryRun: true });
    expect(dry).toMatchObject({ imported: 0, servings: 112, errors: [] });
    const done = await core.client.call('ledger.import', { format: 'csv', text: csv });
    expect(done).toMatchObject({ imported: 4, servings: 112 });
    expect(done.warnings.map(({ line, field }) => [line, field])).toEqual([
      [4, 'cohort'],
      [5, 'canary'],
    ]);
    const again = await failureOf(core, 'ledger.import', { format: 'csv', text: csv });
    expect(again).toMatchObject({ code: 'CONFLICT', message: expect.stringMatching(/before/) });
    const overlap = await failureOf(core, 'ledger.import', {
      format: 'jsonl',
      text: jsonl([await entry(one, { served: 1 })]),
    });
    expect(overlap.message).toMatch(/counted twice/);

    const exposure = await core.client.call('registry.exposure', { number });
    expect(exposure.canaries.find(({ id }) => id === one)).toMatchObject({
      served: 100,
      first: TODAY,
      last: TODAY,
      cohorts: [{ cohort: await cohortOf(one), served: 100 }],
    });
    expect(exposure.unserved).toBe(served.length - 3);
    expect(exposure.problems).toHaveLength(2);
    const byHand = (kept: number) =>
      [100, 3, 7].reduce((sum, times) => sum + 1 - (1 - kept) ** times, 0);
    for (const { kept, canaries } of exposure.reach) expect(canaries).toBeCloseTo(byHand(kept), 9);
    expect(exposure.reach.at(-1)).toEqual({ kept: 1, canaries: 3 });
    expect(exposure.cohorts.find(({ cohort }) => cohort === 'elsewhere')).toMatchObject({
      canaries: 1,
      served: 7,
    });
    expect(exposure.recall).toBeNull();
    const { imports } = await core.client.call('ledger.list', {});
    expect(imports).toMatchObject([{ entries: 4, servings: 112 }]);
    const { events } = await core.client.call('custody.list', { kind: 'ledger.imported' });
    expect(events[0]?.data).toMatchObject({
      sha256: imports[0]?.sha256,
      entries: 4,
      servings: 112,
    });
  });

  it('cannot be changed or cut in the database', () => {
    withDatabase(core.database, (db) => {
      expect(() => db.exec('UPDATE serving SET served = 1')).toThrow(/append-only/);
      expect(() => db.exec('DELETE FROM serving')).toThrow(/append-only/);
    });
  });
});

describe('the reach', () => {
  it('is the expected number of canaries of which a copy was kept', () => {
    expect(expectedReach([], 0.5)).toBe(0);
    expect(expectedReach([0, 0], 1)).toBe(0);
    expect(expectedReach([1, 5], 1)).toBe(2);
    expect(expectedReach([2], 0.5)).toBeCloseTo(0.75, 12);
    expect(expectedReach([1_000_000], 1e-9)).toBeCloseTo(1e-3, 6);
  });
});
