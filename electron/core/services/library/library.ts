import { AppError } from '#shared/contract/errors.ts';
import type { Output, ParsedInput } from '#shared/contract/index.ts';
import type { CanaryItem, RowError } from '#shared/contract/library.ts';
import { type CanaryDraft, canaryDraftSchema, canaryRecordSchema } from '#shared/domain/canary.ts';
import { toHex } from '#shared/evidence/bytes.ts';
import type { CanaryRow } from '../../db/library-store.ts';
import type { Session } from '../workspace/session.ts';
import { parseCanaryFile } from './canary-file.ts';
import { canaryFile } from './export.ts';

const SHOWN_CANDIDATES = 50;

const toItem = (row: CanaryRow): CanaryItem => ({
  id: row.id,
  version: row.version,
  kind: row.kind,
  type: row.type,
  status: row.status,
  n: row.n,
  scorer: row.scorer,
  cohort: row.cohort,
  tags: [...row.tags],
  registry: row.registry,
  use: row.use,
  exposures: row.exposures,
  createdUtc: row.createdUtc,
});

const mustExist = (session: Session, id: string): CanaryRow => {
  const row = session.library.get(id);
  if (!row) throw new AppError('NOT_FOUND', `There is no canary ${id}.`);
  return row;
};

/** The canary as it was written, decrypted. */
export function openDraft(session: Session, id: string): CanaryDraft {
  const cell = session.library.draftCell(id);
  if (!cell) throw new AppError('NOT_FOUND', `There is no canary ${id}.`);
  return canaryDraftSchema.parse(session.cells.openJson('canary', id, 'draft_cell', cell));
}

export function listCanaries(
  session: Session,
  input: ParsedInput<'canary.list'>,
): Output<'canary.list'> {
  const { total, items } = session.library.page(input);
  return { total, items: items.map(toItem) };
}

export function getCanary(session: Session, id: string): Output<'canary.get'> {
  const row = mustExist(session, id);
  const leaf = session.library.leafOf(id);
  return {
    canary: toItem(row),
    commitment: leaf ? toHex(leaf.commitment) : null,
    leafIndex: leaf?.leafIndex ?? null,
    orderPosition: leaf?.orderPosition ?? null,
    exposures: session.library.exposuresOf(id),
  };
}

export function revealCanary(session: Session, id: string): Output<'canary.reveal'> {
  mustExist(session, id);
  const draft = openDraft(session, id);
  const index = openDraw(session, id);
  session.transaction(() => session.record('canary.revealed', { canary: id }));
  return {
    messages: [...draft.messages],
    responses: draft.responses.slice(0, SHOWN_CANDIDATES),
    n: draft.responses.length,
    expected: [...draft.expected],
    drawn: index === null ? null : (draft.responses[index] ?? null),
    note: draft.note,
  };
}

/** Index of the drawn response; null before the draw and for found canaries. */
function openDraw(session: Session, id: string): number | null {
  const leaf = session.library.leafOf(id);
  if (!leaf?.drawCell) return null;
  const row = `${leaf.registry}/${leaf.leafIndex}`;
  return Number(session.cells.openJson('registry_leaf', row, 'draw_cell', leaf.drawCell));
}

const importSummary = (errors: readonly RowError[]): string => {
  const lines = new Set(errors.map((error) => error.line)).size;
  const first = errors[0];
  return `${lines} ${lines === 1 ? 'row is' : 'rows are'} wrong; nothing was imported. First: line ${first?.line}, ${first?.field}: ${first?.message}. ${first?.fix}`;
};

/** Adds drafts to the library. Call it in a transaction. */
export function insertDrafts(session: Session, drafts: readonly CanaryDraft[]): void {
  const createdUtc = session.nowUtc();
  for (const draft of drafts) {
    const { cell, sha256 } = session.cells.sealJson('canary', draft.id, 'draft_cell', draft);
    session.library.insert({
      id: draft.id,
      caseId: 'default',
      kind: draft.kind,
      type: draft.type,
      n: draft.responses.length,
      scorer: draft.scorer,
      cohort: draft.cohort,
      tags: draft.tags,
      draftCell: cell,
      draftSha256: sha256,
      createdUtc,
    });
  }
}

/** All-or-nothing, or the good rows only; never silently. Errors: IMPORT_REJECTED with every row error in `data`. */
export function importCanaries(
  session: Session,
  input: ParsedInput<'canary.import'>,
): Output<'canary.import'> {
  const parsed = parseCanaryFile(input.format, input.text);
  const taken: RowError[] = parsed.rows
    .filter((row) => session.library.exists(row.draft.id))
    .map((row) => ({
      line: row.line,
      field: 'id',
      message: 'a canary with this id is in the workspace already',
      fix: 'Use another id; a committed canary is never changed.',
    }));
  const takenLines = new Set(taken.map((error) => error.line));
  const errors = [...parsed.errors, ...taken].sort((a, b) => a.line - b.line);
  const rows = parsed.rows.filter((row) => !takenLines.has(row.line));
  const ids = rows.map((row) => row.draft.id);
  if (!input.dryRun) {
    if (errors.length > 0 && (input.onError === 'reject-all' || rows.length === 0))
      throw new AppError('IMPORT_REJECTED', importSummary(errors), { errors });
    session.transaction(() => {
      insertDrafts(
        session,
        rows.map(({ draft }) => draft),
      );
      session.record('canary.created', {
        count: rows.length,
        skipped: errors.length,
      });
    });
  }
  return { imported: input.dryRun ? 0 : rows.length, ids, errors, warnings: [...parsed.warnings] };
}

/** Canaries as a file that canary.import reads back. Errors: NOT_FOUND. */
export function exportCanaries(
  session: Session,
  input: ParsedInput<'canary.export'>,
): Output<'canary.export'> {
  const ids = input.ids ?? session.library.allIds();
  for (const id of ids) mustExist(session, id);
  const drafts = ids.map((id) => openDraft(session, id));
  session.transaction(() =>
    session.record('canary.exported', { count: ids.length, format: input.format }),
  );
  return { text: canaryFile(input.format, drafts), count: ids.length };
}

/**
 * Retires drafts and burned canaries. A committed canary that is still fresh stays: leaving one out after the draw could
 * depend on its response, and the null would no longer be exact (METHOD 4.4).
 */
export function retireCanaries(session: Session, ids: readonly string[]): Output<'canary.retire'> {
  const rows = ids.map((id) => mustExist(session, id));
  const fresh = rows.find((row) => row.status === 'committed' || row.status === 'planted');
  if (fresh)
    throw new AppError(
      'CONFLICT',
      `${fresh.id} is committed and still fresh. Leaving it out now could depend on its drawn response; plans skip what they do not need.`,
    );
  return session.transaction(() => {
    const changed = ids.reduce((sum, id) => sum + session.library.retire(id), 0);
    session.record('canary.retired', { count: changed });
    return { changed };
  });
}

export function restoreCanaries(
  session: Session,
  ids: readonly string[],
): Output<'canary.restore'> {
  for (const id of ids) mustExist(session, id);
  return session.transaction(() => {
    const changed = ids.reduce((sum, id) => sum + session.library.restore(id), 0);
    session.record('canary.restored', { count: changed });
    return { changed };
  });
}

/** A committed canary with everything that opens it. */
export interface OpenLeaf {
  readonly canaryId: string;
  readonly record: ReturnType<typeof canaryRecordSchema.parse>;
  readonly recordBytes: Uint8Array;
  readonly salt: Uint8Array;
  readonly key: Uint8Array | null;
}

/** Decrypts a leaf's record, salt and key. Errors: NOT_FOUND, INTEGRITY. */
export function openLeaf(session: Session, registry: number, leafIndex: number): OpenLeaf {
  const leaf = session.library.leaf(registry, leafIndex);
  if (!leaf) throw new AppError('NOT_FOUND', `Registry ${registry} has no leaf ${leafIndex}.`);
  const row = `${registry}/${leafIndex}`;
  const recordBytes = new Uint8Array(
    session.cells.open('registry_leaf', row, 'record_cell', leaf.recordCell),
  );
  return {
    canaryId: leaf.canaryId,
    record: canaryRecordSchema.parse(JSON.parse(new TextDecoder().decode(recordBytes))),
    recordBytes,
    salt: new Uint8Array(session.vault.open('registry_leaf', row, 'salt_cell', leaf.saltCell)),
    key:
      leaf.keyCell === null
        ? null
        : new Uint8Array(session.vault.open('registry_leaf', row, 'key_cell', leaf.keyCell)),
  };
}

/** Index of the drawn response of a leaf; null for found canaries. */
export function openLeafDraw(session: Session, registry: number, leafIndex: number): number | null {
  const leaf = session.library.leaf(registry, leafIndex);
  if (!leaf?.drawCell) return null;
  return Number(
    session.cells.openJson('registry_leaf', `${registry}/${leafIndex}`, 'draw_cell', leaf.drawCell),
  );
}
