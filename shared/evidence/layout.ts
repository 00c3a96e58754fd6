/** Names inside a bag. All are fixed or made of numbers: no name ever comes from a canary id or a response. */
export const BAGIT = 'bagit.txt';
export const BAGIT_TEXT = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n';
export const MANIFEST = 'manifest-sha256.txt';
export const TAG_MANIFEST = 'tagmanifest-sha256.txt';
export const STATEMENT = 'attestation/report.sigstore.json';
export const PUBLIC_KEY = 'attestation/signer.pub.pem';

/** Files of every bag. */
const COMMON = {
  report: 'data/report.html',
  results: 'data/results.json',
  presentation: 'data/presentation.json',
  verify: 'data/VERIFY.md',
  plan: 'data/plan.yaml',
  planSeal: 'data/plan.sigstore.json',
  notAsked: 'data/not-asked.jsonl',
  seals: 'data/seals.jsonl',
  custody: 'data/custody.jsonl',
  checkpoint: 'data/checkpoint.sigstore.json',
  method: 'data/method.md',
  scale: 'data/scale.json',
} as const;

/** Files of the profiles internal and counsel, besides registrations and records. */
export const DATA = {
  ...COMMON,
  disclosures: 'data/disclosures.jsonl',
  adjudications: 'data/adjudications.jsonl',
  targets: 'data/targets.json',
  transcripts: 'data/transcripts.jsonl',
  warc: 'data/transcripts.warc',
} as const;

/** Files of the profile public, besides registrations. */
export const WITHHELD = {
  ...COMMON,
  panel: 'data/panel.json',
  scores: 'data/scores.jsonl',
  attempts: 'data/attempts.jsonl',
} as const;

/** Files that a bag may hold and that these data alone do not give: they are signed as they are. */
export const ATTACHED = {
  page: 'data/verify.html',
  pdf: 'data/report.pdf',
  sbom: 'data/sbom.cdx.json',
  /** Every signing key so far, each signed by the one before (key-history.ts). */
  keys: 'data/key-history.jsonl',
  /** Roots of the time-stamping authorities: copies, which found no trust. */
  roots: 'data/tsa-roots.pem',
  /** Stamps over older stamps (verify-time.ts). */
  renewals: 'data/stamp-renewals.jsonl',
} as const;
export const ATTACHMENTS: readonly string[] = Object.values(ATTACHED);

/** What people read: not part of the hash of the data that stands on the report's first page. */
export const REPORT_PATTERN = /^data\/report\./;

export const REGISTRATION_FILES = [
  'registration.json',
  'registration.sigstore.json',
  'commitments.txt',
  'protocol.json',
  'draw.json',
] as const;
export type RegistrationFile = (typeof REGISTRATION_FILES)[number];

/** data/registrations/0001/registration.json and the like. */
export function registrationPath(number: number, file: RegistrationFile): string {
  return `data/registrations/${String(number).padStart(4, '0')}/${file}`;
}

/** data/canaries/<registry>-<leaf index>.record */
export function recordPath(registry: number, leafIndex: number): string {
  return `data/canaries/${registry}-${leafIndex}.record`;
}

export const REGISTRATION_PATTERN = /^data\/registrations\/(\d{4,})\/registration\.json$/;
export const RECORD_PATTERN = /^data\/canaries\/([1-9]\d*)-(0|[1-9]\d*)\.record$/;
