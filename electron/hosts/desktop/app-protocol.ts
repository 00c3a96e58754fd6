import { contentTypeOf } from '../common/page-headers.ts';
import { APP_URL } from './navigation.ts';

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
    table.set(`${APP_URL}${name}`, { name, contentType: contentTypeOf(name) });
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
