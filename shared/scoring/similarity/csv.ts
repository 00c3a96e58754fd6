export interface CsvPair {
  readonly reference: string;
  readonly suspect: string;
  readonly score: number;
  readonly low: number;
  readonly high: number;
}

const cell = (text: string): string =>
  /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

/** CSV (RFC 4180) reference,suspect,score,low,high, six decimals. */
export function matrixCsv(pairs: readonly CsvPair[]): string {
  const lines = pairs.map(({ reference, suspect, score, low, high }) =>
    [cell(reference), cell(suspect), ...[score, low, high].map((value) => value.toFixed(6))].join(
      ',',
    ),
  );
  return `${['reference,suspect,score,low,high', ...lines].join('\n')}\n`;
}
