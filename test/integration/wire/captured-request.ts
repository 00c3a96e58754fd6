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

const CLIENT = 'Names the client, its version or its machine. No user agent is sent on purpose.';
const RUNTIME =
  "Written by the fetch of the client's runtime; the vendors' references know nothing of it.";
const CONNECTION = 'Of the connection: the transport writes it, and has tests of its own.';
const ATTEMPT =
  'Counts and times the attempts of the client, which tries again by itself; ours does not.';

/** Headers that are not compared, each with its reason. All others are. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  host: CONNECTION,
  connection: CONNECTION,
  'content-length': CONNECTION,
  'accept-language': RUNTIME,
  'sec-fetch-mode': RUNTIME,
  'user-agent': CLIENT,
  'x-stainless-lang': CLIENT,
  'x-stainless-package-version': CLIENT,
  'x-stainless-os': CLIENT,
  'x-stainless-arch': CLIENT,
  'x-stainless-runtime': CLIENT,
  'x-stainless-runtime-version': CLIENT,
  'x-goog-api-client': CLIENT,
  'x-amz-user-agent': CLIENT,
  'x-stainless-retry-count': ATTEMPT,
  'x-stainless-timeout': ATTEMPT,
  'amz-sdk-invocation-id': ATTEMPT,
  'amz-sdk-request': ATTEMPT,
};

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
  ...Object.fromEntries(Object.entries(headers).filter(([name]) => LEFT_OUT[name] === undefined)),
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
