import { type EndpointErrorCode, ERROR_OUTCOME, type Outcome } from '../domain/outcome.ts';
import type { ReadOk } from './types.ts';

/**
 * What became of a sample (METHOD 5.2). A failure goes by its code. Of a readable answer, a filter comes first,
 * then a refusal, then the length limit. An empty answer is an answer: the model was asked and said nothing, so the extraction
 * finds the empty set, a miss; to call it malformed would let a target drop the samples it does not like.
 */
export function outcomeOf(
  read: ReadOk | { readonly ok: false; readonly code: EndpointErrorCode },
): Outcome {
  if (!read.ok) return ERROR_OUTCOME[read.code];
  if (read.end === 'filter') return 'filtered';
  if (read.refusal) return 'refused';
  if (read.end === 'length') return 'truncated';
  return 'answered';
}
