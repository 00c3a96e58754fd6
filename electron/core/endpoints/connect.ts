import { lookup } from 'node:dns/promises';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type SecureContext, type TLSSocket } from 'node:tls';
import { checkAddresses } from './addresses.ts';
import { ExchangeFailure, errorCode, tlsFailure } from './failure.ts';
import { runPac } from './pac.ts';
import { hopHost, manualHop, originOf, pacHops, portOf, writtenProxies } from './proxy.ts';
import { settle } from './settle.ts';
import { tlsFacts } from './tls-facts.ts';
import { contextOf, type Trust } from './trust.ts';
import { openTunnel } from './tunnel.ts';
import type {
  ExchangeEvent,
  Hop,
  NetFacts,
  ProxyWay,
  ResolvedAddress,
  Resolver,
  SystemProxies,
  TlsFacts,
} from './types.ts';

export const systemResolver: Resolver = async (hostname) => {
  const found = await lookup(hostname, { all: true, verbatim: true });
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
};

export interface ConnectInput extends Trust {
  readonly url: URL;
  readonly resolve: Resolver;
  readonly allowPrivate: boolean;
  readonly connectMs: number;
  readonly signal: AbortSignal;
  readonly pinSha256: string | undefined;
  readonly proxy: ProxyWay;
  readonly system: SystemProxies;
  readonly isConfigured: (origin: string) => boolean;
  /** Told as soon as it is known, so that a failure keeps it. */
  readonly onNet: (net: NetFacts) => void;
  readonly onTls: (tls: TlsFacts) => void;
  readonly onStep: (kind: ExchangeEvent['kind'] & ('resolved' | 'connected')) => void;
  /** The TCP connection, below all TLS. */
  readonly onWire: (socket: Socket) => void;
  /** A proxy of a list failed, and the next one is tried. */
  readonly onPassedOver: (failure: ExchangeFailure) => void;
}

/**
 * Resolves, checks every address, and connects to one of exactly these addresses: a name cannot answer otherwise the
 * second time. All within `connectMs`. Rejects with an ExchangeFailure, or with the reason of `signal`.
 */
export const openSocket = (input: ConnectInput): Promise<Socket> =>
  within(
    input.connectMs,
    input.signal,
    () => new ExchangeFailure('TIMEOUT_CONNECT', `no connection in ${input.connectMs} ms`),
    (signal) => open(input, signal),
  );

/** Goes the ways to the host in their order. Nothing of the request has been sent yet, so the next way is no second request. */
async function open(input: ConnectInput, signal: AbortSignal): Promise<Socket> {
  const { url, extraCa, clientCertificate } = input;
  const needsTls = url.protocol === 'https:' || (extraCa ?? clientCertificate) !== undefined;
  const context = needsTls ? contextOf(input) : null;
  const hops = await hopsOf(input, signal);
  for (const [index, hop] of hops.entries()) {
    try {
      const tunnel =
        hop === null
          ? await direct(input, signal)
          : await within(input.connectMs / hops.length, signal, lateProxy, (share) =>
              throughProxy(input, hop, share),
            );
      const ready =
        url.protocol === 'https:' && context !== null
          ? await secureHost(tunnel, input, signal, context)
          : tunnel;
      input.onStep('connected');
      return ready;
    } catch (error) {
      const next = error instanceof ExchangeFailure && error.code === 'PROXY_FAILED';
      if (!next || signal.aborted || index === hops.length - 1) throw error;
      input.onPassedOver(error);
    }
  }
  throw new ExchangeFailure('PROXY_FAILED', 'no way to the host');
}

/** The proxies to try in order; null stands for the direct way. */
async function hopsOf(input: ConnectInput, signal: AbortSignal): Promise<readonly (Hop | null)[]> {
  const hops = await namedHops(input, signal);
  if (hops.some((hop) => hop !== null && !input.isConfigured(hopHost(hop))))
    throw new ExchangeFailure('HOST_NOT_CONFIGURED', 'the proxy is not configured');
  return hops;
}

/** What the configuration, its script or the system says now. */
async function namedHops(
  { proxy, url, resolve, system }: ConnectInput,
  signal: AbortSignal,
): Promise<readonly (Hop | null)[]> {
  if (proxy.kind === 'manual') return [manualHop(proxy)];
  if (proxy.kind !== 'pac')
    return proxy.kind === 'none'
      ? [null]
      : settle(signal, (done, fail) => void system.find(url).then(done, fail));
  const { script, credentials } = proxy;
  const list = await runPac(script, url, { resolve, signal });
  const hops = pacHops(list, { kind: 'pac', credentials });
  const written = writtenProxies(script);
  if (hops.some((hop) => hop !== null && !written.has(hopHost(hop))))
    throw new ExchangeFailure(
      'HOST_NOT_CONFIGURED',
      'the script names a proxy that does not stand in its text as host:port',
    );
  return hops;
}

/** Runs a step that ends at the latest with the signal or after `ms`, then with the failure of `late`. */
async function within<T>(
  ms: number,
  signal: AbortSignal,
  late: () => ExchangeFailure,
  step: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const inner = new AbortController();
  const timer = setTimeout(() => inner.abort(late()), ms);
  // By hand: AbortSignal.any costs a tenth of a whole request.
  const onAbort = () => inner.abort(signal.reason);
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  try {
    return await step(inner.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

const lateProxy = () =>
  new ExchangeFailure('PROXY_FAILED', 'the proxy did not answer in its share of time');

const lateAddress = () =>
  new ExchangeFailure('TIMEOUT_CONNECT', 'no connection in its share of time');

const bareName = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');

async function direct(input: ConnectInput, signal: AbortSignal): Promise<Socket> {
  const hostname = bareName(input.url);
  const port = portOf(input.url);
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
  input.onWire(socket);
  input.onNet({ ...net, addressUsed: socket.remoteAddress ?? null });
  return socket;
}

/**
 * A tunnel through a proxy, for http hosts too: so the request is the same bytes, and the proxy's words never pass for
 * the host's. The proxy resolves the host's name; what can be seen of it is checked here. The proxy's own address may be
 * private: the analyst configured it.
 */
async function throughProxy(input: ConnectInput, hop: Hop, signal: AbortSignal): Promise<Socket> {
  checkName(bareName(input.url), input.allowPrivate);
  const proxy = { kind: hop.kind, host: hopHost(hop) };
  const port = portOf(input.url);
  input.onNet({ addresses: [], addressUsed: null, port, proxy });
  let socket: Socket | null = null;
  try {
    const addresses = await resolveHost(hop.hostname, input.resolve, signal);
    const net = { addresses: addresses.map(({ address }) => address), port, proxy };
    input.onNet({ ...net, addressUsed: null });
    checkAddresses(addresses, true);
    input.onStep('resolved');
    socket = await firstThatConnects(
      addresses,
      hop.port,
      input.connectMs / addresses.length,
      signal,
    );
    input.onWire(socket);
    input.onNet({ ...net, addressUsed: socket.remoteAddress ?? null });
    if (hop.secure)
      socket = (
        await secure(
          socket,
          hop.hostname,
          signal,
          contextOf({ ...input, clientCertificate: undefined }),
        )
      ).socket;
    await openTunnel(socket, originOf(input.url), { credentials: hop.credentials, signal });
    return socket;
  } catch (error) {
    socket?.destroy();
    const inner = signal.aborted ? signal.reason : error;
    if (inner instanceof ExchangeFailure && !/^(?:PROXY_|TIMEOUT_|CANCELLED)/.test(inner.code))
      throw new ExchangeFailure('PROXY_FAILED', `the proxy: ${inner.code}`);
    throw inner;
  }
}

/** What needs consent whoever resolves it: a private address written out, and this machine by name. */
function checkName(hostname: string, allowPrivate: boolean): void {
  const family = isIP(hostname);
  if (family !== 0)
    checkAddresses([{ address: hostname, family: family === 6 ? 6 : 4 }], allowPrivate);
  else if (!allowPrivate && /^(?:.+\.)?localhost\.?$/i.test(hostname))
    throw new ExchangeFailure('PRIVATE_ADDRESS', 'this machine, and no consent for it');
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
  for (const [index, address] of addresses.entries()) {
    const last = index === addresses.length - 1;
    const connects = (share: AbortSignal) => connectTo(address, port, share);
    try {
      return last ? await connects(signal) : await within(shareMs, signal, lateAddress, connects);
    } catch (error) {
      if (last || signal.aborted || !(error instanceof ExchangeFailure)) throw error;
    }
  }
  throw new ExchangeFailure('CONNECT_FAILED', 'no address');
}

const connectTo = (
  { address, family }: ResolvedAddress,
  port: number,
  signal: AbortSignal,
): Promise<Socket> =>
  whenReady(
    connectTcp({ host: address, port, family, autoSelectFamily: false }),
    'connect',
    signal,
    (error) => new ExchangeFailure('CONNECT_FAILED', errorCode(error) || 'refused'),
  );

async function secureHost(
  socket: Socket,
  input: ConnectInput,
  signal: AbortSignal,
  context: SecureContext,
): Promise<TLSSocket> {
  const secured = await secure(socket, bareName(input.url), signal, context, input.onTls);
  const pin = input.pinSha256?.toLowerCase();
  if (pin !== undefined && secured.facts?.fingerprint256 !== pin) {
    secured.socket.destroy();
    throw new ExchangeFailure('TLS_CERT', 'not the pinned certificate');
  }
  return secured.socket;
}

async function secure(
  socket: Socket,
  hostname: string,
  signal: AbortSignal,
  context: SecureContext,
  onTls: (tls: TlsFacts) => void = () => {},
): Promise<{ readonly socket: TLSSocket; readonly facts: TlsFacts | null }> {
  const secured = connectTls({
    socket,
    host: hostname,
    ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
    secureContext: context,
    ALPNProtocols: ['http/1.1'],
    minVersion: 'TLSv1.2',
    // Explicit, because an environment variable can turn the default off.
    rejectUnauthorized: true,
  });
  await whenReady(secured, 'secureConnect', signal, (error) => {
    const facts = tlsFacts(secured);
    if (facts) onTls(facts);
    return tlsFailure(error, facts !== null);
  }).catch((error: unknown) => {
    socket.destroy();
    throw error;
  });
  const facts = tlsFacts(secured);
  if (facts) onTls(facts);
  return { socket: secured, facts };
}

function whenReady<S extends Socket>(
  socket: S,
  event: 'connect' | 'secureConnect',
  signal: AbortSignal,
  failureOf: (error: unknown) => ExchangeFailure,
): Promise<S> {
  // An error that comes later is told to whoever uses the socket then; without a listener it would end the process.
  socket.on('error', () => {});
  let onError = (_error: unknown) => {};
  let onClose = () => {};
  return settle<S>(signal, (done, fail) => {
    onError = (error) => fail(failureOf(error));
    onClose = () => fail(failureOf({ code: 'ECONNRESET' }));
    socket.once(event, () => done(socket));
    socket.once('error', onError);
    socket.once('close', onClose);
  })
    .catch((error: unknown) => {
      socket.destroy();
      throw error;
    })
    .finally(() => {
      socket.off('error', onError);
      socket.off('close', onClose);
    });
}
