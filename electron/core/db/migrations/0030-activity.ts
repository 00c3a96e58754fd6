/**
 * Every connection that was made or refused: times, host, bytes, outcome; no path, no header, no body. `host` and `proxy`
 * are `host:port`. Append-only; `code` null: a whole answer came.
 */
export const migration0030 = {
  number: 30,
  sql: `
CREATE TABLE connection (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  started_utc TEXT NOT NULL,
  duration_ms REAL NOT NULL CHECK (duration_ms >= 0),
  reason TEXT NOT NULL,
  host TEXT NOT NULL,
  address TEXT,
  proxy TEXT,
  bytes_out INTEGER NOT NULL CHECK (bytes_out >= 0),
  bytes_in INTEGER NOT NULL CHECK (bytes_in >= 0),
  code TEXT
) STRICT;
CREATE INDEX connection_by_host ON connection (host);
CREATE TRIGGER connection_no_update BEFORE UPDATE ON connection
BEGIN SELECT RAISE(ABORT, 'the list of connections is append-only'); END;
CREATE TRIGGER connection_no_delete BEFORE DELETE ON connection
BEGIN SELECT RAISE(ABORT, 'the list of connections is append-only'); END;
`,
} as const;
