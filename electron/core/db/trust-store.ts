import type { Db } from './open.ts';

export type StampKind = 'registration' | 'plan-seal' | 'checkpoint' | 'key' | 'bundle' | 'stamp';

export interface AuthorityRow {
  readonly name: string;
  readonly url: string;
  readonly rootsPem: string;
  /** JSON of a Way (services/network/sending.ts). */
  readonly way: string;
  readonly createdUtc: string;
}

export interface StampRow {
  readonly id: number;
  /** SHA-256 of `data`. */
  readonly over: Uint8Array;
  /** What is stamped: the bytes of a DSSE signature, or a whole older stamp. */
  readonly data: Uint8Array;
  readonly kind: StampKind;
  readonly subject: string;
  readonly authority: string;
  readonly tsr: Uint8Array;
  readonly tsrSha256: Uint8Array;
  /** JSON of TimestampFacts (shared/evidence/timestamp.ts), as checked when it was received. */
  readonly facts: string;
  readonly rootsPem: string;
  readonly createdUtc: string;
}

export interface KeyRow {
  readonly keyid: string;
  readonly spki: Buffer;
  readonly createdUtc: string;
  /** Null for a key of a workspace that an older version made, until it is needed. */
  readonly sigstore: Buffer | null;
  readonly expiresUtc: string | null;
}

const STAMP = `id, over_sha256 AS over, data, kind, subject, authority, tsr, tsr_sha256 AS tsrSha256, facts,
  roots_pem AS rootsPem, created_utc AS createdUtc`;

/** Authorities, time stamps and the statements about signing keys. */
export function trustStore(db: Db) {
  const authorities = db.prepare<[], AuthorityRow>(
    'SELECT name, url, roots_pem AS rootsPem, way, created_utc AS createdUtc FROM authority ORDER BY name',
  );
  const setAuthority = db.prepare<[AuthorityRow]>(
    `INSERT INTO authority (name, url, roots_pem, way, created_utc)
     VALUES (@name, @url, @rootsPem, @way, @createdUtc)
     ON CONFLICT (name) DO UPDATE SET url = excluded.url, roots_pem = excluded.roots_pem, way = excluded.way`,
  );
  const removeAuthority = db.prepare<[string]>('DELETE FROM authority WHERE name = ?');
  const addStamp = db.prepare<[Omit<StampRow, 'id'> & { readonly nonce: Uint8Array }]>(
    `INSERT INTO stamp (over_sha256, data, kind, subject, authority, tsr, tsr_sha256, nonce, facts, roots_pem, created_utc)
     VALUES (@over, @data, @kind, @subject, @authority, @tsr, @tsrSha256, @nonce, @facts, @rootsPem, @createdUtc)`,
  );
  const stampsOver = db.prepare<[Uint8Array], StampRow>(
    `SELECT ${STAMP} FROM stamp WHERE over_sha256 = ? ORDER BY id`,
  );
  const stamp = db.prepare<[number], StampRow>(`SELECT ${STAMP} FROM stamp WHERE id = ?`);
  const stamps = db.prepare<[], StampRow>(`SELECT ${STAMP} FROM stamp ORDER BY id`);
  const keys = db.prepare<[], KeyRow>(
    `SELECT signing_key.keyid, spki, created_utc AS createdUtc, sigstore, expires_utc AS expiresUtc
     FROM signing_key LEFT JOIN key_statement ON key_statement.keyid = signing_key.keyid
     ORDER BY created_utc, signing_key.rowid`,
  );
  const key = db.prepare<[string], { keyid: string; spki: Buffer; cell: Buffer }>(
    'SELECT keyid, spki, pkcs8_cell AS cell FROM signing_key WHERE keyid = ?',
  );
  const addKeyStatement = db.prepare<[string, Uint8Array, string | null]>(
    'INSERT INTO key_statement (keyid, sigstore, expires_utc) VALUES (?, ?, ?)',
  );
  return {
    authorities: () => authorities.all(),
    /** Adds it, or changes the one of this name. */
    setAuthority: (row: AuthorityRow) => setAuthority.run(row),
    removeAuthority: (name: string) => removeAuthority.run(name).changes === 1,
    addStamp: (row: Omit<StampRow, 'id'> & { readonly nonce: Uint8Array }) =>
      Number(addStamp.run(row).lastInsertRowid),
    /** In the order in which they were given. */
    stampsOver: (sha256: Uint8Array) => stampsOver.all(sha256),
    stamp: (id: number) => stamp.get(id),
    stamps: () => stamps.all(),
    /** The first key first; the last one signs. */
    keys: () => keys.all(),
    key: (keyid: string) => key.get(keyid),
    addKeyStatement: (keyid: string, sigstore: Uint8Array, expiresUtc: string | null) =>
      addKeyStatement.run(keyid, sigstore, expiresUtc),
  };
}
