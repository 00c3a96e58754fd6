import { json, MODEL, sse, target, tokenOf, type Writer, whole } from './writer.ts';

export const gemini: Writer = {
  name: 'gemini',
  target: target('gemini'),
  logprobs: true,
  reasoning: true,
  model: true,
  plain: ({ text, reasoning, end }) =>
    geminiAnswer(
      [
        ...(reasoning.length > 0 ? [{ text: whole(reasoning), thought: true }] : []),
        { text: whole(text) },
      ],
      {
        finishReason: end === 'stop' ? 'STOP' : 'MAX_TOKENS',
        logprobsResult: { chosenCandidates: text.map(geminiLogprob) },
      },
    ),
  streamType: 'text/event-stream',
  events: ({ text, reasoning, end }) => [
    ...reasoning.map((piece) => sse(json(geminiAnswer([{ text: piece, thought: true }])))),
    ...text.map((piece) =>
      sse(
        json(
          geminiAnswer([{ text: piece }], {
            logprobsResult: { chosenCandidates: [geminiLogprob(piece)] },
          }),
        ),
      ),
    ),
    sse(
      json(geminiAnswer([{ text: '' }], { finishReason: end === 'stop' ? 'STOP' : 'MAX_TOKENS' })),
    ),
  ],
  event: (data) => sse(data),
  errorEvent: sse(json({ error: { code: 500, status: 'INTERNAL', message: 'x' } })),
  wrongText: (text) => ({ candidates: [{ content: { parts: [{ text }] }, finishReason: 'STOP' }] }),
  wrongList: { candidates: { length: 1e9 } },
};

const geminiLogprob = (piece: string) => ({
  token: tokenOf(piece),
  tokenId: 7,
  logProbability: -0.25,
});
const geminiAnswer = (parts: readonly object[], more: object = {}) => ({
  candidates: [{ index: 0, content: { role: 'model', parts }, ...more }],
  modelVersion: MODEL,
  responseId: 'answer-1',
  usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 4, totalTokenCount: 7 },
});
