import type { Output } from '#shared/contract/index.ts';
import type { TargetDraft } from '#shared/domain/target.ts';
import { sha256Hex } from '#shared/evidence/bytes.ts';
import type { HeaderPair, OutboundRequest } from '#shared/wire/types.ts';
import { ExchangeFailure } from '../../endpoints/failure.ts';
import { recordedHeaders } from '../../endpoints/outgoing.ts';
import { hopHost, manualHop, writtenProxies } from '../../endpoints/proxy.ts';
import type { Hop, SystemProxies } from '../../endpoints/types.ts';
import { refuseProblems, sampleRequest, targetProblems } from './check.ts';

const UNBUILDABLE = /^(parameters|extra|template|format|dialect)(\.|$)/;

/** What stands in place of the secret, and of what is made with it at the moment of sending. */
function authHeaders({ auth, body }: OutboundRequest): HeaderPair[] {
  if (auth === null) return [];
  const key = auth.keyName;
  if (auth.kind === 'header') return [[auth.header, `${auth.prefix}[key ${key}]`]];
  return [
    ['x-amz-date', '[the time of sending]'],
    ['x-amz-content-sha256', sha256Hex(body ?? new Uint8Array())],
    ['x-amz-security-token', `[the session token of ${key}; left out where it has none]`],
    ['authorization', `AWS4-HMAC-SHA256 [signed with ${key} for ${auth.region}/${auth.service}]`],
  ];
}

/** Every header in the order in which it is sent, those of the connection among them; nobody sends what is pasted. */
function headersOf(target: TargetDraft, request: OutboundRequest, url: URL): HeaderPair[] {
  if (target.format === 'paste') return [...request.headers];
  return recordedHeaders(request, url, { sent: [], recorded: authHeaders(request) });
}

/**
 * The request that a question would make, byte for byte; the secret stands as a reference. Errors: BAD_INPUT with the field,
 * when the format cannot send what is asked. Missing consents do not keep it from being shown: they are `problems`.
 */
export function previewTarget(target: TargetDraft): Omit<Output<'target.preview'>, 'way'> {
  const problems = targetProblems(target);
  if (problems.some(({ path }) => UNBUILDABLE.test(path))) refuseProblems(target);
  const request = sampleRequest(target);
  const url = new URL(request.url);
  const body = request.body ?? new Uint8Array();
  return {
    method: request.method,
    url: url.href,
    host: url.host,
    headers: headersOf(target, request, url).map(([name, value]) => [name, value]),
    body: new TextDecoder().decode(body),
    bytes: body.length,
    problems,
  };
}

/** `by the proxy a:1, else directly`. */
function hopsInWords(hops: readonly (Hop | null)[]): string {
  const words = hops.map((hop) => (hop === null ? 'directly' : `by the proxy ${hopHost(hop)}`));
  return words.join(', else ');
}

/** The way to the host in words; asks the system where the target wants its proxy. What cannot be used is said. */
export async function wayTo(
  system: SystemProxies,
  { format, baseUrl, network: { proxy } }: TargetDraft,
): Promise<string> {
  if (format === 'paste') return 'carried by a person';
  try {
    if (proxy.kind === 'manual') return hopsInWords([manualHop({ url: proxy.url })]);
    if (proxy.kind === 'system')
      return `${hopsInWords(await system.find(new URL(baseUrl)))}, as the system says at present`;
    if (proxy.kind === 'none') return 'directly';
    const written = [...writtenProxies(proxy.script)];
    const hosts = written.length === 0 ? 'which names no proxy' : `by ${written.join(' or ')}`;
    return `as the proxy script says, ${hosts}`;
  } catch (error) {
    if (!(error instanceof ExchangeFailure)) throw error;
    return `not at all: ${error.message}`;
  }
}
