import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { utf8 } from '#shared/evidence/bytes.ts';
import { assertSuccession, readKeyHistory } from '#shared/evidence/key-history.ts';
import { spkiFromPem } from '#shared/evidence/spki.ts';
import { closeAfterEach } from '../../helpers/closing.ts';
import { makeAuthority, serveAuthority } from '../../helpers/timestamp-authority.ts';
import {
  copyWorkspace,
  failureOf,
  newWorkspace,
  type OpenCore,
  openWorkspace,
  removeTempFolders,
  tempFolder,
  withDatabase,
} from '../../helpers/workspace.ts';

const closeLater = closeAfterEach();
afterAll(removeTempFolders);

async function workspace(options: Parameters<typeof newWorkspace>[0] = {}): Promise<OpenCore> {
  const core = await newWorkspace(options);
  closeLater(() => core.close());
  return core;
}

const openssl = (args: readonly string[], input?: string): string =>
  execFileSync('openssl', args, { input, stdio: ['pipe', 'pipe', 'ignore'] }).toString();
const newKeyPem = (): string =>
  openssl(['pkcs8', '-topk8', '-nocrypt'], openssl(['ecparam', '-name', 'prime256v1', '-genkey']));

describe('the key id', () => {
  it('is what ssh-keygen prints for the public key', async () => {
    const core = await workspace();
    const { keyid, publicKeyPem } = await core.client.call('key.show', {});
    const file = join(tempFolder(), 'signer.pub.pem');
    writeFileSync(file, publicKeyPem);
    const openssh = execFileSync('ssh-keygen', ['-i', '-m', 'PKCS8', '-f', file]);
    const line = execFileSync('ssh-keygen', ['-lf', '-'], { input: openssh }).toString();
    expect(line.split(' ')[1]).toBe(keyid);
  });
});

describe('rotation', () => {
  it('makes a key that the one before it signs; everything older still verifies', async () => {
    const core = await workspace();
    const first = await core.client.call('key.show', {});
    const rotated = await core.client.call('key.rotate', {});
    expect(rotated).toMatchObject({ origin: 'made', previousKeyid: first.keyid, isCurrent: true });
    expect((await core.client.call('key.show', {})).keyid).toBe(rotated.keyid);
    const again = await core.client.call('key.rotate', {});
    const { keys, file } = await core.client.call('key.history', {});
    expect(keys.map((key) => key.keyid)).toEqual([first.keyid, rotated.keyid, again.keyid]);
    expect(keys.map((key) => key.isCurrent)).toEqual([false, false, true]);
    const history = readKeyHistory(utf8(file));
    for (const known of [first, rotated, again])
      assertSuccession(history, spkiFromPem(again.publicKeyPem), spkiFromPem(known.publicKeyPem));
    const stranger = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey;
    const strangerSpki = new Uint8Array(stranger.export({ type: 'spki', format: 'der' }));
    expect(() => assertSuccession(history, spkiFromPem(again.publicKeyPem), strangerSpki)).toThrow(
      'does not lead from the key you know',
    );
    expect(() => assertSuccession(history, spkiFromPem(first.publicKeyPem), null)).toThrow(
      'does not end with the key that signed',
    );
    const events = await core.client.call('custody.list', { kind: 'key.succeeded' });
    expect(events.events.map(({ data }) => data.keyid)).toEqual([again.keyid, rotated.keyid]);
    expect((await core.client.call('custody.verify', {})).ok).toBe(true);
  });

  it('of a history that was tampered with is refused', async () => {
    const core = await workspace();
    await core.client.call('key.rotate', {});
    await core.client.call('key.rotate', {});
    const { file } = await core.client.call('key.history', {});
    const [a = '', b = '', c = ''] = file.trimEnd().split('\n');
    const joined = (...lines: string[]) => utf8(lines.map((line) => `${line}\n`).join(''));
    expect(readKeyHistory(joined(a, b, c))).toHaveLength(3);
    expect(() => readKeyHistory(joined(a, c))).toThrow('key 2 is not signed by the key before it');
    expect(() => readKeyHistory(joined(b, c))).toThrow('does not sign its own statement');
    expect(() => readKeyHistory(joined(a, b, b))).toThrow('key 3 is not signed');
    expect(() => readKeyHistory(joined(a, a))).toThrow();
    expect(() => readKeyHistory(joined(a, b.replace('SHA256:', 'SHA256:A'), c))).toThrow();
    expect(() => readKeyHistory(utf8(`${a}\n${b}`))).toThrow('line end');
    const swapped = JSON.parse(c) as { statement: unknown };
    swapped.statement = (JSON.parse(b) as { statement: unknown }).statement;
    expect(() => readKeyHistory(joined(a, b, JSON.stringify(swapped)))).toThrow();
  });

  it('is stamped at birth where an authority is configured', async () => {
    const authority = makeAuthority('ec');
    const server = await serveAuthority(authority);
    closeLater(server.close);
    const core = await workspace();
    const { url } = server;
    const { rootPem: rootsPem } = authority;
    await core.client.call('authority.add', {
      name: 'tsa',
      url,
      rootsPem,
      allowPrivate: true,
      allowHttp: true,
    });
    const key = await core.client.call('key.rotate', {});
    expect(key.stamps).toHaveLength(1);
    const { keys, file } = await core.client.call('key.history', {});
    expect(keys.map(({ stamps }) => stamps.length)).toEqual([0, 1]);
    // The stamp travels with the history.
    expect(file.split('signedTimestamp')).toHaveLength(2);
  });
});

/** A key file whose public half belongs to another key. */
function otherPublicHalf(): string {
  const der = (pem: string) => Buffer.from(pem.split('\n').slice(1, -2).join(''), 'base64');
  const [one, two] = [der(newKeyPem()), der(newKeyPem())];
  two.subarray(-64).copy(one, one.length - 64);
  return `-----BEGIN PRIVATE KEY-----\n${one.toString('base64')}\n-----END PRIVATE KEY-----\n`;
}

describe('import', () => {
  it('takes PKCS#8, plain and encrypted, of P-256', async () => {
    const core = await workspace();
    const plain = newKeyPem();
    const imported = await core.client.call('key.import', { pem: plain });
    expect(imported.origin).toBe('imported');
    expect(imported.publicKeyPem).toBe(openssl(['pkey', '-pubout'], plain));
    const sealed = openssl(
      ['pkcs8', '-topk8', '-passout', 'pass:open sesame', '-v2', 'aes256'],
      newKeyPem(),
    );
    const second = await core.client.call('key.import', { pem: sealed, passphrase: 'open sesame' });
    expect(second.previousKeyid).toBe(imported.keyid);
    expect(await failureOf(core, 'key.import', { pem: plain })).toMatchObject({ code: 'CONFLICT' });
  });

  it('refuses everything else, in words that help', async () => {
    const core = await workspace();
    const other = (type: 'rsa' | 'ed25519' | 'secp384r1'): string => {
      const pair =
        type === 'rsa'
          ? generateKeyPairSync('rsa', { modulusLength: 2048 })
          : type === 'ed25519'
            ? generateKeyPairSync('ed25519')
            : generateKeyPairSync('ec', { namedCurve: type });
      return pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    };
    const sealed = openssl(
      ['pkcs8', '-topk8', '-passout', 'pass:right', '-v2', 'aes256'],
      newKeyPem(),
    );
    const cases: readonly (readonly [string, string | null, string])[] = [
      [other('rsa'), null, 'Only ECDSA P-256'],
      [other('ed25519'), null, 'Only ECDSA P-256'],
      [other('secp384r1'), null, 'Only ECDSA P-256'],
      [
        openssl(['ecparam', '-name', 'prime256v1', '-genkey', '-noout']),
        null,
        'openssl pkcs8 -topk8',
      ],
      [sealed, null, 'Give its passphrase'],
      [sealed, 'wrong', 'passphrase is wrong'],
      [newKeyPem().replace(/\n[A-Za-z0-9+/]{10}/, '\nAAAAAAAAAA'), null, 'damaged'],
      [otherPublicHalf(), null, 'damaged'],
      ['hello', null, 'not one private key'],
      [newKeyPem() + newKeyPem(), null, 'not one private key'],
    ];
    for (const [pem, passphrase, message] of cases) {
      const failure = await failureOf(core, 'key.import', { pem, passphrase });
      expect(failure).toMatchObject({ code: 'IMPORT_REJECTED' });
      expect(failure.message).toContain(message);
    }
    expect((await core.client.call('key.history', {})).keys).toHaveLength(1);
  });
});

describe('a key that is missing or has expired signs nothing', () => {
  const text = (id: string): string =>
    `${JSON.stringify({ id, kind: 'found', type: 'O', prompt: 'Which bird stands on the sign?', expected: ['one'] })}\n`;

  it('expired: commitments are refused until the key is rotated', async () => {
    let nowMs = Date.now();
    const core = await workspace({
      ports: { clock: { nowMs: () => nowMs, monotonicNs: () => process.hrtime.bigint() } },
    });
    const past = new Date(nowMs - 1_000).toISOString();
    expect((await failureOf(core, 'key.rotate', { expiresUtc: past })).code).toBe('CONFLICT');
    const expiresUtc = new Date(nowMs + 60_000).toISOString();
    await core.client.call('key.rotate', { expiresUtc });
    await core.client.call('canary.import', { format: 'jsonl', text: text('c-1') });
    nowMs += 120_000;
    const failure = await failureOf(core, 'registry.commit', {});
    expect(failure).toMatchObject({ code: 'CONFLICT' });
    expect(failure.message).toContain('key rotate');
    expect((await core.client.call('key.show', {})).keyid).toMatch(/^SHA256:/);
    const next = await core.client.call('key.rotate', {});
    expect(next.expiresUtc).toBeNull();
    expect((await core.client.call('registry.commit', {})).number).toBe(1);
    const { file } = await core.client.call('key.history', {});
    expect(readKeyHistory(utf8(file)).map(({ about }) => about.expires_utc)).toEqual([
      null,
      expiresUtc,
      null,
    ]);
  });

  it('missing: a clear error', async () => {
    const made = await newWorkspace();
    await made.client.call('canary.import', { format: 'jsonl', text: text('c-1') });
    await made.close();
    const folder = copyWorkspace(made.folder);
    withDatabase(join(folder, 'workspace.sqlite'), (db) => {
      db.pragma('foreign_keys = OFF');
      db.exec('DELETE FROM key_statement; DELETE FROM signing_key');
    });
    const core = await openWorkspace(folder);
    closeLater(() => core.close());
    expect(await failureOf(core, 'registry.commit', {})).toMatchObject({
      code: 'INTEGRITY',
      message: expect.stringContaining('no signing key'),
    });
  });
});
