import type { AuthorityDraft } from '#shared/contract/trust.ts';
import { EvidenceError } from '#shared/evidence/errors.ts';
import type { TimestampFacts } from '#shared/evidence/timestamp.ts';
import { NONCE_BYTES, timestampRequest } from '#shared/evidence/timestamp-request.ts';
import { headerValues } from '#shared/wire/headers.ts';
import type { OutboundRequest } from '#shared/wire/types.ts';
import type { ExchangeResult, Transport } from '../../endpoints/types.ts';
import { openWay } from '../network/sending.ts';
import type { Session } from '../workspace/session.ts';

const TIMEOUT_MS = 15_000;
/** An authority whose time is further from this machine's: one of the two clocks is wrong, and the stamp proves nothing. */
const LARGEST_OFFSET_MS = 600_000;

/** Why an authority gave no stamp. The message is a part of a sentence and holds no text of the authority. */
export class StampRefused extends Error {
  /** False when no answer came at all. */
  readonly reached: boolean;
  constructor(message: string, reached: boolean) {
    super(message);
    this.name = 'StampRefused';
    this.reached = reached;
  }
}

export interface StampRequest {
  readonly authority: AuthorityDraft;
  /** Only its SHA-256 is sent. */
  readonly data: Uint8Array;
  readonly timeoutMs?: number;
}

export interface ReceivedStamp {
  /** The whole TimeStampResp. */
  readonly tsr: Uint8Array;
  readonly nonce: Uint8Array;
  readonly facts: TimestampFacts;
  readonly clock: ClockCheck;
}

export interface ClockCheck {
  /** The authority's time minus this machine's in the middle of the exchange. */
  readonly offsetMs: number;
  readonly roundTripMs: number;
}

/**
 * Asks one authority and checks its answer in full, against its configured roots and this machine's clock. What the clocks
 * differ by goes into the custody log, also when it is too much. Throws StampRefused.
 */
export async function requestStamp(
  session: Session,
  transport: Transport,
  { authority, data, timeoutMs = TIMEOUT_MS }: StampRequest,
): Promise<ReceivedStamp> {
  const nonce = session.ports.random.bytes(NONCE_BYTES);
  const request: OutboundRequest = {
    method: 'POST',
    url: authority.url,
    headers: [
      ['content-type', 'application/timestamp-query'],
      ['accept', 'application/timestamp-reply'],
    ],
    auth:
      authority.key === null
        ? null
        : { kind: 'header', header: 'authorization', prefix: 'Basic ', keyName: authority.key },
    body: timestampRequest(data, nonce),
  };
  const startMs = session.ports.clock.nowMs();
  const startNs = session.ports.clock.monotonicNs();
  const exchange = await openWay(session, authority).send(transport, request, {
    timeoutMs,
    reason: 'timestamp',
  });
  const roundTripMs = Number((session.ports.clock.monotonicNs() - startNs) / 1_000_000n);
  const tsr = answerOf(exchange);
  const facts = await checked(tsr, { authority, data, nonce });
  const offsetMs = Math.round(Date.parse(facts.genTime) - (startMs + roundTripMs / 2));
  session.transaction(() =>
    session.record('clock.checked', {
      authority: authority.name,
      offset_ms: offsetMs,
      round_trip_ms: roundTripMs,
    }),
  );
  if (Math.abs(offsetMs) > LARGEST_OFFSET_MS)
    throw new StampRefused(
      `its time is ${Math.round(offsetMs / 1000)} seconds from this computer’s: set the clock right, or ask another authority`,
      true,
    );
  return { tsr, nonce, facts, clock: { offsetMs, roundTripMs } };
}

function answerOf({ response, error }: ExchangeResult): Uint8Array {
  if (error !== null || response === null)
    throw new StampRefused(`no whole answer came (${error?.code ?? 'nothing came'})`, false);
  if (response.statusCode !== 200)
    throw new StampRefused(`it answers with status ${response.statusCode}`, true);
  const [type = ''] = headerValues(response.rawHeaders, 'content-type');
  if (type.split(';', 1)[0]?.trim().toLowerCase() !== 'application/timestamp-reply')
    throw new StampRefused('its answer is not of the type application/timestamp-reply', true);
  return response.body;
}

async function checked(
  tsr: Uint8Array,
  { authority, data, nonce }: StampRequest & { readonly nonce: Uint8Array },
): Promise<TimestampFacts> {
  const { checkTimestamp } = await import('#shared/evidence/timestamp.ts');
  const { readCertificates } = await import('#shared/evidence/timestamp-certificate.ts');
  try {
    const trusted = readCertificates(authority.rootsPem);
    const facts = await checkTimestamp(tsr, { data, nonce, trusted });
    if (facts.anchor !== 'trusted')
      throw new StampRefused('its certificate does not lead to the roots you configured', true);
    return facts;
  } catch (error) {
    if (error instanceof EvidenceError) throw new StampRefused(error.message, true);
    throw error;
  }
}
