/** Signed beacon rounds, relays, what was served to whom, and what people say of single samples. */
export const migration0060 = {
  number: 60,
  sql: `
ALTER TABLE registry ADD COLUMN drand TEXT;

CREATE TABLE beacon_relay (
  position INTEGER PRIMARY KEY,
  url TEXT NOT NULL UNIQUE,
  allow_private INTEGER NOT NULL CHECK (allow_private IN (0, 1)),
  allow_http INTEGER NOT NULL CHECK (allow_http IN (0, 1))
) STRICT;

CREATE TABLE ledger_import (
  id INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),
  entries INTEGER NOT NULL,
  servings INTEGER NOT NULL,
  created_utc TEXT NOT NULL
) STRICT;

CREATE TABLE serving (
  import_id INTEGER NOT NULL REFERENCES ledger_import (id),
  line INTEGER NOT NULL,
  canary_id TEXT NOT NULL REFERENCES canary (id),
  cohort TEXT NOT NULL,
  served INTEGER NOT NULL CHECK (served > 0),
  first_day TEXT NOT NULL,
  last_day TEXT NOT NULL CHECK (last_day >= first_day),
  PRIMARY KEY (import_id, line)
) STRICT;
CREATE INDEX serving_by_canary ON serving (canary_id, cohort);
CREATE TRIGGER serving_no_update BEFORE UPDATE ON serving
BEGIN SELECT RAISE(ABORT, 'the serving ledger is append-only'); END;
CREATE TRIGGER serving_no_delete BEFORE DELETE ON serving
BEGIN SELECT RAISE(ABORT, 'the serving ledger is append-only'); END;

CREATE TABLE adjudication (
  id INTEGER PRIMARY KEY,
  audit_id TEXT NOT NULL REFERENCES audit (id),
  canary_id TEXT NOT NULL REFERENCES canary (id),
  target TEXT NOT NULL,
  k INTEGER NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('confirm', 'dispute')),
  reason_cell BLOB NOT NULL,
  reason_sha256 BLOB NOT NULL CHECK (length(reason_sha256) = 32),
  actor TEXT NOT NULL,
  created_utc TEXT NOT NULL
) STRICT;
CREATE INDEX adjudication_by_sample ON adjudication (audit_id, canary_id, target);
CREATE TRIGGER adjudication_no_update BEFORE UPDATE ON adjudication
BEGIN SELECT RAISE(ABORT, 'adjudications are append-only'); END;
CREATE TRIGGER adjudication_no_delete BEFORE DELETE ON adjudication
BEGIN SELECT RAISE(ABORT, 'adjudications are append-only'); END;
`,
} as const;
