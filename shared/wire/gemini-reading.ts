import { takeSse } from './frame.ts';
import { field, isObject, stringField } from './json-guard.ts';
import {
  type Draft,
  schemaFailure,
  takeLogprobs,
  takeModel,
  takeRequestId,
  usageOf,
} from './reading.ts';
import type { ReadFailure, ReadOk } from './types.ts';

const USAGE = {
  prompt: 'promptTokenCount',
  completion: 'candidatesTokenCount',
  total: 'totalTokenCount',
  reasoning: 'thoughtsTokenCount',
  cached: 'cachedContentTokenCount',
};

/** Reasons by which the provider withholds text (reference of FinishReason and BlockedReason). */
const FILTERS: ReadonlySet<string> = new Set([
  'SAFETY',
  'RECITATION',
  'BLOCKLIST',
  'PROHIBITED_CONTENT',
  'SPII',
  'MODEL_ARMOR',
  'JAILBREAK',
  'IMAGE_SAFETY',
  'IMAGE_PROHIBITED_CONTENT',
  'IMAGE_RECITATION',
]);

/** A plain answer. One without a candidate is readable only when it says that the prompt was blocked. */
export function readGeminiAnswer(document: object, draft: Draft): ReadFailure | null {
  const failure = takeAnswer(document, draft);
  if (failure) return failure;
  if (draft.finishReason === null) {
    if (draft.text.length === 0) return schemaFailure('candidates: none');
    draft.warnings.add('no-finish-reason');
  }
  return countThoughts(draft);
}

/** This format alone counts the thinking beside the answer; both are billed as output. */
function countThoughts(draft: Draft): null {
  const { usage } = draft;
  if (usage !== null && usage.reasoningTokens !== null)
    draft.usage = {
      ...usage,
      completionTokens: (usage.completionTokens ?? 0) + usage.reasoningTokens,
    };
  return null;
}

/**
 * A stream: each event has the shape of a plain answer. The last one that gives a finish reason ends it, since earlier models
 * and some gateways give one in events before; text behind that one is no part of the answer. No reason: the stream was cut.
 */
export function readGeminiStream(text: string, draft: Draft): ReadFailure | null {
  const { text: texts, reasoning, logprobs } = draft;
  const lists = [texts, reasoning, logprobs];
  let lengths = lists.map(() => 0);
  const failure = takeSse(text, draft, {
    isDone: () => draft.finishReason !== null,
    take: (answer) => {
      const before = draft.finishReason;
      draft.finishReason = null;
      const wrong = takeAnswer(answer, draft);
      if (draft.finishReason === null) draft.finishReason = before;
      else lengths = lists.map((list) => list.length);
      return wrong;
    },
  });
  if (failure) return failure;
  const behind = lists.filter((list, at) => list.length > (lengths[at] ?? 0));
  if (behind.length > 0) draft.warnings.add('after-done');
  for (const [at, list] of lists.entries()) list.length = lengths[at] ?? 0;
  return countThoughts(draft);
}

function takeAnswer(answer: object, draft: Draft): ReadFailure | null {
  takeModel(draft, stringField(answer, 'modelVersion'));
  takeRequestId(draft, field(answer, 'responseId'));
  draft.usage = usageOf(field(answer, 'usageMetadata'), USAGE, draft.usage);
  const blocked = stringField(field(answer, 'promptFeedback'), 'blockReason');
  if (blocked !== null) {
    draft.finishReason ??= blocked;
    draft.end = 'filter';
  }
  const candidates = field(answer, 'candidates') ?? [];
  if (!Array.isArray(candidates)) return schemaFailure('candidates: no list');
  for (const [at, candidate] of candidates.entries()) {
    const failure = takeCandidate(candidate, at, draft);
    if (failure) return failure;
  }
  return null;
}

function takeCandidate(candidate: unknown, at: number, draft: Draft): ReadFailure | null {
  if (!isObject(candidate)) return schemaFailure('a candidate is not an object');
  if ((field(candidate, 'index') ?? at) !== 0) {
    draft.warnings.add('several-choices');
    return null;
  }
  const reason = field(candidate, 'finishReason') ?? null;
  if (reason !== null && typeof reason !== 'string')
    return schemaFailure('finishReason: not a text');
  if (reason !== null && draft.finishReason === null) {
    draft.finishReason = reason;
    draft.end = endOf(reason);
  }
  takeLogprobs(
    draft,
    field(field(candidate, 'logprobsResult'), 'chosenCandidates'),
    'logProbability',
  );
  const content = field(candidate, 'content') ?? null;
  if (content === null) return null;
  if (!isObject(content)) return schemaFailure('content: not an object');
  const parts = field(content, 'parts') ?? [];
  if (!Array.isArray(parts)) return schemaFailure('parts: no list');
  for (const part of parts) {
    const failure = takePart(part, draft);
    if (failure) return failure;
  }
  return null;
}

function takePart(part: unknown, draft: Draft): ReadFailure | null {
  if (!isObject(part)) return schemaFailure('a part is not an object');
  if (field(part, 'functionCall') !== undefined) draft.warnings.add('tool-calls');
  const text = field(part, 'text');
  if (text === undefined) return null;
  if (typeof text !== 'string') return schemaFailure('text: not a text');
  (field(part, 'thought') === true ? draft.reasoning : draft.text).push(text);
  return null;
}

const endOf = (reason: string): ReadOk['end'] =>
  reason === 'MAX_TOKENS' ? 'length' : FILTERS.has(reason) ? 'filter' : 'stop';
