import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ChatServer, startChatServer } from '../cli/chat-server.ts';
import { canaryLines, planYaml, targetsYaml, writer } from '../cli/files.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const OBSERVER = join(ROOT, 'test/helpers/network-observer.mjs');
const PROGRAM = join(ROOT, 'electron/hosts/trapstreet.ts');
const KEY = 'sk-observed-0123456789';
const PANEL = [
  { name: 'parrot', role: 'suspect', key: 'house' },
  { name: 'control-a', role: 'control', key: 'house' },
];

/** Whether system calls can be watched here: the tool is missing on some systems, and forbidden in some containers. */
const canTrace = ((): boolean => {
  try {
    execFileSync('strace', ['-f', '-e', 'trace=connect', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

let folder: string;
let server: ChatServer;
let calls = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'trapstreet-network-'));
  server = await startChatServer(() => 'I am not sure about that one.', KEY);
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const seenFile = (): string => join(folder, 'seen.jsonl');
const traceFile = (): string => join(folder, `trace-${calls}`);

/** Runs a program under both observers. */
async function run(
  args: readonly string[],
  stdin = '',
): Promise<{ code: number | null; out: string }> {
  calls += 1;
  const node = [process.execPath, OBSERVER, ...args];
  const traced = [
    'strace',
    '-f',
    '-qq',
    '-e',
    'trace=connect,sendto,sendmsg,sendmmsg,bind',
    '-o',
    traceFile(),
    ...node,
  ];
  const [command = '', ...rest] = canTrace ? traced : node;
  const child = spawn(command, rest, {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      NETWORK_OBSERVER_FILE: seenFile(),
      TRAPSTREET_WORKSPACE: join(folder, 'workspace'),
      TRAPSTREET_PASSPHRASE: 'correct horse battery',
      // Set, and without effect: no target asks for the system's proxy.
      HTTP_PROXY: 'http://127.0.0.1:9',
      https_proxy: 'http://127.0.0.1:9',
    },
  });
  child.stdin.end(stdin);
  let out = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
  const code = await new Promise<number | null>((done) => child.on('close', done));
  return { code, out };
}

const trapstreet = (...args: string[]) => run([PROGRAM, ...args]);

interface Seen {
  readonly kind: string;
  readonly what: string;
}
const observed = (): Seen[] =>
  existsSync(seenFile())
    ? readFileSync(seenFile(), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Seen)
    : [];

/** Internet addresses of the traced system calls: `call address:port`. */
function traced(): string[] {
  const lines = Array.from({ length: calls }, (_, index) => join(folder, `trace-${index + 1}`))
    .filter((file) => existsSync(file))
    .flatMap((file) => readFileSync(file, 'utf8').split('\n'));
  return lines.flatMap((line) => {
    const call = /\b(connect|sendto|sendmsg|sendmmsg|bind)\(/.exec(line)?.[1];
    const address = /sin6?_addr[=(].*?"([^"]+)"/.exec(line)?.[1];
    const port = /sin6?_port=htons\((\d+)\)/.exec(line)?.[1];
    return call === undefined || port === undefined ? [] : [`${call} ${address}:${port}`];
  });
}

describe('the main job under an observer', () => {
  it('connects to the configured host and to nothing else, and asks no name server', async () => {
    const write = writer(folder);
    const port = new URL(server.baseUrl).port;
    write('canaries.jsonl', canaryLines(6));
    write('targets.yaml', targetsYaml(server.baseUrl, PANEL));
    write('plan.yaml', planYaml(PANEL, { registry: 1 }));
    const steps: readonly (readonly [codes: readonly number[], ...args: string[]])[] = [
      [[0], 'workspace', 'create', '--name', 'House'],
      [[0], 'canary', 'import', 'canaries.jsonl'],
      [[0], 'registry', 'commit', '--held-out', '0.25'],
      [[0], 'registry', 'draw', '1', '--beacon', '3b'.repeat(32), '--source', 'by hand'],
      [[0], 'registry', 'kit', '1', '--out', 'kit.jsonl', '--planted-from', '2026-02-01'],
      [[0], 'target', 'add', 'targets.yaml'],
      [[0], 'target', 'test', 'parrot'],
      [[0, 10, 20, 40], 'audit', 'run', '--plan', 'plan.yaml'],
      [[0, 10, 20], 'evidence', 'show', 'last'],
      [[0], 'report', 'write', 'last', '--out', 'report.html'],
      [[0], 'bundle', 'export', 'last', '--out', 'bag'],
      [[0], 'bundle', 'verify', 'bag'],
      [[0], 'workspace', 'verify'],
    ];
    for (const [codes, ...args] of steps) {
      if (args[0] === 'target' && args[1] === 'add')
        expect((await run([PROGRAM, 'secret', 'set', 'house'], `${KEY}\n`)).code).toBe(0);
      const { code, out } = await trapstreet(...args);
      expect(codes, `${args.join(' ')}: ${out}`).toContain(code);
    }
    expect(server.complaints).toEqual([]);
    const requests = server.asked.length;
    expect(requests).toBeGreaterThan(12);
    const seen = observed();
    expect(seen.filter(({ kind }) => kind !== 'connect')).toEqual([]);
    expect(new Set(seen.map(({ what }) => what))).toEqual(new Set([`127.0.0.1:${port}`]));
    expect(seen).toHaveLength(requests);
    const { out } = await trapstreet('activity', 'list', '--json');
    const listed = JSON.parse(out.split('\n').find((line) => line.startsWith('{')) ?? '{}') as {
      total: number;
      hosts: { host: string }[];
    };
    expect(listed.total).toBe(requests);
    expect(listed.hosts.map(({ host }) => host)).toEqual([`127.0.0.1:${port}`]);
    if (canTrace)
      expect(traced()).toEqual(Array.from({ length: requests }, () => `connect 127.0.0.1:${port}`));
    else
      process.stdout.write('SKIPPED: strace is not usable here; system calls were not watched\n');
  }, 240_000);

  it('is watched by observers that see: a name, a datagram, a listener and a connection of another program', async () => {
    const before = { seen: observed().length, traced: traced().length };
    const script = `
      import dgram from 'node:dgram'; import dns from 'node:dns'; import { lookup } from 'node:dns/promises';
      import { createServer, connect } from 'node:net';
      await lookup('localhost'); await new Promise((d) => dns.lookup('localhost', d));
      const u = dgram.createSocket('udp4'); await new Promise((d) => u.send('x', 9, '127.0.0.1', d)); u.close();
      const s = createServer((c) => c.destroy()); await new Promise((d) => s.listen(0, '127.0.0.1', d));
      await new Promise((d) => connect(s.address().port, '127.0.0.1').on('close', d).on('error', d)); s.close();`;
    const program = join(folder, 'other.mjs');
    writeFileSync(program, script);
    expect((await run([program])).code).toBe(0);
    const seen = observed().slice(before.seen);
    expect(new Set(seen.map(({ kind }) => kind))).toEqual(
      new Set(['dns', 'datagram', 'listen', 'connect']),
    );
    if (!canTrace) return;
    const system = traced().slice(before.traced).join('\n');
    expect(system).toMatch(/^send(?:to|msg|mmsg) 127\.0\.0\.1:9$/m);
    expect(system).toMatch(/^bind 127\.0\.0\.1:0$/m);
    expect(system).toMatch(/^connect 127\.0\.0\.1:\d+$/m);
  });
});
