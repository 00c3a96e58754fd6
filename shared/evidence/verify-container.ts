import { tagFiles } from './bag.ts';
import { equalBytes } from './bytes.ts';
import type { Profile } from './document.ts';
import { openBundle, type SignedPayload } from './dsse.ts';
import { assertEvidence, EvidenceError } from './errors.ts';
import {
  ATTACHMENTS,
  BAGIT,
  DATA,
  MANIFEST,
  PUBLIC_KEY,
  RECORD_PATTERN,
  REGISTRATION_FILES,
  REGISTRATION_PATTERN,
  registrationPath,
  STATEMENT,
  TAG_MANIFEST,
  WITHHELD,
} from './layout.ts';
import { manifestBytes, manifestProblems, parseManifest } from './manifest.ts';
import { assertSubjects, PREDICATE, readStatement, subject } from './statements.ts';

type Files = ReadonlyMap<string, Uint8Array>;

const SHOWN = 3;

/** The first few problems in one sentence; throws when there are any. */
export function assertNone(problems: readonly string[]): void {
  if (problems.length === 0) return;
  const more = problems.length > SHOWN ? `, and ${problems.length - SHOWN} more` : '';
  throw new EvidenceError(`${problems.slice(0, SHOWN).join('; ')}${more}`);
}

export function file(files: Files, path: string): Uint8Array {
  const bytes = files.get(path);
  assertEvidence(bytes !== undefined, `${path} is missing`);
  return bytes;
}

/** Names come from a bag that anybody may have written: shown only when they are plain. */
function shownName(path: string): string {
  return /^[\x21-\x7e]{1,200}$/.test(path) ? path : 'a file with an odd name';
}

export function layout(files: Files, profile: Profile | null): string {
  const registrations = [...files.keys()].filter((path) => REGISTRATION_PATTERN.test(path)).length;
  const required = new Set<string>([
    BAGIT,
    MANIFEST,
    TAG_MANIFEST,
    STATEMENT,
    PUBLIC_KEY,
    ...Object.values(profile === 'public' ? WITHHELD : DATA),
  ]);
  for (let number = 1; number <= registrations; number++) {
    for (const name of REGISTRATION_FILES) required.add(registrationPath(number, name));
  }
  const unknown = [...files.keys()].filter(
    (path) =>
      !required.has(path) &&
      !ATTACHMENTS.includes(path) &&
      !(profile !== 'public' && RECORD_PATTERN.test(path)),
  );
  const missing = [...required].filter((path) => !files.has(path));
  assertNone([
    ...unknown.map((path) => `${shownName(path)} does not belong in a bag`),
    ...missing.map((path) => `${path} is missing`),
  ]);
  assertEvidence(registrations > 0, 'the bag holds no registration');
  return `${files.size} files, all of them known`;
}

export function manifest(files: Files): string {
  const data = new Map([...files].filter(([path]) => path.startsWith('data/')));
  const bytes = file(files, MANIFEST);
  assertNone(manifestProblems(parseManifest(bytes), data));
  assertEvidence(
    equalBytes(manifestBytes(data), bytes),
    'the manifest is not in its canonical form',
  );
  return `${data.size} files under data/ have the listed hashes`;
}

export function tagManifest(files: Files): string {
  const tags = tagFiles(files);
  const bytes = file(files, TAG_MANIFEST);
  assertNone(manifestProblems(parseManifest(bytes), tags));
  assertEvidence(
    equalBytes(manifestBytes(tags), bytes),
    'the tag manifest is not in its canonical form',
  );
  return `${tags.size} files outside data/ have the listed hashes`;
}

export function signature(files: Files, key: Uint8Array): string {
  openBundle(file(files, STATEMENT), key);
  return 'ECDSA P-256 over the pre-authentication encoding verifies';
}

export function statement(files: Files, signed: SignedPayload): string {
  const read = readStatement(signed.payload, PREDICATE.report);
  assertEvidence(read.predicate.schemaVersion === 1, 'the predicate has an unknown version');
  assertSubjects(read, [subject(MANIFEST, file(files, MANIFEST))]);
  return 'in-toto Statement v1 about this manifest, predicate version 1';
}
