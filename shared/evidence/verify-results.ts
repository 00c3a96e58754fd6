import { evaluate } from '../statistics/evaluate.ts';
import { VERSION } from '../util/version.ts';
import { reportStatement } from './bag.ts';
import { equalBytes } from './bytes.ts';
import { dataFiles, factsOf } from './content.ts';
import type { EvidenceAttempt } from './document.ts';
import { openBundle } from './dsse.ts';
import { assertEvidence } from './errors.ts';
import { checkExcerpt, excerptCheckpoint, shownLines } from './excerpt.ts';
import { ATTACHED, ATTACHMENTS, DATA, MANIFEST } from './layout.ts';
import { exchangeCommitment } from './seal.ts';
import { checkpointSchema, PREDICATE, readStatement } from './statements.ts';
import { assertNone, file } from './verify-container.ts';
import type { CommonSubject, Subject } from './verify-subject.ts';

/** Pages and texts for people, which another version of the tool may word otherwise. They are signed all the same. */
const TEXTS: readonly string[] = [DATA.report, DATA.verify, DATA.method];

const sameVersion = (subject: CommonSubject): boolean =>
  subject.bag.document.tool.version === VERSION;
const otherVersion = (subject: CommonSubject): string =>
  `signed as it is; written by version ${subject.bag.document.tool.version}, so version ${VERSION} does not draw it again`;

/** Numbers may differ in their last digits between machines; this far apart they are other numbers. */
const TOLERANCE = 1e-9;

/** Path of the first difference between a claimed and a computed value; null when there is none. */
export function difference(claimed: unknown, computed: unknown, path: string): string | null {
  if (typeof claimed === 'number' && typeof computed === 'number') {
    const scale = Math.max(1, Math.abs(claimed), Math.abs(computed));
    return Math.abs(claimed - computed) <= TOLERANCE * scale ? null : path;
  }
  if (
    claimed === null ||
    computed === null ||
    typeof claimed !== 'object' ||
    typeof computed !== 'object'
  ) {
    return claimed === computed ? null : path;
  }
  const keys = new Set([...Object.keys(claimed), ...Object.keys(computed)]);
  for (const key of keys) {
    const found = difference(
      (claimed as Record<string, unknown>)[key],
      (computed as Record<string, unknown>)[key],
      path === '' ? key : `${path}.${key}`,
    );
    if (found !== null) return found;
  }
  return null;
}

export function evaluation(subject: Subject): string {
  const again = evaluate(subject.derived.input);
  const where = difference(subject.bag.document.evaluation, again, '');
  assertEvidence(where === null, `computed again from the transcripts, ${where} is another value`);
  const labels = again.suspects.map(({ target, label }) => `${target} ${label}`);
  return `E, intervals, labels and explanations computed again: ${labels.join(', ')}`;
}

export function tierB(subject: Subject): string {
  const where = difference(subject.bag.document.tierB, subject.derived.tierB, 'tier B');
  assertEvidence(where === null, `computed again from the transcripts, ${where} is another value`);
  return subject.derived.tierB === null ? 'no found canary was asked' : 'ranks computed again';
}

export function predicate(subject: CommonSubject): string {
  const payload = reportStatement(
    factsOf(subject.content, subject.attached),
    file(subject.files, MANIFEST),
  );
  assertEvidence(
    equalBytes(payload, subject.signed.payload),
    'the signed statement says something else than the data',
  );
  return `the signed statement says what the data say, in the profile ${subject.content.head.profile}`;
}

export function custodyChain(subject: CommonSubject): string {
  const { lines } = subject.bag.document.custody;
  assertEvidence(lines.length > 0, 'the custody log is empty');
  checkExcerpt(lines);
  const hidden = lines.length - shownLines(lines).length;
  return `${lines.length} lines, each naming the one before it${hidden === 0 ? '' : `; ${hidden} of other matters shown as hashes`}`;
}

interface LoggedSeal {
  sealed: string | null;
  opened: boolean;
}

/** What the custody log says about this run: attempts begun, canaries sealed and then opened. */
function readLog(subject: CommonSubject, canaryOf: ReadonlyMap<string, string>) {
  const { run, custody } = subject.bag.document;
  const attempts = new Set<string>();
  const recorded = new Map<string, string>();
  const seals = new Map<string, LoggedSeal>();
  for (const { kind, data } of shownLines(custody.lines)) {
    if (data.audit !== run.id) continue;
    const canary = String(data.canary);
    assertEvidence(
      !/^attempt\./.test(kind) || !seals.has(canaryOf.get(String(data.attempt)) ?? ''),
      'the log has an attempt at a canary after the canary was sealed',
    );
    if (kind === 'attempt.started') attempts.add(String(data.attempt));
    if (kind === 'attempt.recorded') {
      const attempt = String(data.attempt);
      assertEvidence(!recorded.has(attempt), `the log records attempt ${attempt} twice`);
      recorded.set(attempt, String(data.commitment));
    }
    if (kind === 'canary.sealed') {
      assertEvidence(!seals.has(canary), `the log seals canary ${canary} twice`);
      seals.set(canary, { sealed: String(data.seal_sha256), opened: false });
    }
    if (kind === 'canary.opened') {
      const logged = seals.get(canary);
      assertEvidence(logged !== undefined, `the log opens canary ${canary} before it seals it`);
      logged.opened = true;
    }
  }
  return { attempts, recorded, seals };
}

interface LoggedRun {
  readonly recorded: ReadonlyMap<string, string>;
  readonly words: string;
}

/** The log and the listed attempts must tell the same run: no attempt hidden, every seal logged before its opening. */
export function sameRun(
  subject: CommonSubject,
  listed: readonly Pick<EvidenceAttempt, 'id' | 'canaryId' | 'endedUtc'>[],
): LoggedRun {
  const canaryOf = new Map(listed.map(({ id, canaryId }) => [id, canaryId]));
  const { attempts, recorded, seals } = readLog(subject, canaryOf);
  const { document } = subject.bag;
  const own = new Set(listed.map(({ id }) => id));
  const hidden = [...attempts].filter((id) => !own.has(id)).length;
  const unlogged = [...own].filter((id) => !attempts.has(id)).length;
  assertEvidence(hidden === 0, `${hidden} attempts of the log are not in the transcripts`);
  assertEvidence(unlogged === 0, `${unlogged} attempts of the transcripts are not in the log`);
  assertEvidence(
    [...attempts].every((id, at) => listed[at]?.id === id),
    'the attempts do not stand in the order in which the log began them',
  );
  for (const { id, endedUtc } of listed)
    assertEvidence(
      recorded.has(id) === (endedUtc !== null),
      `the log ${recorded.has(id) ? 'records' : 'does not record'} attempt ${id}`,
    );
  for (const seal of document.seals) {
    const logged = seals.get(seal.canaryId);
    assertEvidence(
      logged?.sealed === seal.sha256 && logged.opened,
      `seal ${seal.sequence} is not the one in the custody log`,
    );
  }
  return {
    recorded,
    words: `${attempts.size} attempts, ${recorded.size} exchanges and ${document.seals.length} seals stand in the custody log`,
  };
}

export function custodyAgreement(subject: Subject): string {
  const { attempts } = subject.bag.document;
  const { recorded, words } = sameRun(subject, attempts);
  for (const [index, attempt] of attempts.entries()) {
    if (attempt.endedUtc === null) continue;
    const expected = exchangeCommitment({
      salt: attempt.custodySalt,
      request: attempt.request.body,
      response: attempt.response?.body ?? null,
    });
    assertEvidence(
      recorded.get(attempt.id) === expected,
      `attempt ${index + 1} is not the exchange that the custody log recorded`,
    );
  }
  return words;
}

export function checkpoint(subject: CommonSubject): string {
  const { lines, checkpointSigstore } = subject.bag.document.custody;
  const statement = readStatement(
    openBundle(checkpointSigstore, subject.keys),
    PREDICATE.checkpoint,
  );
  const signed = checkpointSchema.safeParse(statement.predicate);
  assertEvidence(signed.success, 'the checkpoint has unknown fields or an unknown version');
  const own = excerptCheckpoint(lines);
  const [about, ...more] = statement.subject;
  assertEvidence(
    signed.data.size === own.size &&
      signed.data.root === own.root &&
      signed.data.head_sha256 === own.headSha256 &&
      about?.name === 'custody.jsonl' &&
      more.length === 0 &&
      (own.fileSha256 === null || own.fileSha256 === about.digest.sha256),
    'the checkpoint is about another log',
  );
  return `signed over ${lines.length} lines`;
}

const written = new WeakMap<CommonSubject, ReadonlyMap<string, Uint8Array>>();

/** The data files written again, once for all checks that compare with them. */
function writtenAgain(subject: CommonSubject): ReadonlyMap<string, Uint8Array> {
  const known = written.get(subject) ?? dataFiles(subject.content, subject.attached);
  written.set(subject, known);
  return known;
}

export function reportPage(subject: CommonSubject): string {
  if (!sameVersion(subject)) return otherVersion(subject);
  const page = writtenAgain(subject).get(DATA.report);
  assertEvidence(
    page !== undefined && equalBytes(page, file(subject.files, DATA.report)),
    'report.html is not the page that these data give',
  );
  return 'report.html rendered again, byte for byte';
}

export function fileContents(subject: CommonSubject): string {
  const again = writtenAgain(subject);
  const problems: string[] = [];
  for (const [path, bytes] of again) {
    const given = subject.files.get(path);
    if (given === undefined) problems.push(`${path} is missing`);
    else if (!equalBytes(given, bytes) && (sameVersion(subject) || !TEXTS.includes(path)))
      problems.push(`${path} is not what these data give`);
  }
  for (const path of subject.files.keys()) {
    if (path.startsWith('data/') && !again.has(path) && !ATTACHMENTS.includes(path))
      problems.push(`${path} belongs to nothing in the bag`);
  }
  assertNone(problems);
  const own = [...again.keys()].filter((path) => !ATTACHMENTS.includes(path)).length;
  const others = Object.values(ATTACHED).filter((path) => subject.files.has(path));
  const signed = others.length === 0 ? '' : `; signed as they are: ${others.join(', ')}`;
  return `${own} files written again, byte for byte${signed}`;
}
