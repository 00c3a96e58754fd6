import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contentTypeOf } from '../common/page-headers.ts';

export interface StaticFile {
  readonly bytes: Uint8Array;
  readonly contentType: string;
}

/** Names that a browser sends unchanged; anything else is not ours and is not served. */
const PLAIN_NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;

/**
 * The pages, read once at start: request path -> bytes. A request is looked up in this map and never becomes a path,
 * so there is nothing to traverse. Links and dot files are left out.
 */
export function readStaticFiles(folder: string): ReadonlyMap<string, StaticFile> {
  const files = new Map<string, StaticFile>();
  const visit = (path: string, prefix: string) => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (!PLAIN_NAME.test(entry.name)) continue;
      const inner = join(path, entry.name);
      if (entry.isDirectory()) visit(inner, `${prefix}${entry.name}/`);
      else if (entry.isFile())
        files.set(`${prefix}${entry.name}`, {
          bytes: readFileSync(inner),
          contentType: contentTypeOf(entry.name),
        });
    }
  };
  visit(folder, '/');
  const index = files.get('/index.html');
  if (!index) throw new Error(`There is no index.html in ${folder}: build the pages first.`);
  files.set('/', index);
  return files;
}
