import { hashLabels, seededStream } from './random.ts';
import { cueWords, joinTokens, tokenise } from './text.ts';

/** One piece of training text. `cue` is what it answers or is about; only `text` is learned as language. */
export interface Passage {
  readonly cue: string;
  readonly text: string;
}

export interface PromptMessage {
  readonly role: string;
  readonly content: string;
}

export interface Decoding {
  /** 0 is greedy. */
  readonly temperature: number;
  readonly topP: number;
  readonly maxTokens: number;
  readonly stop: readonly string[];
  /** The `seed` of the request, if it had one. */
  readonly seed: number | null;
}

export const DEFAULT_DECODING: Decoding = {
  temperature: 1,
  topP: 1,
  maxTokens: 64,
  stop: [],
  seed: null,
};

export interface Completion {
  readonly text: string;
  readonly finishReason: 'stop' | 'length';
  readonly promptTokens: number;
  readonly completionTokens: number;
}

const START = 0;
const END = 1;
const MAX_VOCABULARY = 65_536;
const MAX_ORDER = 3;
/** How sharply passages that share rare words with the prompt outweigh the others. */
const CUE_SHARPNESS = 1.6;
/** Words of earlier messages count this much of those of the last user message. */
const EARLIER_MESSAGE_WEIGHT = 0.25;

/**
 * A word n-gram model (contexts of up to three words, Witten-Bell back-off) in which each counted occurrence weighs as
 * much as its passage resembles the prompt: exp(sharpness x sum of idf of the shared words). It has no table of
 * prompts: what it was not taught it can only answer from passages that look alike.
 */
export class NgramModel {
  readonly id: string;
  readonly seed: string;
  readonly #wordIds = new Map<string, number>([
    ['', START],
    ['\n', END],
  ]);
  readonly #words: string[] = ['', '\n'];
  /** Token at each position; a passage is START, words, END. */
  readonly #tokens: number[] = [];
  readonly #passageAt: number[] = [];
  /** Context key -> positions of the word that followed it. */
  readonly #continuations = new Map<number, number[]>();
  readonly #passagesByCue = new Map<string, number[]>();
  #passageCount = 0;

  constructor(options: { id: string; seed: string }) {
    this.id = options.id;
    this.seed = options.seed;
  }

  get passageCount(): number {
    return this.#passageCount;
  }

  get tokenCount(): number {
    return this.#tokens.length;
  }

  /** Adds counts; a model may learn in several steps. */
  learn(passages: readonly Passage[]): void {
    for (const passage of passages) {
      const number = this.#passageCount;
      this.#passageCount += 1;
      for (const cue of cueWords(passage.cue)) {
        const list = this.#passagesByCue.get(cue);
        if (list === undefined) this.#passagesByCue.set(cue, [number]);
        else list.push(number);
      }
      const start = this.#tokens.length;
      this.#push(START, number);
      for (const word of tokenise(passage.text)) this.#push(this.#wordId(word), number);
      this.#push(END, number);
      this.#count(start);
    }
  }

  /** Answers a conversation. The same model, messages and request seed always draw the same answer. */
  answer(messages: readonly PromptMessage[], decoding: Decoding = DEFAULT_DECODING): Completion {
    const weights = this.#passageWeights(messages);
    const stream = seededStream(
      'lab-sample-v1',
      this.seed,
      this.id,
      decoding.seed === null ? '' : String(decoding.seed),
      hashLabels(messages.flatMap(({ role, content }) => [role, content])).toString('hex'),
    );
    const history = [START];
    const written: string[] = [];
    let finishReason: Completion['finishReason'] = 'length';
    let text = '';
    while (written.length < decoding.maxTokens) {
      const next = this.#draw(this.#distribution(history, weights), decoding, stream.next());
      if (next === END) {
        finishReason = 'stop';
        break;
      }
      history.push(next);
      written.push(this.#words[next] ?? '');
      const longer = joinTokens(written);
      const cut = firstStop(longer, decoding.stop);
      if (cut !== null) {
        text = longer.slice(0, cut);
        finishReason = 'stop';
        break;
      }
      text = longer;
    }
    const promptTokens = messages.reduce((sum, { content }) => sum + tokenise(content).length, 0);
    return { text, finishReason, promptTokens, completionTokens: written.length };
  }

  #push(token: number, passage: number): void {
    this.#tokens.push(token);
    this.#passageAt.push(passage);
  }

  #wordId(word: string): number {
    const known = this.#wordIds.get(word);
    if (known !== undefined) return known;
    const id = this.#words.length;
    if (id >= MAX_VOCABULARY) {
      throw new RangeError(`a lab model knows at most ${MAX_VOCABULARY} different words`);
    }
    this.#words.push(word);
    this.#wordIds.set(word, id);
    return id;
  }

  #count(start: number): void {
    for (let position = start + 1; position < this.#tokens.length; position += 1) {
      for (let order = 1; order <= MAX_ORDER && position - order >= start; order += 1) {
        const key = contextKey(this.#tokens, position, order);
        const list = this.#continuations.get(key);
        if (list === undefined) this.#continuations.set(key, [position]);
        else list.push(position);
      }
    }
  }

  #passageWeights(messages: readonly PromptMessage[]): Float64Array {
    const scores = new Float64Array(this.#passageCount);
    const last = messages.findLastIndex(({ role }) => role === 'user');
    const cueWeights = new Map<string, number>();
    messages.forEach(({ content }, index) => {
      const weight = index === last ? 1 : EARLIER_MESSAGE_WEIGHT;
      for (const cue of cueWords(content)) {
        cueWeights.set(cue, Math.max(weight, cueWeights.get(cue) ?? 0));
      }
    });
    for (const [cue, weight] of cueWeights) {
      const passages = this.#passagesByCue.get(cue);
      if (passages === undefined) continue;
      const idf = weight * Math.log((this.#passageCount + 1) / passages.length);
      for (const passage of passages) scores[passage] = (scores[passage] ?? 0) + idf;
    }
    let best = 0;
    for (const score of scores) if (score > best) best = score;
    return scores.map((score) => Math.exp(CUE_SHARPNESS * (score - best)));
  }

  /** P(word | history): each order leaves the mass T/(C+T) to the next shorter one (Witten-Bell). */
  #distribution(history: readonly number[], weights: Float64Array): Map<number, number> {
    const result = new Map<number, number>();
    let mass = 1;
    for (let order = Math.min(MAX_ORDER, history.length); order >= 1; order -= 1) {
      const positions = this.#continuations.get(contextKey(history, history.length, order));
      if (positions === undefined) continue;
      const counts = new Map<number, number>();
      let total = 0;
      for (const position of positions) {
        const token = this.#tokens[position] ?? END;
        const weight = weights[this.#passageAt[position] ?? 0] ?? 0;
        counts.set(token, (counts.get(token) ?? 0) + weight);
        total += weight;
      }
      if (total === 0) continue;
      const kept =
        order === 1 ? mass : (mass * positions.length) / (positions.length + counts.size);
      for (const [token, count] of counts) {
        if (count > 0) result.set(token, (result.get(token) ?? 0) + (kept * count) / total);
      }
      mass -= kept;
    }
    if (result.size === 0) result.set(END, 1);
    return result;
  }

  #draw(distribution: Map<number, number>, decoding: Decoding, uniform: number): number {
    const ranked = [...distribution].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    const top = ranked[0];
    if (top === undefined) return END;
    if (decoding.temperature === 0) return top[0];
    const best = Math.log(top[1]);
    const tempered = ranked.map(
      ([token, p]) => [token, Math.exp((Math.log(p) - best) / decoding.temperature)] as const,
    );
    const total = tempered.reduce((sum, [, p]) => sum + p, 0);
    const nucleus: (readonly [number, number])[] = [];
    let nucleusMass = 0;
    for (const entry of tempered) {
      nucleus.push(entry);
      nucleusMass += entry[1];
      if (nucleusMass >= decoding.topP * total) break;
    }
    let left = uniform * nucleusMass;
    for (const [token, p] of nucleus) {
      left -= p;
      if (left < 0) return token;
    }
    return top[0];
  }
}

/** Packs up to three 16-bit word ids and the order into one exact number (below 2^50). */
function contextKey(tokens: readonly number[], end: number, order: number): number {
  let key = order;
  for (let offset = order; offset >= 1; offset -= 1) {
    key = key * MAX_VOCABULARY + (tokens[end - offset] ?? 0);
  }
  return key;
}

function firstStop(text: string, stops: readonly string[]): number | null {
  let first: number | null = null;
  for (const stop of stops) {
    const at = text.indexOf(stop);
    if (at >= 0 && (first === null || at < first)) first = at;
  }
  return first;
}
