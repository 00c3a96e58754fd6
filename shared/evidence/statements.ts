import { z } from 'zod';
import { canonicalJson, equalBytes, fromUtf8, sha256Hex, utf8 } from './bytes.ts';
import type { Checkpoint } from './custody.ts';
import type { PanelTarget, Registration } from './document.ts';
import { assertEvidence } from './errors.ts';
import { parseJsonStrict } from './json-strict.ts';
import { utcSchema } from './registration.ts';
import { targetsBytes } from './targets.ts';

const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
const BASE = 'https://trapstreet.example/attestation';

/** Predicate types: fixed constants of the product, one per kind of signed statement. */
export const PREDICATE = {
  report: `${BASE}/comparison-report/v1`,
  planSeal: `${BASE}/plan-seal/v1`,
  registration: `${BASE}/registration/v1`,
  checkpoint: `${BASE}/checkpoint/v1`,
  key: `${BASE}/signing-key/v1`,
} as const;

const hex32 = z.string().regex(/^[0-9a-f]{64}$/);
const subjectSchema = z.strictObject({
  name: z.string(),
  digest: z.strictObject({ sha256: hex32 }),
});
const statementSchema = z.strictObject({
  _type: z.literal(STATEMENT_TYPE),
  subject: z.array(subjectSchema).min(1),
  predicateType: z.string(),
  predicate: z.record(z.string(), z.unknown()),
});
export type Statement = z.infer<typeof statementSchema>;
export type Subject = z.infer<typeof subjectSchema>;

export function subject(name: string, bytes: Uint8Array): Subject {
  return { name, digest: { sha256: sha256Hex(bytes) } };
}

export function statementBytes(
  subjects: readonly Subject[],
  predicateType: string,
  predicate: unknown,
): Uint8Array {
  return canonicalJson({ _type: STATEMENT_TYPE, subject: subjects, predicateType, predicate });
}

/** Reads a statement of the given kind; anything else, an unknown version included, is refused. */
export function readStatement(payload: Uint8Array, predicateType: string): Statement {
  const parsed = statementSchema.safeParse(parseJsonStrict(fromUtf8(payload)));
  assertEvidence(parsed.success, 'the payload is not an in-toto Statement v1');
  assertEvidence(
    parsed.data.predicateType === predicateType,
    'the statement has another or unknown predicate type',
  );
  assertEvidence(
    equalBytes(canonicalJson(parsed.data), payload),
    'the statement is not in its canonical form',
  );
  return parsed.data;
}

/** Throws unless the statement is about exactly these files. */
export function assertSubjects(statement: Statement, expected: readonly Subject[]): void {
  assertEvidence(
    equalBytes(canonicalJson(statement.subject), canonicalJson(expected)),
    `the statement is not about ${expected.map((entry) => entry.name).join(', ')} as given`,
  );
}

export interface PlanSealInput {
  readonly planYaml: Uint8Array;
  readonly panel: readonly PanelTarget[];
  /** registration.json bytes of every registry the plan names, in plan order. */
  readonly registrations: readonly Uint8Array[];
  readonly sealedUtc: string;
}

export const planSealSchema = z.strictObject({
  schemaVersion: z.literal(1),
  plan_sha256: hex32,
  targets_sha256: hex32,
  registrations: z.array(hex32),
  sealed_utc: utcSchema,
});

/** The sealed payload of a plan: its hash, the hash of the panel's public configuration, the registries it is about. */
export function planSealStatement(input: PlanSealInput): Uint8Array {
  const targets = targetsBytes(input.panel);
  return statementBytes(
    [subject('plan.yaml', input.planYaml), subject('targets.json', targets)],
    PREDICATE.planSeal,
    planSealSchema.parse({
      schemaVersion: 1,
      plan_sha256: sha256Hex(input.planYaml),
      targets_sha256: sha256Hex(targets),
      registrations: input.registrations.map(sha256Hex),
      sealed_utc: input.sealedUtc,
    }),
  );
}

/** Subjects of a registration statement, in their fixed order. */
export function registrationSubjects(
  files: Pick<Registration, 'registration' | 'commitments' | 'protocol'>,
): Subject[] {
  return [
    subject('registration.json', files.registration),
    subject('commitments.txt', files.commitments),
    subject('protocol.json', files.protocol),
  ];
}

/** The signed payload of a registry commitment. */
export function registrationStatement(
  files: Pick<Registration, 'registration' | 'commitments' | 'protocol'>,
): Uint8Array {
  return statementBytes(registrationSubjects(files), PREDICATE.registration, { schemaVersion: 1 });
}

export const checkpointSchema = z.strictObject({
  schemaVersion: z.literal(1),
  size: z.int().min(1),
  root: hex32,
  head_sha256: hex32,
});

/** The signed payload of a custody checkpoint: {size, root, head_sha256} of `checkpointOf(lines)`. */
export function checkpointStatement(checkpoint: Checkpoint): Uint8Array {
  return statementBytes(
    [{ name: 'custody.jsonl', digest: { sha256: checkpoint.fileSha256 } }],
    PREDICATE.checkpoint,
    checkpointSchema.parse({
      schemaVersion: 1,
      size: checkpoint.size,
      root: checkpoint.root,
      head_sha256: checkpoint.headSha256,
    }),
  );
}

export const keyStatementSchema = z.strictObject({
  schemaVersion: z.literal(1),
  keyid: z.string(),
  /** The key that signs this statement; null: the first key, which signs its own. */
  previous_keyid: z.string().nullable(),
  origin: z.enum(['made', 'imported']),
  created_utc: utcSchema,
  /** After this nothing may be signed with it, except its successor; null: no end. */
  expires_utc: utcSchema.nullable(),
});
export type KeyStatement = z.infer<typeof keyStatementSchema>;

/** The signed payload about a signing key: its birth, or its succession to the key that signs. */
export function keyStatement(
  publicKeyPem: string,
  about: Omit<KeyStatement, 'schemaVersion'>,
): Uint8Array {
  return statementBytes(
    [subject('signer.pub.pem', utf8(publicKeyPem))],
    PREDICATE.key,
    keyStatementSchema.parse({ schemaVersion: 1, ...about }),
  );
}
