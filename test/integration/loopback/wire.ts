import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEventBus, type EventBus } from '#core/events.ts';
import type { Envelope } from '#shared/contract/errors.ts';
import { type Loopback, startLoopback } from '../../../electron/hosts/loopback/server.ts';

/** An answer as bytes on the wire, taken apart. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends exactly these bytes and reads until the server closes the connection. */
export function exchange(port: number, bytes: string | Uint8Array): Promise<WireAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    const socket = connect({ host: '127.0.0.1', port });
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', (error) => (chunks.length > 0 ? undefined : reject(error)));
    socket.on('close', () => resolve(parse(Buffer.concat(chunks).toString('utf8'))));
    socket.write(bytes);
  });
}

function parse(answer: string): WireAnswer {
  const split = answer.indexOf('\r\n\r\n');
  const [first = '', ...lines] = answer.slice(0, split).split('\r\n');
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  return { status: Number(first.split(' ')[1]), headers, body: answer.slice(split + 4) };
}

export type Fields = Readonly<Record<string, string | null>>;

/** A request as text; a field set to null is left out. The connection is closed after it. */
export function request(line: string, fields: Fields, body = ''): string {
  const lines = Object.entries({ connection: 'close', ...fields })
    .filter((field): field is [string, string] => field[1] !== null)
    .map(([name, value]) => `${name}: ${value}`);
  return `${[`${line} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n${body}`;
}

export interface Call {
  readonly name: string;
  readonly input: unknown;
}

export interface Rig {
  readonly server: Loopback;
  readonly port: number;
  readonly host: string;
  readonly calls: readonly Call[];
  readonly events: EventBus;
  /** What the core answers next. */
  answer(envelope: Envelope<unknown>): void;
  get(path: string, fields?: Fields): Promise<WireAnswer>;
  stop(): Promise<void>;
}

export interface RigOptions {
  readonly openTokenTtlMs?: number;
  readonly heartbeatMs?: number;
  readonly port?: number;
}

/** Browser mode over a core that only remembers what reached it: the guards are what is tested. */
export async function startRig(options: RigOptions = {}): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), 'trapstreet-loopback-'));
  const pages = join(folder, 'pages');
  mkdirSync(join(pages, 'assets'), { recursive: true });
  writeFileSync(join(pages, 'index.html'), '<!doctype html><title>Pages</title>');
  writeFileSync(join(pages, 'assets', 'main-a1.js'), 'export const page = 1;');
  writeFileSync(join(pages, '.hidden'), 'hidden');
  writeFileSync(join(folder, 'secret.txt'), 'outside the pages');
  symlinkSync(join(folder, 'secret.txt'), join(pages, 'link.txt'));
  const events = createEventBus();
  const calls: Call[] = [];
  let next: Envelope<unknown> = { ok: true, data: { done: true } };
  const server = await startLoopback({
    core: {
      events,
      dispatch: async (name, input) => {
        calls.push({ name, input });
        return next;
      },
    },
    rendererDir: pages,
    ...options,
  });
  const host = `127.0.0.1:${server.port}`;
  return {
    server,
    port: server.port,
    host,
    calls,
    events,
    answer: (envelope) => {
      next = envelope;
    },
    get: (path, fields = {}) => exchange(server.port, request(`GET ${path}`, { host, ...fields })),
    stop: async () => {
      await server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

export interface Visitor {
  /** Name and value of the cookie. */
  readonly cookie: string;
  readonly csrf: string;
  /** A call as our own page makes it, with some fields changed. */
  call(name: string, input: unknown, change?: Fields): Promise<WireAnswer>;
}

/** Opens the printed address as a browser does and reads the token of the session. */
export async function visit(rig: Rig): Promise<Visitor> {
  const opened = await rig.get(rig.server.url.slice(rig.server.origin.length), {
    'sec-fetch-site': 'none',
  });
  const cookie = (opened.headers['set-cookie'] ?? '').split(';')[0] ?? '';
  const session = await rig.get('/session', { cookie, 'sec-fetch-site': 'same-origin' });
  const { csrf } = JSON.parse(session.body) as { csrf: string };
  return {
    cookie,
    csrf,
    call: (name, input, change = {}) => {
      const body = JSON.stringify(input);
      const fields = {
        host: rig.host,
        origin: rig.server.origin,
        cookie,
        'sec-fetch-site': 'same-origin',
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
        'x-trapstreet-csrf': csrf,
        ...change,
      };
      return exchange(rig.port, request(`POST /rpc/${name}`, fields, body));
    },
  };
}
