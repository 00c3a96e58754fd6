/**
 * Everything of version 0.1. Columns named *_cell hold AES-256-GCM cells (security/vault.ts); *_sha256 covers the
 * stored, encrypted bytes. Ids, times, counts and scores are in clear.
 */
export const migration0010 = {
  number: 10,
  sql: `
CREATE TABLE workspace (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  name TEXT NOT NULL,
  created_utc TEXT NOT NULL
) STRICT;

CREATE TABLE case_file (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  question TEXT NOT NULL,
  created_utc TEXT NOT NULL
) STRICT;

CREATE TABLE secret (
  name TEXT PRIMARY KEY,
  value_cell BLOB NOT NULL,
  created_utc TEXT NOT NULL
) STRICT;

CREATE TABLE signing_key (
  keyid TEXT PRIMARY KEY,
  spki BLOB NOT NULL,
  pkcs8_cell BLOB NOT NULL,
  created_utc TEXT NOT NULL
) STRICT;

CREATE TABLE custody_event (
  seq INTEGER PRIMARY KEY,
  line BLOB NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE TRIGGER custody_no_update BEFORE UPDATE ON custody_event
BEGIN SELECT RAISE(ABORT, 'the custody log is append-only'); END;
CREATE TRIGGER custody_no_delete BEFORE DELETE ON custody_event
BEGIN SELECT RAISE(ABORT, 'the custody log is append-only'); END;
CREATE TRIGGER custody_in_order BEFORE INSERT ON custody_event
WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM custody_event)
BEGIN SELECT RAISE(ABORT, 'the custody log has no gaps'); END;

CREATE TABLE checkpoint (
  size INTEGER PRIMARY KEY,
  root BLOB NOT NULL CHECK (length(root) = 32),
  head BLOB NOT NULL CHECK (length(head) = 32),
  sigstore BLOB NOT NULL,
  created_utc TEXT NOT NULL
) STRICT;

CREATE TABLE canary (
  id TEXT PRIMARY KEY,
  case_id TEXT NOT NULL REFERENCES case_file (id),
  version INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('drawn', 'found')),
  type TEXT NOT NULL CHECK (type IN ('W', 'O')),
  status TEXT NOT NULL CHECK (status IN ('draft', 'committed', 'planted', 'exposed', 'burned', 'retired')),
  status_before TEXT,
  n INTEGER NOT NULL,
  scorer TEXT NOT NULL,
  cohort TEXT,
  tags TEXT NOT NULL,
  draft_cell BLOB NOT NULL,
  draft_sha256 BLOB NOT NULL CHECK (length(draft_sha256) = 32),
  created_utc TEXT NOT NULL
) STRICT;
CREATE INDEX canary_by_status ON canary (status);

CREATE TABLE registry (
  number INTEGER PRIMARY KEY,
  case_id TEXT NOT NULL REFERENCES case_file (id),
  size INTEGER NOT NULL,
  root BLOB NOT NULL CHECK (length(root) = 32),
  held_out TEXT NOT NULL,
  registration BLOB NOT NULL,
  registration_sha256 BLOB NOT NULL CHECK (length(registration_sha256) = 32),
  sigstore BLOB NOT NULL,
  protocol BLOB NOT NULL,
  created_utc TEXT NOT NULL,
  beacon BLOB CHECK (beacon IS NULL OR length(beacon) = 32),
  beacon_source TEXT,
  drawn_utc TEXT,
  planted_from TEXT
) STRICT;

CREATE TABLE registry_leaf (
  registry INTEGER NOT NULL REFERENCES registry (number),
  leaf_index INTEGER NOT NULL,
  canary_id TEXT NOT NULL REFERENCES canary (id),
  commitment BLOB NOT NULL CHECK (length(commitment) = 32),
  record_cell BLOB NOT NULL,
  record_sha256 BLOB NOT NULL CHECK (length(record_sha256) = 32),
  salt_cell BLOB NOT NULL,
  key_cell BLOB,
  use TEXT CHECK (use IN ('served', 'twin', 'found')),
  draw_cell BLOB,
  order_key BLOB,
  order_position INTEGER,
  PRIMARY KEY (registry, leaf_index),
  UNIQUE (registry, canary_id),
  UNIQUE (commitment)
) STRICT;
CREATE INDEX registry_leaf_by_canary ON registry_leaf (canary_id);

CREATE TABLE target (
  name TEXT PRIMARY KEY,
  draft TEXT NOT NULL,
  active INTEGER NOT NULL CHECK (active IN (0, 1)),
  created_utc TEXT NOT NULL
) STRICT;

CREATE TABLE plan (
  id TEXT PRIMARY KEY,
  case_id TEXT NOT NULL REFERENCES case_file (id),
  name TEXT NOT NULL,
  yaml BLOB NOT NULL,
  yaml_sha256 BLOB NOT NULL CHECK (length(yaml_sha256) = 32),
  sealed BLOB NOT NULL,
  sigstore BLOB NOT NULL,
  sealed_utc TEXT NOT NULL
) STRICT;

CREATE TABLE audit (
  id TEXT PRIMARY KEY,
  plan_id TEXT NOT NULL UNIQUE REFERENCES plan (id),
  state TEXT NOT NULL CHECK (state IN ('running', 'paused', 'complete', 'stopped', 'budget', 'failed')),
  message TEXT,
  trouble_target TEXT,
  trouble_code TEXT,
  started_utc TEXT NOT NULL,
  ended_utc TEXT,
  want TEXT CHECK (want IN ('pause', 'stop'))
) STRICT;

CREATE TABLE audit_canary (
  audit_id TEXT NOT NULL REFERENCES audit (id),
  position INTEGER NOT NULL,
  registry INTEGER NOT NULL,
  leaf_index INTEGER NOT NULL,
  canary_id TEXT NOT NULL,
  use TEXT NOT NULL CHECK (use IN ('evidence', 'twin', 'after-release', 'found')),
  state TEXT NOT NULL CHECK (state IN ('pending', 'asked', 'sealed', 'opened', 'skipped')),
  seal_sha256 BLOB,
  sealed_utc TEXT,
  sealed_seq INTEGER REFERENCES custody_event (seq),
  opened_utc TEXT,
  opened_seq INTEGER REFERENCES custody_event (seq),
  skip_reason TEXT,
  PRIMARY KEY (audit_id, position),
  FOREIGN KEY (registry, leaf_index) REFERENCES registry_leaf (registry, leaf_index)
) STRICT;

CREATE TABLE attempt (
  id TEXT PRIMARY KEY,
  audit_id TEXT NOT NULL REFERENCES audit (id),
  position INTEGER NOT NULL,
  canary_id TEXT NOT NULL REFERENCES canary (id),
  target TEXT NOT NULL,
  host TEXT NOT NULL,
  k INTEGER NOT NULL,
  number INTEGER NOT NULL,
  retry_of TEXT REFERENCES attempt (id),
  started_utc TEXT NOT NULL,
  request_cell BLOB NOT NULL,
  request_sha256 BLOB NOT NULL CHECK (length(request_sha256) = 32),
  FOREIGN KEY (audit_id, position) REFERENCES audit_canary (audit_id, position),
  UNIQUE (audit_id, position, target, k, number)
) STRICT;
CREATE INDEX attempt_by_canary ON attempt (canary_id);

CREATE TABLE response (
  attempt_id TEXT PRIMARY KEY REFERENCES attempt (id),
  ended_utc TEXT NOT NULL,
  facts_cell BLOB NOT NULL,
  facts_sha256 BLOB NOT NULL CHECK (length(facts_sha256) = 32)
) STRICT;

CREATE TABLE body_chunk (
  attempt_id TEXT NOT NULL REFERENCES attempt (id),
  seq INTEGER NOT NULL,
  cell BLOB NOT NULL,
  sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
  PRIMARY KEY (attempt_id, seq)
) STRICT;

CREATE TABLE outcome (
  attempt_id TEXT PRIMARY KEY REFERENCES attempt (id),
  outcome TEXT NOT NULL CHECK (outcome IN ('answered', 'refused', 'filtered', 'truncated', 'rate-limited',
    'timed-out', 'transport-failed', 'malformed', 'interrupted')),
  error_code TEXT,
  model TEXT,
  found TEXT NOT NULL,
  rules TEXT NOT NULL
) STRICT;

CREATE TABLE lease (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  holder TEXT NOT NULL,
  expires_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE bundle (
  id TEXT PRIMARY KEY,
  audit_id TEXT NOT NULL REFERENCES audit (id),
  path TEXT NOT NULL,
  files INTEGER NOT NULL,
  manifest_sha256 TEXT NOT NULL,
  created_utc TEXT NOT NULL
) STRICT;
`,
} as const;
