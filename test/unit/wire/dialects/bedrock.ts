import { crc32 } from '#shared/wire/decode-body.ts';
import { json, target, utf8, type Writer, whole } from './writer.ts';

/** A message of Amazon's event stream, written from its description. */
export function amazonMessage(headers: Readonly<Record<string, string>>, payload: Uint8Array) {
  const head = Object.entries(headers).flatMap(([name, value]) => [
    name.length,
    ...utf8(name),
    7,
    utf8(value).length >> 8,
    utf8(value).length & 0xff,
    ...utf8(value),
  ]);
  const bytes = new Uint8Array(16 + head.length + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length);
  view.setUint32(4, head.length);
  view.setUint32(8, crc32(bytes.subarray(0, 8)));
  bytes.set(head, 12);
  bytes.set(payload, 12 + head.length);
  view.setUint32(bytes.length - 4, crc32(bytes.subarray(0, bytes.length - 4)));
  return bytes;
}
const amazonEvent = (type: string, data: string) =>
  amazonMessage(
    { ':message-type': 'event', ':event-type': type, ':content-type': 'application/json' },
    utf8(data),
  );

export const bedrock: Writer = {
  name: 'bedrock-converse',
  target: target('bedrock-converse'),
  logprobs: false,
  reasoning: true,
  model: false,
  plain: ({ text, reasoning, end }) => ({
    output: {
      message: {
        role: 'assistant',
        content: [
          ...(reasoning.length > 0
            ? [{ reasoningContent: { reasoningText: { text: whole(reasoning) } } }]
            : []),
          { text: whole(text) },
        ],
      },
    },
    stopReason: end === 'stop' ? 'end_turn' : 'max_tokens',
    usage: { inputTokens: 3, outputTokens: 4, totalTokens: 7 },
    metrics: { latencyMs: 9 },
  }),
  streamType: 'application/vnd.amazon.eventstream',
  events: ({ text, reasoning, end }) => {
    const delta = (contentBlockIndex: number, value: object) =>
      amazonEvent('contentBlockDelta', json({ contentBlockIndex, delta: value }));
    const at = reasoning.length > 0 ? 1 : 0;
    return [
      amazonEvent('messageStart', json({ role: 'assistant' })),
      ...reasoning.map((piece) => delta(0, { reasoningContent: { text: piece } })),
      ...text.map((piece) => delta(at, { text: piece })),
      amazonEvent('contentBlockStop', json({ contentBlockIndex: at })),
      amazonEvent('messageStop', json({ stopReason: end === 'stop' ? 'end_turn' : 'max_tokens' })),
      amazonEvent('metadata', json({ usage: { inputTokens: 3, outputTokens: 4, totalTokens: 7 } })),
    ];
  },
  event: (data) => amazonEvent('contentBlockDelta', data),
  errorEvent: amazonMessage(
    { ':message-type': 'exception', ':exception-type': 'modelStreamErrorException' },
    utf8('{"message":"x"}'),
  ),
  wrongText: (text) => ({
    output: { message: { content: [{ text }] } },
    stopReason: 'end_turn',
  }),
  wrongList: { output: { message: { content: { length: 1e9 } } }, stopReason: 'end_turn' },
};
