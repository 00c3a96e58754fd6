import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { HeaderPair, OutboundRequest } from '#shared/wire/types.ts';

/** SHA-256 with and without a key, as the signer wants it. */
class Sha256 {
  readonly #make: () => Hash | Hmac;
  #state: Hash | Hmac;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    const key = secret === undefined ? undefined : bytesOf(secret);
    this.#make = () => (key === undefined ? createHash('sha256') : createHmac('sha256', key));
    this.#state = this.#make();
  }
  update(chunk: Uint8Array): void {
    this.#state.update(chunk);
  }
  async digest(): Promise<Uint8Array> {
    return new Uint8Array(this.#state.digest());
  }
  reset(): void {
    this.#state = this.#make();
  }
}

function bytesOf(source: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof source === 'string') return Buffer.from(source, 'utf8');
  return ArrayBuffer.isView(source)
    ? Buffer.from(source.buffer, source.byteOffset, source.byteLength)
    : Buffer.from(source);
}

export interface AwsKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Reads `ID:SECRET` or `ID:SECRET:TOKEN`; null when it is neither. */
export function awsKeyOf(secret: string): AwsKey | null {
  const [accessKeyId, secretAccessKey, sessionToken, ...rest] = secret.split(':');
  if (!accessKeyId || !secretAccessKey || sessionToken === '' || rest.length > 0) return null;
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

/**
 * The headers that sign a request (AWS Signature Version 4): date, content hash, token and authorization, in this order.
 * Signed are the host, the content type and what begins with x-amz-.
 */
export async function signV4(
  request: OutboundRequest & { readonly auth: { readonly kind: 'sigv4' } },
  key: AwsKey,
  wallMs: number,
): Promise<HeaderPair[]> {
  const url = new URL(request.url);
  const { region, service } = request.auth;
  const signer = new SignatureV4({ credentials: key, region, service, sha256: Sha256 });
  const signable = request.headers
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => name === 'content-type' || name.startsWith('x-amz-'));
  const query: Record<string, string[]> = {};
  for (const name of new Set(url.searchParams.keys())) query[name] = url.searchParams.getAll(name);
  const { headers } = await signer.sign(
    {
      method: request.method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query,
      headers: { host: url.host, ...Object.fromEntries(signable) },
      body: request.body ?? '',
    },
    { signingDate: new Date(wallMs) },
  );
  return ['x-amz-date', 'x-amz-content-sha256', 'x-amz-security-token', 'authorization'].flatMap(
    (name) => (headers[name] === undefined ? [] : [[name, headers[name]] as const]),
  );
}
