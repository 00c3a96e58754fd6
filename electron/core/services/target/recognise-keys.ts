import type { Recognised } from '#shared/contract/target.ts';
import type { PastedRequest, Remark } from '#shared/domain/curl.ts';
import type { Auth } from '#shared/domain/target.ts';

type Key = Recognised['keys'][number];

/** What of a pasted request is credential, and what is left of it. */
export interface Credentials {
  readonly key: Key | null;
  /** How the key was sent; null where none was found. */
  readonly auth: Auth | null;
  readonly proxyKey: Key | null;
  readonly headers: readonly (readonly [string, string])[];
  /** The URL without credentials. */
  readonly url: URL;
  readonly refused: readonly Remark[];
  readonly notUnderstood: readonly Remark[];
}

const SECRET_NAME = /key|token|secret|auth|password|credential|subscription/i;
const SHELL_VARIABLE =
  /^(?:\$\{?[A-Za-z_]\w*\}?|%[A-Za-z_]\w*%|\$env:\w+|\$\([^)]*\)|<[^>]+>|\{\{.+\}\})$/;
const SIGNED = ['x-amz-date', 'x-amz-content-sha256', 'x-amz-security-token'];

/** A name for the vault entry, from the host: `api.example.org` gives `example`. */
export function keyNameOf(url: URL): string {
  const labels = url.hostname
    .toLowerCase()
    .split('.')
    .filter((label) => !['www', 'api'].includes(label));
  const isAddress = /^[\d.]+$|^\[/.test(url.hostname) || url.hostname === 'localhost';
  const label = isAddress ? 'local' : labels.length > 1 ? labels.at(-2) : labels[0];
  const name = (label ?? '').replace(/[^a-z0-9._-]/g, '-').replace(/^[^a-z0-9]+/, '');
  return name === '' ? 'key' : name.slice(0, 64);
}

interface Found {
  readonly value: string;
  readonly where: string;
  readonly auth: Auth | null;
}

const basic = (user: string): string => Buffer.from(user, 'utf8').toString('base64');
const header = (name: string, prefix: string): Auth => ({ kind: 'header', header: name, prefix });

function fromHeader(name: string, value: string): Found | 'signed' | null {
  const lower = name.toLowerCase();
  if (lower === 'authorization' || lower === 'proxy-authorization') {
    if (value.startsWith('AWS4-')) return 'signed';
    const scheme = /^([A-Za-z-]+) +(\S.*)$/.exec(value);
    return scheme
      ? { value: scheme[2] ?? '', where: `header ${name}`, auth: header(lower, `${scheme[1]} `) }
      : { value, where: `header ${name}`, auth: header(lower, '') };
  }
  if (!SECRET_NAME.test(lower) || lower === 'x-goog-user-project') return null;
  return { value, where: `header ${name}`, auth: header(lower, '') };
}

function signedFor(value: string): Auth {
  const [, region = '', service = 'bedrock'] =
    /Credential=[^/]+\/\d+\/([a-z0-9-]+)\/([a-z0-9-]+)\//.exec(value) ?? [];
  return { kind: 'sigv4', region: region === '' ? 'us-east-1' : region, service };
}

/** Takes every credential out of a pasted request. A key that is only a variable of a shell keeps its place, not a value. */
export function takeCredentials(request: PastedRequest, url: URL): Credentials {
  const found: Found[] = [];
  const refused: Remark[] = [];
  const notUnderstood: Remark[] = [];
  const kept: [string, string][] = [];
  let signed: Auth | null = null;
  for (const [name, value] of request.headers) {
    if (SIGNED.includes(name.toLowerCase())) continue;
    if (name.toLowerCase() === 'cookie') {
      refused.push({ what: `header ${name}`, why: 'cookies are not sent; use an API key' });
      continue;
    }
    const key = fromHeader(name, value);
    if (key === null) kept.push([name, value]);
    else if (key === 'signed') signed = signedFor(value);
    else found.push(key);
  }
  if (request.bearer !== null)
    found.push({
      value: request.bearer,
      where: '--oauth2-bearer',
      auth: header('authorization', 'Bearer '),
    });
  const isSigning = request.sigv4 !== null;
  if (request.user !== null)
    found.push({
      value: isSigning ? request.user : basic(request.user),
      where: '-u',
      auth: isSigning ? null : header('authorization', 'Basic '),
    });
  const clean = new URL(url);
  if (clean.username !== '' || clean.password !== '') {
    const user = `${decodeURIComponent(clean.username)}:${decodeURIComponent(clean.password)}`;
    found.push({ value: basic(user), where: 'the URL', auth: header('authorization', 'Basic ') });
    clean.username = '';
    clean.password = '';
  }
  for (const [name, value] of [...clean.searchParams])
    if (SECRET_NAME.test(name)) {
      found.push({ value, where: `the URL, as ${name}`, auth: null });
      clean.searchParams.delete(name);
      notUnderstood.push({
        what: `${name} in the URL`,
        why: 'a key never stands in a URL: it is sent as a header',
      });
    }
  for (const { where } of found.slice(1))
    refused.push({ what: where, why: 'a target has one key; this one is left out' });
  const sigv4: Auth | null = request.sigv4 === null ? signed : { kind: 'sigv4', ...request.sigv4 };
  const name = keyNameOf(clean);
  const [first] = found;
  const missing: Key | null =
    sigv4 === null
      ? null
      : {
          name,
          use: 'target',
          value: null,
          where: 'a signature, which cannot be used again: give ACCESS_KEY_ID:SECRET_ACCESS_KEY',
        };
  const proxyUser = request.proxy?.user ?? null;
  return {
    key: first
      ? {
          name,
          use: 'target',
          value: SHELL_VARIABLE.test(first.value.trim()) ? null : first.value,
          where: first.where,
        }
      : missing,
    auth: sigv4 ?? first?.auth ?? null,
    proxyKey:
      proxyUser === null
        ? null
        : {
            name: `${name}-proxy`.slice(-64),
            use: 'proxy',
            value: SHELL_VARIABLE.test(proxyUser) ? null : proxyUser,
            where: '--proxy',
          },
    headers: kept,
    url: clean,
    refused,
    notUnderstood,
  };
}
