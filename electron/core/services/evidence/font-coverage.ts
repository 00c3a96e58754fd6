/** Reads which characters a TrueType font has, from its cmap table (formats 4 and 12 of the OpenType specification). */
export function readCoverage(font: Uint8Array): (codePoint: number) => boolean {
  const view = new DataView(font.buffer, font.byteOffset, font.byteLength);
  const ranges = unicodeTables(view).flatMap((at) =>
    view.getUint16(at) === 12 ? groups(view, at) : segments(view, at),
  );
  ranges.sort((a, b) => a[0] - b[0]);
  return (codePoint) => {
    let low = 0;
    let high = ranges.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const [first, last] = ranges[middle] ?? [0, -1];
      if (codePoint < first) high = middle - 1;
      else if (codePoint > last) low = middle + 1;
      else return true;
    }
    return false;
  };
}

type Range = readonly [first: number, last: number];

const CMAP = 0x636d6170;

/** Offsets of the subtables for Unicode (platform 0, or 3 with encoding 1 or 10). */
function unicodeTables(view: DataView): number[] {
  const tables = view.getUint16(4);
  for (let index = 0; index < tables; index++) {
    const entry = 12 + 16 * index;
    if (view.getUint32(entry) !== CMAP) continue;
    const cmap = view.getUint32(entry + 8);
    const offsets: number[] = [];
    for (let at = 0; at < view.getUint16(cmap + 2); at++) {
      const record = cmap + 4 + 8 * at;
      const platform = view.getUint16(record);
      const encoding = view.getUint16(record + 2);
      const offset = cmap + view.getUint32(record + 4);
      const format = view.getUint16(offset);
      const unicode = platform === 0 || (platform === 3 && (encoding === 1 || encoding === 10));
      if (unicode && (format === 4 || format === 12)) offsets.push(offset);
    }
    return offsets;
  }
  return [];
}

function groups(view: DataView, at: number): Range[] {
  return Array.from({ length: view.getUint32(at + 12) }, (_, index): Range => {
    const group = at + 16 + 12 * index;
    return [view.getUint32(group), view.getUint32(group + 4)];
  });
}

function segments(view: DataView, at: number): Range[] {
  const count = view.getUint16(at + 6) / 2;
  return Array.from({ length: count }, (_, index): Range => {
    const last = view.getUint16(at + 14 + 2 * index);
    const first = view.getUint16(at + 16 + 2 * count + 2 * index);
    return [first, last];
  }).filter(([first]) => first !== 0xffff);
}
