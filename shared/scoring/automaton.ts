/** The rows of tokens that stand in a text, by index. */
export interface TokenAutomaton {
  readonly find: (tokens: readonly string[]) => number[];
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
  const step = (from: number, token: number): number => {
    let node = from;
    for (;;) {
      const next = edges.get(node * width + token);
      if (next !== undefined) return next;
      if (node === ROOT) return ROOT;
      node = fail[node] ?? ROOT;
    }
  };
  for (const node of byDepth(depth)) {
    const above = parent[node] ?? ROOT;
    const suffix = above === ROOT ? ROOT : step(fail[above] ?? ROOT, label[node] ?? 0);
    fail[node] = suffix;
    output[node] = (pattern[suffix] ?? -1) >= 0 ? suffix : (output[suffix] ?? ROOT);
  }
  return {
    find: (tokens) => {
      const found = new Set<number>();
      let node = ROOT;
      for (const token of tokens) {
        const known = vocabulary.get(token);
        node = known === undefined ? ROOT : step(node, known);
        // A match that was seen before has had its whole chain of inner matches reported.
        for (let match = node; match !== ROOT; match = output[match] ?? ROOT) {
          const index = pattern[match] ?? -1;
          if (index < 0) continue;
          if (found.has(index)) break;
          found.add(index);
        }
      }
      return [...found].sort((a, b) => a - b);
    },
  };
}

/** All nodes but the root, shallow ones first. */
function byDepth(depth: readonly number[]): number[] {
  const nodes = Array.from({ length: depth.length - 1 }, (_, index) => index + 1);
  return nodes.sort((a, b) => (depth[a] ?? 0) - (depth[b] ?? 0));
}
