import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { MIGRATIONS, migrate } from '#core/db/migrate.ts';
import { vaultStore } from '#core/db/vault-store.ts';

it('gives an older database the key it was written under, and auto-lock after ten minutes', () => {
  const db = new Database(':memory:');
  migrate(
    db,
    MIGRATIONS.filter(({ number }) => number < 50),
  );
  migrate(db);
  expect(vaultStore(db).settings()).toEqual({ keyId: 1, autoLockMinutes: 10, vacuumDue: false });
  expect(() => db.exec('UPDATE vault SET auto_lock_minutes = 0')).toThrow(/CHECK/);
  db.close();
});
