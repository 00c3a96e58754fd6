// The other loop of the transport bench, in a process of its own: bare undici, bare SQLite. Arguments: database file, port.
import Database from 'better-sqlite3';
import { Client, Pool } from 'undici';
import { PRAGMAS } from '#core/db/open.ts';
import { measured, type Work } from '../../scripts/bench/measured.ts';
import { questionOf, targetOn } from '../../scripts/bench/transport-question.ts';

/** A plain loop: one table, the request's bytes before it leaves, the response's bytes when it has come. */
function bareStore(file: string) {
  const db = new Database(file);
  db.pragma('page_size = 8192');
  for (const [name, value] of PRAGMAS) db.pragma(`${name} = ${value}`);
  db.exec(
    'CREATE TABLE exchange (id INTEGER PRIMARY KEY, request BLOB NOT NULL, headers TEXT, response BLOB) STRICT',
  );
  let id = 0;
  const intent = db.prepare<[number, Uint8Array]>(
    'INSERT INTO exchange (id, request) VALUES (?, ?)',
  );
  const result = db.prepare<[string, Uint8Array, number]>(
    'UPDATE exchange SET headers = ?, response = ? WHERE id = ?',
  );
  // Writes of one turn share a sync here too: it is what makes a loop of many requests fair to compare.
  let waiting: { run: () => void; done: () => void }[] = [];
  const commit = (run: () => void): Promise<void> =>
    new Promise((done) => {
      waiting.push({ run, done });
      if (waiting.length > 1) return;
      setImmediate(() => {
        const batch = waiting;
        waiting = [];
        db.transaction(() => {
          for (const entry of batch) entry.run();
        }).immediate();
        for (const entry of batch) entry.done();
      });
    });
  return {
    nextId: () => {
      id += 1;
      return id;
    },
    intent: (row: number, body: Uint8Array) => commit(() => intent.run(row, body)),
    result: (row: number, headers: string, body: Uint8Array) =>
      commit(() => result.run(headers, body, row)),
    close: () => db.close(),
  };
}

type BareStore = ReturnType<typeof bareStore>;

/** `fresh`: a connection for each request, as we do; otherwise a pool that keeps them. */
function bareLoop(
  store: BareStore,
  port: number,
  options: { fresh: boolean; concurrency: number },
) {
  const target = targetOn(port);
  const origin = `http://127.0.0.1:${port}`;
  const pool = options.fresh ? null : new Pool(origin, { connections: options.concurrency });
  return {
    one: async (index: number): Promise<void> => {
      const mine = store.nextId();
      const { url, method, headers, body } = questionOf(target, index);
      await store.intent(mine, body ?? new Uint8Array());
      const client = pool ?? new Client(origin);
      const response = await client.request({
        method,
        path: new URL(url).pathname,
        headers: headers.flat(),
        body,
        ...(pool ? {} : { reset: true }),
      });
      const bytes = new Uint8Array(await response.body.arrayBuffer());
      if (pool === null) await client.close();
      await store.result(mine, JSON.stringify(response.headers), bytes);
    },
    close: async () => pool?.close(),
  };
}

/** What the bench asks for; the answer is a Measured. */
interface Order extends Work {
  readonly fresh: boolean;
}

const [file = '', port = ''] = process.argv.slice(2);
const store = bareStore(file);
process.on('message', async ({ fresh, ...work }: Order) => {
  const loop = bareLoop(store, Number(port), { fresh, concurrency: work.concurrency });
  const found = await measured(work, loop.one);
  await loop.close();
  process.send?.(found);
});
process.on('disconnect', () => {
  store.close();
  process.exit();
});
process.send?.('ready');
