import { takeSse } from './frame.ts';
import { field, isObject } from './json-guard.ts';
import { closeMessage, takeFinish, takeOrigin, takePart } from './openai-message.ts';
import { type Draft, schemaFailure } from './reading.ts';
import type { ReadFailure } from './types.ts';

const DONE = '[DONE]';

/**
 * Puts the answer together from the chunks of a stream; the same content gives the same reading as a plain answer.
 * Neither [DONE] nor a finish_reason: the stream was cut.
 */
export function readStream(text: string, draft: Draft): ReadFailure | null {
  let choiceSeen = false;
  const failure = takeSse(text, draft, {
    isEnd: ({ data }) => data === DONE,
    isDone: () => draft.finishReason !== null,
    take: (chunk) => {
      takeOrigin(chunk, draft);
      const choices = field(chunk, 'choices') ?? [];
      if (!Array.isArray(choices)) return schemaFailure('choices: no list');
      for (const choice of choices) {
        const isFirst = (field(choice, 'index') ?? 0) === 0;
        choiceSeen ||= isFirst;
        const wrong = takeChoice(choice, isFirst, draft);
        if (wrong) return wrong;
      }
      return null;
    },
  });
  if (failure) return failure;
  return choiceSeen ? closeMessage(draft) : schemaFailure('the stream holds no choice');
}

function takeChoice(choice: unknown, isFirst: boolean, draft: Draft): ReadFailure | null {
  if (!isObject(choice)) return schemaFailure('a choice is not an object');
  if (!isFirst) {
    draft.warnings.add('several-choices');
    return null;
  }
  const delta = field(choice, 'delta') ?? null;
  if (delta === null) return takeFinish(choice, draft);
  return isObject(delta) ? takePart(choice, delta, draft) : schemaFailure('delta: not an object');
}
