/**
 * What came of test calls and probes. `draft_sha256` says for which configuration of the target: after a change the result
 * no longer counts. Model ids and answers stand in the sealed cell.
 */
export const migration0040 = {
  number: 40,
  sql: `
CREATE TABLE target_trial (
  id TEXT PRIMARY KEY,
  target TEXT NOT NULL REFERENCES target (name),
  kind TEXT NOT NULL CHECK (kind IN ('test', 'probe')),
  draft_sha256 BLOB NOT NULL CHECK (length(draft_sha256) = 32),
  calls INTEGER NOT NULL CHECK (calls >= 0),
  result_cell BLOB NOT NULL,
  result_sha256 BLOB NOT NULL CHECK (length(result_sha256) = 32),
  created_utc TEXT NOT NULL
) STRICT;
CREATE INDEX target_trial_last ON target_trial (target, kind, draft_sha256);
`,
} as const;
