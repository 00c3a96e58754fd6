import { createTransport } from '#core/endpoints/transport.ts';
import type { ExchangeResult, SendOptions, TransportOptions } from '#core/endpoints/types.ts';
import { decodeBody } from '#shared/wire/decode-body.ts';
import { build, read } from '#shared/wire/openai-chat.ts';
import type { ReadOk } from '#shared/wire/types.ts';
import { CHAT } from '../helpers/wire.ts';

/** The product's limits with short times. */
export const SHORT: NonNullable<TransportOptions['limits']> = {
  connectMs: 1_000,
  headersMs: 300,
  idleMs: 300,
  totalMs: 900,
};

/** Where only an event may end an exchange, not a busy machine. */
export const PATIENT: NonNullable<TransportOptions['limits']> = {
  connectMs: 10_000,
  headersMs: 20_000,
  idleMs: 20_000,
  totalMs: 20_000,
};

export interface AskInput {
  readonly baseUrl: string;
  readonly stream?: boolean;
  readonly transport?: TransportOptions;
  readonly send?: Partial<SendOptions>;
  readonly keyName?: string;
}

export interface Asked {
  /** Error code, or `accepted`. */
  readonly code: string;
  readonly exchange: ExchangeResult;
  readonly answer: ReadOk | null;
  readonly tookMs: number;
}

/** The whole way of the product: build, send, decode, read. */
export async function ask(input: AskInput): Promise<Asked> {
  const stream = input.stream ?? false;
  const request = build({
    ...CHAT,
    baseUrl: input.baseUrl,
    model: 'm',
    messages: [{ role: 'user', content: 'the canary travels here' }],
    parameters: { temperature: 0 },
    stream,
    headers: { 'x-api-key': 'header-key' },
    keyName: input.keyName ?? null,
  });
  const transport = createTransport({
    ...input.transport,
    limits: { ...SHORT, ...input.transport?.limits },
  });
  const start = performance.now();
  const exchange = await transport.send(request, {
    timeoutMs: 60_000,
    allowPrivate: true,
    allowHttp: true,
    reason: 'test',
    ...input.send,
  });
  await transport.close();
  const rest = { exchange, tookMs: performance.now() - start };
  if (exchange.error) return { ...rest, code: exchange.error.code, answer: null };
  if (exchange.response === null) throw new Error('neither a response nor an error');
  const { rawHeaders: headers, body, statusCode: status } = exchange.response;
  const decoded = decodeBody(headers, body);
  if (!decoded.ok) return { ...rest, code: decoded.code, answer: null };
  const answer = read({ status, headers, body: decoded.body, stream });
  if (!answer.ok) return { ...rest, code: answer.code, answer: null };
  return { ...rest, code: 'accepted', answer };
}
