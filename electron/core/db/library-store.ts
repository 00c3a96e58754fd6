import type { CanaryKind, CanaryStatus, CanaryType } from '#shared/domain/canary.ts';
import { adjudicationStore } from './adjudication-store.ts';
import { beaconStore } from './beacon-store.ts';
import { ledgerStore } from './ledger-store.ts';
import type { Db } from './open.ts';

export type LeafUse = 'served' | 'twin' | 'found';

export interface CanaryRow {
  readonly id: string;
  readonly caseId: string;
  readonly version: number;
  readonly kind: CanaryKind;
  readonly type: CanaryType;
  readonly status: CanaryStatus;
  readonly n: number;
  readonly scorer: string;
  readonly cohort: string | null;
  readonly tags: readonly string[];
  readonly createdUtc: string;
  readonly registry: number | null;
  readonly leafIndex: number | null;
  readonly use: LeafUse | null;
  readonly exposures: number;
}

export interface CanaryFilter {
  readonly search: string;
  readonly status: CanaryStatus | null;
  readonly kind: CanaryKind | null;
  readonly registry: number | null;
  readonly offset: number;
  readonly limit: number;
}

export interface LeafRow {
  readonly registry: number;
  readonly leafIndex: number;
  readonly canaryId: string;
  readonly commitment: Buffer;
  readonly recordCell: Buffer;
  readonly saltCell: Buffer;
  readonly keyCell: Buffer | null;
  readonly use: LeafUse | null;
  readonly drawCell: Buffer | null;
  readonly orderPosition: number | null;
}

/** A cell of the vault and its place. */
export interface UnhashedCell {
  readonly table: string;
  readonly row: string;
  readonly column: string;
  readonly cell: Buffer;
}

export interface RegistryRow {
  readonly number: number;
  readonly caseId: string;
  readonly size: number;
  readonly root: Buffer;
  readonly heldOut: string;
  readonly registration: Buffer;
  readonly registrationSha256: Buffer;
  readonly sigstore: Buffer;
  readonly protocol: Buffer;
  readonly createdUtc: string;
  readonly beacon: Buffer | null;
  readonly beaconSource: string | null;
  readonly drawnUtc: string | null;
  readonly plantedFrom: string | null;
  /** JSON of the published round that the beacon comes from. */
  readonly drand: string | null;
}

type RawCanary = Omit<CanaryRow, 'tags'> & { tags: string };
const toCanary = (row: RawCanary): CanaryRow => ({
  ...row,
  tags: JSON.parse(row.tags) as string[],
});

const CANARY_COLUMNS = `c.id, c.case_id AS caseId, c.version, c.kind, c.type, c.status, c.n, c.scorer, c.cohort, c.tags,
  c.created_utc AS createdUtc, l.registry, l.leaf_index AS leafIndex, l.use,
  (SELECT count(*) FROM attempt a WHERE a.canary_id = c.id) AS exposures`;
const CANARY_FROM = 'FROM canary c LEFT JOIN registry_leaf l ON l.canary_id = c.id';
const CANARY_WHERE = `WHERE (@search = '' OR instr(lower(c.id), lower(@search)) > 0 OR instr(lower(c.tags), lower(@search)) > 0
  OR instr(lower(coalesce(c.cohort, '')), lower(@search)) > 0)
  AND (@status IS NULL OR c.status = @status) AND (@kind IS NULL OR c.kind = @kind)
  AND (@registry IS NULL OR l.registry = @registry)`;
const LEAF_COLUMNS = `registry, leaf_index AS leafIndex, canary_id AS canaryId, commitment, record_cell AS recordCell,
  salt_cell AS saltCell, key_cell AS keyCell, use, draw_cell AS drawCell, order_position AS orderPosition`;
const REGISTRY_COLUMNS = `number, case_id AS caseId, size, root, held_out AS heldOut, registration,
  registration_sha256 AS registrationSha256, sigstore, protocol, created_utc AS createdUtc, beacon,
  beacon_source AS beaconSource, drawn_utc AS drawnUtc, planted_from AS plantedFrom, drand`;

/** Canaries and registrations. Cells go in and out encrypted. */
export function libraryStore(db: Db) {
  const insert = db.prepare(
    `INSERT INTO canary (id, case_id, version, kind, type, status, n, scorer, cohort, tags, draft_cell, draft_sha256, created_utc)
     VALUES (@id, @caseId, 1, @kind, @type, 'draft', @n, @scorer, @cohort, @tags, @draftCell, @draftSha256, @createdUtc)`,
  );
  const exists = db.prepare<[string], { id: string }>('SELECT id FROM canary WHERE id = ?');
  const draftCell = db.prepare<[string], { cell: Buffer }>(
    'SELECT draft_cell AS cell FROM canary WHERE id = ?',
  );
  const page = db.prepare<[CanaryFilter], RawCanary>(
    `SELECT ${CANARY_COLUMNS} ${CANARY_FROM} ${CANARY_WHERE} ORDER BY c.rowid LIMIT @limit OFFSET @offset`,
  );
  const total = db.prepare<[CanaryFilter], { n: number }>(
    `SELECT count(*) AS n ${CANARY_FROM} ${CANARY_WHERE}`,
  );
  const one = db.prepare<[string], RawCanary>(
    `SELECT ${CANARY_COLUMNS} ${CANARY_FROM} WHERE c.id = ?`,
  );
  const drafts = db.prepare<[], { id: string }>(
    "SELECT id FROM canary WHERE status = 'draft' ORDER BY rowid",
  );
  const allIds = db.prepare<[], { id: string }>('SELECT id FROM canary ORDER BY rowid');
  const setStatus = db.prepare<[CanaryStatus, string]>('UPDATE canary SET status = ? WHERE id = ?');
  const retire = db.prepare<[string]>(
    "UPDATE canary SET status_before = status, status = 'retired' WHERE id = ? AND status <> 'retired'",
  );
  const restore = db.prepare<[string]>(
    "UPDATE canary SET status = status_before, status_before = NULL WHERE id = ? AND status = 'retired' AND status_before IS NOT NULL",
  );
  const exposuresOf = db.prepare<[string], { target: string; host: string; at: string }>(
    'SELECT target, host, started_utc AS at FROM attempt WHERE canary_id = ? ORDER BY started_utc, id',
  );
  const insertRegistry = db.prepare(
    `INSERT INTO registry (number, case_id, size, root, held_out, registration, registration_sha256, sigstore, protocol, created_utc)
     VALUES (@number, @caseId, @size, @root, @heldOut, @registration, @registrationSha256, @sigstore, @protocol, @createdUtc)`,
  );
  const insertLeaf = db.prepare(
    `INSERT INTO registry_leaf (registry, leaf_index, canary_id, commitment, record_cell, record_sha256, salt_cell, key_cell)
     VALUES (@registry, @leafIndex, @canaryId, @commitment, @recordCell, @recordSha256, @saltCell, @keyCell)`,
  );
  const registries = db.prepare<[], RegistryRow>(
    `SELECT ${REGISTRY_COLUMNS} FROM registry ORDER BY number`,
  );
  const registry = db.prepare<[number], RegistryRow>(
    `SELECT ${REGISTRY_COLUMNS} FROM registry WHERE number = ?`,
  );
  const leaves = db.prepare<[number], LeafRow>(
    `SELECT ${LEAF_COLUMNS} FROM registry_leaf WHERE registry = ? ORDER BY leaf_index`,
  );
  const leaf = db.prepare<[number, number], LeafRow>(
    `SELECT ${LEAF_COLUMNS} FROM registry_leaf WHERE registry = ? AND leaf_index = ?`,
  );
  const leafOf = db.prepare<[string], LeafRow>(
    `SELECT ${LEAF_COLUMNS} FROM registry_leaf WHERE canary_id = ? ORDER BY registry DESC LIMIT 1`,
  );
  const countByUse = db.prepare<[number], { use: LeafUse | null; kind: CanaryKind; n: number }>(
    `SELECT l.use, c.kind, count(*) AS n FROM registry_leaf l JOIN canary c ON c.id = l.canary_id
     WHERE l.registry = ? GROUP BY l.use, c.kind`,
  );
  const setDraw = db.prepare(
    'UPDATE registry SET beacon = @beacon, beacon_source = @source, drand = @drand, drawn_utc = @drawnUtc WHERE number = @number AND drawn_utc IS NULL',
  );
  const setLeafDraw = db.prepare(
    `UPDATE registry_leaf SET use = @use, draw_cell = @drawCell, order_key = @orderKey, order_position = @orderPosition
     WHERE registry = @registry AND leaf_index = @leafIndex`,
  );
  const plant = db.prepare<[string, number]>(
    'UPDATE registry SET planted_from = ? WHERE number = ?',
  );
  const plantCanaries = db.prepare<{ number: number; cohort: string | null }>(
    `UPDATE canary SET status = 'planted' WHERE status = 'committed' AND (@cohort IS NULL OR cohort = @cohort)
     AND id IN (SELECT canary_id FROM registry_leaf WHERE registry = @number AND use = 'served')`,
  );
  const drawnOf = db.prepare<
    [number],
    { id: string; n: number; use: LeafUse | null; cohort: string | null }
  >(
    `SELECT c.id, c.n, l.use, c.cohort FROM registry_leaf l JOIN canary c ON c.id = l.canary_id
     WHERE l.registry = ? AND c.kind = 'drawn' ORDER BY c.id`,
  );
  const controlFound = db.prepare<[], { canaryId: string; found: string }>(
    `SELECT a.canary_id AS canaryId, o.found FROM attempt a
     JOIN outcome o ON o.attempt_id = a.id AND o.outcome = 'answered'
     JOIN target t ON t.name = a.target
     WHERE json_extract(t.draft, '$.role') IN ('control', 'temporal-control')`,
  );
  const hashes = db.prepare<[], { name: string; cell: Buffer; sha256: Buffer }>(
    `SELECT 'canary ' || id AS name, draft_cell AS cell, draft_sha256 AS sha256 FROM canary
     UNION ALL SELECT 'record ' || registry || '/' || leaf_index, record_cell, record_sha256 FROM registry_leaf
     UNION ALL SELECT 'adjudication ' || id, reason_cell, reason_sha256 FROM adjudication`,
  );
  const unhashed = db.prepare<[], UnhashedCell>(
    ['salt_cell', 'key_cell', 'draw_cell']
      .map(
        (column) =>
          `SELECT 'registry_leaf' AS "table", registry || '/' || leaf_index AS row, '${column}' AS column, ${column} AS cell
           FROM registry_leaf WHERE ${column} IS NOT NULL`,
      )
      .join(' UNION ALL '),
  );
  const fileHashes = db.prepare<[], { name: string; cell: Buffer; sha256: Buffer }>(
    `SELECT 'registration ' || number AS name, registration AS cell, registration_sha256 AS sha256 FROM registry`,
  );
  return {
    insert: (row: {
      id: string;
      caseId: string;
      kind: CanaryKind;
      type: CanaryType;
      n: number;
      scorer: string;
      cohort: string | null;
      tags: readonly string[];
      draftCell: Uint8Array;
      draftSha256: Uint8Array;
      createdUtc: string;
    }) => insert.run({ ...row, tags: JSON.stringify(row.tags) }),
    exists: (id: string) => exists.get(id) !== undefined,
    draftCell: (id: string) => draftCell.get(id)?.cell ?? null,
    page: (filter: CanaryFilter) => ({
      total: total.get(filter)?.n ?? 0,
      items: page.all(filter).map(toCanary),
    }),
    get: (id: string) => {
      const row = one.get(id);
      return row ? toCanary(row) : null;
    },
    draftIds: () => drafts.all().map((row) => row.id),
    allIds: () => allIds.all().map((row) => row.id),
    setStatus: (id: string, status: CanaryStatus) => setStatus.run(status, id),
    retire: (id: string) => retire.run(id).changes,
    restore: (id: string) => restore.run(id).changes,
    exposuresOf: (id: string) => exposuresOf.all(id),
    insertRegistry: (row: {
      number: number;
      caseId: string;
      size: number;
      root: Uint8Array;
      heldOut: string;
      registration: Uint8Array;
      registrationSha256: Uint8Array;
      sigstore: Uint8Array;
      protocol: Uint8Array;
      createdUtc: string;
    }) => insertRegistry.run(row),
    insertLeaf: (row: {
      registry: number;
      leafIndex: number;
      canaryId: string;
      commitment: Uint8Array;
      recordCell: Uint8Array;
      recordSha256: Uint8Array;
      saltCell: Uint8Array;
      keyCell: Uint8Array | null;
    }) => insertLeaf.run(row),
    registries: () => registries.all(),
    registry: (number: number) => registry.get(number) ?? null,
    leaves: (number: number) => leaves.all(number),
    leaf: (number: number, index: number) => leaf.get(number, index) ?? null,
    leafOf: (canaryId: string) => leafOf.get(canaryId) ?? null,
    countByUse: (number: number) => countByUse.all(number),
    /** False when it was drawn before: a draw happens once. */
    setDraw: (row: {
      number: number;
      beacon: Uint8Array | null;
      source: string;
      drand: string | null;
      drawnUtc: string;
    }) => setDraw.run(row).changes === 1,
    setLeafDraw: (row: {
      registry: number;
      leafIndex: number;
      use: LeafUse;
      drawCell: Uint8Array | null;
      orderKey: Uint8Array;
      orderPosition: number;
    }) => setLeafDraw.run(row),
    plant: (number: number, day: string, cohort: string | null) => {
      plant.run(day, number);
      plantCanaries.run({ number, cohort });
    },
    /** The drawn canaries of a registry, without their text, by id. */
    drawnOf: (number: number) => drawnOf.all(number),
    /** By canary, what each answer of a control named: places in its candidate list. */
    controlAnswers: (): Map<string, number[][]> => {
      const answers = new Map<string, number[][]>();
      for (const { canaryId, found } of controlFound.all()) {
        const list = answers.get(canaryId) ?? [];
        list.push(JSON.parse(found) as number[]);
        answers.set(canaryId, list);
      }
      return answers;
    },
    beacons: beaconStore(db),
    ledger: ledgerStore(db),
    adjudications: adjudicationStore(db),
    /** Every stored text cell with the hash that covers it, for a scrub. */
    hashes: () => hashes.iterate(),
    /** Cells that no stored hash covers; the vault tells whether they are whole. */
    unhashedCells: () => unhashed.all(),
    fileHashes: () => fileHashes.iterate(),
  };
}
