import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RowError } from '#shared/contract/library.ts';
import { drawnCanaries, jsonl } from '../../helpers/canaries.ts';
import {
  failureOf,
  newWorkspace,
  type OpenCore,
  removeTempFolders,
  withDatabase,
} from '../../helpers/workspace.ts';

let core: OpenCore;
beforeAll(async () => {
  core = await newWorkspace();
});
afterAll(async () => {
  await core.close();
  removeTempFolders();
});

const count = async (): Promise<number> => (await core.client.call('canary.list', {})).total;
const line = (id: string, more: object = {}): object => ({
  id,
  prompt: `Which bird lives in ${id}?`,
  responses: ['red kite', 'grey heron', 'black stork'],
  ...more,
});

describe('an import', () => {
  it('that is rejected leaves nothing behind, and names every bad row', async () => {
    const before = await count();
    const custody = await core.client.call('custody.list', {});
    const text = jsonl([line('ok-1'), { id: 'bad' }, line('ok-2'), { nonsense: true }]);
    const failure = await failureOf(core, 'canary.import', { format: 'jsonl', text });
    expect(failure.code).toBe('IMPORT_REJECTED');
    expect(failure.message).toMatch(/2 rows are wrong; nothing was imported\. First: line 2, /);
    const { errors } = failure.data as { errors: RowError[] };
    expect([...new Set(errors.map((error) => error.line))]).toEqual([2, 4]);
    expect(await count()).toBe(before);
    expect((await core.client.call('custody.list', {})).total).toBe(custody.total);
  });

  it('with skip-bad takes the good rows and still tells the bad ones', async () => {
    const text = jsonl([line('skip-1'), { id: 'bad' }, line('skip-2')]);
    const dry = await core.client.call('canary.import', {
      format: 'jsonl',
      text,
      onError: 'skip-bad',
      dryRun: true,
    });
    expect(dry).toMatchObject({ imported: 0, ids: ['skip-1', 'skip-2'] });
    expect((await failureOf(core, 'canary.get', { id: 'skip-1' })).code).toBe('NOT_FOUND');
    const done = await core.client.call('canary.import', {
      format: 'jsonl',
      text,
      onError: 'skip-bad',
    });
    expect(done.imported).toBe(2);
    expect(done.errors[0]?.line).toBe(2);
    const again = await failureOf(core, 'canary.import', {
      format: 'jsonl',
      text: jsonl([line('skip-1')]),
    });
    expect(again.message).toMatch(/already/);
    const none = await failureOf(core, 'canary.import', {
      format: 'jsonl',
      text: '{"id":1}\n',
      onError: 'skip-bad',
    });
    expect(none.code).toBe('IMPORT_REJECTED');
  });

  it('is read back by export, and its texts come only when asked for, which is recorded', async () => {
    const text = jsonl([
      line('round-1', { tags: ['a', 'b'], cohort: 'web', note: 'for later', type: 'W' }),
      {
        id: 'round-2',
        kind: 'found',
        prompt: 'Say — ünïcode',
        expected: ['ahoy'],
        system: 'Be kind.',
      },
    ]);
    await core.client.call('canary.import', { format: 'jsonl', text });
    const ids = ['round-1', 'round-2'];
    const listed = await core.client.call('canary.list', { search: 'round' });
    expect(listed.total).toBe(2);
    expect(JSON.stringify(listed)).not.toMatch(/kite|ahoy|bird/);
    const exported = await core.client.call('canary.export', { ids });
    await core.client.call('canary.reveal', { id: 'round-1' });
    const events = await core.client.call('custody.list', { limit: 2 });
    expect(events.events.map((event) => event.kind)).toEqual([
      'canary.revealed',
      'canary.exported',
    ]);
    const other = await newWorkspace();
    await other.client.call('canary.import', { format: 'jsonl', text: exported.text });
    for (const id of ids)
      expect(await other.client.call('canary.reveal', { id })).toEqual(
        await core.client.call('canary.reveal', { id }),
      );
    await other.close();
  });

  it('reads ten thousand rows, and the list pages and searches them', async () => {
    const many = Array.from({ length: 10_000 }, (_, at) => line(`many-${at}`));
    const started = performance.now();
    const { imported } = await core.client.call('canary.import', {
      format: 'jsonl',
      text: jsonl(many),
    });
    expect(imported).toBe(10_000);
    expect(performance.now() - started).toBeLessThan(30_000);
    const page = await core.client.call('canary.list', {
      search: 'many-99',
      offset: 100,
      limit: 50,
    });
    expect(page.total).toBe(111);
    expect(page.items).toHaveLength(11);
    // The text of none of them stands in the database in clear.
    const clear = withDatabase(core.database, (db) =>
      db.prepare("SELECT count(*) FROM canary WHERE instr(draft_cell, 'heron') > 0").pluck().get(),
    );
    expect(clear).toBe(0);
  });

  it('keeps long candidate lists whole', async () => {
    const [wide] = drawnCanaries('wide', 1, 16_384);
    if (!wide) throw new Error('no canary');
    await core.client.call('canary.import', { format: 'jsonl', text: jsonl([wide]) });
    const shown = await core.client.call('canary.reveal', { id: wide.id });
    expect(shown.n).toBe(wide.responses.length);
    expect(shown.responses).toEqual(wide.responses.slice(0, 50));
  });
});

describe('retiring', () => {
  it('keeps a canary, takes it out of the next commitment, and can be undone', async () => {
    await core.client.call('canary.import', { format: 'jsonl', text: jsonl([line('old-1')]) });
    expect(await core.client.call('canary.retire', { ids: ['old-1'] })).toEqual({ changed: 1 });
    const refused = await failureOf(core, 'registry.commit', { ids: ['old-1'] });
    expect(refused.message).toMatch(/retired, not a draft/);
    expect(await core.client.call('canary.restore', { ids: ['old-1'] })).toEqual({ changed: 1 });
    const { canary } = await core.client.call('canary.get', { id: 'old-1' });
    expect(canary.status).toBe('draft');
    expect((await failureOf(core, 'canary.retire', { ids: ['nobody'] })).code).toBe('NOT_FOUND');
  });
});
