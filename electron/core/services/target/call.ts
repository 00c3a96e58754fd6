import type { TargetTestResult } from '#shared/contract/target.ts';
import type { Message } from '#shared/domain/canary.ts';
import type { EndpointErrorCode } from '#shared/domain/outcome.ts';
import { configuredRegion } from '#shared/domain/region.ts';
import type { Parameters, TargetDraft } from '#shared/domain/target.ts';
import { clip, visible } from '#shared/util/visible.ts';
import { buildRequest } from '#shared/wire/adapters.ts';
import { outcomeOf } from '#shared/wire/outcome.ts';
import { readResponse, type StoredResponse } from '#shared/wire/read-response.ts';
import type { ReadResult, WireTarget } from '#shared/wire/types.ts';
import type { ExchangeResult, SendOptions, SendReason, Transport } from '../../endpoints/types.ts';
import type { Sender } from '../network/sending.ts';
import { ADVICE } from './advice.ts';
import { effectsIn } from './effects.ts';
import type { VendorFacts } from './preset.ts';

const SHOWN_CHARACTERS = 500;
const NAME_CHARACTERS = 200;

/** A text of the server for people: visible, cut, never null characters of a terminal. */
export const shownName = (text: string | null): string | null =>
  text === null ? null : visible(clip(text, NAME_CHARACTERS).text);

/** Reads stored or fresh bytes the same way: what the transport says comes first. */
export function readExchange(
  exchange: {
    readonly response: StoredResponse | null;
    readonly error: { readonly code: EndpointErrorCode; readonly detail: string } | null;
  },
  target: Pick<WireTarget, 'format' | 'stream' | 'template'>,
): ReadResult {
  if (exchange.error) return { ok: false, ...exchange.error };
  if (exchange.response === null)
    return { ok: false, code: 'CONNECTION_LOST', detail: 'no response' };
  return readResponse(exchange.response, target);
}

/**
 * Shares of the total time, so that a silent server is told from a slow one also where the whole time is short: the
 * headers get two thirds, a silence within the body one third.
 */
export const waitsWithin = (timeoutMs: number): NonNullable<SendOptions['limits']> => ({
  connectMs: Math.ceil(timeoutMs / 2),
  headersMs: Math.ceil((timeoutMs * 2) / 3),
  idleMs: Math.ceil(timeoutMs / 3),
});

export interface HarmlessCall {
  readonly messages: readonly Message[];
  readonly parameters: Parameters;
  readonly reason: SendReason;
  readonly timeoutMs: number;
}

export interface HarmlessAnswer {
  readonly exchange: ExchangeResult;
  readonly reading: ReadResult;
}

/** Sends one question that holds nothing of the library, and reads what comes back. */
export async function askHarmless(
  transport: Transport,
  sender: Sender,
  target: TargetDraft,
  call: HarmlessCall,
): Promise<HarmlessAnswer> {
  const request = buildRequest(target, {
    messages: call.messages,
    parameters: call.parameters,
    keyName: target.key,
  });
  const exchange = await sender.send(transport, request, {
    timeoutMs: call.timeoutMs,
    limits: waitsWithin(call.timeoutMs),
    reason: call.reason,
    reads: target,
  });
  const { response } = exchange;
  const reading = readExchange(
    {
      response: response && {
        status: response.statusCode,
        headers: response.rawHeaders,
        body: response.body,
      },
      error: exchange.error,
    },
    target,
  );
  return { exchange, reading };
}

/** `host:port` of the proxy that carried the exchange; null for a direct connection. */
const proxyOf = ({ net }: ExchangeResult): string | null => shownName(net?.proxy?.host ?? null);

/** Who answered, in words (PRODUCT.md: "record who answered"). */
export function routeOf(
  target: Pick<TargetDraft, 'baseUrl' | 'model' | 'auth'>,
  { exchange, reading }: HarmlessAnswer,
  vendor: string | null,
): TargetTestResult['route'] {
  const host = new URL(target.baseUrl).host;
  const upstream = reading.ok ? shownName(reading.route.upstream) : null;
  const region = reading.ok ? shownName(reading.route.region) : null;
  const asked = configuredRegion(target);
  const requestId = reading.ok ? shownName(reading.route.requestId) : null;
  const modelAnswered = reading.ok ? shownName(reading.model) : null;
  const who = vendor === null ? host : `${vendor} (${host})`;
  const proxy = proxyOf(exchange);
  const parts = [
    exchange.response !== null
      ? `${who} answered`
      : exchange.requestSent
        ? `Nobody answered at ${who}`
        : `Nothing was sent to ${who}`,
    proxy === null ? '' : `, over the proxy ${proxy}`,
    upstream === null ? '' : `, which names ${upstream} as the provider behind it`,
    region === null ? '' : `, region ${region}`,
    asked === null ? '' : `, configured for ${asked}`,
    !reading.ok
      ? ''
      : modelAnswered === null
        ? `; it does not say which model answered to ${target.model}`
        : modelAnswered === target.model
          ? `, with the model that was asked, ${target.model}`
          : `; asked for ${target.model}, it says that ${modelAnswered} answered`,
  ];
  return {
    host,
    vendor,
    upstream,
    region,
    configuredRegion: asked,
    requestId,
    modelAsked: target.model,
    modelAnswered,
    sentence: `${parts.join('')}.`,
  };
}

/** What of an answer an analyst must know before trusting it; closed words, then those of the reader. */
function warningsOf(target: TargetDraft, { exchange, reading }: HarmlessAnswer): string[] {
  const warnings: string[] = [];
  if (reading.ok) {
    if (reading.model === null) warnings.push('model-not-named');
    else if (reading.model !== target.model) warnings.push('model-differs');
    warnings.push(...reading.warnings);
  }
  if (exchange.requestSent && target.baseUrl.startsWith('http:')) warnings.push('no-tls');
  if (exchange.secretEchoed) warnings.push('key-sent-back');
  return warnings;
}

/** The one shape of a test call, for screens, scripts and the store. */
export function testResultOf(
  target: TargetDraft,
  answer: HarmlessAnswer,
  { vendor, ignored }: VendorFacts,
): TargetTestResult {
  const { exchange, reading } = answer;
  const { response, tls } = exchange;
  const outcome = outcomeOf(reading);
  return {
    ok: reading.ok && outcome === 'answered',
    outcome,
    code: reading.ok ? null : reading.code,
    detail: reading.ok ? null : visible(reading.detail),
    status: response?.statusCode ?? null,
    bytes: response?.body.length ?? 0,
    ms: Math.round(exchange.times.durationMs * 10) / 10,
    model: reading.ok ? shownName(reading.model) : null,
    fingerprint: reading.ok ? shownName(reading.fingerprint) : null,
    tls: tls && {
      protocol: tls.protocol,
      cipher: tls.cipher,
      fingerprint: tls.fingerprint256,
      alpn: tls.alpn,
      servername: shownName(tls.servername),
      authorized: tls.authorized,
    },
    warnings: warningsOf(target, answer),
    address: exchange.net?.addressUsed ?? null,
    proxy: proxyOf(exchange),
    route: routeOf(target, answer, vendor),
    parameters: effectsIn(
      target.parameters,
      { reading, status: response?.statusCode ?? null },
      ignored,
    ),
    text: reading.ok ? visible(clip(reading.text, SHOWN_CHARACTERS).text) : null,
    advice: reading.ok ? adviceOn(outcome) : ADVICE[reading.code],
  };
}

function adviceOn(outcome: TargetTestResult['outcome']): string {
  if (outcome === 'truncated')
    return 'The target answers, but was cut at the length limit. Allow more tokens.';
  if (outcome === 'filtered') return 'The target answers, but a filter stopped this answer.';
  if (outcome === 'refused') return 'The target answers, but refused a harmless question.';
  return 'The target answers. No canary was sent.';
}
