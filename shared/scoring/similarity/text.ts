/** What the engine reads of one answer. Nothing here knows a language, a model or a laboratory. */
export interface AnswerFeatures {
  /** The first tokens in lower case: words, single punctuation marks, runs of line feeds. */
  readonly opening: readonly string[];
  /** The kinds of the first lines, in order: heading, bullet, number, code, text, gap, ... */
  readonly layout: readonly string[];
}

/** Tokens of an opening. Past the first sentence or two a text follows its subject, not its author. */
export const OPENING_TOKENS = 30;
/** Lines of a layout. */
export const LAYOUT_LINES = 80;

const OPENING_CHARACTERS = 1_000;
const LAYOUT_CHARACTERS = 20_000;
const SHORT_LINE = 40;

// Scripts without spaces give one token a character, or a whole sentence would be one word.
const TOKEN =
  /\n+|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]\p{M}*|[\p{L}\p{M}\p{N}_]+(?:['’][\p{L}\p{M}\p{N}_]+)*|\S/gu;

function openingTokens(text: string): string[] {
  const tokens: string[] = [];
  // Cutting may split a pair of surrogates: the last token is beyond the thirtieth in any usual text.
  const head = text.slice(0, OPENING_CHARACTERS).normalize('NFC').toLowerCase();
  for (const [token] of head.matchAll(TOKEN)) {
    tokens.push(token);
    if (tokens.length === OPENING_TOKENS) break;
  }
  return tokens;
}

const LINE_KINDS: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['code', /^(?:```|~~~)/u],
  ['heading', /^#{1,6}\s/u],
  ['bullet', /^[-*•+·]\s/u],
  ['number', /^\p{Nd}+[.)、．]/u],
  ['table', /^\|/u],
  ['title', /^\*\*[^*]+\*\*[:：]?$/u],
  ['lead', /[:：]$/u],
];

function lineKind(raw: string): string {
  const line = raw.trim();
  const kind = LINE_KINDS.find(([, pattern]) => pattern.test(line))?.[0];
  if (kind === 'bullet' || kind === 'number') {
    const nested = /^[ \t]/u.test(raw) ? ' nested' : '';
    return `${kind}${nested}${line.includes('**') ? ' bold' : ''}`;
  }
  return kind ?? (line.length < SHORT_LINE ? 'short' : 'text');
}

function layoutOf(text: string): string[] {
  const kinds: string[] = [];
  for (const line of text.slice(0, LAYOUT_CHARACTERS).split(/\r\n|[\n\r\u2028\u2029]/u)) {
    const isBlank = line.trim() === '';
    if (isBlank && kinds.at(-1) === 'gap') continue;
    kinds.push(isBlank ? 'gap' : lineKind(line));
    if (kinds.length === LAYOUT_LINES) break;
  }
  return kinds;
}

/** Reads one answer in time linear in its first 20,000 characters; null for an answer without text. */
export function readAnswer(output: string): AnswerFeatures | null {
  const text = output.slice(0, 4 * LAYOUT_CHARACTERS).trim();
  if (text === '') return null;
  return { opening: openingTokens(text), layout: layoutOf(text) };
}
