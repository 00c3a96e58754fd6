import { z } from 'zod';
import {
  canonicalJsonFile,
  concat,
  equalBytes,
  fromBase64,
  fromUtf8,
  toBase64,
  utf8,
} from './bytes.ts';
import { assertCanonicalSignature, normalizeSignature, verifySignature } from './ecdsa.ts';
import { assertEvidence } from './errors.ts';
import { parseJsonStrict } from './json-strict.ts';
import { opensshFingerprint } from './spki.ts';

export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';
const BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/** A P-256 key that can sign. `sign` gets the PAE bytes and returns a DER ECDSA-SHA256 signature. */
export interface Signer {
  readonly publicKeySpkiDer: Uint8Array;
  /** OpenSSH SHA256 fingerprint of the key. */
  readonly keyid: string;
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

export interface SignedPayload {
  readonly payload: Uint8Array;
  readonly keyid: string;
  readonly signature: Uint8Array;
  /** RFC 3161 TimeStampResp over the signature's bytes. Read, not checked: see verify-time.ts. */
  readonly stamps: readonly Uint8Array[];
}

const MAX_STAMPS = 16;

const bundleSchema = z.strictObject({
  mediaType: z.literal(BUNDLE_TYPE),
  verificationMaterial: z.strictObject({
    publicKey: z.strictObject({ hint: z.string() }),
    tlogEntries: z.tuple([]),
    timestampVerificationData: z.strictObject({
      rfc3161Timestamps: z.array(z.strictObject({ signedTimestamp: z.string() })).max(MAX_STAMPS),
    }),
  }),
  dsseEnvelope: z.strictObject({
    payload: z.string(),
    payloadType: z.literal(PAYLOAD_TYPE),
    signatures: z.tuple([z.strictObject({ keyid: z.string(), sig: z.string() })]),
  }),
});

/** PAE = "DSSEv1" SP len(type) SP type SP len(body) SP body, lengths in bytes as ASCII decimals. */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const head = `DSSEv1 ${utf8(payloadType).length} ${payloadType} ${payload.length} `;
  return concat(utf8(head), payload);
}

function serializeBundle(signed: SignedPayload): Uint8Array {
  return canonicalJsonFile({
    mediaType: BUNDLE_TYPE,
    verificationMaterial: {
      publicKey: { hint: signed.keyid },
      tlogEntries: [],
      timestampVerificationData: {
        rfc3161Timestamps: signed.stamps.map((stamp) => ({ signedTimestamp: toBase64(stamp) })),
      },
    },
    dsseEnvelope: {
      payload: toBase64(signed.payload),
      payloadType: PAYLOAD_TYPE,
      signatures: [{ keyid: signed.keyid, sig: toBase64(signed.signature) }],
    },
  });
}

/** Signs a statement and returns the bytes of a Sigstore bundle v0.3 (EVIDENCE 1.3), checked before they are returned. */
export async function signStatement(payload: Uint8Array, signer: Signer): Promise<Uint8Array> {
  assertEvidence(
    signer.keyid === opensshFingerprint(signer.publicKeySpkiDer),
    'the key id is not the fingerprint of the key',
  );
  const message = preAuthEncoding(PAYLOAD_TYPE, payload);
  const signature = normalizeSignature(await signer.sign(message));
  assertEvidence(
    verifySignature(signer.publicKeySpkiDer, message, signature),
    'the signer returned a signature that does not verify',
  );
  return serializeBundle({ payload, keyid: signer.keyid, signature, stamps: [] });
}

/**
 * Reads a bundle without trusting it. Refused: anything but exactly one signature, DER that is not strict, a high s,
 * base64 that is not canonical, two different key ids, and any byte that differs from our own serialisation.
 */
export function readBundle(bytes: Uint8Array): SignedPayload {
  const parsed = bundleSchema.safeParse(parseJsonStrict(fromUtf8(bytes)));
  assertEvidence(
    parsed.success,
    'the envelope does not have the fields of a bundle with exactly one signature',
  );
  const { dsseEnvelope, verificationMaterial } = parsed.data;
  const [only] = dsseEnvelope.signatures;
  assertEvidence(
    only.keyid === verificationMaterial.publicKey.hint,
    'key id and key hint are not the same',
  );
  const signature = fromBase64(only.sig);
  assertCanonicalSignature(signature);
  const { rfc3161Timestamps } = verificationMaterial.timestampVerificationData;
  const signed = {
    payload: fromBase64(dsseEnvelope.payload),
    keyid: only.keyid,
    signature,
    stamps: rfc3161Timestamps.map(({ signedTimestamp }) => fromBase64(signedTimestamp)),
  };
  assertEvidence(
    equalBytes(serializeBundle(signed), bytes),
    'the envelope is not in its canonical form',
  );
  return signed;
}

/** The same statement and signature with these stamps, in this order, in place of those it had. */
export function withStamps(bytes: Uint8Array, stamps: readonly Uint8Array[]): Uint8Array {
  assertEvidence(stamps.length <= MAX_STAMPS, `a statement carries at most ${MAX_STAMPS} stamps`);
  return serializeBundle({ ...readBundle(bytes), stamps });
}

/**
 * Reads a bundle and checks its key id and signature against one key, or against that of several which its key id names
 * (key-history.ts). Returns the payload.
 */
export function openBundle(
  bytes: Uint8Array,
  publicKeySpkiDer: Uint8Array | readonly Uint8Array[],
): Uint8Array {
  const signed = readBundle(bytes);
  const keys = publicKeySpkiDer instanceof Uint8Array ? [publicKeySpkiDer] : publicKeySpkiDer;
  const key = keys.find((one) => signed.keyid === opensshFingerprint(one));
  assertEvidence(key !== undefined, 'the key id is not the fingerprint of the given key');
  assertEvidence(
    verifySignature(key, preAuthEncoding(PAYLOAD_TYPE, signed.payload), signed.signature),
    'the signature does not verify',
  );
  return signed.payload;
}
