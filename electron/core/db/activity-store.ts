import type { Db } from './open.ts';

/** One connection; `host` and `proxy` are `host:port`. */
export interface ConnectionRow {
  readonly startedUtc: string;
  readonly durationMs: number;
  readonly reason: string;
  readonly host: string;
  readonly address: string | null;
  readonly proxy: string | null;
  readonly bytesOut: number;
  readonly bytesIn: number;
  readonly code: string | null;
}

/** Which connections are read; an empty text filters nothing. */
export interface ConnectionFilter {
  readonly host: string;
  readonly reason: string;
}

export interface HostTotals {
  readonly host: string;
  readonly connections: number;
  readonly failed: number;
  readonly bytesOut: number;
  readonly bytesIn: number;
  readonly firstUtc: string;
  readonly lastUtc: string;
}

/** The append-only list of connections; triggers refuse every change (migration 0030). */
export function activityStore(db: Db) {
  const matches = `(@host = '' OR host = @host) AND (@reason = '' OR reason = @reason)`;
  const insert = db.prepare<[ConnectionRow]>(
    `INSERT INTO connection (started_utc, duration_ms, reason, host, address, proxy, bytes_out, bytes_in, code)
     VALUES (@startedUtc, @durationMs, @reason, @host, @address, @proxy, @bytesOut, @bytesIn, @code)`,
  );
  const page = db.prepare<
    [ConnectionFilter & { offset: number; limit: number }],
    ConnectionRow & { seq: number }
  >(
    `SELECT seq, started_utc AS startedUtc, duration_ms AS durationMs, reason, host, address, proxy,
       bytes_out AS bytesOut, bytes_in AS bytesIn, code
     FROM connection WHERE ${matches} ORDER BY seq DESC LIMIT @limit OFFSET @offset`,
  );
  const count = db.prepare<[ConnectionFilter], { n: number }>(
    `SELECT count(*) AS n FROM connection WHERE ${matches}`,
  );
  const totals = db.prepare<[ConnectionFilter], HostTotals>(
    `SELECT host, count(*) AS connections, count(code) AS failed, sum(bytes_out) AS bytesOut,
       sum(bytes_in) AS bytesIn, min(started_utc) AS firstUtc, max(started_utc) AS lastUtc
     FROM connection WHERE ${matches} GROUP BY host ORDER BY host`,
  );
  return {
    add: (row: ConnectionRow) => insert.run(row),
    /** Newest first. */
    page: (input: ConnectionFilter & { readonly offset: number; readonly limit: number }) =>
      page.all(input),
    count: (filter: ConnectionFilter): number => count.get(filter)?.n ?? 0,
    totals: (filter: ConnectionFilter) => totals.all(filter),
  };
}
