import type { Db } from './open.ts';

/** Which events are read; an empty text filters nothing. */
export interface CustodyFilter {
  /** What the kind begins with. */
  readonly kind: string;
  /** From this moment on, and until before that one: RFC 3339 UTC. */
  readonly from?: string;
  readonly to?: string;
  /** What the line holds somewhere: an id, a hash, a name. */
  readonly text?: string;
}

export interface CustodyPage extends CustodyFilter {
  readonly offset: number;
  readonly limit: number;
}

/** The append-only custody log and its checkpoints. Triggers refuse every change; see migration 0010. */
export function custodyStore(db: Db) {
  const head = db.prepare<[], { seq: number; hash: Buffer }>(
    'SELECT seq, hash FROM custody_event ORDER BY seq DESC LIMIT 1',
  );
  const insert = db.prepare<[number, Uint8Array, Uint8Array]>(
    'INSERT INTO custody_event (seq, line, hash) VALUES (?, ?, ?)',
  );
  const all = db.prepare<[], { line: Buffer; hash: Buffer }>(
    'SELECT line, hash FROM custody_event ORDER BY seq',
  );
  const wanted = `(@kind = '' OR substr(json_extract(line, '$.kind'), 1, length(@kind)) = @kind)
    AND (@from = '' OR json_extract(line, '$.at') >= @from)
    AND (@to = '' OR json_extract(line, '$.at') < @to)
    AND (@text = '' OR instr(lower(CAST(line AS TEXT)), lower(@text)) > 0)`;
  const full = <T extends CustodyFilter>(filter: T) => ({ from: '', to: '', text: '', ...filter });
  const some = db.prepare<[Required<CustodyPage>], { line: Buffer; hash: Buffer }>(
    `SELECT line, hash FROM custody_event WHERE ${wanted} ORDER BY seq DESC LIMIT @limit OFFSET @offset`,
  );
  const matching = db.prepare<[Required<CustodyFilter>], { n: number }>(
    `SELECT count(*) AS n FROM custody_event WHERE ${wanted}`,
  );
  const count = db.prepare<[], { n: number }>('SELECT count(*) AS n FROM custody_event');
  const insertCheckpoint = db.prepare<[number, Uint8Array, Uint8Array, Uint8Array, string]>(
    'INSERT INTO checkpoint (size, root, head, sigstore, created_utc) VALUES (?, ?, ?, ?, ?) ON CONFLICT (size) DO NOTHING',
  );
  const checkpoints = db.prepare<
    [],
    { size: number; root: Buffer; sigstore: Buffer; createdUtc: string }
  >('SELECT size, root, sigstore, created_utc AS createdUtc FROM checkpoint ORDER BY size');
  const exchanges = db.prepare<[], { attempt: string; commitment: string }>(
    `SELECT json_extract(line, '$.data.attempt') AS attempt, json_extract(line, '$.data.commitment') AS commitment
     FROM custody_event WHERE json_valid(line) AND json_extract(line, '$.kind') = 'attempt.recorded'`,
  );
  return {
    head: () => head.get(),
    append: (seq: number, line: Uint8Array, hash: Uint8Array) => insert.run(seq, line, hash),
    all: () => all.all(),
    /** Newest first. */
    page: (page: CustodyPage) => some.all(full(page)),
    matching: (filter: CustodyFilter) => matching.get(full(filter))?.n ?? 0,
    /** What the log says was exchanged: attempt and salted commitment. */
    exchanges: () => exchanges.all(),
    count: () => count.get()?.n ?? 0,
    addCheckpoint: (row: {
      size: number;
      root: Uint8Array;
      head: Uint8Array;
      sigstore: Uint8Array;
      createdUtc: string;
    }) => insertCheckpoint.run(row.size, row.root, row.head, row.sigstore, row.createdUtc),
    checkpoints: () => checkpoints.all(),
  };
}
export type CustodyStore = ReturnType<typeof custodyStore>;
