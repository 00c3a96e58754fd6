import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Captured {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface Capture {
  readonly origin: string;
  /** The last request that the call sends here; what the call makes of the refusal does not matter. */
  of(call: () => Promise<unknown>): Promise<Captured>;
  close(): Promise<void>;
}

const REFUSAL = { error: { type: 'invalid_request_error', message: 'enough' } };

/** A loopback server that keeps what it is asked and refuses it, so that no client asks twice. */
export async function startCapture(): Promise<Capture> {
  let last: Captured | null = null;
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      last = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers as Record<string, string>,
        body: JSON.parse(Buffer.concat(pieces).toString('utf8')),
      };
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end(JSON.stringify(REFUSAL));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    of: async (call) => {
      last = null;
      await call().catch(() => null);
      if (last === null) throw new Error('the client sent nothing');
      return last;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Headers that decide how a request is understood; the others name the client or belong to the connection. */
const COMPARED = [
  'content-type',
  'accept',
  'authorization',
  'x-api-key',
  'x-goog-api-key',
  'anthropic-version',
];

function leaves(value: unknown, at: string): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [[at, value]];
  return Object.entries(value).flatMap(([name, inner]) => leaves(inner, `${at}.${name}`));
}

/** A request as the values in it by their paths, so that two can be compared value by value. */
const leavesOf = ({
  method,
  path,
  headers,
  body,
}: Captured): Readonly<Record<string, unknown>> => ({
  method,
  path,
  ...Object.fromEntries(
    COMPARED.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])),
  ),
  ...Object.fromEntries(leaves(body, 'body')),
});

/** Every value that is not the same, as [ours, theirs]. */
export function differences(ours: Captured, theirs: Captured): Record<string, [unknown, unknown]> {
  const [mine, other] = [leavesOf(ours), leavesOf(theirs)];
  return Object.fromEntries(
    [...new Set([...Object.keys(mine), ...Object.keys(other)])]
      .filter((name) => mine[name] !== other[name])
      .map((name) => [name, [mine[name], other[name]]]),
  );
}
