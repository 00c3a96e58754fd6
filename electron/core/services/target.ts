import { z } from 'zod';
import { AppError } from '#shared/contract/errors.ts';
import type { Output, ParsedInput } from '#shared/contract/index.ts';
import type { TargetItem } from '#shared/contract/target.ts';
import type { Message } from '#shared/domain/canary.ts';
import type { EndpointErrorCode } from '#shared/domain/outcome.ts';
import { type TargetDraft, targetDraftSchema } from '#shared/domain/target.ts';
import { visible } from '#shared/util/visible.ts';
import { buildRequest } from '#shared/wire/adapters.ts';
import { outcomeOf } from '#shared/wire/outcome.ts';
import { readResponse, type StoredResponse } from '#shared/wire/read-response.ts';
import type { ReadResult, WireTarget } from '#shared/wire/types.ts';
import type { TargetRow } from '../db/target-store.ts';
import { classifyAddress } from '../endpoints/addresses.ts';
import { environmentHazards } from '../endpoints/hazards.ts';
import type { Transport } from '../endpoints/types.ts';
import { openWay } from './sending.ts';
import type { Session } from './session.ts';
import { parseYamlFile } from './yaml-file.ts';

const HARMLESS: readonly Message[] = [
  { role: 'user', content: 'Please reply with the single word: ready' },
];
const TEST_TIMEOUT_MS = 60_000;
const SHOWN_CHARACTERS = 500;

const toItem = (row: TargetRow): TargetItem => ({ ...row });

/** Host of a target, as the exposure ledger names an operator. */
export const hostOf = (target: Pick<TargetDraft, 'baseUrl'>): string =>
  new URL(target.baseUrl).host;

export function listTargets(session: Session): Output<'target.list'> {
  return { targets: session.targets.all().map(toItem) };
}

function mustExist(session: Session, name: string): TargetRow {
  const row = session.targets.get(name);
  if (!row) throw new AppError('NOT_FOUND', `There is no target ${name}.`);
  return row;
}

// A credential belongs into the vault, not into the configuration.
const SECRET_HEADER = /key|token|secret|auth|password|credential/i;

function checkTarget(target: TargetDraft): void {
  const url = new URL(target.baseUrl);
  if (url.username !== '' || url.password !== '')
    throw new AppError(
      'BAD_INPUT',
      'The URL holds a user name or password. Put the key into the vault and name it in `key`.',
    );
  if (url.protocol === 'http:' && !target.allowHttp)
    throw new AppError(
      'BAD_INPUT',
      `${target.name}: the URL is plain http. Use https, or set allowHttp: true to consent.`,
    );
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const local = host === 'localhost' || classifyAddress(host) === 'private';
  if (local && !target.allowPrivate)
    throw new AppError(
      'BAD_INPUT',
      `${target.name}: the address is on this machine or a private network. Set allowPrivate: true to consent.`,
    );
  const header = Object.keys(target.headers).find((name) => SECRET_HEADER.test(name));
  if (header !== undefined)
    throw new AppError(
      'BAD_INPUT',
      `${target.name}: the header ${header} looks like a credential. Put it into the vault with \`secret set\` and name it in \`key\`.`,
    );
}

function put(session: Session, target: TargetDraft, replace: boolean): TargetItem {
  checkTarget(target);
  const known = session.targets.get(target.name);
  if (known?.active && !replace)
    throw new AppError(
      'CONFLICT',
      `There is a target ${target.name} already. Choose another name, or replace it.`,
    );
  session.targets.put(target, session.nowUtc());
  session.record(known ? 'target.changed' : 'target.added', {
    target: target.name,
    role: target.role,
    host: hostOf(target),
    model: target.model,
    key: target.key,
  });
  return toItem(mustExist(session, target.name));
}

export function addTarget(session: Session, input: ParsedInput<'target.add'>): TargetItem {
  return session.transaction(() => put(session, input.target, input.replace));
}

/** All or nothing. Errors: IMPORT_REJECTED with line and field of each problem. */
export function importTargets(
  session: Session,
  input: ParsedInput<'target.import'>,
): Output<'target.import'> {
  const many = z.strictObject({ targets: z.array(targetDraftSchema).min(1).max(1_000) });
  const hasList =
    /^\s*["']?targets["']?\s*:/m.test(input.text) || /^\s*\{\s*"targets"/.test(input.text);
  const parsed = hasList
    ? parseYamlFile(input.text, many)
    : parseYamlFile(
        input.text,
        targetDraftSchema.transform((target) => ({ targets: [target] })),
      );
  if (!parsed.ok) {
    const errors = parsed.problems.map((problem) => ({
      line: problem.line,
      field: problem.path === '' ? 'file' : problem.path,
      message: problem.message,
      fix: 'See docs/formats.md for the fields of a target.',
    }));
    const first = errors[0];
    throw new AppError(
      'IMPORT_REJECTED',
      `The target file is wrong; nothing was added. First: line ${first?.line}, ${first?.field}: ${first?.message}.`,
      { errors },
    );
  }
  return session.transaction(() => ({
    targets: parsed.value.targets.map((target) => put(session, target, input.replace)),
    errors: [],
  }));
}

export function setTargetActive(session: Session, name: string, active: boolean): TargetItem {
  mustExist(session, name);
  return session.transaction(() => {
    session.targets.setActive(name, active);
    session.record(active ? 'target.restored' : 'target.removed', { target: name });
    return toItem(mustExist(session, name));
  });
}

/** The request that a question would make; the secret stands as a reference. */
export function previewTarget(target: TargetDraft): Output<'target.preview'> {
  const request = buildRequest(target, {
    messages: [{ role: 'user', content: '(the prompt of a canary stands here)' }],
    parameters: target.parameters,
    keyName: target.key,
  });
  const headers: [string, string][] = request.headers.map(([name, value]) => [name, value]);
  if (request.auth?.kind === 'header')
    headers.push([request.auth.header, `${request.auth.prefix}[key ${request.auth.keyName}]`]);
  return {
    method: request.method,
    url: request.url,
    headers,
    body: new TextDecoder().decode(request.body ?? new Uint8Array()),
  };
}

export function refuseHazards(session: Session): void {
  const hazard = environmentHazards(session.ports.runtime.env).find((entry) => entry.refuse);
  if (hazard)
    throw new AppError(
      'UNSAFE_ENVIRONMENT',
      `The environment variable ${hazard.name} weakens the record of what was received. Unset it and start again.`,
    );
}

const ADVICE: Partial<Record<EndpointErrorCode, string>> = {
  PRIVATE_ADDRESS:
    'The address is on this machine or a private network. Set allowPrivate: true to consent.',
  URL_SCHEME: 'The URL is not https. Set allowHttp: true to consent to plain http.',
  AUTH_FAILED: 'The server refused the key. Check the vault entry that `key` names.',
  SECRET_ECHOED: 'The server sent the API key back. Revoke that key; its answer was not stored.',
  CONNECT_FAILED: 'Nothing answers at this address. Check host and port, and that the server runs.',
  DNS_FAILED: 'The host name does not resolve. Check its spelling.',
  TLS_CERT: 'The certificate is not trusted or not for this name.',
  HTTP_STATUS: 'The server answered with an error status. Check URL and model.',
  RATE_LIMITED: 'The server asks for fewer requests. Wait, or lower the concurrency.',
  CONTENT_TYPE: 'The answer is not JSON. Check that the URL is the base of an OpenAI-style API.',
  REDIRECT_REFUSED: 'The server redirects. Redirects are never followed: configure the final URL.',
};

/** One call with a harmless question; nothing of the library is sent. Errors: NOT_FOUND, UNSAFE_ENVIRONMENT. */
export async function testTarget(
  session: Session,
  transport: Transport,
  name: string,
): Promise<Output<'target.test'>> {
  const { target } = mustExist(session, name);
  refuseHazards(session);
  const request = buildRequest(target, {
    messages: HARMLESS,
    parameters: target.parameters,
    keyName: target.key,
  });
  const exchange = await openWay(session, target).send(transport, request, {
    timeoutMs: TEST_TIMEOUT_MS,
    reason: 'test',
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
  const outcome = outcomeOf(reading);
  session.transaction(() =>
    session.record('target.tested', {
      target: name,
      outcome,
      status: response?.statusCode ?? null,
    }),
  );
  return {
    ok: reading.ok,
    outcome,
    errorCode: reading.ok ? null : reading.code,
    status: response?.statusCode ?? null,
    model: reading.ok ? reading.model : null,
    fingerprint: reading.ok ? reading.fingerprint : null,
    latencyMs: exchange.times.durationMs,
    tls: exchange.tls?.protocol ?? null,
    address: exchange.net?.addressUsed ?? null,
    text: reading.ok ? visible(reading.text.slice(0, SHOWN_CHARACTERS)) : null,
    advice: reading.ok
      ? 'The target answers. No canary was sent.'
      : (ADVICE[reading.code] ?? 'The answer could not be used; see the error code.'),
  };
}

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
