import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { send, text } from './answers.ts';
import { createEventStreams } from './event-stream.ts';
import { createRouter, type LoopbackCore } from './router.ts';
import { createSession } from './session.ts';
import { readStaticFiles } from './static-files.ts';

const ADDRESS = '127.0.0.1';
const HEADER_LIMIT_BYTES = 16 * 1024;
/** After `close`, calls under way get this long to answer. */
const CLOSE_GRACE_MS = 2_000;

export interface LoopbackOptions {
  readonly core: LoopbackCore;
  /** The built pages: a folder with index.html. */
  readonly rendererDir: string;
  /** 0 = any free port. */
  readonly port?: number;
  /** How long the address that is printed can be opened. */
  readonly openTokenTtlMs?: number;
  readonly heartbeatMs?: number;
}

export interface Loopback {
  /** Opens the session once; holds a secret, so it is for the terminal and the browser only, never for a log. */
  readonly url: string;
  readonly origin: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Serves the pages and the core to one browser on this machine. Rejects when the port is taken or the pages are missing. */
export async function startLoopback(options: LoopbackOptions): Promise<Loopback> {
  const files = readStaticFiles(options.rendererDir);
  const server = createServer({
    maxHeaderSize: HEADER_LIMIT_BYTES,
    // Answered by our own guard, with 421.
    requireHostHeader: false,
    headersTimeout: 10_000,
    requestTimeout: 120_000,
    keepAliveTimeout: 5_000,
    connectionsCheckingInterval: 1_000,
  });
  server.maxConnections = 128;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: ADDRESS, port: options.port ?? 0, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;
  const session = createSession({
    port,
    openTokenTtlMs: options.openTokenTtlMs ?? 10 * 60_000,
    nowMs: performance.now(),
  });
  const streams = createEventStreams(options.core.events, options.heartbeatMs ?? 15_000);
  const route = createRouter({ core: options.core, files, session, streams, port });

  server.on('request', (request, response) => {
    route(request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else send(response, text(500, 'Something unexpected went wrong.'));
    });
  });
  // There is nothing here to upgrade to, and nowhere to tunnel to.
  for (const event of ['upgrade', 'connect'] as const)
    server.on(event, (_request, socket) => {
      socket.on('error', () => socket.destroy());
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    });

  const origin = `http://${ADDRESS}:${port}`;
  return {
    url: `${origin}/open?token=${session.openToken}`,
    origin,
    port,
    close: () =>
      new Promise((resolve) => {
        streams.close();
        const timer = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
        server.close(() => {
          clearTimeout(timer);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}
