import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { closeDatabase, createDatabase } from '#core/db/open.ts';
import { trustStore } from '#core/db/trust-store.ts';
import { removeTempFolders, tempFolder } from '../helpers/workspace.ts';

afterAll(removeTempFolders);

const bytes = (length: number, value: number) => Buffer.alloc(length, value);
const row = {
  over: bytes(32, 1),
  data: bytes(70, 2),
  kind: 'registration' as const,
  subject: '1',
  authority: 'tsa',
  tsr: bytes(100, 3),
  tsrSha256: bytes(32, 4),
  nonce: bytes(16, 5),
  facts: '{}',
  rootsPem: 'pem',
  createdUtc: '2026-01-01T00:00:00.000Z',
};

describe('migration 0070', () => {
  it('keeps stamps as they came: once each, and neither changed nor removed', () => {
    const db = createDatabase(join(tempFolder(), 'workspace.sqlite'));
    const store = trustStore(db);
    expect(store.addStamp(row)).toBe(1);
    expect(store.stampsOver(row.over).map(({ subject }) => subject)).toEqual(['1']);
    expect(() => store.addStamp(row)).toThrow(/UNIQUE/);
    expect(() => store.addStamp({ ...row, tsrSha256: bytes(31, 6) })).toThrow(/CHECK/);
    expect(() => store.addStamp({ ...row, tsrSha256: bytes(32, 7), nonce: bytes(8, 1) })).toThrow(
      /CHECK/,
    );
    expect(() => db.exec("UPDATE stamp SET subject = '2'")).toThrow(/append-only/);
    expect(() => db.exec('DELETE FROM stamp')).toThrow(/append-only/);
    expect(() => store.addKeyStatement('no key', bytes(1, 1), null)).toThrow(/FOREIGN KEY/);
    closeDatabase(db);
  });
});
