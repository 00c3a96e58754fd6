const TRAILING_PUNCTUATION = /^(.*?)([.,!?;:]+)$/su;
const PUNCTUATION = /^[.,!?;:]+$/u;
const EDGES = /^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu;

/** Splits at white space; punctuation at the end of a word is a token of its own. */
export function tokenise(text: string): string[] {
  const tokens: string[] = [];
  for (const word of text.split(/\s+/u)) {
    if (word === '') continue;
    const match = TRAILING_PUNCTUATION.exec(word);
    if (match === null) {
      tokens.push(word);
      continue;
    }
    const [, stem = '', tail = ''] = match;
    if (stem !== '') tokens.push(stem);
    tokens.push(tail);
  }
  return tokens;
}

/** The inverse of tokenise, up to white space. */
export function joinTokens(tokens: readonly string[]): string {
  let text = '';
  for (const token of tokens) {
    text += text === '' || PUNCTUATION.test(token) ? token : ` ${token}`;
  }
  return text;
}

/** The distinct words of a text without case and outer punctuation: what a passage is about. */
export function cueWords(text: string): Set<string> {
  const cues = new Set<string>();
  for (const word of text.split(/\s+/u)) {
    const cue = word.normalize('NFKC').toLowerCase().replace(EDGES, '');
    if (cue !== '') cues.add(cue);
  }
  return cues;
}
