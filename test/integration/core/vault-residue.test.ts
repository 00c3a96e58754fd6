import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createResidueSearch } from '#core/security/residue.ts';
import { addTargets, type Member, planText, runAudit } from '../../helpers/audit.ts';
import { addRegistry } from '../../helpers/canaries.ts';
import { type ChatServer, chatServer } from '../../helpers/chat-server.ts';
import {
  failureOf,
  newWorkspace,
  type OpenCore,
  openWorkspace,
  ROOT,
  removeTempFolders,
  tempFolder,
} from '../../helpers/workspace.ts';

const SENTINEL = {
  prompt: 'zvpromptgeheim of the northern gate',
  candidate: 'zvkandidatgeheim',
  answer: 'zvantwortgeheim as the server says it',
  note: 'zvnotizgeheim for the analyst',
  key: 'zvschluesselgeheim-0123456789',
  proxy: 'zvbenutzer:zvproxygeheim-98765',
  newPassphrase: 'zvneuepassphrase of several words',
} as const;
const PANEL: readonly Member[] = [
  { name: 'suspect', role: 'suspect', draft: { key: 'main' } },
  { name: 'failing', role: 'control', draft: { key: 'main' } },
];

const secrets: { kind: string; secret: string }[] = Object.entries(SENTINEL).map(
  ([kind, secret]) => ({ kind, secret }),
);
const leaksIn = (bytes: Buffer): string[] => {
  const counts = new Map<string, number>();
  createResidueSearch(secrets).search(bytes, 0, counts);
  return [...counts.keys()];
};
const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

function expectClean(folder: string): void {
  const files = filesBelow(folder);
  expect(files.length).toBeGreaterThan(1);
  for (const file of files) expect([file, leaksIn(readFileSync(file))]).toEqual([file, []]);
}

let core: OpenCore;
let server: ChatServer;
let auditId = '';
const logged: string[] = [];
const leftBefore = new Set(readdirSync(tmpdir()));

beforeAll(async () => {
  server = await chatServer(({ model, prompt }) =>
    model === 'failing'
      ? { status: 500, body: `{"error":{"message":"${prompt}"}}` }
      : `${SENTINEL.answer}: ${SENTINEL.candidate} one`,
  );
  const remember = (message: string, fields: object = {}): void => {
    logged.push(JSON.stringify({ message, ...fields }));
  };
  core = await newWorkspace({ ports: { logger: { info: remember, error: remember } } });
  const { client } = core;
  await client.call('secret.set', { name: 'main', value: SENTINEL.key });
  await client.call('secret.set', { name: 'proxy', value: SENTINEL.proxy });
  await addTargets(client, server.baseUrl, PANEL);
  const lines = Array.from({ length: 6 }, (_, at) => ({
    id: `V-${at}`,
    prompt: `${SENTINEL.prompt} ${at}?`,
    responses: [`${SENTINEL.candidate} one`, `${SENTINEL.candidate} two`],
    note: SENTINEL.note,
  }));
  const number = await addRegistry(client, lines, { heldOut: 0 });
  const plan = planText({ panel: PANEL, registries: [{ number }], rule: 'fixed' });
  auditId = (await runAudit(client, plan)).auditId;
}, 60_000);
afterAll(async () => {
  await core.close();
  await server.close();
  removeTempFolders();
});

describe('the residue search', () => {
  it('finds a part of a secret in every spelling, across the parts of a file, and nothing else', () => {
    const long = 'zvlangestextgeheim '.repeat(9);
    const search = createResidueSearch([
      { kind: 'long', secret: long },
      { kind: 'bytes', secret: Uint8Array.from({ length: 32 }, (_, at) => 200 - at) },
      { kind: 'short', secret: 'too short' },
    ]);
    const found = (bytes: Buffer): string[] => {
      const counts = new Map<string, number>();
      search.search(bytes, 0, counts);
      return [...counts.keys()];
    };
    const part = Buffer.from(long.slice(30, 90));
    for (const form of [
      part,
      Buffer.from(part.toString('utf8'), 'utf16le'),
      Buffer.from(part.toString('hex').toUpperCase()),
      Buffer.from(part.toString('base64')),
      Buffer.from(Buffer.concat([Buffer.from('x'), part]).toString('base64')),
      Buffer.from(Buffer.concat([Buffer.from('xy'), part]).toString('base64url')),
    ])
      expect(found(Buffer.concat([Buffer.from('..'), form, Buffer.from('..')]))).toEqual(['long']);
    expect(found(Buffer.from(Array.from({ length: 32 }, (_, at) => 200 - at)))).toEqual(['bytes']);
    expect(found(Buffer.from('too short and zvlanges and other text'))).toEqual([]);
  });
});

describe('secrets of a whole run, a failed target, a rotation and a new passphrase', () => {
  it('stand in no file while it is open, locked, or changed', async () => {
    expectClean(core.folder);
    const { client } = core;
    const passphrase = 'correct horse battery staple';
    const { code } = await client.call('vault.createRecovery', { passphrase });
    secrets.push({ kind: 'recovery', secret: code }, { kind: 'passphrase', secret: passphrase });
    await client.call('vault.changePassphrase', { code, newPassphrase: SENTINEL.newPassphrase });
    expectClean(core.folder);
    await client.call('vault.rotate', { passphrase: SENTINEL.newPassphrase });
    expectClean(core.folder);
    await client.call('secret.remove', { name: 'proxy' });
    await client.call('workspace.lock', {});
    expectClean(core.folder);
    expect(filesBelow(core.folder).some((file) => /-wal$|-shm$|\.writing$/.test(file))).toBe(false);
    await client.call('workspace.unlock', { passphrase: SENTINEL.newPassphrase });
    await failureOf(core, 'vault.unlockWithRecovery', { code: `${SENTINEL.key}!` });
    await failureOf(core, 'vault.createRecovery', { passphrase: SENTINEL.key });
    expect(logged.length).toBeGreaterThan(20);
    expect(leaksIn(Buffer.from(logged.join('\n')))).toEqual([]);
  }, 30_000);

  it('of the vault stand in no export', async () => {
    const out = join(tempFolder(), 'bundle');
    await core.client.call('bundle.export', { auditId, out });
    const kinds = new Set(filesBelow(out).flatMap((file) => leaksIn(readFileSync(file))));
    for (const kind of ['key', 'proxy', 'newPassphrase', 'passphrase', 'recovery', 'note'])
      expect(kinds).not.toContain(kind);
    expect(kinds).toContain('prompt');
  });

  it('are shown by no process: not in its arguments, name, output, or leftovers in the folder for temporary files', async () => {
    const folder = core.folder;
    await core.client.call('workspace.lock', {});
    const file = join(tempFolder(), 'passphrase.txt');
    writeFileSync(file, SENTINEL.newPassphrase, { mode: 0o600 });
    const child = spawn(
      process.execPath,
      [
        join(ROOT, 'electron/hosts/trapstreet.ts'),
        ...['vault', 'scan', '--verbose', '--workspace', folder, '--passphrase-file', file],
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const output: Buffer[] = [];
    let shown = '';
    const look = (chunk: Buffer): void => {
      output.push(chunk);
      for (const name of ['cmdline', 'comm', 'environ'])
        try {
          shown += readFileSync(`/proc/${child.pid}/${name}`, 'latin1');
        } catch {
          // Gone already, or another system.
        }
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    const status = await new Promise((resolve) => child.on('close', resolve));
    const text = Buffer.concat(output);
    expect([status, text.toString()]).toEqual([0, expect.stringContaining('None of them stands')]);
    if (process.platform === 'linux') expect(shown).toContain('trapstreet.ts');
    expect(leaksIn(text)).toEqual([]);
    expect(leaksIn(Buffer.from(shown, 'latin1'))).toEqual([]);
    const left = readdirSync(tmpdir()).filter((name) => !leftBefore.has(name));
    expect(
      left.filter((name) => /trapstreet(?!-test)/.test(name) && /vault|keys/.test(name)),
    ).toEqual([]);
    await core.client.call('workspace.unlock', { passphrase: SENTINEL.newPassphrase });
  }, 30_000);
});

describe('vault.scan', () => {
  it('finds nothing in a workspace as it should be', async () => {
    for (const { name } of PANEL) await core.client.call('target.test', { name });
    const found = await core.client.call('vault.scan', {});
    expect(found).toMatchObject({ ok: true, findings: [] });
    expect(found.secrets).toBeGreaterThan(20);
    expect(found.bytes).toBeGreaterThan(100_000);
  });

  it('tells by file and kind what somebody left there, and never the text', async () => {
    writeFileSync(join(core.folder, 'notes.txt'), `remember: ${SENTINEL.key}\n`);
    const also = tempFolder();
    writeFileSync(join(also, 'copy.json'), JSON.stringify({ q: `${SENTINEL.prompt} 1?` }));
    const found = await core.client.call('vault.scan', { also: [also] });
    expect(found.ok).toBe(false);
    const kindsOf = (end: string) =>
      found.findings.find(({ path }) => path.endsWith(end))?.kinds.map(({ kind }) => kind);
    expect(kindsOf('notes.txt')).toEqual(['api-key']);
    expect(kindsOf('copy.json')).toContain('canary');
    expect(leaksIn(Buffer.from(JSON.stringify(found)))).toEqual([]);
    expect((await failureOf(core, 'vault.scan', { also: ['/nowhere/at/all'] })).code).toBe(
      'NOT_FOUND',
    );
    const again = await openOrNull();
    expect(again).toBe('WRONG_PASSPHRASE');
  });
});

/** The former passphrase is of no use to another process either. */
async function openOrNull(): Promise<string> {
  try {
    const other = await openWorkspace(core.folder);
    await other.close();
    return 'opened';
  } catch (error) {
    return (error as { code: string }).code;
  }
}
