let total = 0;
let accepted = 0;

/** Counts the cases of a test file for the sentence a release prints. */
export const tally = {
  count(asExpected: boolean): void {
    total++;
    if (!asExpected) accepted++;
  },
  print(): void {
    process.stdout.write(`${total} hostile cases, ${accepted} accepted\n`);
  },
};
