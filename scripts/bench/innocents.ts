import { EAccumulator } from '#shared/statistics/e-process.ts';
import { MAX_FOUND } from '#shared/statistics/evaluation-input.ts';

/** What an innocent suspect may use: everything but the response that is still sealed. */
export interface Past {
  readonly random: () => number;
  readonly n: number;
  /** Index of the response opened last; -1 at the start. */
  lastOpened: number;
  /** Its own last answer; -1 at the start. */
  lastAnswer: number;
  lastHit: boolean;
}

/** Fills `found` with distinct candidate indices and returns how many; -1 is not administered. */
export type Behaviour = (past: Past, found: Int32Array) => number;

const uniform = ({ random, n }: Past): number => Math.floor(random() * n);

function one(found: Int32Array, index: number): number {
  found[0] = index;
  return 1;
}

/** Ranks 1..n with chance proportional to 1/rank. */
function zipf(past: Past): number {
  const { n, random } = past;
  const goal = random() * harmonic(n);
  let sum = 0;
  for (let rank = 1; rank < n; rank += 1) {
    sum += 1 / rank;
    if (sum >= goal) return rank - 1;
  }
  return n - 1;
}

const harmonics = new Map<number, number>();
function harmonic(n: number): number {
  let value = harmonics.get(n);
  if (value === undefined) {
    value = 0;
    for (let rank = 1; rank <= n; rank += 1) value += 1 / rank;
    harmonics.set(n, value);
  }
  return value;
}

function distinct(past: Past, found: Int32Array, count: number): number {
  // Neighbours on a circle: distinct, and as good as any other set against a uniform draw.
  const start = uniform(past);
  for (let at = 0; at < count; at += 1) found[at] = (start + at) % past.n;
  return count;
}

/** Models that never saw our outputs. None can be caught but by chance (METHOD 4.2). */
export const INNOCENTS: Readonly<Record<string, Behaviour>> = {
  constant: (_, found) => one(found, 7),
  zipf: (past, found) => one(found, zipf(past)),
  sticky: (past, found) =>
    one(found, past.lastAnswer >= 0 && past.random() < 0.9 ? past.lastAnswer : uniform(past)),
  // Knows every response that was opened to anybody, and keeps repeating the last one.
  copycats: (past, found) =>
    one(found, past.lastOpened >= 0 && past.random() < 0.7 ? past.lastOpened : uniform(past)),
  'list-spammers': (past, found) => distinct(past, found, 1 + Math.floor(past.random() * 8)),
  // Refuses half of the time, and its server fails more often right after a hit.
  refusers: (past, found) => {
    if (past.random() < (past.lastHit ? 0.6 : 0.1)) return -1;
    return past.random() < 0.5 ? 0 : one(found, uniform(past));
  },
  // An echo of the question is no answer; an echo of its own last answer beside a new one is two.
  echoers: (past, found) => {
    if (past.random() < 0.5) return 0;
    const index = uniform(past);
    const last = past.lastAnswer;
    one(found, index);
    if (last < 0 || last === index) return 1;
    found[1] = last;
    return 2;
  },
};

export interface Family {
  readonly members: readonly EAccumulator[];
}

/** One sequence of `steps` canaries with N candidates each: the e-process of an innocent. */
export function innocentSequence(
  behaviour: Behaviour,
  random: () => number,
  n: number,
  steps: number,
): EAccumulator {
  const past: Past = { random, n, lastOpened: -1, lastAnswer: -1, lastHit: false };
  const found = new Int32Array(16);
  const e = new EAccumulator();
  let misses = 0;
  for (let step = 0; step < steps; step += 1) {
    const count = behaviour(past, found);
    const drawn = Math.floor(random() * n);
    let hit = false;
    if (count >= 0) {
      const counted = count > MAX_FOUND ? 0 : count;
      for (let at = 0; at < counted; at += 1) if (found[at] === drawn) hit = true;
      if (hit) {
        if (misses > 0) e.addMisses(misses);
        misses = 0;
        e.add({ n, found: counted, hit });
      } else {
        misses += 1;
      }
      if (count > 0) past.lastAnswer = found[0] ?? -1;
    }
    past.lastHit = hit;
    past.lastOpened = drawn;
  }
  if (misses > 0) e.addMisses(misses);
  return e;
}

/**
 * Several suspects on the same canaries: each copies, half of the time, what the one before it answered, otherwise the
 * response opened last. Their hits come together; what holds is the bound of the whole family.
 */
export function copycatFamily(
  size: number,
  random: () => number,
  n: number,
  steps: number,
): Family {
  const members = Array.from({ length: size }, () => new EAccumulator());
  const misses = new Int32Array(size);
  let lastOpened = -1;
  for (let step = 0; step < steps; step += 1) {
    const drawn = Math.floor(random() * n);
    let answer = Math.floor(random() * n);
    for (let at = 0; at < size; at += 1) {
      if (at > 0 && random() < 0.5) {
        answer = lastOpened >= 0 && random() < 0.5 ? lastOpened : Math.floor(random() * n);
      }
      const e = members[at];
      if (e === undefined) continue;
      if (answer !== drawn) {
        misses[at] = (misses[at] ?? 0) + 1;
        continue;
      }
      e.addMisses(misses[at] ?? 0);
      misses[at] = 0;
      e.add({ n, found: 1, hit: true });
    }
    lastOpened = drawn;
  }
  return { members };
}
