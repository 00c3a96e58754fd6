import { createServer, type Server as HttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';

export interface ProxyServer {
  readonly port: number;
  /** `host:port`. */
  readonly host: string;
  /** Authority and credentials of every CONNECT. */
  readonly tunnels: readonly { readonly authority: string; readonly auth: string | null }[];
  /** Requests that were no CONNECT. */
  plain(): number;
  close(): Promise<void>;
}

export interface ProxyOptions {
  /** `user:password` that it demands. */
  readonly credentials?: string;
  /** Where every tunnel really goes; default: where it is asked to. */
  readonly to?: number;
  /** Serves over TLS. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** An honest CONNECT proxy on loopback. */
export async function proxyServer(options: ProxyOptions = {}): Promise<ProxyServer> {
  const tunnels: { authority: string; auth: string | null }[] = [];
  const sockets = new Set<Socket>();
  let plain = 0;
  const server: HttpServer = options.tls ? createHttpsServer(options.tls) : createServer();
  server.on('request', (_request, response) => {
    plain++;
    response.writeHead(400).end();
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('connect', (request, client: Socket) => {
    const authority = request.url ?? '';
    const auth = request.headers['proxy-authorization'] ?? null;
    tunnels.push({ authority, auth });
    client.on('error', () => {});
    const wanted = options.credentials;
    if (wanted !== undefined && auth !== `Basic ${Buffer.from(wanted).toString('base64')}`) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    const port = options.to ?? Number(/:(\d+)$/.exec(authority)?.[1]);
    const upstream = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    sockets.add(upstream);
    upstream.on('close', () => sockets.delete(upstream));
    upstream.on('error', () => client.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n'));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    host: `127.0.0.1:${port}`,
    tunnels,
    plain: () => plain,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}
