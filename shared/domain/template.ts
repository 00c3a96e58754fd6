import { z } from 'zod';
import { normaliseText, tokenise } from '../scoring/normalise.ts';
import { MAX_CANDIDATES, type Message, messageSchema } from './canary.ts';

const words = z.array(z.string().min(1).max(200)).min(1).max(10_000);

/** Lists of words by name: what the slots of the templates refer to, and the syllables of invented names. */
export const wordListsSchema = z.record(z.string(), words);
export type WordLists = z.infer<typeof wordListsSchema>;

/** A family of questions about something invented. `{name}` in a message becomes an invented name. */
export const templateSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,47}$/),
  family: z.string().min(1).max(100),
  description: z.string().min(1).max(500),
  prompts: z.array(z.array(messageSchema).min(1)).min(1),
  responses: z.strictObject({
    slots: z.array(z.string()).min(1).max(4),
    join: z.string().max(20),
  }),
});
export type Template = z.infer<typeof templateSchema>;
export const templateFileSchema = z.strictObject({ templates: z.array(templateSchema).min(1) });

const SYLLABLES = ['first-syllables', 'middle-syllables', 'last-syllables'] as const;

/** A whole number from 0 to range - 1, uniform; the caller supplies the randomness. */
export type UniformInt = (range: number) => number;

const listOf = (lists: WordLists, name: string): readonly string[] => {
  const list = lists[name];
  if (list === undefined) throw new RangeError(`there is no word list ${name}`);
  return list;
};

const product = (lists: readonly (readonly string[])[]): number =>
  lists.reduce((size, list) => size * list.length, 1);

/** The combination of number `index` in the cross product of lists, the last list running fastest. */
function combination(lists: readonly (readonly string[])[], index: number): string[] {
  const parts: string[] = [];
  let rest = index;
  for (const list of lists.toReversed()) {
    parts.unshift(list[rest % list.length] ?? '');
    rest = Math.floor(rest / list.length);
  }
  return parts;
}

/** How many different questions and candidates a template has. */
export function templateSize(
  template: Template,
  lists: WordLists,
): { readonly prompts: number; readonly candidates: number } {
  const names = product(SYLLABLES.map((name) => listOf(lists, name)));
  return {
    prompts: template.prompts.length * names,
    candidates: product(template.responses.slots.map((slot) => listOf(lists, slot))),
  };
}

/** A random question of the template; its id is the same when and only when the question is. */
export function drawPrompt(
  template: Template,
  lists: WordLists,
  random: UniformInt,
): readonly Message[] {
  const syllables = SYLLABLES.map((name) => listOf(lists, name));
  const name = combination(syllables, random(product(syllables))).join('');
  const pattern = template.prompts[random(template.prompts.length)] ?? [];
  return pattern.map(({ role, content }) => ({
    role,
    content: content.replaceAll('{name}', name),
  }));
}

/** Different whole numbers below `size` in random order, as many as are asked for: a partial Fisher-Yates shuffle. */
function* randomOrder(size: number, random: UniformInt): Generator<number> {
  const moved = new Map<number, number>();
  for (let at = 0; at < size; at++) {
    const other = at + random(size - at);
    yield moved.get(other) ?? other;
    moved.set(other, moved.get(at) ?? at);
    moved.delete(at);
  }
}

/**
 * Whether each text is free of every other one of the set, as plain text after normalisation. `inside(text)` names one that
 * stands in it. Checks every substring of a length that occurs, so the time is linear in the number of texts.
 */
function containment(texts: ReadonlySet<string>): (text: string) => boolean {
  const lengths = [...new Set([...texts].map((text) => text.length))].sort((a, b) => a - b);
  return (text) =>
    lengths.some((length) => {
      if (length >= text.length) return false;
      for (let at = 0; at + length <= text.length; at++)
        if (texts.has(text.slice(at, at + length))) return true;
      return false;
    });
}

/** Places of the candidates that hold another candidate as a part, after normalisation. */
export function candidatesHoldingOthers(candidates: readonly string[]): number[] {
  const forms = candidates.map(normaliseText);
  const holdsOther = containment(new Set(forms));
  return forms.flatMap((form, index) => (holdsOther(form) ? [index] : []));
}

/**
 * A random candidate list for a question: `n` combinations of the slots in random order, all different after
 * normalisation, none a part of another, and no word of any in the question. Null when the template has not as many.
 */
export function drawCandidates(
  template: Template,
  lists: WordLists,
  input: { readonly messages: readonly Message[]; readonly n: number; readonly random: UniformInt },
): string[] | null {
  const { messages, n, random } = input;
  if (n > MAX_CANDIDATES) return null;
  const asked = new Set(messages.flatMap(({ content }) => tokenise(content)));
  const slots = template.responses.slots.map((slot) =>
    listOf(lists, slot).filter((word) => tokenise(word).every((token) => !asked.has(token))),
  );
  const order = randomOrder(product(slots), random);
  let chosen = new Map<string, string>();
  for (;;) {
    while (chosen.size < n) {
      const next = order.next();
      if (next.done === true) return null;
      const text = combination(slots, next.value).join(template.responses.join);
      chosen.set(normaliseText(text), text);
    }
    const holdsOther = containment(new Set(chosen.keys()));
    const kept = [...chosen].filter(([form]) => !holdsOther(form));
    if (kept.length === chosen.size) return kept.map(([, text]) => text);
    chosen = new Map(kept);
  }
}
