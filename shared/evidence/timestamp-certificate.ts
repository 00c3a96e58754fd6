import {
  type AlgorithmIdentifier,
  BasicConstraints,
  Certificate,
  CryptoEngine,
  type Extension,
  ExtKeyUsage,
} from 'pkijs';
import { equalBytes, fromBase64, sha256Hex } from './bytes.ts';
import { assertEvidence, EvidenceError } from './errors.ts';

const OID = {
  keyUsage: '2.5.29.15',
  basicConstraints: '2.5.29.19',
  policies: '2.5.29.32',
  extKeyUsage: '2.5.29.37',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  anyUsage: '2.5.29.37.0',
} as const;
/** Extensions that may be critical, because they are looked at here (policies are recorded, not judged). */
const UNDERSTOOD: ReadonlySet<string> = new Set([
  OID.keyUsage,
  OID.basicConstraints,
  OID.policies,
  OID.extKeyUsage,
]);
const STRONG: ReadonlySet<string> = new Set(['SHA-256', 'SHA-384', 'SHA-512']);
const DIGITAL_SIGNATURE = 0x80;
const NON_REPUDIATION = 0x40;
const KEY_CERT_SIGN = 0x04;
const MAX_CERTIFICATES = 32;
const MAX_DEPTH = 8;

/** WebCrypto of the host: Node and browsers have the same. Signatures only; hashes are computed in plain code. */
export const webCrypto = new CryptoEngine({ name: 'host', crypto });

/** The hash of a signature algorithm where it is strong enough, in WebCrypto's spelling. */
export function strongHash(algorithm: AlgorithmIdentifier, what: string): string {
  const name = webCrypto.getHashAlgorithm(algorithm);
  assertEvidence(STRONG.has(name), `${what} uses a signature algorithm below SHA-256`);
  return name;
}

export const certificateDer = (certificate: Certificate): Uint8Array =>
  new Uint8Array(certificate.toSchema(false).toBER(false));

export const certificateSha256 = (certificate: Certificate): string =>
  sha256Hex(certificateDer(certificate));

/** Reads one certificate; trailing bytes are refused. */
export function readCertificate(der: Uint8Array): Certificate {
  let certificate: Certificate;
  try {
    certificate = Certificate.fromBER(der.slice());
  } catch {
    throw new EvidenceError('a certificate cannot be read');
  }
  assertEvidence(
    equalBytes(certificateDer(certificate), der),
    'a certificate is not in its one encoding',
  );
  return certificate;
}

/** The certificates of a PEM text, in order. Private keys and anything else in it are refused. */
export function readCertificates(pem: string): Certificate[] {
  const blocks = pem.match(/-----BEGIN ([A-Z0-9 ]+)-----[^-]*-----END \1-----/g) ?? [];
  assertEvidence(blocks.length > 0, 'there is no PEM certificate in it');
  assertEvidence(blocks.length <= MAX_CERTIFICATES, `more than ${MAX_CERTIFICATES} certificates`);
  return blocks.map((block) => {
    const body = /^-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----$/.exec(block)?.[1];
    assertEvidence(body !== undefined, 'only certificates belong here, no keys');
    return readCertificate(fromBase64(body.replace(/\s+/g, '')));
  });
}

/** The subject as people write it, such as `CN=Example TSA, O=Example`. */
export function subjectName(certificate: Certificate): string {
  const short: Readonly<Record<string, string>> = {
    '2.5.4.3': 'CN',
    '2.5.4.6': 'C',
    '2.5.4.10': 'O',
    '2.5.4.11': 'OU',
  };
  return certificate.subject.typesAndValues
    .map(({ type, value }) => `${short[type] ?? type}=${String(value.valueBlock.value)}`)
    .join(', ')
    .slice(0, 300);
}

function extension(certificate: Certificate, oid: string): Extension | undefined {
  const found = (certificate.extensions ?? []).filter(({ extnID }) => extnID === oid);
  assertEvidence(found.length < 2, 'a certificate repeats an extension');
  return found[0];
}

/** The bits of the key usage extension's first byte; null where there is none. */
function keyUsage(certificate: Certificate): number | null {
  const found = extension(certificate, OID.keyUsage);
  if (found === undefined) return null;
  const bits = found.parsedValue as { valueBlock?: { valueHexView?: Uint8Array } } | undefined;
  const first = bits?.valueBlock?.valueHexView?.[0];
  assertEvidence(first !== undefined, 'a key usage cannot be read');
  return first;
}

function usages(certificate: Certificate): { critical: boolean; purposes: string[] } | null {
  const found = extension(certificate, OID.extKeyUsage);
  if (found === undefined) return null;
  assertEvidence(found.parsedValue instanceof ExtKeyUsage, 'an extended key usage cannot be read');
  return { critical: found.critical, purposes: found.parsedValue.keyPurposes };
}

function assertUnderstood(certificate: Certificate, what: string): void {
  for (const { critical, extnID } of certificate.extensions ?? [])
    assertEvidence(
      !critical || UNDERSTOOD.has(extnID),
      `${what} has a critical extension ${extnID} that is not understood`,
    );
}

function assertValidAt(certificate: Certificate, at: Date, what: string): void {
  assertEvidence(
    certificate.notBefore.value <= at && at <= certificate.notAfter.value,
    `${what} was not valid at the time of the stamp`,
  );
}

/** RFC 3161 2.3: extended key usage critical, time stamping and nothing else; the key signs and does nothing else. */
export function assertAuthority(certificate: Certificate): void {
  const extended = usages(certificate);
  assertEvidence(
    extended?.purposes.includes(OID.timeStamping) === true,
    'the signer’s certificate is not one for time stamping',
  );
  assertEvidence(
    extended.purposes.length === 1,
    'the signer’s certificate is for more than time stamping',
  );
  assertEvidence(
    extended.critical,
    'the time stamping usage of the signer’s certificate is not critical',
  );
  const usage = keyUsage(certificate);
  const signing = DIGITAL_SIGNATURE | NON_REPUDIATION;
  assertEvidence(
    usage === null || ((usage & signing) !== 0 && (usage & ~signing) === 0),
    'the signer’s certificate has another key usage than signing',
  );
}

/** Throws unless the certificate may issue others, `below` of which stand between it and the signer. */
function assertIssuer(certificate: Certificate, below: number): void {
  const constraints = extension(certificate, OID.basicConstraints)?.parsedValue;
  assertEvidence(
    constraints instanceof BasicConstraints && constraints.cA,
    'an issuing certificate is not one of a certification authority',
  );
  const { pathLenConstraint } = constraints;
  const limit = typeof pathLenConstraint === 'number' ? pathLenConstraint : null;
  assertEvidence(
    limit === null || below <= limit,
    'the chain is longer than an issuing certificate allows',
  );
  const usage = keyUsage(certificate);
  assertEvidence(
    usage === null || (usage & KEY_CERT_SIGN) !== 0,
    'an issuing certificate may not sign certificates',
  );
  const extended = usages(certificate);
  assertEvidence(
    extended === null ||
      extended.purposes.some((purpose) => purpose === OID.timeStamping || purpose === OID.anyUsage),
    'an issuing certificate is not for time stamping',
  );
}

/** Throws unless the roots of an authority can be roots at all. */
export function assertRoots(roots: readonly Certificate[]): void {
  for (const root of roots) assertIssuer(root, 0);
}

async function isIssuedBy(certificate: Certificate, issuer: Certificate): Promise<boolean> {
  if (!certificate.issuer.isEqual(issuer.subject)) return false;
  try {
    return await certificate.verify(issuer, webCrypto);
  } catch {
    return false;
  }
}

export interface Chain {
  /** From the signer up to the root, the root included where it was found. */
  readonly certificates: readonly Certificate[];
  /** Whose root it ends in: one of the verifier's own, a copy that came along, or none at all. */
  readonly anchor: 'trusted' | 'copy' | 'none';
}

/**
 * Builds the chain from the signer to a root and checks each step at the time of the stamp: signature, dates, what a
 * certificate may do, critical extensions. Trusted roots are tried before any other certificate.
 */
export async function buildChain(
  signer: Certificate,
  options: {
    readonly at: Date;
    readonly trusted: readonly Certificate[];
    readonly others: readonly Certificate[];
  },
): Promise<Chain> {
  const { at, trusted, others } = options;
  const chain: Certificate[] = [signer];
  assertValidAt(signer, at, 'the signer’s certificate');
  assertUnderstood(signer, 'the signer’s certificate');
  let current = signer;
  while (chain.length <= MAX_DEPTH) {
    const next = await findIssuer(current, trusted, others);
    if (next === null) return { certificates: chain, anchor: 'none' };
    const { issuer, isTrusted } = next;
    strongHash(current.signatureAlgorithm, 'a certificate of the chain');
    assertValidAt(issuer, at, 'an issuing certificate');
    assertUnderstood(issuer, 'an issuing certificate');
    assertIssuer(issuer, chain.length - 1);
    chain.push(issuer);
    if (isTrusted) return { certificates: chain, anchor: 'trusted' };
    if (issuer.issuer.isEqual(issuer.subject)) return { certificates: chain, anchor: 'copy' };
    current = issuer;
  }
  throw new EvidenceError('the chain of certificates is too long');
}

async function findIssuer(
  certificate: Certificate,
  trusted: readonly Certificate[],
  others: readonly Certificate[],
): Promise<{ issuer: Certificate; isTrusted: boolean } | null> {
  for (const issuer of trusted)
    if (await isIssuedBy(certificate, issuer)) return { issuer, isTrusted: true };
  for (const issuer of others)
    if (issuer !== certificate && (await isIssuedBy(certificate, issuer)))
      return { issuer, isTrusted: false };
  return null;
}
