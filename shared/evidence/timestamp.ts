import { sha1 } from '@noble/hashes/legacy.js';
import { sha384, sha512 } from '@noble/hashes/sha2.js';
import * as asn1js from 'asn1js';
import {
  type AlgorithmIdentifier,
  Certificate,
  IssuerAndSerialNumber,
  SignedData,
  type SignerInfo,
  TimeStampResp,
  TSTInfo,
} from 'pkijs';
import { equalBytes, sha256, toHex } from './bytes.ts';
import { assertEvidence, EvidenceError } from './errors.ts';
import {
  assertAuthority,
  buildChain,
  type Chain,
  certificateDer,
  certificateSha256,
  strongHash,
  subjectName,
  webCrypto,
} from './timestamp-certificate.ts';

/** A response is a few kilobytes; nothing larger is read. */
export const MAX_TIMESTAMP_BYTES = 64 * 1024;
const MAX_CERTIFICATES = 16;

const OID = {
  signedData: '1.2.840.113549.1.7.2',
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  rsaEncryption: '1.2.840.113549.1.1.1',
} as const;

const HASHES: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  '2.16.840.1.101.3.4.2.1': sha256,
  '2.16.840.1.101.3.4.2.2': sha384,
  '2.16.840.1.101.3.4.2.3': sha512,
};
const HASH_NAMES: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'SHA-256',
  '2.16.840.1.101.3.4.2.2': 'SHA-384',
  '2.16.840.1.101.3.4.2.3': 'SHA-512',
};

export interface TimestampCheck {
  /** What the stamp must be about. */
  readonly data: Uint8Array;
  /** The nonce of the request; left out when only the response was kept. */
  readonly nonce?: Uint8Array;
  /** Roots that whoever checks trusts, from outside the evidence. */
  readonly trusted: readonly Certificate[];
  /** Certificates that came along with the evidence: they may complete a chain, but found no trust. */
  readonly copies?: readonly Certificate[];
}

export interface TimestampFacts {
  /** RFC 3339 UTC with milliseconds. */
  readonly genTime: string;
  /** Milliseconds; null where the authority states none. */
  readonly accuracyMs: number | null;
  readonly policy: string;
  /** Hexadecimal. */
  readonly serial: string;
  readonly imprintHash: string;
  readonly signer: string;
  readonly signerSha256: string;
  /** RFC 3339 UTC: after it `openssl ts -verify` needs -attime, and a renewal should exist. */
  readonly signerNotAfter: string;
  /** `trusted`: the chain ends in a root that whoever checks trusts; `copy`: in one that came along; `none`: nowhere. */
  readonly anchor: Chain['anchor'];
  readonly rootSha256: string | null;
}

/**
 * Checks a whole RFC 3161 TimeStampResp (EVIDENCE 1.2 point 5): status, content type, imprint, nonce, exactly one signature
 * with its signed attributes, ESSCertID, extended key usage, and the chain at the stamp's own time. Throws EvidenceError
 * whose message names what failed; an untrusted root does not throw and shows in `anchor`.
 */
export async function checkTimestamp(
  response: Uint8Array,
  check: TimestampCheck,
): Promise<TimestampFacts> {
  try {
    return await checked(response, check);
  } catch (error) {
    if (error instanceof EvidenceError) throw error;
    throw new EvidenceError('the time stamp cannot be read: it is not the DER that RFC 3161 names');
  }
}

async function checked(response: Uint8Array, check: TimestampCheck): Promise<TimestampFacts> {
  const signed = readToken(response);
  const content = contentOf(signed);
  const info = TSTInfo.fromBER(content.slice());
  assertImprint(info, check.data);
  if (check.nonce) assertNonce(info, check.nonce);
  const [signer] = signed.signerInfos;
  assertEvidence(
    signer !== undefined && signed.signerInfos.length === 1,
    'the time stamp must have exactly one signature',
  );
  const certificates = (signed.certificates ?? []).filter((one) => one instanceof Certificate);
  assertEvidence(
    certificates.length <= MAX_CERTIFICATES,
    'the time stamp has too many certificates',
  );
  const certificate = signerCertificate(signer, certificates);
  assertSignedAttributes(signer, content);
  assertAuthority(certificate);
  assertCertificateId(signer, certificate);
  await assertSignature(signer, certificate);
  const chain = await buildChain(certificate, {
    at: info.genTime,
    trusted: check.trusted,
    others: [...certificates, ...(check.copies ?? [])],
  });
  const root = chain.anchor === 'none' ? undefined : chain.certificates.at(-1);
  return {
    genTime: info.genTime.toISOString(),
    accuracyMs: accuracyOf(info),
    policy: info.policy,
    serial: toHex(info.serialNumber.valueBlock.valueHexView),
    imprintHash: HASH_NAMES[info.messageImprint.hashAlgorithm.algorithmId] ?? '',
    signer: subjectName(certificate),
    signerSha256: certificateSha256(certificate),
    signerNotAfter: certificate.notAfter.value.toISOString(),
    anchor: chain.anchor,
    rootSha256: root === undefined ? null : certificateSha256(root),
  };
}

function readToken(response: Uint8Array): SignedData {
  assertEvidence(response.length <= MAX_TIMESTAMP_BYTES, 'the time stamp is too large');
  const parsed = asn1js.fromBER(response.slice());
  assertEvidence(
    parsed.offset === response.length,
    'the time stamp is cut short or has bytes after its end',
  );
  const answer = new TimeStampResp({ schema: parsed.result });
  const { status } = answer.status;
  assertEvidence(
    status === 0 || status === 1,
    `the authority refused to stamp (PKIStatus ${Number(status)})`,
  );
  const token = answer.timeStampToken;
  assertEvidence(
    token !== undefined && token.contentType === OID.signedData,
    'the answer holds no signed time stamp',
  );
  return new SignedData({ schema: token.content });
}

function contentOf(signed: SignedData): Uint8Array {
  const { eContentType, eContent } = signed.encapContentInfo;
  assertEvidence(eContentType === OID.tstInfo, 'the signed content is not a time stamp');
  assertEvidence(eContent !== undefined, 'the time stamp is empty');
  return new Uint8Array(eContent.getValue());
}

function assertImprint(info: TSTInfo, data: Uint8Array): void {
  const { hashAlgorithm, hashedMessage } = info.messageImprint;
  const hash = HASHES[hashAlgorithm.algorithmId];
  assertEvidence(hash !== undefined, 'the time stamp uses a hash below SHA-256');
  assertEvidence(
    equalBytes(hash(data), hashedMessage.valueBlock.valueHexView),
    'the time stamp is about other data',
  );
}

/** An unsigned integer's bytes without leading zeros, so that two spellings compare equal. */
function magnitude(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
  return bytes.subarray(start);
}

function assertNonce(info: TSTInfo, nonce: Uint8Array): void {
  const given = info.nonce?.valueBlock.valueHexView;
  assertEvidence(
    given !== undefined && equalBytes(magnitude(given), magnitude(nonce)),
    'the time stamp answers another request (its nonce is not ours)',
  );
}

function signerCertificate(signer: SignerInfo, certificates: readonly Certificate[]): Certificate {
  const { sid } = signer;
  assertEvidence(
    sid instanceof IssuerAndSerialNumber,
    'the time stamp does not name its signer by issuer and serial number',
  );
  const found = certificates.find(
    ({ issuer, serialNumber }) =>
      issuer.isEqual(sid.issuer) && serialNumber.isEqual(sid.serialNumber),
  );
  assertEvidence(found !== undefined, 'the signer’s certificate is not in the time stamp');
  return found;
}

/** The one value of a signed attribute; undefined where the attribute is missing. */
function attribute(signer: SignerInfo, oid: string): asn1js.AsnType | undefined {
  const found = (signer.signedAttrs?.attributes ?? []).filter(({ type }) => type === oid);
  assertEvidence(
    found.length < 2 && (found.length === 0 || found[0]?.values.length === 1),
    'a signed attribute is repeated',
  );
  return found[0]?.values[0];
}

function hashOf(algorithm: AlgorithmIdentifier): (bytes: Uint8Array) => Uint8Array {
  const hash = HASHES[algorithm.algorithmId];
  assertEvidence(hash !== undefined, 'the time stamp is signed over a hash below SHA-256');
  return hash;
}

function assertSignedAttributes(signer: SignerInfo, content: Uint8Array): void {
  const type = attribute(signer, OID.contentType);
  assertEvidence(
    type instanceof asn1js.ObjectIdentifier && type.valueBlock.toString() === OID.tstInfo,
    'the signature is not over a time stamp',
  );
  const digest = attribute(signer, OID.messageDigest);
  assertEvidence(
    digest instanceof asn1js.OctetString &&
      equalBytes(digest.valueBlock.valueHexView, hashOf(signer.digestAlgorithm)(content)),
    'the signature is over another time stamp',
  );
}

/** RFC 5035: the signature itself names the certificate, so that nobody can put another one with the same key beside it. */
function assertCertificateId(signer: SignerInfo, certificate: Certificate): void {
  const der = certificateDer(certificate);
  const first = attribute(signer, OID.signingCertificate);
  const second = attribute(signer, OID.signingCertificateV2);
  assertEvidence(
    first !== undefined || second !== undefined,
    'the signature does not name its certificate (ESSCertID)',
  );
  for (const [value, isVersion2] of [
    [first, false],
    [second, true],
  ] as const) {
    if (value === undefined) continue;
    const { hash, digest } = certificateId(value, isVersion2);
    assertEvidence(
      equalBytes(hash(der), digest),
      'the signature names another certificate than the signer’s (ESSCertID)',
    );
  }
}

/** SigningCertificate(V2) ::= SEQUENCE { certs SEQUENCE OF ESSCertID(v2), ... }; the first is the signer's. */
function certificateId(value: asn1js.AsnType, isVersion2: boolean) {
  const inside = (node: unknown): asn1js.AsnType[] =>
    node instanceof asn1js.Sequence ? (node.valueBlock.value as asn1js.AsnType[]) : [];
  const fields = inside(inside(inside(value)[0])[0]);
  const named = isVersion2 && fields[0] instanceof asn1js.Sequence;
  const oid = named ? inside(fields[0])[0] : undefined;
  const digest = fields[named ? 1 : 0];
  const hash = isVersion2
    ? HASHES[
        oid instanceof asn1js.ObjectIdentifier
          ? oid.valueBlock.toString()
          : '2.16.840.1.101.3.4.2.1'
      ]
    : sha1;
  assertEvidence(
    digest instanceof asn1js.OctetString && hash !== undefined,
    'the signature names its certificate in an unknown way (ESSCertID)',
  );
  return { hash, digest: digest.valueBlock.valueHexView };
}

async function assertSignature(signer: SignerInfo, certificate: Certificate): Promise<void> {
  const { signatureAlgorithm, digestAlgorithm, signedAttrs, signature } = signer;
  assertEvidence(signedAttrs !== undefined, 'the time stamp has no signed attributes');
  const digest = HASH_NAMES[digestAlgorithm.algorithmId] ?? '';
  const hash =
    signatureAlgorithm.algorithmId === OID.rsaEncryption
      ? digest
      : strongHash(signatureAlgorithm, 'the time stamp');
  assertEvidence(hash === digest, 'the time stamp names two different hash algorithms');
  let holds = false;
  try {
    holds = await webCrypto.verifyWithPublicKey(
      signedAttrs.encodedValue,
      signature,
      certificate.subjectPublicKeyInfo,
      signatureAlgorithm,
      hash,
    );
  } catch {
    throw new EvidenceError('the time stamp is signed with an algorithm that is not supported');
  }
  assertEvidence(holds, 'the signature of the time stamp does not verify');
}

function accuracyOf({ accuracy }: TSTInfo): number | null {
  if (accuracy === undefined) return null;
  const { seconds = 0, millis = 0, micros = 0 } = accuracy;
  return seconds * 1000 + millis + micros / 1000;
}
