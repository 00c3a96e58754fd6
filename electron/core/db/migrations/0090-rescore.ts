/** Exploratory re-scorings of stored answers: scores only, no text. */
export const migration0090 = {
  number: 90,
  sql: `
CREATE TABLE rescore (
  id TEXT PRIMARY KEY,
  audit_id TEXT NOT NULL REFERENCES audit (id),
  result TEXT NOT NULL,
  created_utc TEXT NOT NULL
) STRICT;
CREATE INDEX rescore_by_audit ON rescore (audit_id);
`,
} as const;
