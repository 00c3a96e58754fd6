import { sha256Hex, utf8 } from './bytes.ts';
import { assertEvidence } from './errors.ts';
import { fileLines } from './file-lines.ts';

const LINE = /^([0-9a-f]{64}) {2}([A-Za-z0-9][A-Za-z0-9._/-]*)$/;

/** A BagIt manifest, sorted by path in code-unit order; `sha256sum --strict -c` reads it. */
export function manifestBytes(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const paths = [...files.keys()].sort();
  return utf8(
    paths.map((path) => `${sha256Hex(files.get(path) ?? new Uint8Array(0))}  ${path}\n`).join(''),
  );
}

/** Reads a manifest in exactly the form that `manifestBytes` writes: path to lower-case hex. */
export function parseManifest(bytes: Uint8Array): Map<string, string> {
  const entries = new Map<string, string>();
  let previous = '';
  for (const line of fileLines(bytes, 'the manifest')) {
    const [, hash, path] = LINE.exec(line) ?? [];
    assertEvidence(
      hash !== undefined && path !== undefined,
      'the manifest has a line of another form',
    );
    assertEvidence(path > previous, 'the manifest is not sorted, or names a file twice');
    previous = path;
    entries.set(path, hash);
  }
  return entries;
}

/** Names of files whose bytes are missing from, not listed in, or different from a manifest. */
export function manifestProblems(
  manifest: ReadonlyMap<string, string>,
  files: ReadonlyMap<string, Uint8Array>,
): string[] {
  const problems: string[] = [];
  for (const [path, hash] of manifest) {
    const bytes = files.get(path);
    if (bytes === undefined) problems.push(`${path} is missing`);
    else if (sha256Hex(bytes) !== hash) problems.push(`${path} has another hash`);
  }
  for (const path of files.keys()) {
    if (!manifest.has(path)) problems.push(`${path} is not listed`);
  }
  return problems;
}
