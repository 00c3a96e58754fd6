import { z } from 'zod';
import { canonicalJsonFile, equalBytes, fromUtf8 } from './bytes.ts';
import { assertEvidence } from './errors.ts';
import { parseJsonStrict } from './json-strict.ts';

const hex32 = z.string().regex(/^[0-9a-f]{64}$/);

/** RFC 3339 UTC with milliseconds and Z, the one spelling of a time in evidence. */
export const utcSchema = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);

/**
 * registration.json (EVIDENCE 2.1). `found`: ascending leaf indices of the found canaries, so that a drawn canary cannot be
 * passed off as a found one after its draw is known. `previous_registration_sha256`: hash of the bytes of the registration
 * before this one; null for number 1.
 */
export const registrationSchema = z.strictObject({
  v: z.literal(1),
  hash: z.literal('sha256'),
  tree: z.literal('rfc6962'),
  size: z.int().min(1),
  root: hex32,
  found: z.array(z.int().min(0)),
  protocol_sha256: hex32,
  registration_number: z.int().min(1),
  previous_registration_sha256: hex32.nullable(),
  created_utc: utcSchema,
});
export type RegistrationRecord = z.infer<typeof registrationSchema>;

/**
 * protocol.json: the parameters that are fixed with the registry. `held_out_ppm`: the held-out fraction in parts per million
 * (200000 = 0.2). `beacon`: the public beacon round that was announced, or null when none was.
 */
export const protocolSchema = z.strictObject({
  v: z.literal(1),
  method: z.literal('method-1'),
  scorer: z.literal('exact-v1'),
  draw: z.literal('canary-draw-v1'),
  held_out_ppm: z.int().min(0).max(1_000_000),
  beacon: z.strictObject({ chain: z.string().min(1), round: z.int().min(1) }).nullable(),
});
export type ProtocolRecord = z.infer<typeof protocolSchema>;

/** Bytes of registration.json: canonical JSON and one LF. */
export function registrationBytes(record: RegistrationRecord): Uint8Array {
  return canonicalJsonFile(registrationSchema.parse(record));
}

/** Bytes of protocol.json: canonical JSON and one LF. */
export function protocolBytes(record: ProtocolRecord): Uint8Array {
  return canonicalJsonFile(protocolSchema.parse(record));
}

/** Reads one of our canonical JSON files: strict JSON, the schema, and the very bytes we would write. */
export function readCanonicalFile<T>(bytes: Uint8Array, schema: z.ZodType<T>, name: string): T {
  const parsed = schema.safeParse(parseJsonStrict(fromUtf8(bytes)));
  assertEvidence(
    parsed.success,
    `${name}: ${parsed.success ? '' : `field ${issuePath(parsed.error)} is not as it must be`}`,
  );
  assertEvidence(
    equalBytes(canonicalJsonFile(parsed.data), bytes),
    `${name} is not in its canonical form`,
  );
  return parsed.data;
}

function issuePath(error: z.ZodError): string {
  return error.issues[0]?.path.join('.') || '(top)';
}

export function readRegistration(bytes: Uint8Array): RegistrationRecord {
  return readCanonicalFile(bytes, registrationSchema, 'registration.json');
}

export function readProtocol(bytes: Uint8Array): ProtocolRecord {
  return readCanonicalFile(bytes, protocolSchema, 'protocol.json');
}
