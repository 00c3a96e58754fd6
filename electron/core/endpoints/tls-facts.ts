import { createHash } from 'node:crypto';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import type { TlsFacts } from './types.ts';

/** What the connection shows of the server's identity; null when no certificate was presented. */
export function tlsFacts(socket: TLSSocket): TlsFacts | null {
  const chain = chainOf(socket.getPeerCertificate(true));
  const leaf = chain[0];
  if (leaf === undefined) return null;
  const alpn = socket.alpnProtocol;
  return {
    protocol: socket.getProtocol(),
    cipher: socket.getCipher()?.standardName ?? null,
    alpn: typeof alpn === 'string' ? alpn : null,
    servername: typeof socket.servername === 'string' ? socket.servername : null,
    fingerprint256: createHash('sha256').update(leaf).digest('hex'),
    chain,
    authorized: socket.authorized,
  };
}

/** The issuers are a linked list whose root points to itself. */
function chainOf(leaf: DetailedPeerCertificate | undefined): Uint8Array[] {
  const chain: Uint8Array[] = [];
  const seen = new Set<string>();
  let current: DetailedPeerCertificate | undefined = leaf;
  while (current?.raw && !seen.has(current.fingerprint256) && chain.length < 16) {
    seen.add(current.fingerprint256);
    chain.push(new Uint8Array(current.raw));
    current = current.issuerCertificate;
  }
  return chain;
}
