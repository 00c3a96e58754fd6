/** Which data key the cells are written under, and what the vault is set to. The keys themselves are in workspace.keys.json. */
export const migration0050 = {
  number: 50,
  sql: `
CREATE TABLE vault (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  key_id INTEGER NOT NULL CHECK (key_id >= 1),
  auto_lock_minutes INTEGER NOT NULL CHECK (auto_lock_minutes BETWEEN 1 AND 1440),
  vacuum_due INTEGER NOT NULL CHECK (vacuum_due IN (0, 1))
) STRICT;
INSERT INTO vault (id, key_id, auto_lock_minutes, vacuum_due) VALUES (1, 1, 10, 0);
`,
} as const;
