import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { AppError } from '#shared/contract/errors.ts';
import { decrypt, encrypt, hkdf } from './aead.ts';
import { type DataKey, type KeyFile, newDataKey, openKeys, wrapForPassphrase } from './key-file.ts';

/**
 * Envelope encryption (EVIDENCE 4.1): each cell is AES-256-GCM under a key of the workspace, with its table, row and
 * column as associated data, so that no cell can be moved.
 */
const CELL_VERSION = 1;
const HEADER_BYTES = 5;

/** An open vault. `close` lets go of the keys; every use afterwards fails. */
export interface Vault {
  /** Number of the data key; it stands in every cell. */
  readonly keyId: number;
  /** Encrypts a cell that can be read back only as the same table, row and column. */
  seal(table: string, row: string, column: string, plain: Uint8Array): Buffer;
  /** Throws AppError INTEGRITY for a cell that was changed, moved or written with another key. */
  open(table: string, row: string, column: string, cell: Uint8Array): Buffer;
  /** HMAC-SHA-256 under a key of this workspace: shows "the same secret" without showing it. */
  fingerprint(secret: string): string;
  close(): void;
}

/** The vault of a data key, which is overwritten. */
export function openVault({ dek, keyId }: DataKey): Vault {
  const rawCellKey = hkdf(dek, 'trapstreet/cell/v1');
  // Node would check and copy a plain buffer for each cell; this copy is wiped when the vault lets go of it.
  let cellKey: KeyObject | null = createSecretKey(rawCellKey);
  rawCellKey.fill(0);
  const macKey = hkdf(dek, 'trapstreet/hmac/v1');
  dek.fill(0);
  const header = Buffer.alloc(HEADER_BYTES);
  header[0] = CELL_VERSION;
  header.writeUInt32BE(keyId, 1);
  const aad = (table: string, row: string, column: string): Buffer => {
    const parts = [table, row, column];
    const room = parts.reduce((sum, part) => sum + 4 + Buffer.byteLength(part), HEADER_BYTES);
    const bytes = Buffer.allocUnsafe(room);
    let at = header.copy(bytes);
    for (const part of parts) {
      const length = bytes.write(part, at + 4);
      bytes.writeUInt32BE(length, at);
      at += 4 + length;
    }
    return bytes;
  };
  const openKey = (): KeyObject => {
    if (cellKey) return cellKey;
    throw new AppError('WORKSPACE_LOCKED', 'The workspace is locked. Unlock it first.');
  };
  return {
    keyId,
    seal: (table, row, column, plain) => {
      const key = openKey();
      return encrypt(key, plain, aad(table, row, column), header);
    },
    open: (table, row, column, cell) => {
      const key = openKey();
      try {
        if (!Buffer.from(cell.subarray(0, HEADER_BYTES)).equals(header)) throw new Error('header');
        return decrypt(key, cell.subarray(HEADER_BYTES), aad(table, row, column));
      } catch {
        throw new AppError(
          'INTEGRITY',
          `A stored cell was changed or moved: ${table}.${column}, row ${row}. Restore a backup.`,
        );
      }
    },
    fingerprint: (secret) => {
      openKey();
      return createHmac('sha256', macKey).update(secret, 'utf8').digest('hex');
    },
    close: () => {
      cellKey = null;
      macKey.fill(0);
    },
  };
}

/** A new data key with one passphrase slot. */
export async function createVault(
  passphrase: string,
): Promise<{ readonly file: KeyFile; readonly vault: Vault }> {
  const key = newDataKey(1);
  const slot = await wrapForPassphrase(key, passphrase);
  return { file: { v: 1, keyId: key.keyId, slots: [slot] }, vault: openVault(key) };
}

/** The vault of a key file without an unfinished rotation. Errors: WRONG_PASSPHRASE. */
export async function unlockVault(file: KeyFile, passphrase: string): Promise<Vault> {
  const [key, ...others] = await openKeys(file, { kind: 'passphrase', passphrase });
  for (const other of others) other.dek.fill(0);
  if (!key) throw new AppError('WRONG_PASSPHRASE', 'The passphrase does not open this workspace.');
  return openVault(key);
}
