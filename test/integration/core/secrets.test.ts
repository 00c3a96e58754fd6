import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Envelope } from '#shared/contract/errors.ts';
import { addTargets, type Member, planText, runAudit } from '../../helpers/audit.ts';
import { addRegistry, jsonl } from '../../helpers/canaries.ts';
import { type ChatServer, chatServer } from '../../helpers/chat-server.ts';
import { auditChild } from '../../helpers/child.ts';
import {
  newWorkspace,
  type OpenCore,
  openWorkspace,
  PASSPHRASE,
  removeTempFolders,
  tempFolder,
} from '../../helpers/workspace.ts';

/** Lower-case letters only, so that the normalised form of a text holds them too. */
const SENTINEL = {
  prompt: 'zqpromptwortgeheim',
  candidate: 'zqkandidatgeheim',
  expected: 'zqerwartetgeheim',
  key: 'zqschluesselgeheim-0123456789',
  answer: 'zqantwortdesmodells',
  passphrase: PASSPHRASE,
  system: 'zqsystemanweisung',
  note: 'zqnotizgeheim',
} as const;

/** UTF-8, UTF-16, hex and base64 at each of its three alignments. */
function encodings(secret: string): Buffer[] {
  const bytes = Buffer.from(secret, 'utf8');
  const base64 = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    return text.slice(shift === 0 ? 0 : 4, Math.floor((shift + bytes.length) / 3) * 4);
  });
  return [
    bytes,
    Buffer.from(secret, 'utf16le'),
    Buffer.from(bytes.toString('hex')),
    Buffer.from(bytes.toString('hex').toUpperCase()),
    ...base64.map((text) => Buffer.from(text)),
    ...base64.map((text) => Buffer.from(text.replaceAll('+', '-').replaceAll('/', '_'))),
  ];
}

/** Names of the sentinels that stand in the bytes, in any encoding. */
function leaksIn(
  bytes: Buffer,
  sentinels: readonly (readonly [string, string])[] = Object.entries(SENTINEL),
): string[] {
  return sentinels
    .filter(([, secret]) => encodings(secret).some((form) => bytes.includes(form)))
    .map(([name]) => name);
}

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

const PANEL: readonly Member[] = [
  { name: 'suspect', role: 'suspect', draft: { key: 'main' } },
  { name: 'control-1', role: 'control', draft: { key: 'main' } },
];

const sentinelOf = (at: number): string => `zqeinzeln${'abcdefghij'[at]}geheim`;
const drawnLine = (id: string, at: number): object => ({
  id,
  system: `${SENTINEL.system} please`,
  prompt: `${SENTINEL.prompt} ${sentinelOf(at)} number ${id}?`,
  responses: [`${SENTINEL.candidate} one`, `${SENTINEL.candidate} two`, 'plain three'],
  note: SENTINEL.note,
});
const foundLine = (id: string): object => ({
  id,
  kind: 'found',
  prompt: `${SENTINEL.prompt} found ${id}?`,
  expected: [`${SENTINEL.expected} forever`],
});

let core: OpenCore;
let server: ChatServer;
let childOutput = '';
let childProcess = '';
let bundle = '';
let skipped: readonly string[] = [];
const logged: string[] = [];
const errors: Envelope<unknown>[] = [];

beforeAll(async () => {
  server = await chatServer(({ prompt, model, time }) => {
    const kind = (prompt.length + model.length + time) % 7;
    if (model === 'echo') return { text: `your key is ${SENTINEL.key}` };
    switch (kind) {
      case 0:
        return { status: 500, body: `{"error":{"message":"${SENTINEL.answer} ${prompt}"}}` };
      case 1:
        return { body: `{"choices": "${SENTINEL.answer}` };
      case 2:
        return { text: SENTINEL.answer, cut: 'mid-body' };
      case 3:
        return { text: null, refusal: SENTINEL.answer };
      default:
        return `${SENTINEL.answer}: ${SENTINEL.candidate} one, ${SENTINEL.expected} forever`;
    }
  });
  const remember = (message: string, fields: object = {}): void => {
    logged.push(JSON.stringify({ message, ...fields }));
  };
  core = await newWorkspace({ ports: { logger: { info: remember, error: remember } } });
  await core.client.call('secret.set', { name: 'main', value: SENTINEL.key });
  await addTargets(core.client, server.baseUrl, PANEL);
  const number = await addRegistry(
    core.client,
    [
      ...Array.from({ length: 10 }, (_, at) => drawnLine(`S-${at}`, at)),
      foundLine('SF-1'),
      foundLine('SF-2'),
    ],
    { heldOut: 0.2, plantedFrom: '2026-02-01' },
  );
  await core.client.call('canary.reveal', { id: 'S-1' });
  const text = planText({
    panel: PANEL,
    registries: [{ number }],
    found: 'all',
    rule: 'fixed',
    retry: { attempts: 1, waitMs: 0 },
    limits: { canaries: 6 },
  });
  const { plan } = await core.client.call('plan.seal', { text });
  await core.client.call('workspace.lock', {});

  // The run itself: another process, as talkative as it can be.
  const held = server.log.length + 3;
  const run = auditChild(core.folder, 'start', plan.planId, { TRAPSTREET_VERBOSE: '1' });
  await server.seen(held);
  childProcess = ['cmdline', 'environ', 'comm']
    .map((name) => {
      try {
        return readFileSync(`/proc/${run.process.pid}/${name}`, 'latin1');
      } catch {
        return '';
      }
    })
    .join('\n');
  expect(await run.ended, run.output()).toMatch(/complete|budget/);
  childOutput = run.output();
  const auditId = await run.started;
  await core.client.call('workspace.unlock', { passphrase: PASSPHRASE });
  const { columns } = await core.client.call('audit.matrix', { auditId });
  skipped = columns.filter((column) => column.state === 'skipped').map((one) => one.canaryId);
  bundle = join(tempFolder(), 'bundle');
  await core.client.call('bundle.export', { auditId, out: bundle });
  await core.client.call('evidence.sample', { auditId, canaryId: 'SF-1', target: 'suspect' });
  await provokeErrors();
}, 120_000);
afterAll(async () => {
  await core.close();
  await server.close();
  removeTempFolders();
});

/** Every way in which a caller can hand over a secret and be told that it is wrong. */
async function provokeErrors(): Promise<void> {
  const s = SENTINEL;
  const attempts: readonly (readonly [string, unknown])[] = [
    ['workspace.unlock', { passphrase: 42, [s.passphrase]: s.passphrase }],
    ['workspace.create', { name: 'x', passphrase: 'short' }],
    ['workspace.create', { name: 'x', passphrase: s.passphrase }],
    ['secret.set', { name: 'main', value: `${s.key} with spaces` }],
    ['secret.set', { name: 'Main!', value: s.key }],
    ['secret.set', { name: 'main', value: [s.key] }],
    ['canary.import', { format: 'jsonl', text: `{"id":"a","prompt":"${s.prompt}` }],
    ['canary.import', { format: 'jsonl', text: jsonl([{ id: `${s.prompt}/`, prompt: s.prompt }]) }],
    [
      'canary.import',
      { format: 'jsonl', text: jsonl([{ id: 'a', [`${s.prompt} x`]: s.candidate }]) },
    ],
    ['canary.import', { format: 'jsonl', text: jsonl([drawnLine('S-1', 1)]) }],
    [
      'canary.import',
      {
        format: 'jsonl',
        text: jsonl([
          { id: 'b', prompt: `${s.candidate} one?`, responses: [`${s.candidate} one`, 'x'] },
        ]),
      },
    ],
    [
      'canary.import',
      {
        format: 'jsonl',
        text: jsonl([{ id: 'b', prompt: 'p?', responses: [s.candidate, `${s.candidate}!`] }]),
      },
    ],
    ['canary.import', { format: 'csv', text: `a,${s.prompt},${s.candidate}|x\n` }],
    [
      'canary.import',
      { format: 'csv', text: `id,prompt,responses\na,"${s.prompt}" x,${s.candidate}\n` },
    ],
    ['canary.import', { format: s.prompt, text: s.prompt }],
    [
      'target.add',
      { target: { name: 'u', baseUrl: `https://me:${s.key}@example.org/v1`, model: 'm' } },
    ],
    [
      'target.add',
      {
        target: {
          name: 'u',
          baseUrl: 'https://example.org/v1',
          model: 'm',
          headers: { 'x-api-key': s.key },
        },
      },
    ],
    [
      'target.add',
      { target: { name: 'u', baseUrl: 'https://example.org/v1', model: 'm', key: `K ${s.key}` } },
    ],
    [
      'target.import',
      { text: `name: u\nbaseUrl: https://example.org/v1\nmodel: m\nkey: "Sk ${s.key}"\n` },
    ],
    ['target.import', { text: `name: u\nheaders: { authorization: "${s.key}" }\n` }],
    ['target.import', { text: `name: [${s.key}\n` }],
    ['plan.seal', { text: `trapstreet: plan/1\nname: x\nquestion: [${s.prompt}\n` }],
    ['plan.seal', { text: `trapstreet: plan/1\nname: x\nsamples: ${s.prompt}\npanel: []\n` }],
    ['lab.start', { kit: `{"id": "${s.prompt}` }],
    ['bundle.verify', { path: join(core.folder, 'nothing') }],
  ];
  for (const [name, input] of attempts) {
    const envelope = await core.dispatch(name, input);
    expect(envelope.ok, name).toBe(false);
    errors.push(envelope);
  }
}

describe('secrets', () => {
  it('are really there: the search finds what it should find', () => {
    expect(server.log.some((question) => question.prompt.includes(SENTINEL.prompt))).toBe(true);
    expect(server.log[0]?.headers.authorization).toBe(`Bearer ${SENTINEL.key}`);
    for (const [name, secret] of Object.entries(SENTINEL))
      for (const form of encodings(secret))
        expect(leaksIn(Buffer.concat([Buffer.from('xyz'), form, Buffer.from('z')]))).toContain(
          name,
        );
    const wrapped = Buffer.from(`{"a":"b ${SENTINEL.prompt} c"}`).toString('base64');
    expect(leaksIn(Buffer.from(wrapped))).toEqual(['prompt']);
  });

  it('stand in no file of the workspace while it is open, write-ahead log included', () => {
    const files = filesBelow(core.folder);
    expect(files.map((file) => file.slice(core.folder.length + 1))).toEqual(
      expect.arrayContaining(['workspace.sqlite', 'workspace.sqlite-wal', 'workspace.keys.json']),
    );
    for (const file of files) expect([file, leaksIn(readFileSync(file))]).toEqual([file, []]);
  });

  it('stand in nothing that the process prints, logs, or shows to the system', () => {
    expect(childOutput).toContain('"message":"call"');
    expect(leaksIn(Buffer.from(childOutput))).toEqual([]);
    expect(logged.length).toBeGreaterThan(10);
    expect(leaksIn(Buffer.from(logged.join('\n')))).toEqual([]);
    expect(leaksIn(Buffer.from(childProcess))).toEqual([]);
  });

  it('stand in no error message', () => {
    expect(errors.length).toBeGreaterThan(20);
    for (const error of errors) {
      const text = JSON.stringify(error);
      expect([text, leaksIn(Buffer.from(text.toLowerCase()))]).toEqual([text, []]);
    }
  });

  it('of the vault, and canaries that were not asked, stand in no file of the bundle', () => {
    expect(skipped.length).toBeGreaterThan(0);
    const hidden = skipped.map((id) => [id, sentinelOf(Number(id.slice(2)))] as const);
    const never = [
      ['key', SENTINEL.key],
      ['passphrase', SENTINEL.passphrase],
      ['note', SENTINEL.note],
      ...hidden,
    ] as const;
    const files = filesBelow(bundle);
    expect(files.length).toBeGreaterThan(10);
    for (const file of files)
      expect([file, leaksIn(readFileSync(file), never)]).toEqual([file, []]);
    const all = Buffer.concat(files.map((file) => readFileSync(file)));
    expect(leaksIn(all)).toEqual(expect.arrayContaining(['prompt', 'answer']));
  });

  it('that a server sends back are not stored, and the export holds nothing of them', async () => {
    const panel: Member[] = [{ name: 'echo', role: 'suspect', draft: { key: 'main' } }];
    await addTargets(core.client, server.baseUrl, panel);
    const number = await addRegistry(core.client, [drawnLine('E-1', 0)], { heldOut: 0 });
    const ran = await runAudit(core.client, planText({ panel, registries: [{ number }] }));
    expect(ran.status.message).toMatch(/Revoke the key/);
    const out = join(tempFolder(), 'bundle');
    await core.client.call('bundle.export', { auditId: ran.auditId, out });
    expect((await core.client.call('bundle.verify', { path: out })).ok).toBe(true);
    const files = filesBelow(out);
    expect(files.length).toBeGreaterThan(10);
    for (const file of files)
      expect([file, leaksIn(readFileSync(file), [['key', SENTINEL.key]])]).toEqual([file, []]);
    for (const file of filesBelow(core.folder))
      expect([file, leaksIn(readFileSync(file))]).toEqual([file, []]);
  });

  it('that were removed are gone from the files once the workspace is locked', async () => {
    await core.client.call('secret.remove', { name: 'main' });
    await core.client.call('workspace.lock', {});
    expect(existsSync(`${core.database}-wal`)).toBe(false);
    expect(existsSync(`${core.database}-shm`)).toBe(false);
    const again = await openWorkspace(core.folder);
    expect((await again.client.call('secret.list', {})).secrets).toEqual([]);
    await again.close();
    for (const file of filesBelow(core.folder))
      expect([file, leaksIn(readFileSync(file))]).toEqual([file, []]);
  });
});
