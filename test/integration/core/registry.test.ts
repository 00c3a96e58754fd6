import { createHash, createHmac, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeyFile } from '#core/security/key-file.ts';
import { unlockVault, type Vault } from '#core/security/vault.ts';
import { createCells } from '#core/services/workspace/cells.ts';
import { type CanaryRecord, canaryRecordSchema } from '#shared/domain/canary.ts';
import { commitment, commitmentsRoot, keyCommitment } from '#shared/evidence/commit.ts';
import { drawIndex, heldOutIds, orderKey } from '#shared/evidence/draw.ts';
import { openBundle } from '#shared/evidence/dsse.ts';
import { PREDICATE, readStatement } from '#shared/evidence/statements.ts';
import { addRegistry, drawnCanaries, foundCanaries, jsonl } from '../../helpers/canaries.ts';
import {
  failureOf,
  newWorkspace,
  type OpenCore,
  PASSPHRASE,
  removeTempFolders,
  withDatabase,
} from '../../helpers/workspace.ts';

const BEACON = '5c'.repeat(32);

let core: OpenCore;
let vault: Vault;
beforeAll(async () => {
  core = await newWorkspace();
  const file = JSON.parse(readFileSync(core.keysFile, 'utf8')) as KeyFile;
  vault = await unlockVault(file, PASSPHRASE);
});
afterAll(async () => {
  vault.close();
  await core.close();
  removeTempFolders();
});

interface Leaf {
  readonly index: number;
  readonly commitment: Buffer;
  readonly recordBytes: Uint8Array;
  readonly record: CanaryRecord;
  readonly salt: Buffer;
  readonly key: Buffer | null;
  readonly use: string | null;
  readonly draw: number | null;
  readonly position: number | null;
  readonly orderKey: Buffer | null;
}

/** Every leaf of a registry, opened with the vault's key from the rows themselves. */
function leavesOf(number: number): Leaf[] {
  const cells = createCells(vault);
  const rows = withDatabase(
    core.database,
    (db) =>
      db
        .prepare('SELECT * FROM registry_leaf WHERE registry = ? ORDER BY leaf_index')
        .all(number) as {
        leaf_index: number;
        commitment: Buffer;
        record_cell: Buffer;
        salt_cell: Buffer;
        key_cell: Buffer | null;
        draw_cell: Buffer | null;
        use: string | null;
        order_position: number | null;
        order_key: Buffer | null;
      }[],
  );
  return rows.map((row) => {
    const at = `${number}/${row.leaf_index}`;
    const recordBytes = cells.open('registry_leaf', at, 'record_cell', row.record_cell);
    return {
      index: row.leaf_index,
      commitment: row.commitment,
      recordBytes: new Uint8Array(recordBytes),
      record: canaryRecordSchema.parse(JSON.parse(recordBytes.toString('utf8'))),
      salt: vault.open('registry_leaf', at, 'salt_cell', row.salt_cell),
      key: row.key_cell && vault.open('registry_leaf', at, 'key_cell', row.key_cell),
      use: row.use,
      draw:
        row.draw_cell && Number(cells.openJson('registry_leaf', at, 'draw_cell', row.draw_cell)),
      position: row.order_position,
      orderKey: row.order_key,
    };
  });
}

/** METHOD 4.5 once more, from the text: HMAC-SHA256(K, lp(label, M1, id, B, ctr32)). */
function drawnByHand(root: Buffer, beacon: Buffer, leaf: Leaf): number {
  const lp = (...parts: Buffer[]): Buffer =>
    Buffer.concat(
      parts.flatMap((part) => {
        const length = Buffer.alloc(4);
        length.writeUInt32BE(part.length);
        return [length, part];
      }),
    );
  const n = BigInt(leaf.record.n);
  for (let counter = 0; ; counter++) {
    const ctr = Buffer.alloc(4);
    ctr.writeUInt32BE(counter);
    const message = lp(
      Buffer.from('canary-draw-v1'),
      root,
      Buffer.from(leaf.record.id),
      beacon,
      ctr,
    );
    const u = createHmac('sha256', leaf.key ?? Buffer.alloc(0))
      .update(message)
      .digest()
      .readBigUInt64BE();
    if (u < 2n ** 64n - (2n ** 64n % n)) return Number(u % n);
  }
}

describe('a registry', () => {
  it('commits what it says: root, commitments, keys, draw, twins and order recompute from the opened cells', async () => {
    const lines = [...drawnCanaries('R', 20, 100), ...foundCanaries('RF', 3)];
    const number = await addRegistry(core.client, lines, { heldOut: 0.25, beacon: BEACON });
    const item = (await core.client.call('registry.list', {})).registries.find(
      (one) => one.number === number,
    );
    if (!item) throw new Error('no registry');
    expect(item).toMatchObject({
      size: 23,
      served: 15,
      twins: 5,
      found: 3,
      heldOut: '0.25',
      state: 'drawn',
      beacon: BEACON,
      beaconState: 'unverified',
      beaconSource: 'given by hand',
    });
    const leaves = leavesOf(number);
    expect(new Set(leaves.map((leaf) => leaf.salt.toString('hex'))).size).toBe(23);
    for (const leaf of leaves) {
      const c = createHash('sha256')
        .update('canary-commit/v1\0')
        .update(leaf.salt)
        .update(leaf.recordBytes)
        .digest();
      expect(c.equals(leaf.commitment)).toBe(true);
      expect(Buffer.from(commitment(leaf.salt, leaf.recordBytes)).equals(c)).toBe(true);
    }
    const commitments = leaves.map((leaf) => new Uint8Array(leaf.commitment));
    const root = Buffer.from(commitmentsRoot(commitments));
    expect(root.toString('hex')).toBe(item.root);
    const context = {
      root: new Uint8Array(root),
      beacon: new Uint8Array(Buffer.from(BEACON, 'hex')),
    };
    const drawn = leaves.filter((leaf) => leaf.key !== null);
    expect(drawn).toHaveLength(20);
    for (const leaf of drawn) {
      const key = leaf.key ?? Buffer.alloc(0);
      expect(leaf.record.keycommit).toBe(
        Buffer.from(keyCommitment(leaf.record.id, new Uint8Array(key))).toString('hex'),
      );
      const draw = drawIndex(
        context,
        { id: leaf.record.id, key: new Uint8Array(key) },
        leaf.record.n,
      );
      expect(leaf.draw).toBe(draw);
      expect(drawnByHand(root, Buffer.from(BEACON, 'hex'), leaf)).toBe(draw);
    }
    const twins = heldOutIds(
      context,
      drawn.map((leaf) => ({ id: leaf.record.id, key: new Uint8Array(leaf.key ?? []) })),
      250_000,
    );
    expect(
      drawn
        .filter((leaf) => leaf.use === 'twin')
        .map((leaf) => leaf.record.id)
        .sort(),
    ).toEqual([...twins].sort());
    for (const leaf of leaves)
      expect(
        Buffer.from(orderKey(context, new Uint8Array(leaf.commitment))).equals(
          leaf.orderKey ?? Buffer.alloc(0),
        ),
      ).toBe(true);
    const byKey = leaves.toSorted((a, b) =>
      Buffer.compare(a.orderKey ?? Buffer.alloc(0), b.orderKey ?? Buffer.alloc(0)),
    );
    expect(byKey.map((leaf) => leaf.position)).toEqual(byKey.map((_, at) => at));
    // Leaf order tells nothing: neither the order of the file nor the kinds.
    expect(leaves.map((leaf) => leaf.record.id)).not.toEqual(lines.map((line) => line.id));
  });

  it('gives found canaries no key, no draw and no place in the kit; the kit holds served ones only', async () => {
    const lines = [...drawnCanaries('Kit', 8, 64), ...foundCanaries('KitF', 2)];
    const number = await addRegistry(core.client, lines, { heldOut: 0.5 });
    const leaves = leavesOf(number);
    for (const leaf of leaves.filter((one) => one.record.kind === 'found'))
      expect(leaf).toMatchObject({ key: null, draw: null, use: 'found' });
    const { text, count } = await core.client.call('registry.kit', { number });
    expect(count).toBe(4);
    const kit = text
      .trim()
      .split('\n')
      .map((row) => JSON.parse(row) as { id: string; response: string });
    const served = leaves.filter((leaf) => leaf.use === 'served');
    expect(kit.map((row) => row.id).sort()).toEqual(served.map((leaf) => leaf.record.id).sort());
    for (const row of kit) {
      const leaf = served.find((one) => one.record.id === row.id);
      expect(row.response).toBe(leaf?.record.responses[leaf.draw ?? -1]);
    }
    const before = await core.client.call('canary.list', { registry: number, status: 'planted' });
    expect(before.total).toBe(0);
    await core.client.call('registry.kit', { number, plantedFrom: '2026-02-01' });
    const after = await core.client.call('canary.list', { registry: number, status: 'planted' });
    expect(after.total).toBe(4);
  });

  it.each([
    [0, 0],
    [0.2, 1],
    [0.5, 3],
  ])('holds out %f of five as %i twins', async (heldOut, twins) => {
    const number = await addRegistry(core.client, drawnCanaries(`H${heldOut * 10}`, 5, 16), {
      heldOut,
    });
    const { registries } = await core.client.call('registry.list', {});
    expect(registries.at(-1)).toMatchObject({ number, twins });
    expect(leavesOf(number).filter((leaf) => leaf.use === 'twin')).toHaveLength(twins);
  });

  it('is drawn once, after it was committed, and never with a beacon of zeros', async () => {
    await core.client.call('canary.import', {
      format: 'jsonl',
      text: jsonl(drawnCanaries('Once', 2, 16)),
    });
    const committed = await core.client.call('registry.commit', {});
    const { number } = committed;
    expect(committed).toMatchObject({ state: 'committed', beaconState: 'pending', served: null });
    expect(leavesOf(number).every((leaf) => leaf.draw === null && leaf.use === null)).toBe(true);
    expect((await failureOf(core, 'registry.kit', { number })).code).toBe('CONFLICT');
    const zeros = await failureOf(core, 'registry.draw', { number, beacon: '00'.repeat(32) });
    expect(zeros.code).toBe('CONFLICT');
    expect((await failureOf(core, 'registry.draw', { number, beacon: 'abc' })).code).toBe(
      'BAD_INPUT',
    );
    const drawn = await core.client.call('registry.draw', { number, beacon: null });
    expect(drawn).toMatchObject({ beacon: null, beaconState: 'none', beaconSource: 'none' });
    const before = leavesOf(number).map((leaf) => leaf.draw);
    for (const beacon of [null, BEACON])
      expect((await failureOf(core, 'registry.draw', { number, beacon })).code).toBe('CONFLICT');
    expect(leavesOf(number).map((leaf) => leaf.draw)).toEqual(before);
    expect((await failureOf(core, 'registry.draw', { number: 999, beacon: null })).code).toBe(
      'NOT_FOUND',
    );
  });

  it('names the one before it, is signed, and its statement covers registration, commitments and protocol', async () => {
    const { registries } = await core.client.call('registry.list', {});
    for (const [index, item] of registries.entries()) {
      expect(item.number).toBe(index + 1);
      expect(item.previousSha256).toBe(registries[index - 1]?.sha256 ?? null);
    }
    const { publicKeyPem } = await core.client.call('key.show', {});
    const spki = createPublicKey(publicKeyPem).export({ type: 'spki', format: 'der' });
    const rows = withDatabase(
      core.database,
      (db) =>
        db
          .prepare(
            'SELECT registration, registration_sha256, sigstore, protocol FROM registry ORDER BY number',
          )
          .all() as {
          registration: Buffer;
          registration_sha256: Buffer;
          sigstore: Buffer;
          protocol: Buffer;
        }[],
    );
    for (const [index, row] of rows.entries()) {
      const record = JSON.parse(row.registration.toString('utf8')) as Record<string, unknown>;
      expect(record).toMatchObject({
        registration_number: index + 1,
        previous_registration_sha256: registries[index - 1]?.sha256 ?? null,
        root: registries[index]?.root,
        size: registries[index]?.size,
      });
      const payload = openBundle(new Uint8Array(row.sigstore), new Uint8Array(spki));
      const statement = readStatement(payload, PREDICATE.registration);
      const named = new Map(statement.subject.map(({ name, digest }) => [name, digest.sha256]));
      const sha = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
      expect(named.get('registration.json')).toBe(sha(row.registration));
      expect(named.get('protocol.json')).toBe(sha(row.protocol));
      expect([...named.keys()].sort()).toEqual([
        'commitments.txt',
        'protocol.json',
        'registration.json',
      ]);
    }
  });

  it('takes a canary once, and a fresh one cannot be retired', async () => {
    const number = await addRegistry(core.client, drawnCanaries('Take', 3, 16), { heldOut: 0 });
    const again = await failureOf(core, 'registry.commit', { ids: ['Take-001'] });
    expect(again.message).toMatch(/committed, not a draft/);
    const retire = await failureOf(core, 'canary.retire', { ids: ['Take-001'] });
    expect(retire.code).toBe('CONFLICT');
    await core.client.call('registry.kit', { number, plantedFrom: '2026-02-01' });
    expect((await failureOf(core, 'canary.retire', { ids: ['Take-002'] })).code).toBe('CONFLICT');
    expect((await failureOf(core, 'registry.commit', { ids: ['Take-001', 'Take-001'] })).code).toBe(
      'CONFLICT',
    );
    expect((await failureOf(core, 'registry.commit', { ids: ['nobody'] })).code).toBe('NOT_FOUND');
    expect((await failureOf(core, 'registry.commit', {})).message).toMatch(/no draft/);
    const text = jsonl(drawnCanaries('Race', 2, 16));
    await core.client.call('canary.import', { format: 'jsonl', text });
    const two = await Promise.all([
      core.dispatch('registry.commit', {}),
      core.dispatch('registry.commit', {}),
    ]);
    expect(two.filter((one) => one.ok)).toHaveLength(1);
  });
});
