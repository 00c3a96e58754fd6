import { execFileSync } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleFromJSON } from '@sigstore/bundle';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFolder } from '#core/services/files.ts';
import { tagFiles } from '#shared/evidence/bag.ts';
import { readBundle, withStamps } from '#shared/evidence/dsse.ts';
import { STATEMENT, TAG_MANIFEST } from '#shared/evidence/layout.ts';
import { manifestBytes } from '#shared/evidence/manifest.ts';
import { addTargets, planText, runAudit } from '../../helpers/audit.ts';
import { addRegistry, drawnCanaries } from '../../helpers/canaries.ts';
import { chatServer } from '../../helpers/chat-server.ts';
import { makeAuthority, serveAuthority } from '../../helpers/timestamp-authority.ts';
import {
  failureOf,
  newWorkspace,
  type OpenCore,
  removeTempFolders,
  tempFolder,
  withDatabase,
} from '../../helpers/workspace.ts';

const authority = makeAuthority('rsa');
const stranger = makeAuthority('ec');
const panel = [{ name: 'suspect', role: 'suspect' as const }];
let server: Awaited<ReturnType<typeof serveAuthority>>;
let chat: Awaited<ReturnType<typeof chatServer>>;
let core: OpenCore;
let auditId = '';
let bag = '';
let firstKey = '';

beforeAll(async () => {
  server = await serveAuthority(authority);
  chat = await chatServer(() => 'an answer of some length');
  core = await newWorkspace();
  firstKey = (await core.client.call('key.show', {})).publicKeyPem;
  await core.client.call('authority.add', {
    name: 'tsa',
    url: server.url,
    rootsPem: authority.rootPem,
    allowPrivate: true,
    allowHttp: true,
  });
  const number = await addRegistry(core.client, drawnCanaries('C', 3, 64), { heldOut: 0 });
  await addTargets(core.client, chat.baseUrl, panel);
  const text = `${planText({ panel, registries: [{ number }] })}requireStamp: true\n`;
  ({ auditId } = await runAudit(core.client, text));
  // The report is signed by a successor of the key that signed everything before.
  await core.client.call('key.rotate', {});
  bag = join(tempFolder(), 'bundle');
  const item = await core.client.call('bundle.export', { auditId, out: bag });
  expect(item.warnings.filter((text) => text.includes('stamp'))).toEqual([]);
});
afterAll(async () => {
  await core.close();
  await server.close();
  await chat.close();
  removeTempFolders();
});

type Given = { publicKeyPem?: string; tsaRootsPem?: string };
async function checks(path: string, given: Given = {}) {
  const result = await core.client.call('bundle.verify', { path, ...given });
  return {
    ok: result.ok,
    of: new Map(result.checks.map((check) => [check.name, check])),
    all: result.checks,
  };
}

/** A copy of the bag whose statement carries other stamps, with its tag manifest written anew. */
function withOtherStamps(stamps: (own: readonly Uint8Array[]) => readonly Uint8Array[]): string {
  const files = new Map(readFolder(bag));
  const statement = files.get(STATEMENT) ?? new Uint8Array();
  files.set(STATEMENT, withStamps(statement, stamps(readBundle(statement).stamps)));
  files.set(TAG_MANIFEST, manifestBytes(tagFiles(files)));
  const copy = join(tempFolder(), 'copy');
  execFileSync('cp', ['-r', bag, copy]);
  for (const path of [STATEMENT, TAG_MANIFEST])
    writeFileSync(join(copy, path), files.get(path) ?? new Uint8Array());
  return copy;
}

const STAMPED = ['report stamp', 'registration 1 stamp', 'plan seal stamp', 'checkpoint stamp'];

describe('a stamped bag', () => {
  it('is trusted with the authority’s root and the oldest key', async () => {
    const result = await checks(bag, { publicKeyPem: firstKey, tsaRootsPem: authority.rootPem });
    expect(result.all.filter(({ status }) => status === 'failed')).toEqual([]);
    expect(result.ok).toBe(true);
    for (const name of [...STAMPED, 'stamps named by the log', 'time stamp roots'])
      expect(result.of.get(name)?.status, name).toBe('passed');
    expect(result.of.get('key history')?.detail).toContain('2 keys');
    expect(result.of.get('public key')?.detail).toContain('to which the key history leads');
  });

  it('without a root from outside is consistent and not trusted', async () => {
    const result = await checks(bag);
    expect(result.ok).toBe(true);
    for (const name of STAMPED) {
      expect(result.of.get(name)?.status, name).toBe('unproven');
      expect(result.of.get(name)?.detail).toContain('not trusted by you');
    }
  });

  it('fails under another root, and with the stamp removed or taken from elsewhere', async () => {
    const other = await checks(bag, { tsaRootsPem: stranger.rootPem });
    expect(other.of.get('report stamp')).toMatchObject({ status: 'failed' });
    const bare = withOtherStamps(() => []);
    const removed = await checks(bare, { tsaRootsPem: authority.rootPem });
    expect(removed.of.get('report stamp')?.detail).toContain('UNSTAMPED');
    expect(removed.ok).toBe(false);
    const registration = readBundle(
      readFileSync(join(bag, 'data/registrations/0001/registration.sigstore.json')),
    );
    const swapped = await checks(withOtherStamps(() => registration.stamps));
    expect(swapped.of.get('report stamp')).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('about other data'),
    });
    const broken = await checks(
      withOtherStamps((own) =>
        own.map((stamp) => stamp.map((byte, at) => (at === 300 ? byte ^ 1 : byte))),
      ),
    );
    expect(broken.of.get('report stamp')?.status).toBe('failed');
  });

  it('is accepted by openssl: every stamp, over the signature that the bag holds', () => {
    for (const path of [
      STATEMENT,
      'data/plan.sigstore.json',
      'data/checkpoint.sigstore.json',
      'data/registrations/0001/registration.sigstore.json',
    ]) {
      const { stamps, signature } = readBundle(readFileSync(join(bag, path)));
      expect(stamps.length, path).toBe(1);
      for (const stamp of stamps) expect(authority.opensslAccepts(stamp, signature)).toBe(true);
    }
  });

  it('is accepted by Sigstore’s own verifier only with a stamp under the authority', () => {
    const bundle: unknown = JSON.parse(readFileSync(join(bag, STATEMENT), 'utf8'));
    const pem = readFileSync(join(bag, 'attestation/signer.pub.pem'), 'utf8');
    const verify = (value: unknown, made = authority) => {
      const material = toTrustMaterial(
        {
          mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
          tlogs: [],
          ctlogs: [],
          certificateAuthorities: [],
          timestampAuthorities: [
            {
              subject: { organization: 'Example', commonName: 'Example TSA' },
              uri: 'http://tsa.test',
              certChain: { certificates: made.chain.map((rawBytes) => ({ rawBytes })) },
              validFor: { start: new Date(0) },
              operator: '',
            },
          ],
        },
        () => ({ publicKey: createPublicKey(pem), validFor: () => true }) as never,
      );
      const thresholds = { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 1 };
      return new Verifier(material, thresholds).verify(toSignedEntity(bundleFromJSON(value)));
    };
    expect(verify(bundle)).toBeDefined();
    expect(() => verify(bundle, stranger)).toThrow();
    const bare = JSON.parse(readFileSync(join(bag, STATEMENT), 'utf8'));
    bare.verificationMaterial.timestampVerificationData.rfc3161Timestamps = [];
    expect(() => verify(bare)).toThrow();
  });

  it('has a first line that names the stamps, and an export that is checked by its own workspace', async () => {
    const started = await core.client.call('custody.list', { kind: 'audit.started' });
    const stamps = await core.client.call('stamp.list', { kind: 'registration' });
    expect(started.events[0]?.data.stamps_sha256).toContain(stamps.items[0]?.stamps[0]?.tsrSha256);
    const { bundles } = await core.client.call('bundle.list', {});
    const own = await core.client.call('bundle.check', { bundleId: bundles[0]?.bundleId ?? '' });
    expect(own.ok).toBe(true);
    const listed = await core.client.call('stamp.list', {});
    expect(listed.items.find(({ kind }) => kind === 'bundle')?.state).toBe('stamped');
    expect(await core.client.call('custody.verify', {})).toMatchObject({
      ok: true,
      keys: 2,
      problems: [],
    });
  });
});

describe('a bag of stamps that were renewed', () => {
  it('holds the renewals, verifies them under the root, and refuses one that was changed', async () => {
    const renewed = await core.client.call('stamp.renew', { all: true });
    expect(renewed.failures).toEqual([]);
    const out = join(tempFolder(), 'renewed');
    const item = await core.client.call('bundle.export', { auditId, out });
    expect(item.stamp).toMatchObject({ authority: 'tsa', signer: 'O=Example, CN=Example TSA' });
    const file = join(out, 'data/stamp-renewals.jsonl');
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    // Registration and seal: the checkpoint is a new one, and renewals over those of other bags stay out.
    expect(lines).toHaveLength(2);
    const result = await checks(out, { publicKeyPem: firstKey, tsaRootsPem: authority.rootPem });
    expect(result.all.filter(({ status }) => status === 'failed')).toEqual([]);
    expect(result.of.get('stamp renewals')).toMatchObject({ status: 'passed' });
    const without = await checks(out, { publicKeyPem: firstKey });
    expect(without.of.get('stamp renewals')).toMatchObject({ status: 'unproven' });
    const swapped = lines.map((line, index) =>
      line.replace(
        /"tsr":".*"/,
        /"tsr":".*"/.exec(lines[(index + 1) % lines.length] ?? '')?.[0] ?? '',
      ),
    );
    writeFileSync(file, `${swapped.join('\n')}\n`);
    const changed = await checks(out, { tsaRootsPem: authority.rootPem });
    expect(changed.ok).toBe(false);
    expect(changed.of.get('stamp renewals')?.detail).toContain('about other data');
  });
  it('is told by the lists of registries, plans and bundles: who, and when', async () => {
    const { registries } = await core.client.call('registry.list', {});
    const { plans } = await core.client.call('plan.list', {});
    const { bundles } = await core.client.call('bundle.list', {});
    for (const stamp of [registries[0]?.stamp, plans[0]?.stamp, bundles[0]?.stamp]) {
      expect(stamp?.authority).toBe('tsa');
      expect(Math.abs(Date.parse(stamp?.utc ?? '') - Date.now())).toBeLessThan(600_000);
    }
  });
});

describe('canaries disclosed beside a public bag', () => {
  it('open its commitments, and stand in the log as revealed', async () => {
    const out = join(tempFolder(), 'public');
    await core.client.call('bundle.export', { auditId, out, profile: 'public' });
    const { columns } = await core.client.call('audit.matrix', { auditId });
    const canaries = columns.slice(0, 2).map(({ canaryId }) => canaryId);
    const beside = join(tempFolder(), 'beside');
    const made = await core.client.call('bundle.disclose', { auditId, canaries, out: beside });
    expect(made).toMatchObject({ path: beside, canaries: 2, exchanges: 2, files: 7 });
    const result = await core.client.call('bundle.verify', { path: out, disclosure: beside });
    expect(result.checks.filter(({ status }) => status === 'failed')).toEqual([]);
    expect(result.ok).toBe(true);
    const named = result.checks.filter(({ name }) => name.startsWith('disclosed '));
    expect(named.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 'passed'));
    const log = await core.client.call('custody.list', { kind: 'canary.revealed' });
    expect(log.events.map(({ data }) => data.canary).sort()).toEqual([...canaries].sort());
    writeFileSync(join(beside, 'exchanges.jsonl'), '');
    const less = await core.client.call('bundle.verify', { path: out, disclosure: beside });
    expect(less.ok).toBe(false);
    const unknown = { auditId, canaries: ['never-asked'] };
    expect((await failureOf(core, 'bundle.disclose', unknown)).code).toBe('NOT_FOUND');
  });
});

describe('an export with a stamp that does not hold', () => {
  it('is not written, and says which', async () => {
    const file = join(core.folder, 'workspace.sqlite');
    const flip = () =>
      withDatabase(file, (db) => {
        db.exec('DROP TRIGGER IF EXISTS stamp_no_update');
        const row = db
          .prepare<[], { id: number; tsr: Buffer }>(
            "SELECT id, tsr FROM stamp WHERE kind = 'plan-seal'",
          )
          .get();
        if (row === undefined) throw new Error('the seal is unstamped');
        // Inside the authority's signature.
        const at = row.tsr.length - 20;
        row.tsr[at] = (row.tsr[at] ?? 0) ^ 1;
        db.prepare('UPDATE stamp SET tsr = ? WHERE id = ?').run(row.tsr, row.id);
      });
    flip();
    const out = join(tempFolder(), 'broken');
    const failure = await failureOf(core, 'bundle.export', { auditId, out });
    expect(failure.code).toBe('INTEGRITY');
    expect(failure.message).toContain('plan seal stamp');
    expect(existsSync(out)).toBe(false);
    flip();
    expect((await core.client.call('bundle.export', { auditId, out })).path).toBe(out);
  });
});

describe('requireStamp', () => {
  it('refuses to seal while the authority is away, and names it', async () => {
    const number = await addRegistry(core.client, drawnCanaries('D', 2, 64), { heldOut: 0 });
    const text = `${planText({ panel, registries: [{ number }] })}requireStamp: true\n`;
    server.answerWith((_query, response) => response.writeHead(503).end());
    const failure = await failureOf(core, 'plan.seal', { text });
    expect(failure).toMatchObject({ code: 'CONFLICT' });
    expect(failure.message).toContain('tsa: it answers with status 503');
    const plans = await core.client.call('plan.list', {});
    expect(plans.plans).toHaveLength(1);
    const late = await addRegistry(core.client, drawnCanaries('E', 2, 64), { heldOut: 0 });
    const unstamped = `${planText({ panel, registries: [{ number: late }] })}requireStamp: true\n`;
    const check = await core.client.call('plan.check', { text: unstamped });
    expect(check.errors[0]?.message).toContain('unstamped');
    // Without the option it is sealed, and said aloud.
    const free = await core.client.call('plan.check', {
      text: planText({ panel, registries: [{ number: late }] }),
    });
    expect(free.summary?.warnings.join(' ')).toContain('UNSTAMPED');
    server.answerWith(null);
    const added = await core.client.call('stamp.add', {
      kind: 'registration',
      subject: String(late),
    });
    expect(added.items[0]?.state).toBe('stamped');
    expect((await core.client.call('plan.check', { text: unstamped })).ok).toBe(true);
    rmSync(bag, { recursive: true });
  });
});
