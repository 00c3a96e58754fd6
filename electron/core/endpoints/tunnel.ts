import type { Socket } from 'node:net';
import { ExchangeFailure, errorCode } from './failure.ts';
import { settle } from './settle.ts';

const MOST_HEADER_BYTES = 16 * 1024;
const END = '\r\n\r\n';

/**
 * Asks a proxy for a tunnel to `authority` (CONNECT, RFC 9110 9.3.6). What follows on the socket belongs to the host. A
 * proxy that says anything but a plain 2xx header, or says more than that before we speak, is refused: whatever it
 * answers, no byte of the request has been sent. Errors: PROXY_AUTH for 407, PROXY_FAILED for the rest.
 */
export async function openTunnel(
  socket: Socket,
  authority: string,
  options: { readonly credentials: string | null; readonly signal: AbortSignal },
): Promise<void> {
  const { credentials, signal } = options;
  const auth =
    credentials === null
      ? ''
      : `proxy-authorization: Basic ${Buffer.from(credentials, 'utf8').toString('base64')}\r\n`;
  const answer = header(socket, signal);
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nhost: ${authority}\r\n${auth}\r\n`);
  const text = await answer;
  const status = /^HTTP\/1\.[01] (\d{3})(?: [^\r\n]*)?\r\n/.exec(text)?.[1];
  if (status === '407')
    throw new ExchangeFailure(
      'PROXY_AUTH',
      credentials === null ? 'the proxy wants credentials' : 'the proxy refused the credentials',
    );
  if (status === undefined)
    throw new ExchangeFailure('PROXY_FAILED', 'the proxy does not speak HTTP');
  if (!status.startsWith('2'))
    throw new ExchangeFailure('PROXY_FAILED', `the proxy said ${status}`);
  if (text.indexOf(END) + END.length < text.length)
    throw new ExchangeFailure('PROXY_FAILED', 'the proxy spoke before the tunnel was used');
}

/** The header of the proxy's answer, bounded, and what came with it. */
async function header(socket: Socket, signal: AbortSignal): Promise<string> {
  let text = '';
  let onReadable = () => {};
  let onEnd = () => {};
  let onError = (_error: unknown) => {};
  try {
    return await settle<string>(signal, (done, fail) => {
      const failed = (why: string) => fail(new ExchangeFailure('PROXY_FAILED', why));
      onReadable = () => {
        for (let part: Buffer | null = socket.read(); part !== null; part = socket.read()) {
          text += part.toString('latin1');
          if (text.includes(END)) return done(text);
          if (text.length > MOST_HEADER_BYTES) return failed('the proxy sent too long a header');
        }
      };
      onEnd = () => failed('the proxy closed the connection');
      onError = (error) => failed(errorCode(error) || 'the connection to the proxy broke');
      socket.on('readable', onReadable);
      socket.once('end', onEnd);
      socket.once('close', onEnd);
      socket.once('error', onError);
    });
  } finally {
    socket.off('readable', onReadable);
    socket.off('end', onEnd);
    socket.off('close', onEnd);
    socket.off('error', onError);
  }
}
