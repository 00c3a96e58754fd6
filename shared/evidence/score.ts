import type { CanaryRecord } from '../domain/canary.ts';
import type { PanelAnswer } from '../domain/evaluation.ts';
import type { Outcome } from '../domain/outcome.ts';
import { compileCandidates, type Extraction } from '../scoring/exact.ts';
import { normaliseText } from '../scoring/normalise.ts';
import { exclusionOf, reduceSamples } from '../scoring/reduce-samples.ts';

export interface ScoredText {
  readonly outcome: Outcome;
  readonly found: readonly number[] | null;
}

export interface CanaryScorer {
  /**
   * `found`: indices into the record's candidates (drawn) or expected responses (found) that stand in an answer;
   * `rules`: names of the rules that applied.
   */
  readonly extract: (answer: string) => Extraction;
  /** The samples of one target to one answer (METHOD 4.3). */
  readonly reduce: (samples: readonly ScoredText[]) => PanelAnswer;
}

/** The scorer `exact-v1` for one record: the same code that scored the run. */
export function scorerOf(record: CanaryRecord): CanaryScorer {
  const prompt = record.messages.map(({ content }) => content);
  if (record.kind === 'drawn') {
    const matcher = compileCandidates(record.responses);
    return {
      extract: (answer) => matcher.extract(answer, prompt),
      reduce: (samples) =>
        reduceSamples(samples.map(({ outcome, found }) => ({ outcome, found: found ?? [] }))),
    };
  }
  const firsts = new Map<string, number>();
  for (const [index, response] of record.expected.entries()) {
    const key = normaliseText(response);
    if (!firsts.has(key)) firsts.set(key, index);
  }
  const indices = [...firsts.values()];
  const matcher = compileCandidates(indices.map((index) => record.expected[index] ?? ''));
  return {
    extract: (answer) => {
      const { found, rules } = matcher.extract(answer, prompt);
      return { found: found.map((at) => indices[at] ?? at), rules };
    },
    reduce: reduceFound,
  };
}

/** A found canary is hit when any sample holds one of its expected responses. */
export function reduceFound(samples: readonly ScoredText[]): PanelAnswer {
  const administered = samples.filter(({ outcome }) => exclusionOf(outcome) === null);
  if (administered.length === 0) return { status: 'not-administered', found: [] };
  const found = new Set(administered.flatMap((sample) => [...(sample.found ?? [])]));
  return { status: 'administered', found: [...found].sort((a, b) => a - b) };
}
