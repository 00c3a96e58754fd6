import { systemHop } from './proxy.ts';
import { awsKeyOf } from './sigv4.ts';
import type { SendOptions } from './types.ts';

/** Shorter parts of a composite secret stand in texts by chance. */
const LEAST_PART = 8;

/** Bytes from which on the encoded forms of a secret, too, stand in no text by chance. */
const LEAST_ENCODED = 12;

/**
 * Every text that an answer must not hold: the key, the parts of a composite one that are secret, the proxy's credentials
 * as given and as sent, all of these in base64 and in hex, and the lines of a client key, which are base64 already.
 */
export function guardedSecrets(
  options: Pick<SendOptions, 'secret' | 'proxy' | 'clientCertificate'>,
  system: { readonly env: Readonly<Record<string, string | undefined>>; readonly url: URL | null },
): string[] {
  const { secret, proxy, clientCertificate } = options;
  const aws = secret === undefined ? null : awsKeyOf(secret);
  const texts = [
    ...(secret === undefined || secret === '' ? [] : [secret]),
    ...(aws === null ? [] : long([aws.secretAccessKey, aws.sessionToken ?? ''])),
    ...proxySecrets(proxy, system),
  ];
  const lines = clientCertificate === undefined ? [] : keyLines(clientCertificate);
  return [...new Set([...texts, ...texts.flatMap(encodedForms), ...lines])];
}

/**
 * What stands in a text that holds this secret in hex or, on its own or amid other bytes, in base64. Of base64 those signs
 * that the secret alone decides, for each of the three places it can begin at within a group; so padding is no matter.
 */
function encodedForms(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  if (bytes.length < LEAST_ENCODED) return [];
  const hex = bytes.toString('hex');
  const forms = [0, 1, 2].flatMap((before) => {
    const shifted = Buffer.concat([Buffer.alloc(before), bytes]);
    const from = Math.ceil((before * 8) / 6);
    const to = Math.floor((shifted.length * 8) / 6);
    return (['base64', 'base64url'] as const).map((way) => shifted.toString(way).slice(from, to));
  });
  return [hex, hex.toUpperCase(), ...forms];
}

const long = (texts: readonly string[]): string[] =>
  texts.filter((text) => text.length >= LEAST_PART);

function proxySecrets(
  proxy: SendOptions['proxy'],
  { env, url }: Parameters<typeof guardedSecrets>[1],
): string[] {
  const credentials = credentialsOf(proxy, env, url);
  if (credentials === null || credentials === undefined) return [];
  const password = credentials.slice(credentials.indexOf(':') + 1);
  return long([credentials, password, Buffer.from(credentials, 'utf8').toString('base64')]);
}

function credentialsOf(
  proxy: SendOptions['proxy'],
  env: Readonly<Record<string, string | undefined>>,
  url: URL | null,
): string | null | undefined {
  if (proxy?.kind === 'manual' || proxy?.kind === 'pac') return proxy.credentials;
  if (proxy?.kind !== 'system' || url === null) return null;
  try {
    return systemHop(env, url)?.credentials;
  } catch {
    return null;
  }
}

/** Long lines of the private key: any of them is a piece of it. */
const keyLines = (pem: string): string[] =>
  (/PRIVATE KEY-----([\s\S]+?)-----END/.exec(pem)?.[1] ?? '')
    .split(/\s+/)
    .filter((line) => line.length >= 32);
