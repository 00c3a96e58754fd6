import { renderReport } from '../report/render.ts';
import { evaluate } from '../statistics/evaluate.ts';
import { VERSION } from '../util/version.ts';
import { reportStatement } from './bag.ts';
import { equalBytes, utf8 } from './bytes.ts';
import { checkpointOf, readCustodyLine, verifyCustody } from './custody.ts';
import { dataFiles } from './data-files.ts';
import { openBundle } from './dsse.ts';
import { assertEvidence } from './errors.ts';
import { DATA, MANIFEST } from './layout.ts';
import { exchangeCommitment } from './seal.ts';
import { checkpointStatement, PREDICATE, readStatement } from './statements.ts';
import { assertNone, file } from './verify-container.ts';
import type { Subject } from './verify-subject.ts';

/** Pages and texts for people, which another version of the tool may word otherwise. They are signed all the same. */
const TEXTS: readonly string[] = [DATA.report, DATA.verify, DATA.method];

const sameVersion = (subject: Subject): boolean => subject.bag.document.tool.version === VERSION;
const otherVersion = (subject: Subject): string =>
  `signed as it is; written by version ${subject.bag.document.tool.version}, so version ${VERSION} does not draw it again`;

/** Numbers may differ in their last digits between machines; this far apart they are other numbers. */
const TOLERANCE = 1e-9;

/** Path of the first difference between a claimed and a computed value; null when there is none. */
function difference(claimed: unknown, computed: unknown, path: string): string | null {
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

export function predicate(subject: Subject): string {
  const payload = reportStatement(
    subject.bag.document,
    subject.derived,
    file(subject.files, MANIFEST),
  );
  assertEvidence(
    equalBytes(payload, subject.signed.payload),
    'the signed statement says something else than the data',
  );
  return 'the signed statement says what the data say';
}

export function custodyChain(subject: Subject): string {
  const { lines } = subject.bag.document.custody;
  const problem = verifyCustody(lines);
  assertEvidence(problem === null, `line ${problem?.seq}: ${problem?.kind}`);
  assertEvidence(lines.length > 0, 'the custody log is empty');
  return `${lines.length} lines, each naming the one before it`;
}

interface LoggedSeal {
  sealed: string | null;
  opened: boolean;
}

/** What the custody log says about this run: attempts begun, canaries sealed and then opened. */
function readLog(subject: Subject) {
  const { run, custody } = subject.bag.document;
  const attempts = new Set<string>();
  const recorded = new Map<string, string>();
  const seals = new Map<string, LoggedSeal>();
  for (const bytes of custody.lines) {
    const { kind, data } = readCustodyLine(bytes);
    if (data.audit !== run.id) continue;
    const canary = String(data.canary);
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

/** The log and the transcripts must tell the same run: no attempt hidden, every seal logged before its opening. */
export function custodyAgreement(subject: Subject): string {
  const { attempts, recorded, seals } = readLog(subject);
  const { document } = subject.bag;
  const own = new Set(document.attempts.map(({ id }) => id));
  const hidden = [...attempts].filter((id) => !own.has(id)).length;
  const unlogged = [...own].filter((id) => !attempts.has(id)).length;
  assertEvidence(hidden === 0, `${hidden} attempts of the log are not in the transcripts`);
  assertEvidence(unlogged === 0, `${unlogged} attempts of the transcripts are not in the log`);
  for (const [index, attempt] of document.attempts.entries()) {
    const expected =
      attempt.endedUtc === null
        ? undefined
        : exchangeCommitment({
            salt: attempt.custodySalt,
            request: attempt.request.body,
            response: attempt.response?.body ?? null,
          });
    assertEvidence(
      recorded.get(attempt.id) === expected,
      `attempt ${index + 1} is not the exchange that the custody log recorded`,
    );
  }
  for (const seal of document.seals) {
    const logged = seals.get(seal.canaryId);
    assertEvidence(
      logged?.sealed === seal.sha256 && logged.opened,
      `seal ${seal.sequence} is not the one in the custody log`,
    );
  }
  return `${attempts.size} attempts, ${recorded.size} exchanges and ${document.seals.length} seals stand in the custody log`;
}

export function checkpoint(subject: Subject): string {
  const { lines, checkpointSigstore } = subject.bag.document.custody;
  const payload = openBundle(checkpointSigstore, subject.key);
  readStatement(payload, PREDICATE.checkpoint);
  assertEvidence(
    equalBytes(payload, checkpointStatement(checkpointOf(lines))),
    'the checkpoint is about another log',
  );
  return `signed over ${lines.length} lines`;
}

export function reportPage(subject: Subject): string {
  if (!sameVersion(subject)) return otherVersion(subject);
  const page = utf8(renderReport(subject.bag.document, subject.derived));
  assertEvidence(
    equalBytes(page, file(subject.files, DATA.report)),
    'report.html is not the page that these data give',
  );
  return 'report.html rendered again, byte for byte';
}

export function fileContents(subject: Subject): string {
  const written = dataFiles(subject.bag.document, subject.derived);
  const problems: string[] = [];
  for (const [path, bytes] of written) {
    const given = subject.files.get(path);
    if (given === undefined) problems.push(`${path} is missing`);
    else if (!equalBytes(given, bytes) && (sameVersion(subject) || !TEXTS.includes(path)))
      problems.push(`${path} is not what these data give`);
  }
  for (const path of subject.files.keys()) {
    if (path.startsWith('data/') && !written.has(path))
      problems.push(`${path} belongs to nothing in the bag`);
  }
  assertNone(problems);
  return `${written.size} files written again, byte for byte`;
}
