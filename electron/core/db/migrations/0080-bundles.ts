/** Bundles know their profile and the id of their report. */
export const migration0080 = {
  number: 80,
  sql: `
ALTER TABLE bundle ADD COLUMN profile TEXT NOT NULL DEFAULT 'internal'
  CHECK (profile IN ('internal', 'counsel', 'public'));
ALTER TABLE bundle ADD COLUMN report_id TEXT;
`,
} as const;
