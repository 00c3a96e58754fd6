import { fromUtf8 } from './bytes.ts';
import { assertEvidence, EvidenceError } from './errors.ts';

/** The lines of a text file in which LF ends every line. Throws EvidenceError, which calls the file `name`. */
export function fileLines(bytes: Uint8Array, name: string): string[] {
  let text: string;
  try {
    text = fromUtf8(bytes);
  } catch {
    throw new EvidenceError(`${name} is not valid UTF-8`);
  }
  assertEvidence(text.endsWith('\n'), `${name} does not end with a line end`);
  return text.slice(0, -1).split('\n');
}
