import { appendFileSync } from 'node:fs';
import { countsFile } from './total.ts';

let total = 0;
let accepted = 0;

/** Counts the cases of a test file; the run prints the sum of all files at its end (total.ts). */
export const tally = {
  count(asExpected: boolean): void {
    total++;
    if (!asExpected) accepted++;
  },
  print(): void {
    appendFileSync(countsFile(process.ppid), `${total} ${accepted}\n`);
  },
};
