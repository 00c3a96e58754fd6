import { lookup } from 'node:dns/promises';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, rootCertificates, type TLSSocket } from 'node:tls';
import { checkAddresses } from './addresses.ts';
import { ExchangeFailure, errorCode, tlsFailure } from './failure.ts';
import { tlsFacts } from './tls-facts.ts';
import type { ExchangeEvent, NetFacts, ResolvedAddress, Resolver, TlsFacts } from './types.ts';

export const systemResolver: Resolver = async (hostname) => {
  const found = await lookup(hostname, { all: true, verbatim: true });
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
};

export interface ConnectInput {
  readonly url: URL;
  readonly resolve: Resolver;
  readonly allowPrivate: boolean;
  readonly connectMs: number;
  readonly signal: AbortSignal;
  readonly extraCa: string | undefined;
  readonly pinSha256: string | undefined;
  /** Told as soon as it is known, so that a failure keeps it. */
  readonly onNet: (net: NetFacts) => void;
  readonly onTls: (tls: TlsFacts) => void;
  readonly onStep: (kind: ExchangeEvent['kind'] & ('resolved' | 'connected')) => void;
}

/**
 * Resolves, checks every address, and connects to one of exactly these addresses: a name cannot answer otherwise the
 * second time. All within `connectMs`. Rejects with an ExchangeFailure, or with the reason of `signal`.
 */
export async function openSocket(input: ConnectInput): Promise<Socket> {
  const timer = new AbortController();
  const late = setTimeout(() => {
    timer.abort(new ExchangeFailure('TIMEOUT_CONNECT', `no connection in ${input.connectMs} ms`));
  }, input.connectMs);
  try {
    return await open(input, AbortSignal.any([input.signal, timer.signal]));
  } finally {
    clearTimeout(late);
  }
}

async function open(input: ConnectInput, signal: AbortSignal): Promise<Socket> {
  const { url } = input;
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  const addresses = await resolveHost(hostname, input.resolve, signal);
  const net = { addresses: addresses.map(({ address }) => address), port, proxy: null };
  input.onNet({ ...net, addressUsed: null });
  checkAddresses(addresses, input.allowPrivate);
  input.onStep('resolved');
  const socket = await firstThatConnects(
    addresses,
    port,
    input.connectMs / addresses.length,
    signal,
  );
  input.onNet({ ...net, addressUsed: socket.remoteAddress ?? null });
  const ready = url.protocol === 'https:' ? await secure(socket, hostname, input, signal) : socket;
  input.onStep('connected');
  return ready;
}

async function resolveHost(
  hostname: string,
  resolve: Resolver,
  signal: AbortSignal,
): Promise<readonly ResolvedAddress[]> {
  const family = isIP(hostname);
  if (family !== 0) return [{ address: hostname, family: family === 6 ? 6 : 4 }];
  // A lookup cannot be cancelled; its late answer is not waited for.
  return await settle(signal, (done, fail) => {
    resolve(hostname).then(done, (error) => {
      fail(new ExchangeFailure('DNS_FAILED', errorCode(error) || 'no answer'));
    });
  });
}

/**
 * Tries the addresses in order; nothing has been sent yet, so the next one is no second request. A silent address takes
 * its share of the time only.
 */
async function firstThatConnects(
  addresses: readonly ResolvedAddress[],
  port: number,
  shareMs: number,
  signal: AbortSignal,
): Promise<Socket> {
  let failure = new ExchangeFailure('CONNECT_FAILED', 'no address');
  for (const { address, family } of addresses) {
    const attempt = new AbortController();
    const late = setTimeout(() => {
      attempt.abort(new ExchangeFailure('TIMEOUT_CONNECT', 'no connection in its share of time'));
    }, shareMs);
    try {
      const socket = connectTcp({ host: address, port, family, autoSelectFamily: false });
      const either = AbortSignal.any([signal, attempt.signal]);
      return await whenReady(socket, 'connect', either, (error) => {
        return new ExchangeFailure('CONNECT_FAILED', errorCode(error) || 'refused');
      });
    } catch (error) {
      if (signal.aborted || !(error instanceof ExchangeFailure)) throw error;
      failure = error;
    } finally {
      clearTimeout(late);
    }
  }
  throw failure;
}

async function secure(
  socket: Socket,
  hostname: string,
  input: ConnectInput,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const secured = connectTls({
    socket,
    host: hostname,
    ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
    ...(input.extraCa === undefined ? {} : { ca: [...rootCertificates, input.extraCa] }),
    ALPNProtocols: ['http/1.1'],
    minVersion: 'TLSv1.2',
    // Explicit, because an environment variable can turn the default off.
    rejectUnauthorized: true,
  });
  await whenReady(secured, 'secureConnect', signal, (error) => {
    const facts = tlsFacts(secured);
    if (facts) input.onTls(facts);
    return tlsFailure(error);
  });
  const facts = tlsFacts(secured);
  if (facts) input.onTls(facts);
  const pin = input.pinSha256?.toLowerCase();
  if (pin !== undefined && facts?.fingerprint256 !== pin) {
    secured.destroy();
    throw new ExchangeFailure('TLS_CERT', 'not the pinned certificate');
  }
  return secured;
}

function whenReady<S extends Socket>(
  socket: S,
  event: 'connect' | 'secureConnect',
  signal: AbortSignal,
  failureOf: (error: unknown) => ExchangeFailure,
): Promise<S> {
  return settle<S>(signal, (done, fail) => {
    socket.once(event, () => done(socket));
    socket.on('error', (error) => fail(failureOf(error)));
    socket.once('close', () => fail(failureOf({ code: 'ECONNRESET' })));
  }).catch((error: unknown) => {
    socket.destroy();
    throw error;
  });
}

/** A promise that ends at the latest with the signal. */
function settle<T>(
  signal: AbortSignal,
  start: (done: (value: T) => void, fail: (error: unknown) => void) => void,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    const off = () => signal.removeEventListener('abort', onAbort);
    start(
      (value) => {
        off();
        resolve(value);
      },
      (error) => {
        off();
        reject(error);
      },
    );
  });
}
