import type { Output } from '#shared/contract/index.ts';
import type { TargetDraft } from '#shared/domain/target.ts';
import { sha256Hex } from '#shared/evidence/bytes.ts';
import type { HeaderPair, OutboundRequest } from '#shared/wire/types.ts';
import { recordedHeaders } from '../endpoints/outgoing.ts';
import { refuseProblems, sampleRequest, targetProblems } from './target-check.ts';

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
export function previewTarget(target: TargetDraft): Output<'target.preview'> {
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
