import { AppError } from '#shared/contract/errors.ts';
import type { Network, TargetDraft } from '#shared/domain/target.ts';
import { readResponse, type StoredResponse } from '#shared/wire/read-response.ts';
import type { OutboundRequest, WireTarget } from '#shared/wire/types.ts';
import type {
  ExchangeResult,
  ProxyWay,
  SendOptions,
  SendReason,
  Transport,
} from '../../endpoints/types.ts';
import type { Session } from '../workspace/session.ts';

/** How a host may be reached: the key's name, the network settings and the consents. */
export type Way = Pick<TargetDraft, 'key' | 'network' | 'allowPrivate' | 'allowHttp'>;

export interface SendInput {
  readonly timeoutMs: number;
  /** Why the connection is made, for the Activity list. */
  readonly reason: SendReason;
  readonly signal?: AbortSignal;
  /** Shorter waits than the transport's own. */
  readonly limits?: NonNullable<SendOptions['limits']>;
  /** How the answer will be read: a secret is looked for in what the reader puts together, too. */
  readonly reads?: Pick<WireTarget, 'format' | 'stream' | 'template'>;
}

/** A way with its secrets opened, for a moment. */
export interface Sender {
  /** HMAC of the key, which shows "the same key" without showing it; null without a key. */
  readonly keyFingerprint: string | null;
  /** Sends once. The answer holds no secret, whatever the server sent back. */
  send(transport: Transport, request: OutboundRequest, input: SendInput): Promise<ExchangeResult>;
}

/** Where the named secrets of a way are opened for the moment of sending. */
export interface Secrets {
  /** Errors: CONFLICT when there is none of that name. */
  open(name: string): string;
  /** HMAC that shows "the same key" without showing it; null where there is no vault to key it. */
  fingerprint(value: string): string | null;
}

/** The secrets of an open workspace. */
function vaultSecrets(session: Session): Secrets {
  return {
    open: (name) => {
      const cell = session.workspaces.secretCell(name);
      if (!cell)
        throw new AppError(
          'CONFLICT',
          `The vault has no key named ${name}. Set it with \`trapstreet secret set ${name}\`.`,
        );
      return session.vault.open('secret', name, 'value_cell', cell).toString('utf8');
    },
    fingerprint: (value) => session.vault.fingerprint(value),
  };
}

/** Opens what a way needs of the vault. Errors: CONFLICT when the vault lacks it; then nothing was sent. */
export const openWay = (session: Session, way: Way): Sender =>
  openWayWith(vaultSecrets(session), way);

/** The same with secrets that stand in no vault: a target that is tried out before there is a workspace. */
export function openWayWith(secrets: Secrets, way: Way): Sender {
  const secret = way.key === null ? undefined : secrets.open(way.key);
  const network = networkOptions(secrets, way.network);
  return {
    keyFingerprint: secret === undefined ? null : secrets.fingerprint(secret),
    send: (transport, request, { timeoutMs, reason, signal, limits, reads }) =>
      transport.send(request, {
        ...network,
        timeoutMs,
        reason,
        allowPrivate: way.allowPrivate,
        allowHttp: way.allowHttp,
        ...(signal === undefined ? {} : { signal }),
        ...(limits === undefined ? {} : { limits }),
        ...(secret === undefined ? {} : { secret }),
        ...(reads === undefined ? {} : { textsOf: (response) => textsRead(response, reads) }),
      }),
  };
}

/** Every text that a reader takes out of an answer. */
function textsRead(
  response: StoredResponse,
  target: NonNullable<SendInput['reads']>,
): readonly string[] {
  const reading = readResponse(response, target);
  if (!reading.ok) return [];
  const { text, reasoning, model, fingerprint, finishReason, route } = reading;
  const taken = [text, reasoning, model, fingerprint, finishReason, ...Object.values(route)];
  return taken.filter((one) => one !== null);
}

type NetworkOptions = Pick<
  SendOptions,
  'proxy' | 'systemRoots' | 'extraCa' | 'pinSha256' | 'clientCertificate'
>;

/** The network settings of a way with their secrets opened; a plan that an older version sealed has none. */
function networkOptions(secrets: Secrets, network: Network | undefined): NetworkOptions {
  if (network === undefined) return {};
  const { proxy, roots, extraCa, pinSha256, clientCertificate } = network;
  return {
    proxy: proxyWay(secrets, proxy),
    systemRoots: roots === 'system',
    ...(extraCa === null ? {} : { extraCa }),
    ...(pinSha256 === null ? {} : { pinSha256 }),
    ...(clientCertificate === null ? {} : { clientCertificate: secrets.open(clientCertificate) }),
  };
}

function proxyWay(secrets: Secrets, proxy: Network['proxy']): ProxyWay {
  if (proxy.kind === 'none' || proxy.kind === 'system') return { kind: proxy.kind };
  const credentials = proxy.key === null ? {} : { credentials: secrets.open(proxy.key) };
  return proxy.kind === 'manual'
    ? { kind: 'manual', url: proxy.url, ...credentials }
    : { kind: 'pac', script: proxy.script, ...credentials };
}
