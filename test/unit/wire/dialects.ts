import type { ReadOk } from '#shared/wire/types.ts';
import { anthropic } from './dialects/anthropic.ts';
import { bedrock } from './dialects/bedrock.ts';
import { customWriter, paste } from './dialects/custom.ts';
import { gemini } from './dialects/gemini.ts';
import { ollama } from './dialects/ollama.ts';
import { chat, responses } from './dialects/openai.ts';
import { MODEL, type Said, tokenOf, type Writer, whole } from './dialects/writer.ts';

export const WRITERS: readonly Writer[] = [
  chat,
  responses,
  anthropic,
  gemini,
  bedrock,
  ollama,
  customWriter('sse'),
  customWriter('jsonl'),
  paste,
];

/** What every reading of a `Said` must hold, as far as the format carries it. */
export function expectedOf(writer: Writer, { text, reasoning }: Said): Partial<ReadOk> {
  return {
    text: whole(text),
    reasoning: writer.reasoning ? whole(reasoning) || null : null,
    model: writer.model ? MODEL : null,
    refusal: false,
    logprobs:
      writer.logprobs && text.length > 0
        ? text.map((piece) => ({ token: tokenOf(piece), logprob: -0.25 }))
        : null,
  };
}

export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
