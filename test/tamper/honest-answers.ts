import { gzipSync } from 'node:zlib';
import type { Outcome } from '#shared/domain/outcome.ts';
import { utf8 } from '#shared/evidence/bytes.ts';
import type { EvidenceAttempt, HeaderPair, PanelTarget } from '#shared/evidence/document.ts';
import { type OwnCanary, secret } from './honest-registry.ts';

// What the targets of the fixture answer, as bytes on the wire.

const JSON_HEADERS: readonly HeaderPair[] = [
  ['Content-Type', 'application/json'],
  ['date', 'Fri, 01 May 2026 10:00:00 GMT'],
  ['x-request-id', 'req-<script>alert(1)</script>'],
];

export interface Wire {
  readonly response: EvidenceAttempt['response'];
  readonly outcome: Outcome;
  readonly errorCode: EvidenceAttempt['errorCode'];
}

function jsonAnswer(model: string, text: string, finish = 'stop', gzip = false): Wire {
  const body = utf8(
    JSON.stringify({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      model,
      choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: finish }],
      usage: { prompt_tokens: 12, completion_tokens: 6, total_tokens: 18 },
    }),
  );
  const response = {
    status: 200,
    headers: gzip ? [...JSON_HEADERS, ['content-encoding', 'gzip'] as const] : JSON_HEADERS,
    body: gzip ? new Uint8Array(gzipSync(body)) : body,
  };
  return { response, outcome: finish === 'length' ? 'truncated' : 'answered', errorCode: null };
}

function streamAnswer(model: string, text: string): Wire {
  const half = Math.floor(text.length / 2);
  const event = (delta: object, finish: string | null) =>
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', model, choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
  const body = utf8(
    `${event({ role: 'assistant', content: text.slice(0, half) }, null)}${event({ content: text.slice(half) }, null)}${event({}, 'stop')}data: [DONE]\n\n`,
  );
  const response = {
    status: 200,
    headers: [['content-type', 'text/event-stream']] as const,
    body,
  };
  return { response, outcome: 'answered', errorCode: null };
}

const RATE_LIMITED: Wire = {
  response: {
    status: 429,
    headers: [['retry-after', '1']],
    body: utf8('{"error":{"message":"slow"}}'),
  },
  outcome: 'rate-limited',
  errorCode: 'RATE_LIMITED',
};
const TIMED_OUT: Wire = { response: null, outcome: 'timed-out', errorCode: 'TIMEOUT_HEADERS' };
const INTERRUPTED: Wire = { response: null, outcome: 'interrupted', errorCode: null };

/** What one target answers to one canary: a row of exchanges, the last one being the answer. */
export function exchanges(
  member: PanelTarget,
  canary: OwnCanary,
  knows: string | null,
): readonly Wire[] {
  const { model } = member;
  const chance = secret('answer', member.name, canary.record.id);
  const list = canary.record.responses;
  const guess =
    (chance[0] ?? 0) < 128 ? (list[(chance[1] ?? 0) % Math.max(1, list.length)] ?? '') : 'no idea';
  const text = `It is ${knows ?? guess}. \u202e\u200b</script><img src=x onerror=alert(1)>`;
  const answer = member.stream
    ? streamAnswer(model, text)
    : jsonAnswer(model, text, 'stop', member.name === 'control-b');
  const place = canary.leafIndex;
  if (member.name === 'control-a' && place === 3) return [RATE_LIMITED, answer];
  if (member.name === 'control-a' && place === 4) return [TIMED_OUT, TIMED_OUT];
  if (member.name === 'control-b' && place === 5) return [INTERRUPTED, answer];
  if (member.name === 'control-b' && place === 6) return [jsonAnswer(model, text, 'length')];
  return [answer];
}
