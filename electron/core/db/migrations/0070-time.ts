/**
 * Time-stamping authorities, the stamps that they gave (whole answers, append-only), and a signed statement for each
 * signing key. None of it is secret.
 */
export const migration0070 = {
  number: 70,
  sql: `
CREATE TABLE authority (
  name TEXT PRIMARY KEY,
  url TEXT NOT NULL,
  roots_pem TEXT NOT NULL,
  way TEXT NOT NULL,
  created_utc TEXT NOT NULL
) STRICT;

CREATE TABLE stamp (
  id INTEGER PRIMARY KEY,
  over_sha256 BLOB NOT NULL CHECK (length(over_sha256) = 32),
  data BLOB NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('registration', 'plan-seal', 'checkpoint', 'key', 'bundle', 'stamp')),
  subject TEXT NOT NULL,
  authority TEXT NOT NULL,
  tsr BLOB NOT NULL,
  tsr_sha256 BLOB NOT NULL UNIQUE CHECK (length(tsr_sha256) = 32),
  nonce BLOB NOT NULL CHECK (length(nonce) = 16),
  facts TEXT NOT NULL,
  roots_pem TEXT NOT NULL,
  created_utc TEXT NOT NULL
) STRICT;
CREATE INDEX stamp_by_over ON stamp (over_sha256);
CREATE TRIGGER stamp_no_update BEFORE UPDATE ON stamp
BEGIN SELECT RAISE(ABORT, 'time stamps are append-only'); END;
CREATE TRIGGER stamp_no_delete BEFORE DELETE ON stamp
BEGIN SELECT RAISE(ABORT, 'time stamps are append-only'); END;

CREATE TABLE key_statement (
  keyid TEXT PRIMARY KEY REFERENCES signing_key (keyid),
  sigstore BLOB NOT NULL,
  expires_utc TEXT
) STRICT;
`,
} as const;
