import type { Output } from '#shared/contract/index.ts';
import type { TargetDraft } from '#shared/domain/target.ts';
import type { OutboundRequest } from '#shared/wire/types.ts';
import { refuseProblems, sampleRequest, targetProblems } from './target-check.ts';

const UNBUILDABLE = /^(parameters|extra|template|format)(\.|$)/;

/** What stands in place of the secret. */
function authHeaders({ auth }: OutboundRequest): [string, string][] {
  if (auth === null) return [];
  if (auth.kind === 'header') return [[auth.header, `${auth.prefix}[key ${auth.keyName}]`]];
  return [
    [
      'authorization',
      `AWS4-HMAC-SHA256 [signed with ${auth.keyName} for ${auth.region}/${auth.service}]`,
    ],
  ];
}

/**
 * The request that a question would make; the secret stands as a reference. Errors: BAD_INPUT with the field, when the
 * format cannot send what is asked. Missing consents do not keep it from being shown: they are `problems`.
 */
export function previewTarget(target: TargetDraft): Output<'target.preview'> {
  const problems = targetProblems(target);
  if (problems.some(({ path }) => UNBUILDABLE.test(path))) refuseProblems(target);
  const request = sampleRequest(target);
  const body = request.body ?? new Uint8Array();
  return {
    method: request.method,
    url: new URL(request.url).href,
    host: new URL(request.url).host,
    headers: [
      ...request.headers.map(([name, value]): [string, string] => [name, value]),
      ...authHeaders(request),
    ],
    body: new TextDecoder().decode(body),
    bytes: body.length,
    problems,
  };
}
