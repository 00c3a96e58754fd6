import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { VerifiedRound } from '#shared/contract/beacon.ts';
import { AppError } from '#shared/contract/errors.ts';
import type { Output, ParsedInput } from '#shared/contract/index.ts';
import { targetDraftSchema } from '#shared/domain/target.ts';
import {
  type BeaconRound,
  findChain,
  firstRoundAfter,
  readDrandAnswer,
  roundTimeMs,
  verifyBeaconRound,
} from '#shared/evidence/beacon.ts';
import { DRAND_CHAINS, type DrandChain } from '#shared/evidence/drand-chains.ts';
import { EvidenceError } from '#shared/evidence/errors.ts';
import { decodeBody } from '#shared/wire/decode-body.ts';
import type { BeaconRelay } from '../../db/beacon-store.ts';
import type { Transport } from '../../endpoints/types.ts';
import { openWay } from '../network/sending.ts';
import type { Session } from '../workspace/session.ts';

const FETCH_TIMEOUT_MS = 15_000;
/** Time between a commitment and the round it announces, to publish and time-stamp the commitment. */
const ANNOUNCE_AHEAD_MS = 600_000;

type ChainName = VerifiedRound['chain'];

/** The pinned chain of a name of the contract. */
export function chainNamed(name: ChainName): DrandChain {
  const chain = findChain(name);
  if (chain === null) throw new AppError('NOT_FOUND', `There is no pinned chain ${name}.`);
  return chain;
}

const utcOf = (ms: number): string => new Date(ms).toISOString();

const chainFile = z.object({ relays: z.array(z.string()) });

function knownRelays(resources: string, name: string): string[] {
  const file = join(resources, 'beacons', `${name}.json`);
  return chainFile.parse(JSON.parse(readFileSync(file, 'utf8'))).relays;
}

export function listBeacons(session: Session): Output<'beacon.list'> {
  const nowMs = session.ports.clock.nowMs();
  return {
    chains: DRAND_CHAINS.map((chain) => {
      const nextRound = firstRoundAfter(chain, nowMs);
      return {
        name: chain.name as ChainName,
        hash: chain.hash,
        scheme: chain.scheme,
        periodSeconds: chain.periodSeconds,
        nextRound,
        nextUtc: utcOf(roundTimeMs(chain, nextRound)),
        knownRelays: knownRelays(session.ports.paths.resources, chain.name),
      };
    }),
    relays: session.library.beacons.relays(),
  };
}

/** Replaces the list of relays. Errors: CONFLICT for a URL that stands twice, or plain http without consent. */
export function configureBeacons(
  session: Session,
  input: ParsedInput<'beacon.configure'>,
): Output<'beacon.configure'> {
  const relays = input.relays.map((relay) => ({ ...relay, url: relay.url.replace(/\/+$/, '') }));
  const urls = relays.map(({ url }) => url);
  if (new Set(urls).size !== urls.length) throw new AppError('CONFLICT', 'A relay is named twice.');
  for (const { url, allowHttp } of relays) {
    const { protocol, username, password, search, hash } = new URL(url);
    if (username !== '' || password !== '' || search !== '' || hash !== '')
      throw new AppError('CONFLICT', 'A relay is a plain URL: without user name, ? or #.');
    if (protocol === 'http:' && !allowHttp)
      throw new AppError('CONFLICT', `${url} is plain http. Use https, or consent with allowHttp.`);
  }
  session.transaction(() => {
    session.library.beacons.setRelays(relays);
    session.record('beacon.configured', { relays: urls });
  });
  return { relays };
}

const verified = (chain: DrandChain, round: BeaconRound, randomness: string): VerifiedRound => ({
  chain: chain.name as ChainName,
  round: round.round,
  signature: round.signature,
  previousSignature: round.previousSignature,
  randomness,
  publishedUtc: utcOf(roundTimeMs(chain, round.round)),
});

/** Turns what the evidence rules say into a failure of the call. */
function orConflict<T>(work: () => T, advice: string): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    throw new AppError('CONFLICT', `${sentence(error.message)} ${advice}`);
  }
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/** A round from a file. Errors: CONFLICT when it does not verify. */
export function checkBeacon(input: ParsedInput<'beacon.check'>): Output<'beacon.check'> {
  const chain = chainNamed(input.chain);
  const { round, randomness } = orConflict(
    () => readDrandAnswer(chain, input.text.trim()),
    `Save what a relay answers to /${chain.hash}/public/ROUND, unchanged.`,
  );
  return verified(chain, round, randomness);
}

/** A round as it was typed in, checked. Errors: CONFLICT when it does not verify. */
export function checkRound(given: NonNullable<ParsedInput<'registry.draw'>['round']>): {
  readonly chain: DrandChain;
  readonly round: BeaconRound;
  readonly randomness: string;
} {
  const chain = chainNamed(given.chain);
  const { round: number, signature, previousSignature } = given;
  const round = { chain: chain.hash, round: number, signature, previousSignature };
  const randomness = orConflict(
    () => verifyBeaconRound(round),
    'Compare chain, round and signature with what was published; nothing was drawn.',
  );
  return { chain, round, randomness };
}

/** The announcement of a protocol: a round that is still to come. Errors: CONFLICT for one that is out or about to be. */
export function announceRound(
  session: Session,
  wanted: NonNullable<ParsedInput<'registry.commit'>['announce']>,
): { readonly chain: string; readonly round: number } {
  const chain = chainNamed(wanted.chain);
  const nowMs = Date.parse(session.nowUtc());
  const round = wanted.round ?? firstRoundAfter(chain, nowMs + ANNOUNCE_AHEAD_MS);
  const publishedMs = roundTimeMs(chain, round);
  if (publishedMs <= nowMs)
    throw new AppError(
      'CONFLICT',
      `Round ${round} of ${chain.name} was published at ${utcOf(publishedMs)}: it must come after the commitment. Announce a later one.`,
    );
  return { chain: chain.hash, round };
}

const DEFAULT_NETWORK = targetDraftSchema.shape.network.parse(undefined);

async function askRelay(
  session: Session,
  transport: Transport,
  relay: BeaconRelay,
  wanted: { readonly chain: DrandChain; readonly round: number },
): Promise<VerifiedRound | string> {
  const way = {
    key: null,
    network: DEFAULT_NETWORK,
    allowPrivate: relay.allowPrivate,
    allowHttp: relay.allowHttp,
  };
  const { chain, round } = wanted;
  const { response, error } = await openWay(session, way).send(
    transport,
    {
      method: 'GET',
      url: `${relay.url}/${chain.hash}/public/${round}`,
      headers: [['accept', 'application/json']],
      auth: null,
      body: null,
    },
    { timeoutMs: FETCH_TIMEOUT_MS, reason: 'beacon' },
  );
  if (error !== null || response === null) return `no answer (${error?.code ?? 'nothing came'})`;
  if (response.statusCode !== 200) return `it answers with status ${response.statusCode}`;
  const body = decodeBody(response.rawHeaders, response.body);
  if (!body.ok) return 'its answer cannot be decoded';
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body.body);
    const answer = readDrandAnswer(chain, text);
    if (answer.round.round !== round) return `it answers with round ${answer.round.round}`;
    return verified(chain, answer.round, answer.randomness);
  } catch (problem) {
    return problem instanceof EvidenceError ? problem.message : 'its answer is not text';
  }
}

/**
 * Asks the configured relays in turn until one gives the round with a signature that verifies; what a relay says beside
 * that is not believed. Errors: CONFLICT (no relay, or the round is still to come), TARGET_UNREACHABLE with each reason.
 */
export async function fetchBeacon(
  session: Session,
  transport: Transport,
  input: ParsedInput<'beacon.fetch'>,
): Promise<Output<'beacon.fetch'>> {
  const chain = chainNamed(input.chain);
  const relays = session.library.beacons.relays();
  if (relays.length === 0)
    throw new AppError(
      'CONFLICT',
      'No relay is configured, so nobody is asked. Set one with `trapstreet beacon configure URL`, or enter the round by hand.',
    );
  const publishedMs = roundTimeMs(chain, input.round);
  if (publishedMs > session.ports.clock.nowMs())
    throw new AppError(
      'CONFLICT',
      `Round ${input.round} of ${chain.name} is published at ${utcOf(publishedMs)}. Come back then.`,
    );
  const reasons: string[] = [];
  for (const relay of relays) {
    const answer = await askRelay(session, transport, relay, { chain, round: input.round });
    if (typeof answer === 'string') {
      reasons.push(`${relay.url}: ${answer}`);
      continue;
    }
    session.transaction(() =>
      session.record('beacon.fetched', {
        chain: chain.hash,
        round: answer.round,
        randomness: answer.randomness,
        relay: relay.url,
        refused: reasons.length,
      }),
    );
    return { ...answer, relay: relay.url };
  }
  throw new AppError(
    'TARGET_UNREACHABLE',
    `No relay gave round ${input.round} with a signature that verifies. ${reasons.join('; ')}.`,
    { relays: reasons },
  );
}
