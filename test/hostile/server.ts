import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import type { TLSSocket } from 'node:tls';

export interface HostileServer {
  readonly port: number;
  /** Connections that were ever made to it. */
  connections(): number;
  /** All bytes it was ever sent. */
  received(): string;
  close(): Promise<void>;
}

/** What a server does once the whole request has come. */
export type Answer = (socket: Socket) => void;

/** A server on raw sockets: `answer` runs when a request has come in, `greet` at once on connecting. */
export async function hostileServer(
  answer: Answer,
  options: { greet?: Answer; host?: string; server?: Server } = {},
): Promise<HostileServer> {
  const sockets = new Set<Socket>();
  const chunks: Buffer[] = [];
  let connections = 0;
  const onSocket = (socket: Socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    let request = '';
    let answered = false;
    socket.on('data', (bytes: Buffer) => {
      chunks.push(bytes);
      request += bytes.toString('latin1');
      if (answered || !isWhole(request)) return;
      answered = true;
      answer(socket);
    });
    options.greet?.(socket);
  };
  const server = options.server ?? createServer();
  server.on(options.server ? 'secureConnection' : 'connection', (socket: Socket | TLSSocket) =>
    onSocket(socket),
  );
  server.on('tlsClientError', () => {});
  await new Promise<void>((done) => server.listen(0, options.host ?? '127.0.0.1', done));
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    received: () => Buffer.concat(chunks).toString('latin1'),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}

function isWhole(request: string): boolean {
  const end = request.indexOf('\r\n\r\n');
  if (end === -1) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(request.slice(0, end))?.[1] ?? '0';
  return request.length >= end + 4 + Number(length);
}

/** Writes a piece again and again, every `everyMs`, until the socket is gone. */
export function drip(socket: Socket, piece: string | Buffer, everyMs: number): void {
  const timer = setInterval(() => socket.write(piece), everyMs);
  socket.once('close', () => clearInterval(timer));
}

/** Writes as fast as the other side takes it, without end. */
export function flood(socket: Socket, piece: Buffer): void {
  const push = () => {
    while (!socket.destroyed && socket.write(piece));
  };
  socket.on('drain', push);
  push();
}
