/**
 * What an exchange says beside its answer: tokens, clock, identity. `answer_tag` is a keyed hash (vault): it shows that two
 * answers are the same and nothing else. A segment is a stretch of an audit in which a target gave one identity; what
 * that was stands in its cell, since a server may write anything into a model id.
 */
export const migration0020 = {
  number: 20,
  sql: `
CREATE TABLE segment (
  audit_id TEXT NOT NULL REFERENCES audit (id),
  target TEXT NOT NULL,
  number INTEGER NOT NULL,
  identity_cell BLOB NOT NULL,
  identity_sha256 BLOB NOT NULL CHECK (length(identity_sha256) = 32),
  started_utc TEXT NOT NULL,
  PRIMARY KEY (audit_id, target, number)
) STRICT;

CREATE TABLE observed (
  attempt_id TEXT PRIMARY KEY REFERENCES attempt (id),
  segment INTEGER,
  prompt_tokens INTEGER,
  completion_tokens INTEGER,
  tokens_basis TEXT CHECK (tokens_basis IN ('reported', 'estimated')),
  clock_offset_ms INTEGER,
  answer_tag TEXT
) STRICT;

CREATE TABLE raised_cap (
  audit_id TEXT NOT NULL REFERENCES audit (id),
  target TEXT NOT NULL,
  cost_usd REAL,
  exposures INTEGER,
  raised_utc TEXT NOT NULL
) STRICT;

ALTER TABLE audit ADD COLUMN waiting TEXT;
`,
} as const;
