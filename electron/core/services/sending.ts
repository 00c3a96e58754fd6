import { AppError } from '#shared/contract/errors.ts';
import type { TargetDraft } from '#shared/domain/target.ts';
import type { OutboundRequest } from '#shared/wire/types.ts';
import type { ExchangeResult, SendReason, Transport } from '../endpoints/types.ts';
import { withoutSecret } from './secret-guard.ts';
import type { Session } from './session.ts';

/** How a host may be reached: the key's name, the network settings and the consents. */
export type Way = Pick<TargetDraft, 'key' | 'network' | 'allowPrivate' | 'allowHttp'>;

export interface SendInput {
  readonly timeoutMs: number;
  /** Why the connection is made, for the Activity list. */
  readonly reason: SendReason;
  readonly signal?: AbortSignal;
}

/** A way with its secrets opened, for a moment. */
export interface Sender {
  /** HMAC of the key, which shows "the same key" without showing it; null without a key. */
  readonly keyFingerprint: string | null;
  /** Sends once. The answer holds no secret, whatever the server sent back. */
  send(transport: Transport, request: OutboundRequest, input: SendInput): Promise<ExchangeResult>;
}

/** The API key of a target, for the moment of sending. Errors: CONFLICT when the vault has none of that name. */
function openKey(session: Session, name: string): string {
  const cell = session.workspaces.secretCell(name);
  if (!cell)
    throw new AppError(
      'CONFLICT',
      `The vault has no key named ${name}. Set it with \`trapstreet secret set ${name}\`.`,
    );
  return session.vault.open('secret', name, 'value_cell', cell).toString('utf8');
}

/** Opens what a way needs of the vault. Errors: CONFLICT when the vault lacks it; then nothing was sent. */
export function openWay(session: Session, way: Way): Sender {
  const secret = way.key === null ? undefined : openKey(session, way.key);
  return {
    keyFingerprint: secret === undefined ? null : session.vault.fingerprint(secret),
    send: async (transport, request, { timeoutMs, reason, signal }) => {
      const received = await transport.send(request, {
        timeoutMs,
        reason,
        allowPrivate: way.allowPrivate,
        allowHttp: way.allowHttp,
        ...(signal === undefined ? {} : { signal }),
        ...(secret === undefined ? {} : { secret }),
      });
      return withoutSecret(received, secret);
    },
  };
}
