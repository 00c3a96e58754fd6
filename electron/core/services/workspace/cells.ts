import { hash } from 'node:crypto';
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Vault } from '../../security/vault.ts';

/** Largest text that one cell may unfold to: an answer is bounded by the transport, a canary by its schema. */
const MAX_UNFOLDED = 128 * 1024 * 1024;
export const CHUNK_BYTES = 1024 * 1024;

export interface Cell {
  readonly cell: Buffer;
  /** SHA-256 of the stored, encrypted bytes: finds damage, tells nothing about the text. */
  readonly sha256: Buffer;
}

export const hashOf = (bytes: Uint8Array): Buffer => hash('sha256', bytes, 'buffer');

/** Below this a text gains less from compression than it costs. */
const WORTH_COMPRESSING = 1_024;
const STORED_HEADER_BYTES = 5;

/** The text as one stored block (RFC 1951, 3.2.4): every inflate reads it, and nothing is computed to write it. */
function storedBlock(bytes: Uint8Array): Buffer {
  const block = Buffer.allocUnsafe(STORED_HEADER_BYTES + bytes.length);
  block[0] = 1;
  block.writeUInt16LE(bytes.length, 1);
  block.writeUInt16LE(bytes.length ^ 0xffff, 3);
  block.set(bytes, STORED_HEADER_BYTES);
  return block;
}

const deflated = (bytes: Uint8Array): Buffer =>
  bytes.length < WORTH_COMPRESSING
    ? storedBlock(bytes)
    : deflateRawSync(bytes, { level: constants.Z_BEST_SPEED });

/** Compressed and encrypted cells. The place (table, row, column) is part of the seal. */
export function createCells(vault: Vault) {
  const seal = (table: string, row: string, column: string, bytes: Uint8Array): Cell => {
    const cell = vault.seal(table, row, column, deflated(bytes));
    return { cell, sha256: hashOf(cell) };
  };
  const open = (table: string, row: string, column: string, cell: Uint8Array): Buffer =>
    inflateRawSync(vault.open(table, row, column, cell), { maxOutputLength: MAX_UNFOLDED });
  return {
    seal,
    open,
    sealJson: (table: string, row: string, column: string, value: unknown): Cell =>
      seal(table, row, column, Buffer.from(JSON.stringify(value), 'utf8')),
    openJson: (table: string, row: string, column: string, cell: Uint8Array): unknown =>
      JSON.parse(open(table, row, column, cell).toString('utf8')),
  };
}
