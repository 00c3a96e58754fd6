import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { parentPort } from 'node:worker_threads';
import ipaddr from 'ipaddr.js';
import { createPacResolver } from 'pac-resolver';
import { QuickJS } from 'quickjs-wasi';

/** One run of a script, with what is known of names so far. */
export interface PacJob {
  readonly script: string;
  /** Scheme, host and port with a slash: a script needs no more of a request. */
  readonly url: string;
  readonly host: string;
  readonly known: ReadonlyMap<string, string | null>;
  /** The script is interrupted after this time; what it has our own functions do is not. */
  readonly runMs: number;
  readonly memoryBytes: number;
}

/** `wanted`: names it asked about that were not known. The words of a failure are never repeated. */
export type PacAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'result'; readonly result: unknown; readonly wanted: readonly string[] }
  | { readonly kind: 'failed' };

const MOST_RESULT = 4_096;
const MOST_TEXT = 2_048;
const MOST_WANTED = 64;

async function run(job: PacJob): Promise<PacAnswer> {
  const wanted = new Set<string>();
  const end = performance.now() + job.runMs;
  const machine = await QuickJS.create({
    memoryLimit: job.memoryBytes,
    interruptHandler: () => performance.now() > end,
  });
  try {
    const addressOf = (host: string): string | null => {
      if (isIP(host) === 4) return host;
      const name = host.toLowerCase();
      if (!/^[a-z0-9_-][a-z0-9._-]{0,252}$/.test(name)) return null;
      if (!job.known.has(name) && wanted.size < MOST_WANTED) wanted.add(name);
      return job.known.get(name) ?? null;
    };
    const find = createPacResolver(machine, job.script, { sandbox: sandbox(addressOf) });
    const result: unknown = await find(job.url, job.host);
    const list = typeof result === 'string' && result.length <= MOST_RESULT ? result : null;
    return { kind: 'result', result: list, wanted: [...wanted] };
  } catch {
    return { kind: 'failed' };
  } finally {
    machine.dispose();
  }
}

/** The functions of a script that would look up names, connect, print or take long on our side. */
function sandbox(addressOf: (host: string) => string | null) {
  const host = (value: unknown): string | null => addressOf(text(value));
  return {
    alert: () => undefined,
    dnsResolve: (name?: unknown) => host(name),
    isResolvable: (name?: unknown) => host(name) !== null,
    isInNet: (name?: unknown, pattern?: unknown, mask?: unknown) =>
      inNet(host(name), text(pattern), text(mask)),
    myIpAddress: () => ownAddress(),
    shExpMatch: (value?: unknown, pattern?: unknown) => matchesShell(text(value), text(pattern)),
  };
}

const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, MOST_TEXT) : '';

function inNet(address: string | null, pattern: string, mask: string): boolean {
  if (address === null || isIP(pattern) !== 4 || isIP(mask) !== 4) return false;
  const [a = [], b = [], m = []] = [address, pattern, mask].map(
    (one) => ipaddr.IPv4.parse(one).octets,
  );
  return m.every((bits, at) => ((a[at] ?? 0) & bits) === ((b[at] ?? 0) & bits));
}

/** The first address of this machine in a network, asked of the operating system and of nobody else. */
function ownAddress(): string {
  const all = Object.values(networkInterfaces()).flat();
  return all.find((one) => one && !one.internal && one.family === 'IPv4')?.address ?? '127.0.0.1';
}

/** `*` and `?` as in a shell, in time proportional to the product of the lengths. */
function matchesShell(value: string, pattern: string): boolean {
  let at = 0;
  let inPattern = 0;
  let star = -1;
  let afterStar = 0;
  while (at < value.length) {
    if (pattern[inPattern] === '*') {
      star = inPattern++;
      afterStar = at;
    } else if (pattern[inPattern] === '?' || pattern[inPattern] === value[at]) {
      at++;
      inPattern++;
    } else if (star !== -1) {
      inPattern = star + 1;
      at = ++afterStar;
    } else return false;
  }
  while (pattern[inPattern] === '*') inPattern++;
  return inPattern === pattern.length;
}

const port = parentPort;
port?.on('message', async (job: PacJob) => port.postMessage(await run(job)));
port?.postMessage({ kind: 'ready' } satisfies PacAnswer);
