import { createPrivateKey } from 'node:crypto';
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppError } from '#shared/contract/errors.ts';
import type { Output } from '#shared/contract/index.ts';
import { vaultStore } from '../../db/vault-store.ts';
import { createResidueSearch, MIN_BYTES, type ResidueSearch } from '../../security/residue.ts';
import { loadExchange } from '../audit/attempts.ts';
import type { Session } from '../workspace/session.ts';

type Found = Output<'vault.scan'>;
type Kind = Found['findings'][number]['kinds'][number]['kind'];
interface Known {
  readonly kind: Kind;
  readonly secret: string | Uint8Array;
}

/** Of a longer text only the beginning is searched for. */
const MAX_SECRET_BYTES = 2_048;
const PART_BYTES = 4 * 1024 * 1024;
const MAX_FILES = 10_000;

/**
 * Searches the raw files of the workspace, and of further folders, for every secret that the open vault knows. Tells
 * counts by file and kind, never a text. Errors: NOT_FOUND, LIMIT_REACHED.
 */
export async function scanResidue(
  session: Session,
  folder: string,
  also: readonly string[],
): Promise<Found> {
  const secrets = knownSecrets(session);
  const long = secrets.filter(({ secret }) => byteLength(secret) >= MIN_BYTES);
  const search = createResidueSearch(long);
  const findings: Found['findings'] = [];
  let files = 0;
  let bytes = 0;
  for (const root of [folder, ...also])
    for (const file of filesBelow(root)) {
      files += 1;
      if (files > MAX_FILES)
        throw new AppError('LIMIT_REACHED', `There are more than ${MAX_FILES} files to search.`);
      const counts = new Map<Kind, number>();
      bytes += await searchFile(file, search, counts);
      if (counts.size === 0) continue;
      findings.push({
        path: root === folder ? relative(folder, file) : file,
        kinds: [...counts].map(([kind, count]) => ({ kind, count })),
      });
    }
  return {
    ok: findings.length === 0,
    files,
    bytes,
    secrets: long.length,
    tooShort: secrets.length - long.length,
    findings,
  };
}

const byteLength = (secret: string | Uint8Array): number =>
  typeof secret === 'string' ? Buffer.byteLength(secret) : secret.length;

function filesBelow(root: string): string[] {
  let isFile: boolean;
  try {
    isFile = statSync(root).isFile();
  } catch {
    throw new AppError('NOT_FOUND', 'A folder to be searched is not there. Check its path.');
  }
  if (isFile) return [root];
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

async function searchFile(
  file: string,
  search: ResidueSearch,
  counts: Map<string, number>,
): Promise<number> {
  const handle = openSync(file, 'r');
  try {
    const overlap = search.reach - 1;
    const buffer = Buffer.alloc(overlap + PART_BYTES);
    let kept = 0;
    for (let at = 0; ; ) {
      const read = readSync(handle, buffer, kept, PART_BYTES, at);
      if (read === 0) return at;
      at += read;
      const end = kept + read;
      search.search(buffer.subarray(0, end), kept, counts);
      const keep = Math.min(overlap, end);
      buffer.copyWithin(0, end - keep, end);
      kept = keep;
      await nextTurn();
    }
  } finally {
    closeSync(handle);
  }
}

/** What each column of cells holds; a column that is not named here is searched for as it is. */
const KINDS: Readonly<Record<string, Kind>> = {
  'secret.value_cell': 'api-key',
  'signing_key.pkcs8_cell': 'signing-key',
  'registry_leaf.salt_cell': 'salt',
  'registry_leaf.key_cell': 'drawing-key',
};
/** The rest of a signing key is its public part, which stands in clear. */
const READERS: Partial<Record<Kind, (secret: Buffer) => string | Buffer>> = {
  'api-key': (secret) => secret.toString('utf8'),
  'signing-key': (secret) => {
    const { d = '' } = createPrivateKey({ key: secret, type: 'pkcs8', format: 'der' }).export({
      format: 'jwk',
    });
    return Buffer.from(d, 'base64url');
  },
};
const CANARIES: ReadonlySet<string> = new Set(['canary.draft_cell']);
/** Only the answer in it is a secret; the rest are fixed words and what the target's configuration says in clear. */
const TRIALS: ReadonlySet<string> = new Set(['target_trial.result_cell']);
const EXCHANGES: ReadonlySet<string> = new Set([
  'attempt.request_cell',
  'response.facts_cell',
  'body_chunk.cell',
  // Inside the commitment: the same texts as the draft, and the salts that have a column of their own.
  'registry_leaf.record_cell',
  'registry_leaf.draw_cell',
  // Names of models and the like, as the configuration of the target has them in clear.
  'segment.identity_cell',
]);

function knownSecrets(session: Session): Known[] {
  const known: Known[] = [];
  const store = vaultStore(session.db);
  for (const column of store.cellColumns()) {
    const name = `${column.table}.${column.column}`;
    if (EXCHANGES.has(name)) continue;
    for (const page of store.pages(column))
      for (const { row, cell } of page) {
        if (CANARIES.has(name)) {
          const draft = session.cells.openJson(column.table, row, column.column, cell);
          for (const secret of textsOf(draft)) known.push({ kind: 'canary', secret });
          continue;
        }
        if (TRIALS.has(name)) {
          const trial = session.cells.openJson(column.table, row, column.column, cell);
          const { text } = trial as { readonly text?: unknown };
          if (typeof text === 'string' && text !== '')
            known.push({ kind: 'answer', secret: text.slice(0, MAX_SECRET_BYTES) });
          continue;
        }
        const secret = session.vault.open(column.table, row, column.column, cell);
        const kind = KINDS[name] ?? 'other';
        known.push({
          kind,
          secret: READERS[kind]?.(secret) ?? secret.subarray(0, MAX_SECRET_BYTES),
        });
      }
  }
  for (const { attempt } of session.custodyRows.exchanges()) {
    const { body } = loadExchange(session, attempt);
    const text = Buffer.from(body.subarray(0, MAX_SECRET_BYTES));
    if (text.length > 0) known.push({ kind: 'answer', secret: text });
  }
  return known;
}

/** Fields of a canary that hold its text; ids, tags and cohorts stand in clear in the library. */
const TEXT_FIELDS = ['messages', 'responses', 'expected', 'note'];

function textsOf(draft: unknown): string[] {
  const strings = (value: unknown): string[] =>
    typeof value === 'string'
      ? [value.slice(0, MAX_SECRET_BYTES)]
      : typeof value === 'object' && value !== null
        ? Object.values(value).flatMap(strings)
        : [];
  return Object.entries(draft as Record<string, unknown>)
    .filter(([name]) => TEXT_FIELDS.includes(name))
    .flatMap(([, value]) => strings(value));
}
