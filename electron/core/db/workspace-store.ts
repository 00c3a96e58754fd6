import type { BundleItem } from '#shared/contract/bundle.ts';
import type { UnhashedCell } from './library-store.ts';
import type { Db } from './open.ts';

/** A bundle as it is stored; its stamps stand with the others. */
export type BundleRow = Omit<BundleItem, 'stamp'>;

export interface CaseRow {
  readonly id: string;
  readonly name: string;
  readonly question: string;
  readonly createdUtc: string;
}

/** The workspace itself, its cases, API keys, signing keys, bundles, and the lease of whoever runs audits. */
export function workspaceStore(db: Db) {
  const setWorkspace = db.prepare<[string, string]>(
    'INSERT INTO workspace (id, name, created_utc) VALUES (1, ?, ?)',
  );
  const getWorkspace = db.prepare<[], { name: string; createdUtc: string }>(
    'SELECT name, created_utc AS createdUtc FROM workspace',
  );
  const insertCase = db.prepare<[string, string, string, string]>(
    'INSERT INTO case_file (id, name, question, created_utc) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING',
  );
  const cases = db.prepare<[], CaseRow>(
    'SELECT id, name, question, created_utc AS createdUtc FROM case_file ORDER BY created_utc, id',
  );
  const oneCase = db.prepare<[string], CaseRow>(
    'SELECT id, name, question, created_utc AS createdUtc FROM case_file WHERE id = ?',
  );
  const setSecret = db.prepare<[string, Uint8Array, string]>(
    'INSERT INTO secret (name, value_cell, created_utc) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET value_cell = excluded.value_cell, created_utc = excluded.created_utc',
  );
  const getSecret = db.prepare<[string], { cell: Buffer }>(
    'SELECT value_cell AS cell FROM secret WHERE name = ?',
  );
  const secrets = db.prepare<[], { name: string; createdUtc: string }>(
    'SELECT name, created_utc AS createdUtc FROM secret ORDER BY name',
  );
  const removeSecret = db.prepare<[string]>('DELETE FROM secret WHERE name = ?');
  const insertKey = db.prepare<[string, Uint8Array, Uint8Array, string]>(
    'INSERT INTO signing_key (keyid, spki, pkcs8_cell, created_utc) VALUES (?, ?, ?, ?)',
  );
  const currentKey = db.prepare<[], { keyid: string; spki: Buffer; cell: Buffer }>(
    'SELECT keyid, spki, pkcs8_cell AS cell FROM signing_key ORDER BY created_utc DESC, rowid DESC LIMIT 1',
  );
  const insertBundle = db.prepare<BundleRow>(
    `INSERT INTO bundle (id, audit_id, path, files, manifest_sha256, created_utc, profile, report_id)
     VALUES (@bundleId, @auditId, @path, @files, @manifestSha256, @createdUtc, @profile, @reportId)`,
  );
  const bundles = db.prepare<[], BundleRow>(
    `SELECT id AS bundleId, audit_id AS auditId, path, files, manifest_sha256 AS manifestSha256,
       created_utc AS createdUtc, profile, report_id AS reportId
     FROM bundle ORDER BY created_utc DESC, rowid DESC`,
  );
  const unhashed = db.prepare<[], UnhashedCell>(
    `SELECT 'secret' AS "table", name AS row, 'value_cell' AS column, value_cell AS cell FROM secret
     UNION ALL SELECT 'signing_key', keyid, 'pkcs8_cell', pkcs8_cell FROM signing_key`,
  );
  const lease = db.prepare<[], { holder: string; expiresMs: number }>(
    'SELECT holder, expires_ms AS expiresMs FROM lease WHERE id = 1',
  );
  const setLease = db.prepare<[string, number]>(
    'INSERT INTO lease (id, holder, expires_ms) VALUES (1, ?, ?) ON CONFLICT (id) DO UPDATE SET holder = excluded.holder, expires_ms = excluded.expires_ms',
  );
  const dropLease = db.prepare<[string]>('DELETE FROM lease WHERE holder = ?');
  const counts = db.prepare<
    [],
    { canaries: number; targets: number; audits: number; exposures: number }
  >(
    `SELECT (SELECT count(*) FROM canary) AS canaries, (SELECT count(*) FROM target WHERE active = 1) AS targets,
      (SELECT count(*) FROM audit) AS audits, (SELECT count(*) FROM attempt) AS exposures`,
  );
  return {
    setWorkspace: (name: string, createdUtc: string) => setWorkspace.run(name, createdUtc),
    workspace: () => getWorkspace.get(),
    /** False when the id is taken. */
    addCase: (row: CaseRow) =>
      insertCase.run(row.id, row.name, row.question, row.createdUtc).changes === 1,
    cases: () => cases.all(),
    case: (id: string) => oneCase.get(id),
    setSecret: (name: string, cell: Uint8Array, createdUtc: string) =>
      setSecret.run(name, cell, createdUtc),
    secretCell: (name: string) => getSecret.get(name)?.cell ?? null,
    secrets: () => secrets.all(),
    removeSecret: (name: string) => removeSecret.run(name).changes === 1,
    addKey: (keyid: string, spki: Uint8Array, cell: Uint8Array, createdUtc: string) =>
      insertKey.run(keyid, spki, cell, createdUtc),
    key: () => currentKey.get(),
    addBundle: (row: BundleRow) => insertBundle.run(row),
    bundles: () => bundles.all(),
    /** API keys and signing keys, which no stored hash covers. */
    unhashedCells: () => unhashed.all(),
    counts: () => counts.get() ?? { canaries: 0, targets: 0, audits: 0, exposures: 0 },
    /** Takes or renews the lease; false while another holder's lease lasts. Call it inside an immediate transaction. */
    takeLease: (holder: string, nowMs: number, untilMs: number) => {
      const held = lease.get();
      if (held && held.holder !== holder && held.expiresMs > nowMs) return false;
      setLease.run(holder, untilMs);
      return true;
    },
    leaseHolder: (nowMs: number) => {
      const held = lease.get();
      return held && held.expiresMs > nowMs ? held.holder : null;
    },
    dropLease: (holder: string) => dropLease.run(holder),
  };
}
