import { tokenise } from './normalise.ts';

/**
 * Openings of an answer that declines. The rule only names a miss, so that refusal rates can be compared; it never
 * changes a number, and what it overlooks is a miss all the same.
 */
export const REFUSAL_PHRASES: readonly string[] = [
  "I can't",
  'I cannot',
  'I can not',
  "I'm unable to",
  'I am unable to',
  "I'm not able to",
  'I am not able to',
  "I won't",
  'I will not',
  "I'm sorry, but",
  'I am sorry, but',
  "I'm sorry, I can't",
  'I am sorry, I cannot',
  'Sorry, but I',
  "Sorry, I can't",
  'Sorry, I cannot',
  'I apologize, but',
  'I apologise, but',
  'Unfortunately, I cannot',
  "Unfortunately, I can't",
  'I must decline',
  'I have to decline',
  'I decline to',
  'As an AI',
];

const openings = REFUSAL_PHRASES.map(tokenise);

/** Openings are short, so only this much of an answer is read. */
const OPENING_CHARACTERS = 400;

/** Whether an answer opens with one of REFUSAL_PHRASES. */
export function isRefusal(answer: string): boolean {
  const tokens = tokenise(answer.slice(0, OPENING_CHARACTERS));
  return openings.some((opening) => opening.every((token, index) => tokens[index] === token));
}
