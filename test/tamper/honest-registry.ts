import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import type { CanaryRecord } from '#shared/domain/canary.ts';
import type { BeaconRound } from '#shared/evidence/beacon.ts';
import { canonicalJsonFile, sha256Hex, toHex } from '#shared/evidence/bytes.ts';
import {
  commitment,
  commitmentsRoot,
  commitmentsText,
  keyCommitment,
} from '#shared/evidence/commit.ts';
import type { Registration } from '#shared/evidence/document.ts';
import { askOrder, type DrawContext, heldOutIds } from '#shared/evidence/draw.ts';
import { type Signer, signStatement } from '#shared/evidence/dsse.ts';
import { protocolBytes, registrationBytes } from '#shared/evidence/registration.ts';
import { opensshFingerprint, spkiToPem } from '#shared/evidence/spki.ts';
import { registrationStatement } from '#shared/evidence/statements.ts';

export function newSigner(): Signer & { readonly pem: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicKeySpkiDer = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }));
  return {
    publicKeySpkiDer,
    keyid: opensshFingerprint(publicKeySpkiDer),
    pem: spkiToPem(publicKeySpkiDer),
    sign: async (bytes) => new Uint8Array(sign('sha256', bytes, privateKey)),
  };
}

export const secret = (...parts: readonly (string | number)[]) =>
  new Uint8Array(
    createHash('sha256')
      .update(`fixture/${parts.join('/')}`)
      .digest(),
  );

const START = Date.UTC(2026, 4, 1, 8, 0, 0);
export const time = (seconds: number) => new Date(START + seconds * 1000).toISOString();

export interface OwnCanary {
  readonly registry: number;
  readonly leafIndex: number;
  readonly record: CanaryRecord;
  readonly bytes: Uint8Array;
  readonly salt: Uint8Array;
  readonly key: Uint8Array | null;
}

function candidates(registry: number, index: number, n: number): string[] {
  return Array.from(
    { length: n },
    (_, at) => `word${toHex(secret(registry, index, at)).slice(0, 10)}`,
  );
}

function makeCanary(
  registry: number,
  leafIndex: number,
  kind: 'drawn' | 'found',
  n: number,
): OwnCanary {
  const id = `C-${registry}-${String(leafIndex).padStart(3, '0')}`;
  const key = kind === 'drawn' ? secret('key', id) : null;
  const record: CanaryRecord = {
    v: 1,
    id,
    version: 1,
    kind,
    type: 'O',
    messages: [
      { role: 'system', content: 'You answer in one short sentence.' },
      { role: 'user', content: `Which word goes with item ${id} <b>&amp; "quotes"</b> \u202e?` },
    ],
    n: kind === 'drawn' ? n : 0,
    responses: kind === 'drawn' ? candidates(registry, leafIndex, n) : [],
    expected: kind === 'found' ? [`distinctive phrase ${registry} ${leafIndex}`] : [],
    matcher: { type: 'exact', version: 'exact-v1' },
    cohort: null,
    keycommit: key === null ? null : toHex(keyCommitment(id, key)),
    created_utc: time(0),
    provenance: 'fixture',
  };
  return {
    registry,
    leafIndex,
    record,
    bytes: canonicalJsonFile(record),
    salt: secret('salt', id),
    key,
  };
}

export interface OwnRegistry {
  readonly canaries: readonly OwnCanary[];
  readonly files: Registration;
  readonly context: DrawContext;
  readonly heldOut: ReadonlySet<string>;
  readonly order: readonly number[];
}

interface RegistryInput {
  readonly number: number;
  readonly drawn: number;
  readonly found: number;
  readonly n: number;
  readonly heldOutPpm: number;
  readonly beacon: string | null;
  /** A published round: announced in a registration of before quicknet began. */
  readonly drand?: BeaconRound;
  readonly previous: Uint8Array | null;
}

export async function makeRegistry(input: RegistryInput, signer: Signer): Promise<OwnRegistry> {
  const { number } = input;
  const size = input.drawn + input.found;
  const found = Array.from({ length: input.found }, (_, index) => index * 2);
  const canaries = Array.from({ length: size }, (_, leaf) =>
    makeCanary(number, leaf, found.includes(leaf) ? 'found' : 'drawn', input.n),
  );
  const cs = canaries.map(({ salt, bytes }) => commitment(salt, bytes));
  const root = commitmentsRoot(cs);
  const protocol = protocolBytes({
    v: 1,
    method: 'method-1',
    scorer: 'exact-v1',
    draw: 'canary-draw-v1',
    held_out_ppm: input.heldOutPpm,
    beacon:
      input.drand === undefined ? null : { chain: input.drand.chain, round: input.drand.round },
  });
  const files = {
    registration: registrationBytes({
      v: 1,
      hash: 'sha256',
      tree: 'rfc6962',
      size,
      root: toHex(root),
      found,
      protocol_sha256: sha256Hex(protocol),
      registration_number: number,
      previous_registration_sha256: input.previous === null ? null : sha256Hex(input.previous),
      created_utc: input.drand === undefined ? time(10 * number) : '2023-08-23T15:00:00.000Z',
    }),
    commitments: commitmentsText(cs),
    protocol,
  };
  const context = {
    root,
    beacon: input.beacon === null ? null : new Uint8Array(Buffer.from(input.beacon, 'hex')),
  };
  const drawn = canaries.flatMap(({ record, key }) =>
    key === null ? [] : [{ id: record.id, key }],
  );
  return {
    canaries,
    context,
    heldOut: heldOutIds(context, drawn, input.heldOutPpm),
    order: askOrder(context, cs),
    files: {
      ...files,
      registrationSigstore: await signStatement(registrationStatement(files), signer),
      draw: {
        beacon: input.beacon,
        source: input.beacon === null ? 'none' : 'given by hand',
        drawnUtc: time(10 * number + 5),
        ...(input.drand === undefined ? {} : { drand: input.drand }),
      },
    },
  };
}
