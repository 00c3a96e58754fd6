/** Path in the bag to bytes. */
export type Named = Map<string, Uint8Array>;

interface Chosen {
  /** With the name of the chosen folder in front. */
  readonly path: string;
  readonly file: File;
}

const MAX_FILES = 100_000;
const MAX_BYTES = 1024 * 1024 * 1024;

/** Reads what was chosen. Throws in plain words where it cannot be one bundle. */
export async function namedFiles(chosen: readonly Chosen[]): Promise<Named> {
  if (chosen.length === 0) throw new Error('the folder is empty.');
  if (chosen.length > MAX_FILES) throw new Error(`it has more than ${MAX_FILES} files.`);
  const total = chosen.reduce((sum, { file }) => sum + file.size, 0);
  if (total > MAX_BYTES) throw new Error('it is larger than 1 GiB; use the command line.');
  const files: Named = new Map();
  for (const { path, file } of chosen) {
    const name = path.slice(path.indexOf('/') + 1);
    if (files.has(name)) throw new Error('a name stands there twice.');
    files.set(name, new Uint8Array(await file.arrayBuffer()));
  }
  return files;
}

const fileOf = (entry: FileSystemFileEntry) =>
  new Promise<File>((done, fail) => entry.file(done, fail));

const someEntries = (reader: FileSystemDirectoryReader) =>
  new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));

async function collect(entry: FileSystemEntry, into: Chosen[]): Promise<void> {
  if (into.length > MAX_FILES) throw new Error(`it has more than ${MAX_FILES} files.`);
  if (entry.isFile) {
    into.push({ path: entry.fullPath.slice(1), file: await fileOf(entry as FileSystemFileEntry) });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // A reader gives its entries in portions, and an empty one at the end.
  for (let some = await someEntries(reader); some.length > 0; some = await someEntries(reader))
    for (const inner of some) await collect(inner, into);
}

/** Reads one dropped folder. */
export async function droppedFiles(entries: readonly FileSystemEntry[]): Promise<Named> {
  const [only] = entries;
  if (only === undefined || entries.length > 1 || !only.isDirectory)
    throw new Error('drop one folder, the one that holds bagit.txt.');
  const chosen: Chosen[] = [];
  await collect(only, chosen);
  return namedFiles(chosen);
}
