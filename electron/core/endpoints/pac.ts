import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';
import { createPacResolver } from 'pac-resolver';
import { QuickJS } from 'quickjs-wasi';
import { ExchangeFailure } from './failure.ts';
import type { Resolver } from './types.ts';

/** What a script may cost: it is configuration, but it was written by somebody else. */
const RUN_MS = 250;
const MEMORY_BYTES = 16 * 1024 * 1024;
const MOST_NAMES = 16;
const LOOKUP_MS = 2_000;
const MOST_RESULT = 4_096;
const MOST_TEXT = 2_048;

/**
 * Runs a proxy auto-configuration script for an origin and returns its list. The script runs in an interpreter of its own
 * (WebAssembly) that has no network and no files, with bounded time and memory. Names it asks about are looked up by us,
 * at most 16, and then it runs again with the answers, so that nothing of it waits or runs later.
 * Errors: PROXY_FAILED.
 */
export async function runPac(script: string, url: URL, resolve: Resolver): Promise<string> {
  const known = new Map<string, string | null>();
  for (;;) {
    const wanted = new Set<string>();
    const result = await runOnce(script, url, (host) => {
      if (isIP(host) === 4) return host;
      const name = host.toLowerCase();
      if (!/^[a-z0-9_-][a-z0-9._-]{0,252}$/.test(name)) return null;
      if (!known.has(name)) wanted.add(name);
      return known.get(name) ?? null;
    });
    if (wanted.size === 0) return result;
    if (known.size + wanted.size > MOST_NAMES) throw failed('asks for too many names');
    const found = await Promise.all(
      [...wanted].map(async (name) => [name, await lookUp(name, resolve)] as const),
    );
    for (const [name, address] of found) known.set(name, address);
  }
}

const failed = (why: string) =>
  new ExchangeFailure('PROXY_FAILED', `the proxy configuration script ${why}`);

async function runOnce(
  script: string,
  url: URL,
  addressOf: (host: string) => string | null,
): Promise<string> {
  let end = Number.POSITIVE_INFINITY;
  const machine = await QuickJS.create({
    memoryLimit: MEMORY_BYTES,
    interruptHandler: () => performance.now() > end,
  });
  let late: NodeJS.Timeout | undefined;
  try {
    end = performance.now() + RUN_MS;
    const find = createPacResolver(machine, script, { sandbox: sandbox(addressOf) });
    // Neither path nor query of the request: a script needs the origin only.
    const result: unknown = await Promise.race([
      find(`${url.protocol}//${url.host}/`, url.hostname.replace(/^\[|\]$/g, '')),
      new Promise((_done, fail) => {
        late = setTimeout(() => fail(new Error('late')), RUN_MS * 2);
      }),
    ]);
    if (typeof result !== 'string' || result.length > MOST_RESULT) throw failed('returned no list');
    return result;
  } catch (error) {
    if (error instanceof ExchangeFailure) throw error;
    // Its own words are not repeated: they could say anything.
    throw failed(performance.now() > end ? 'took too long' : 'failed');
  } finally {
    clearTimeout(late);
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

async function lookUp(name: string, resolve: Resolver): Promise<string | null> {
  let late: NodeJS.Timeout | undefined;
  try {
    const found = await Promise.race([
      resolve(name),
      new Promise<[]>((done) => {
        late = setTimeout(() => done([]), LOOKUP_MS);
      }),
    ]);
    return found.find(({ family }) => family === 4)?.address ?? null;
  } catch {
    return null;
  } finally {
    clearTimeout(late);
  }
}
