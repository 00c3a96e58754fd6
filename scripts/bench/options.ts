import { parseArgs } from 'node:util';

/** Whole-number options with their defaults, and --json. */
export function readOptions<K extends string>(
  args: readonly string[],
  defaults: Readonly<Record<K, number>>,
): Record<K, number> & { readonly json: boolean } {
  const names = Object.keys(defaults) as K[];
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      ...Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
    },
  });
  const given = values as Readonly<Record<string, unknown>>;
  const numbers = { ...defaults } as Record<K, number>;
  for (const name of names) {
    const text = given[name];
    if (typeof text !== 'string') continue;
    const value = Number(text);
    if (!Number.isInteger(value) || value < 0) throw new Error(`--${name} takes a whole number`);
    numbers[name] = value;
  }
  return { ...numbers, json: values.json === true };
}

/** A remark on standard error, so that standard output holds the result alone. */
export function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Rows of text in columns. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
  }
  for (const row of rows) {
    const line = row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ');
    process.stdout.write(`${line.trimEnd()}\n`);
  }
}
