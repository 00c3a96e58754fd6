import type { Template } from '../domain/target.ts';
import { type EventTaker, takeSse } from './frame.ts';
import { takeLines } from './json-lines.ts';
import { valuesAt } from './json-path.ts';
import { failureOfError } from './provider-error.ts';
import { type Draft, schemaFailure, takeModel } from './reading.ts';
import type { ReadFailure } from './types.ts';

export const LINE_TYPES = ['application/x-ndjson', 'application/jsonl', 'application/ndjson'];

type Take = (piece: object, draft: Draft) => ReadFailure | null;

/** One document: a text must stand at the path of the text, or a finish value must say why it does not. */
export const customPlain =
  (template: Template): Take =>
  (document, draft) => {
    const failure = take(template, document, draft);
    if (failure) return failure;
    if (draft.text.length === 0 && draft.end !== 'length' && draft.end !== 'filter')
      return schemaFailure('no text at its path');
    return close(template, draft);
  };

function close({ read }: Template, draft: Draft): null {
  if (read.finish !== null && draft.finishReason === null) draft.warnings.add('no-finish-reason');
  return null;
}

/** A stream of events or lines; each has the same paths. */
export const customStream =
  (template: Template) =>
  (text: string, draft: Draft): ReadFailure | null => {
    const { done, read } = template;
    // Where nothing in the stream can say that it is whole, the end of the body must do.
    const isOpenEnded = done === null && read.finish === null;
    let ended = false;
    const taker: EventTaker = {
      take: (piece) => take(template, piece, draft),
      isDone: () => ended || isOpenEnded || draft.finishReason !== null,
      isEnd: ({ data }) => {
        ended ||= data === done;
        return data === done;
      },
    };
    const failure =
      template.stream === 'jsonl' ? takeLines(text, draft, taker) : takeSse(text, draft, taker);
    if (failure) return failure;
    const isEmpty = draft.text.length === 0 && draft.end !== 'length' && draft.end !== 'filter';
    return isEmpty ? schemaFailure('no text in the stream') : close(template, draft);
  };

function take(template: Template, piece: object, draft: Draft): ReadFailure | null {
  const { read } = template;
  const error = read.error === null ? undefined : valuesAt(piece, read.error)[0];
  if (error !== undefined && error !== null && error !== false) return failureOfError(error);
  for (const text of valuesAt(piece, read.text)) {
    if (text === null) continue;
    if (typeof text !== 'string') return schemaFailure('text: not a text');
    draft.text.push(text);
  }
  for (const text of textsAt(piece, read.reasoning)) draft.reasoning.push(text);
  takeModel(draft, textsAt(piece, read.model)[0] ?? null);
  const finish = textsAt(piece, read.finish)[0];
  if (finish !== undefined && draft.finishReason === null) {
    draft.finishReason = finish;
    draft.end = endOf(template, finish);
  }
  takeCounts(template, piece, draft);
  return null;
}

function endOf({ lengthValues, filterValues }: Template, finish: string): Draft['end'] {
  if (lengthValues.includes(finish)) return 'length';
  return filterValues.includes(finish) ? 'filter' : 'stop';
}

const textsAt = (piece: object, path: string | null): string[] =>
  path === null ? [] : valuesAt(piece, path).filter((value) => typeof value === 'string');

function countAt(piece: object, path: string | null): number | null {
  const value = path === null ? undefined : valuesAt(piece, path)[0];
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

function takeCounts({ read }: Template, piece: object, draft: Draft): void {
  const promptTokens = countAt(piece, read.promptTokens) ?? draft.usage?.promptTokens ?? null;
  const completionTokens =
    countAt(piece, read.completionTokens) ?? draft.usage?.completionTokens ?? null;
  if (promptTokens === null && completionTokens === null) return;
  draft.usage = {
    promptTokens,
    completionTokens,
    totalTokens: null,
    reasoningTokens: null,
    cachedTokens: null,
  };
}
