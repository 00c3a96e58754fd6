// The other loop of the transport bench, in a process of its own: bare undici, bare SQLite. Arguments: database file, port.
import { createHash, randomUUIDv7 } from 'node:crypto';
import Database from 'better-sqlite3';
import { Client, Pool } from 'undici';
import { PRAGMAS } from '#core/db/open.ts';
import type { OutboundRequest } from '#shared/wire/types.ts';
import { measured, type Work } from '../../scripts/bench/measured.ts';
import { questionOf, targetOn } from '../../scripts/bench/transport-question.ts';

/** Bytes that stand for what a seal adds to a text: header, nonce and tag. */
const SEAL = Buffer.alloc(33);

/**
 * A plain loop. `few`: one row, the request's bytes before it leaves, the response's bytes when it has come. `same`: the rows
 * that we write, with as many bytes in them: request, facts, body, their hashes, and a line of the log for each step; what
 * it lacks is what we compute (seals, the chain of hashes).
 */
function bareStore(file: string) {
  const db = new Database(file);
  db.pragma('page_size = 8192');
  for (const [name, value] of PRAGMAS) db.pragma(`${name} = ${value}`);
  db.exec(
    'CREATE TABLE exchange (id INTEGER PRIMARY KEY, request BLOB NOT NULL, headers TEXT, response BLOB) STRICT',
  );
  db.exec(`
    CREATE TABLE attempt (id TEXT PRIMARY KEY, place TEXT NOT NULL, started TEXT NOT NULL, request BLOB NOT NULL, sha BLOB NOT NULL) STRICT;
    CREATE INDEX attempt_by_place ON attempt (place);
    CREATE TABLE response (id TEXT PRIMARY KEY, ended TEXT NOT NULL, facts BLOB NOT NULL, sha BLOB NOT NULL) STRICT;
    CREATE TABLE body (id TEXT NOT NULL, seq INTEGER NOT NULL, cell BLOB NOT NULL, sha BLOB NOT NULL, PRIMARY KEY (id, seq)) STRICT;
    CREATE TABLE connection (id INTEGER PRIMARY KEY, at TEXT, ms REAL, host TEXT, address TEXT, sent INTEGER, got INTEGER) STRICT;
    CREATE INDEX connection_by_host ON connection (host);
    CREATE TABLE event (seq INTEGER PRIMARY KEY, line BLOB NOT NULL, sha BLOB NOT NULL) STRICT;
  `);
  let seq = 0;
  const rows = {
    attempt: db.prepare('INSERT INTO attempt VALUES (?, ?, ?, ?, ?)'),
    response: db.prepare('INSERT INTO response VALUES (?, ?, ?, ?)'),
    body: db.prepare('INSERT INTO body VALUES (?, 0, ?, ?)'),
    event: db.prepare('INSERT INTO event VALUES (?, ?, ?)'),
    connection: db.prepare('INSERT INTO connection VALUES (NULL, ?, ?, ?, ?, ?, ?)'),
  };
  const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
  const sized = (value: unknown) => Buffer.concat([Buffer.from(JSON.stringify(value)), SEAL]);
  const addEvent = (kind: string, place: string): void => {
    seq += 1;
    // As long as a line of ours.
    const line = Buffer.from(JSON.stringify({ seq, kind, place, pad: 'x'.repeat(420) }));
    rows.event.run(seq, line, hash(line));
  };
  // Written together, as ours are.
  let connections: unknown[][] = [];
  const addConnection = (sent: number, got: number): void => {
    connections.push([new Date().toISOString(), 1.5, '127.0.0.1:65000', '127.0.0.1', sent, got]);
    if (connections.length < 250) return;
    const batch = connections;
    connections = [];
    db.transaction(() => {
      for (const row of batch) rows.connection.run(row);
    }).immediate();
  };
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
      setImmediate(setImmediate, () => {
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
    sameIntent: (place: string, request: OutboundRequest) =>
      commit(() => {
        const body = Buffer.from(request.body ?? new Uint8Array()).toString('base64');
        const cell = sized({ ...request, body, salt: 'x'.repeat(64) });
        rows.attempt.run(place, place, new Date().toISOString(), cell, hash(cell));
        addEvent('started', place);
      }),
    sameResult: (place: string, facts: unknown, body: Uint8Array) => {
      addConnection(400, body.length);
      return commit(() => {
        const cell = sized({ facts, pad: 'x'.repeat(700) });
        rows.response.run(place, new Date().toISOString(), cell, hash(cell));
        rows.body.run(place, body, hash(body));
        addEvent('recorded', place);
      });
    },
    intent: (row: number, body: Uint8Array) => commit(() => intent.run(row, body)),
    result: (row: number, headers: string, body: Uint8Array) =>
      commit(() => result.run(headers, body, row)),
    close: () => db.close(),
  };
}

type BareStore = ReturnType<typeof bareStore>;

/** `fresh`: a connection for each request, as we do; otherwise a pool that keeps them. `same`: the rows that we write. */
function bareLoop(
  store: BareStore,
  port: number,
  options: { fresh: boolean; same: boolean; concurrency: number },
) {
  const target = targetOn(port);
  const origin = `http://127.0.0.1:${port}`;
  const pool = options.fresh ? null : new Pool(origin, { connections: options.concurrency });
  return {
    one: async (index: number): Promise<void> => {
      const mine = store.nextId();
      const place = randomUUIDv7();
      const question = questionOf(target, index);
      const { url, method, headers, body } = question;
      if (options.same) await store.sameIntent(place, question);
      else await store.intent(mine, body ?? new Uint8Array());
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
      if (options.same) await store.sameResult(place, { headers, got: response.headers }, bytes);
      else await store.result(mine, JSON.stringify(response.headers), bytes);
    },
    close: async () => pool?.close(),
  };
}

/** What the bench asks for; the answer is a Measured. */
interface Order extends Work {
  readonly fresh: boolean;
  readonly same: boolean;
}

const [file = '', port = ''] = process.argv.slice(2);
const store = bareStore(file);
process.on('message', async ({ fresh, same, ...work }: Order) => {
  const loop = bareLoop(store, Number(port), { fresh, same, concurrency: work.concurrency });
  const found = await measured(work, loop.one);
  await loop.close();
  process.send?.(found);
});
process.on('disconnect', () => {
  store.close();
  process.exit();
});
process.send?.('ready');
