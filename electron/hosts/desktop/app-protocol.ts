import { APP_URL } from './navigation.ts';

/** The policy of the pages; the loopback host sends the same one. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types default',
].join('; ');

export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  ico: 'image/x-icon',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json; charset=utf-8',
  png: 'image/png',
  svg: 'image/svg+xml',
  txt: 'text/plain; charset=utf-8',
  woff2: 'font/woff2',
};

export interface Asset {
  /** Relative to the folder of the pages, with forward slashes. */
  readonly name: string;
  readonly contentType: string;
}

export type AssetTable = ReadonlyMap<string, Asset>;

const PLAIN_NAME = /^(?:[A-Za-z0-9_-][A-Za-z0-9._-]*\/)*[A-Za-z0-9_-][A-Za-z0-9._-]*$/;

/** Address -> file, from the names found at start. Throws when the start page is not among them. */
export function buildAssetTable(names: readonly string[]): AssetTable {
  const table = new Map<string, Asset>();
  for (const name of names) {
    if (!PLAIN_NAME.test(name)) continue;
    const ending = /\.([a-z0-9]+)$/.exec(name)?.[1] ?? '';
    const contentType = CONTENT_TYPES[ending] ?? 'application/octet-stream';
    table.set(`${APP_URL}${name}`, { name, contentType });
  }
  const index = table.get(`${APP_URL}index.html`);
  if (!index) throw new Error('The pages are not built: there is no index.html.');
  table.set(APP_URL, index);
  return table;
}

/** The file of an address, by look-up of the text as it is: nothing is decoded, joined or tidied. */
export function resolveAsset(url: string, table: AssetTable): Asset | null {
  const end = url.search(/[?#]/);
  return table.get(end === -1 ? url : url.slice(0, end)) ?? null;
}
