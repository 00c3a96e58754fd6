/**
 * The text rules of the scorer `exact-v1` (METHOD 5.2), in this order:
 *
 * 1. strip format and other invisible characters (general category Cf, and Default_Ignorable_Code_Point);
 * 2. cut every run of combining marks after its 30th: reordering marks is quadratic, and no writing needs more
 *    (UAX #15, stream-safe text);
 * 3. NFKC, then step 1 again;
 * 4. full case folding (lower, upper and lower case again, final sigma as sigma, dotless i kept), then NFKC again;
 * 5. split into tokens: a run of letters, digits and marks; except that each character of a script written without
 *    spaces (Han, Hiragana, Katakana, Thai, Lao, Khmer, Myanmar) is a token of its own, and so is each symbol of
 *    category So (emoji among them). Everything else, punctuation and white space alike, only separates.
 *
 * Both sides of a comparison go through it. A text is found in another when its tokens stand there as one unbroken row.
 */

const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]+/gu;
// U+FF9E and U+FF9F are letters that NFKC turns into combining marks.
const LONG_MARK_RUN = /([\p{M}\uFF9E\uFF9F]{30})[\p{M}\uFF9E\uFF9F]+/gu;

const UNSPACED =
  '[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}\\u30FC]';
const TOKEN = new RegExp(
  `[${UNSPACED}&&[\\p{L}\\p{N}]]\\p{M}*|\\p{So}\\p{M}*|[[\\p{L}\\p{N}\\p{M}]--${UNSPACED}]+`,
  'gv',
);

// biome-ignore lint/suspicious/noControlCharactersInRegex: the ASCII range is what is meant
const ASCII_ONLY = /^[\x00-\x7f]*$/;
const ASCII_TOKEN = /[a-z0-9]+/g;

const DOTLESS_I = '\u0131';

/** Unicode full case folding, up to the choice of representative: two texts fold alike exactly when Unicode says so. */
function foldCase(text: string): string {
  return text
    .split(DOTLESS_I)
    .map((part) => part.toLowerCase().toUpperCase().toLowerCase().replaceAll('\u03c2', '\u03c3'))
    .join(DOTLESS_I);
}

/** The tokens of a text under `exact-v1`. Linear in the text. */
export function tokenise(text: string): string[] {
  // For ASCII the steps 1 to 3 change nothing.
  if (ASCII_ONLY.test(text)) return text.toLowerCase().match(ASCII_TOKEN) ?? [];
  const visible = text.replace(INVISIBLE, '').replace(LONG_MARK_RUN, '$1');
  const composed = visible.normalize('NFKC').replace(INVISIBLE, '');
  return foldCase(composed).normalize('NFKC').match(TOKEN) ?? [];
}

/** The normal form: the tokens, joined by single spaces. Equal normal forms can't be told apart by the scorer. */
export function normaliseText(text: string): string {
  return tokenise(text).join(' ');
}
