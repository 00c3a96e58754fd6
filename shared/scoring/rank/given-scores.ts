/**
 * Scores that come with the answer instead of from its text. They need a target that gives them and are off unless the
 * sealed plan asks for them.
 */

/** Nothing is said about a candidate whose log-probability was not given: it is below every other. */
export const LOGPROB_FLOOR = Number.NEGATIVE_INFINITY;

/**
 * Log-probability: ln P(candidate | prompt) under the suspect, the sum over its tokens as the endpoint gives them. Range
 * minus infinity to 0. The sum and not the mean: it is the probability itself, and a mean would favour long candidates.
 * Source: METHOD 4.3; Carlini et al. 2019, "The Secret Sharer" (rank by perplexity).
 */
export function logProbabilityScores(
  tokenLogProbs: readonly (readonly number[] | null)[],
): Float64Array {
  return Float64Array.from(tokenLogProbs, (tokens) => {
    if (tokens === null || tokens.length === 0) return LOGPROB_FLOOR;
    if (!tokens.every((value) => value <= 0)) {
      throw new RangeError('a log-probability is a number, at most 0');
    }
    return tokens.reduce((sum, value) => sum + value, 0);
  });
}

/**
 * Cosine similarity of embeddings, the answer's against each candidate's. Range -1 to 1, floor 0; a vector of zeros has 0.
 * Source: Salton and McGill 1983. The embedding endpoint is a target like any other and must not know the draw.
 */
export function cosineScores(
  answer: readonly number[],
  candidates: readonly (readonly number[])[],
): Float64Array {
  const size = (vector: readonly number[]) => Math.hypot(...vector);
  const own = size(answer);
  return Float64Array.from(candidates, (candidate) => {
    if (candidate.length !== answer.length) throw new RangeError('vectors of different lengths');
    const both = own * size(candidate);
    const dot = candidate.reduce((sum, value, at) => sum + value * (answer[at] ?? 0), 0);
    return both === 0 ? 0 : dot / both;
  });
}

/**
 * A blind judge: it was shown the answer and the shuffled list of all candidates and picked one place of that list, or
 * none. 1 for the picked candidate, 0 for the others; floor 0. `order[place]` is the candidate shown there, and must hold
 * every candidate once, so that the judge cannot have been shown less than all of them (METHOD 4.3).
 */
export function judgeScores(order: readonly number[], picked: number | null): Float64Array {
  const scores = new Float64Array(order.length);
  const places = new Set(order);
  if (places.size !== order.length || !order.every((at) => at >= 0 && at < order.length)) {
    throw new RangeError('a judge is shown every candidate once');
  }
  if (picked === null) return scores;
  const candidate = order[picked];
  if (candidate === undefined) throw new RangeError('the judge picked a place outside the list');
  scores[candidate] = 1;
  return scores;
}
