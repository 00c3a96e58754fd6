import { createScanner } from './token-scan.ts';

/** The rows of tokens that stand in a text, by index. */
export interface TokenAutomaton {
  readonly find: (text: string) => number[];
}

const ROOT = 0;

/**
 * Aho-Corasick over tokens instead of characters: finds every pattern that stands in a text as an unbroken row of
 * tokens, those inside longer ones too, in time linear in the text. Patterns are non-empty and distinct.
 */
export function buildAutomaton(patterns: readonly (readonly string[])[]): TokenAutomaton {
  const vocabulary = new Map<string, number>();
  for (const pattern of patterns) {
    for (const token of pattern) {
      if (!vocabulary.has(token)) vocabulary.set(token, vocabulary.size);
    }
  }
  const width = Math.max(1, vocabulary.size);
  // One map for all edges: node * width + token. Both stay far below 2^26, the key below 2^53.
  const edges = new Map<number, number>();
  const pattern: number[] = [-1];
  const parent: number[] = [ROOT];
  const label: number[] = [-1];
  const depth: number[] = [0];
  for (const [index, tokens] of patterns.entries()) {
    let node = ROOT;
    for (const token of tokens) {
      const key = node * width + (vocabulary.get(token) ?? 0);
      let next = edges.get(key);
      if (next === undefined) {
        next = pattern.length;
        edges.set(key, next);
        pattern.push(-1);
        parent.push(node);
        label.push(vocabulary.get(token) ?? 0);
        depth.push((depth[node] ?? 0) + 1);
      }
      node = next;
    }
    pattern[node] = index;
  }
  const fail = new Int32Array(pattern.length);
  const output = new Int32Array(pattern.length);
  // Most steps of a text start at the root, and a key of the map costs more than a place in an array.
  const fromRoot = Int32Array.from({ length: width }, (_, token) => edges.get(token) ?? ROOT);
  const step = (from: number, token: number): number => {
    let node = from;
    while (node !== ROOT) {
      const next = edges.get(node * width + token);
      if (next !== undefined) return next;
      node = fail[node] ?? ROOT;
    }
    return fromRoot[token] ?? ROOT;
  };
  for (const node of byDepth(depth)) {
    const above = parent[node] ?? ROOT;
    const suffix = above === ROOT ? ROOT : step(fail[above] ?? ROOT, label[node] ?? 0);
    fail[node] = suffix;
    output[node] = (pattern[suffix] ?? -1) >= 0 ? suffix : (output[suffix] ?? ROOT);
  }
  const scanner = createScanner(vocabulary);
  return {
    find: (text) => {
      const found = new Set<number>();
      let node = ROOT;
      scanner.scan(text, (known) => {
        node = known < 0 ? ROOT : step(node, known);
        // A match that was seen before has had its whole chain of inner matches reported.
        for (let match = node; match !== ROOT; match = output[match] ?? ROOT) {
          const index = pattern[match] ?? -1;
          if (index < 0) continue;
          if (found.has(index)) break;
          found.add(index);
        }
      });
      return [...found].sort((a, b) => a - b);
    },
  };
}

/** All nodes but the root, shallow ones first. */
function byDepth(depth: readonly number[]): number[] {
  const nodes = Array.from({ length: depth.length - 1 }, (_, index) => index + 1);
  return nodes.sort((a, b) => (depth[a] ?? 0) - (depth[b] ?? 0));
}
