import { AppError } from '#shared/contract/errors.ts';
import type { Output, ParsedInput } from '#shared/contract/index.ts';
import type { RegistryItem } from '#shared/contract/library.ts';
import type { CanaryRecord } from '#shared/domain/canary.ts';
import {
  type BeaconRound,
  beaconRoundRow,
  findChain,
  roundTimeMs,
} from '#shared/evidence/beacon.ts';
import { fromHex, sha256Hex, toHex, utf8 } from '#shared/evidence/bytes.ts';
import {
  commitment,
  commitmentsRoot,
  commitmentsText,
  keyCommitment,
} from '#shared/evidence/commit.ts';
import { askOrder, drawIndex, heldOutIds, orderKey } from '#shared/evidence/draw.ts';
import { signStatement } from '#shared/evidence/dsse.ts';
import {
  type ProtocolRecord,
  protocolBytes,
  readProtocol,
  registrationBytes,
} from '#shared/evidence/registration.ts';
import { registrationStatement } from '#shared/evidence/statements.ts';
import type { RegistryRow } from '../../db/library-store.ts';
import { openDraft, openLeaf } from '../library/library.ts';
import { uniformInt } from '../library/random.ts';
import type { Session } from '../workspace/session.ts';
import { announceRound, checkRound } from './beacon.ts';
import { mustFindRegistry, toItem } from './item.ts';

const PPM = 1_000_000;

export function listRegistries(session: Session): Output<'registry.list'> {
  return { registries: session.library.registries().map((row) => toItem(session, row)) };
}

/** A uniformly random permutation (Fisher-Yates). */
function shuffled<T>(session: Session, items: readonly T[]): T[] {
  const random = uniformInt(session.ports.random);
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = random(i + 1);
    const moved = result[i] as T;
    result[i] = result[j] as T;
    result[j] = moved;
  }
  return result;
}

/**
 * Commits drafts (EVIDENCE 2.1): record bytes, a fresh salt each, a drawing key for drawn ones, a secret random leaf order,
 * the RFC 6962 root, and a signed registration that names the one before. Errors: CONFLICT, NOT_FOUND.
 */
export async function commitRegistry(
  session: Session,
  input: ParsedInput<'registry.commit'>,
): Promise<RegistryItem> {
  const ids = input.ids ?? session.library.draftIds();
  if (ids.length === 0)
    throw new AppError('CONFLICT', 'There is no draft to commit. Import canaries first.');
  if (new Set(ids).size !== ids.length) throw new AppError('CONFLICT', 'A canary is named twice.');
  for (const id of ids) {
    const row = session.library.get(id);
    if (!row) throw new AppError('NOT_FOUND', `There is no canary ${id}.`);
    if (row.status !== 'draft')
      throw new AppError(
        'CONFLICT',
        `${id} is ${row.status}, not a draft. A canary is committed once.`,
      );
  }
  const createdUtc = session.nowUtc();
  const leaves = shuffled(session, ids).map((id) => {
    const draft = openDraft(session, id);
    const salt = session.ports.random.bytes(32);
    const key = draft.kind === 'drawn' ? session.ports.random.bytes(32) : null;
    const record: CanaryRecord = {
      v: 1,
      id,
      version: 1,
      kind: draft.kind,
      type: draft.type,
      messages: [...draft.messages],
      n: draft.responses.length,
      responses: [...draft.responses],
      expected: [...draft.expected],
      matcher: { type: 'exact', version: 'exact-v1' },
      cohort: draft.cohort,
      keycommit: key === null ? null : toHex(keyCommitment(id, key)),
      created_utc: createdUtc,
      provenance: 'imported',
    };
    const recordBytes = utf8(JSON.stringify(record));
    return { id, kind: draft.kind, salt, key, recordBytes, c: commitment(salt, recordBytes) };
  });
  const commitments = leaves.map((leaf) => leaf.c);
  const root = commitmentsRoot(commitments);
  const heldOutPpm = Math.round(input.heldOut * PPM);
  const announced = input.announce === null ? null : announceRound(session, input.announce);
  const protocol: ProtocolRecord = {
    v: 1,
    method: 'method-1',
    scorer: 'exact-v1',
    draw: 'canary-draw-v1',
    held_out_ppm: heldOutPpm,
    beacon: announced,
  };
  const protocolFile = protocolBytes(protocol);
  const before = session.library.registries().at(-1);
  const number = (before?.number ?? 0) + 1;
  const registration = registrationBytes({
    v: 1,
    hash: 'sha256',
    tree: 'rfc6962',
    size: leaves.length,
    root: toHex(root),
    found: leaves.flatMap((leaf, index) => (leaf.kind === 'found' ? [index] : [])),
    protocol_sha256: sha256Hex(protocolFile),
    registration_number: number,
    previous_registration_sha256: before ? toHex(before.registrationSha256) : null,
    created_utc: createdUtc,
  });
  const sha256 = sha256Hex(registration);
  const sigstore = await signStatement(
    registrationStatement({
      registration,
      commitments: commitmentsText(commitments),
      protocol: protocolFile,
    }),
    session.signer(),
  );
  session.transaction(() => {
    if ((session.library.registries().at(-1)?.number ?? 0) !== number - 1)
      throw new AppError(
        'CONFLICT',
        'Another registry was committed at the same moment. Try again.',
      );
    session.library.insertRegistry({
      number,
      caseId: 'default',
      size: leaves.length,
      root,
      heldOut: String(heldOutPpm / PPM),
      registration,
      registrationSha256: Buffer.from(sha256, 'hex'),
      sigstore,
      protocol: protocolFile,
      createdUtc,
    });
    for (const [leafIndex, leaf] of leaves.entries()) {
      const row = `${number}/${leafIndex}`;
      const { cell, sha256: recordSha256 } = session.cells.seal(
        'registry_leaf',
        row,
        'record_cell',
        leaf.recordBytes,
      );
      session.library.insertLeaf({
        registry: number,
        leafIndex,
        canaryId: leaf.id,
        commitment: leaf.c,
        recordCell: cell,
        recordSha256,
        saltCell: session.vault.seal('registry_leaf', row, 'salt_cell', leaf.salt),
        keyCell:
          leaf.key === null ? null : session.vault.seal('registry_leaf', row, 'key_cell', leaf.key),
      });
      session.library.setStatus(leaf.id, 'committed');
    }
    session.record('registry.committed', {
      registry: number,
      size: leaves.length,
      root: toHex(root),
      registration_sha256: sha256,
      beacon_chain: announced?.chain ?? null,
      beacon_round: announced?.round ?? null,
    });
  });
  return toItem(session, mustFindRegistry(session, number));
}

interface Beacon {
  readonly bytes: Uint8Array | null;
  readonly source: string;
  /** The published round it is from, which anybody can check; null: the value was typed in. */
  readonly round: BeaconRound | null;
}

/** The value a draw uses, with what makes it believable. Errors: CONFLICT. */
function beaconFor(
  session: Session,
  row: RegistryRow,
  input: ParsedInput<'registry.draw'>,
): Beacon {
  const announced = readProtocol(new Uint8Array(row.protocol)).beacon;
  const name = announced === null ? '' : (findChain(announced.chain)?.name ?? announced.chain);
  const refuse = (message: string): never => {
    throw new AppError('CONFLICT', message);
  };
  if (input.round !== null && input.beacon !== null)
    refuse('Give a round or a value, not both: the value follows from the round.');
  if (announced !== null && input.round === null)
    refuse(
      `The registration announced round ${announced.round} of ${name}. Draw with that round and its signature; nothing else counts.`,
    );
  if (input.round === null) {
    if (input.beacon !== null && /^0+$/.test(input.beacon))
      refuse('A beacon of zeros is no beacon. Give the published value, or mark "no beacon".');
    return input.beacon === null
      ? { bytes: null, source: 'none', round: null }
      : {
          bytes: fromHex(input.beacon),
          source: input.source === '' ? 'given by hand' : input.source,
          round: null,
        };
  }
  const { chain, round, randomness } = checkRound(input.round);
  if (announced !== null && (announced.chain !== chain.hash || announced.round !== round.round))
    refuse(
      `The registration announced round ${announced.round} of ${name}, not round ${round.round} of ${chain.name}. Another round cannot be used.`,
    );
  const publishedMs = roundTimeMs(chain, round.round);
  const published = new Date(publishedMs).toISOString();
  if (publishedMs <= Date.parse(row.createdUtc))
    refuse(
      `Round ${round.round} of ${chain.name} was published at ${published}, before the commitment of ${row.createdUtc}: its value was known then. Only a later round counts.`,
    );
  if (publishedMs > Date.parse(session.nowUtc()))
    refuse(
      `Round ${round.round} of ${chain.name} is published at ${published}, later than this computer says it is now. Correct the clock first.`,
    );
  return { bytes: fromHex(randomness), source: `drand ${chain.name} round ${round.round}`, round };
}

/**
 * Draws once, after the beacon is out (METHOD 4.5): response, twin or served, and order all from root, keys and beacon.
 * Without a beacon 32 zero bytes stand for it, and every report says so. A round is checked against its chain's pinned key,
 * the registration's announcement and the time of the commitment.
 */
export function drawRegistry(session: Session, input: ParsedInput<'registry.draw'>): RegistryItem {
  const row = mustFindRegistry(session, input.number);
  const again = (): never => {
    throw new AppError(
      'CONFLICT',
      `Registry ${input.number} was drawn before. A draw happens once.`,
    );
  };
  if (row.drawnUtc !== null) again();
  const { bytes: beacon, source, round } = beaconFor(session, row, input);
  const context = { root: new Uint8Array(row.root), beacon };
  const { held_out_ppm: heldOutPpm } = readProtocol(new Uint8Array(row.protocol));
  const stored = session.library.leaves(input.number);
  const commitments = stored.map((leaf) => new Uint8Array(leaf.commitment));
  const opened = stored.map((leaf) => openLeaf(session, input.number, leaf.leafIndex));
  const drawn = opened.flatMap((leaf) =>
    leaf.key === null ? [] : [{ id: leaf.canaryId, key: leaf.key }],
  );
  const twins = heldOutIds(context, drawn, heldOutPpm);
  const positions = new Map(
    askOrder(context, commitments).map((leaf, position) => [leaf, position]),
  );
  session.transaction(() => {
    const drand = round === null ? null : JSON.stringify(beaconRoundRow(round));
    const drawnUtc = session.nowUtc();
    if (!session.library.setDraw({ number: input.number, beacon, source, drand, drawnUtc }))
      again();
    for (const [leafIndex, leaf] of opened.entries()) {
      const c = commitments[leafIndex];
      if (!c) throw new AppError('INTEGRITY', 'A commitment is missing.');
      const index =
        leaf.key === null
          ? null
          : drawIndex(context, { id: leaf.canaryId, key: leaf.key }, leaf.record.n);
      session.library.setLeafDraw({
        registry: input.number,
        leafIndex,
        use: leaf.key === null ? 'found' : twins.has(leaf.canaryId) ? 'twin' : 'served',
        drawCell:
          index === null
            ? null
            : session.cells.sealJson(
                'registry_leaf',
                `${input.number}/${leafIndex}`,
                'draw_cell',
                index,
              ).cell,
        orderKey: orderKey(context, c),
        orderPosition: positions.get(leafIndex) ?? 0,
      });
    }
    session.record('registry.drawn', {
      registry: input.number,
      beacon: beacon === null ? null : toHex(beacon),
      source,
      verified: round !== null,
      served: drawn.length - twins.size,
      twins: twins.size,
    });
  });
  return toItem(session, mustFindRegistry(session, input.number));
}
