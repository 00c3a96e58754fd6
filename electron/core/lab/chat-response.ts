import type { Completion } from './ngram-model.ts';

export interface ResponseFrame {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly systemFingerprint: string;
}

function frameFields(frame: ResponseFrame, object: string): Record<string, unknown> {
  return {
    id: frame.id,
    object,
    created: frame.created,
    model: frame.model,
    system_fingerprint: frame.systemFingerprint,
  };
}

function usageOf(completion: Completion): Record<string, number> {
  const { promptTokens, completionTokens } = completion;
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
}

/** The body of a plain answer. */
export function completionBody(frame: ResponseFrame, completion: Completion): string {
  return JSON.stringify({
    ...frameFields(frame, 'chat.completion'),
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: completion.text, refusal: null },
        logprobs: null,
        finish_reason: completion.finishReason,
      },
    ],
    usage: usageOf(completion),
  });
}

/** The server-sent events of a streamed answer, one string each: role, words, finish, usage if asked for, [DONE]. */
export function completionEvents(
  frame: ResponseFrame,
  completion: Completion,
  includeUsage: boolean,
): string[] {
  const usageOfChunk = includeUsage ? { usage: null } : {};
  const chunk = (delta: Record<string, string>, finishReason: string | null): unknown => ({
    ...frameFields(frame, 'chat.completion.chunk'),
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
    ...usageOfChunk,
  });
  const words = completion.text.match(/\s*\S+/gu) ?? [];
  const chunks: unknown[] = [
    chunk({ role: 'assistant', content: '' }, null),
    ...words.map((content) => chunk({ content }, null)),
    chunk({}, completion.finishReason),
  ];
  if (includeUsage) {
    chunks.push({
      ...frameFields(frame, 'chat.completion.chunk'),
      choices: [],
      usage: usageOf(completion),
    });
  }
  return [...chunks.map((value) => `data: ${JSON.stringify(value)}\n\n`), 'data: [DONE]\n\n'];
}
