import { canonicalJson, equalBytes, sha256Hex } from './bytes.ts';
import type { Files } from './content.ts';
import { inclusionPaths, jsonLines, transcriptRows } from './data-files.ts';
import { type Derived, derive } from './derive.ts';
import { DISCLOSURE, disclosedRecordPath } from './disclosure.ts';
import type { EvidenceDocument } from './document.ts';
import { readBundle } from './dsse.ts';
import { assertEvidence, EvidenceError } from './errors.ts';
import { shownLines } from './excerpt.ts';
import { recordPath } from './layout.ts';
import { manifestBytes } from './manifest.ts';
import { bytesOf, profileOf, readAttemptRow, readBag, readCanary, readLines } from './read-bag.ts';
import { readCanonicalFile } from './registration.ts';
import { disclosureRow, transcriptRow } from './rows.ts';
import { exchangeCommitment, sealDigest } from './seal.ts';
import { PREDICATE, planSealSchema, readStatement } from './statements.ts';
import { targetsFileSchema } from './targets.ts';
import type { VerifyCheck } from './verify.ts';
import * as registry from './verify-registry.ts';
import * as run from './verify-run.ts';
import type { Texts } from './verify-subject.ts';
import { type WithheldDocument, withhold } from './withheld.ts';
import { readWithheld } from './withheld-files.ts';

const LIMIT = 'Only what is disclosed here; other canaries of the bag stay as they were.';

interface Disclosed extends Texts {
  readonly document: EvidenceDocument;
  readonly derived: Derived;
  /** What the bag says of the same canaries without a text. */
  readonly claimed: WithheldDocument;
}

function claimedBy(bag: Files): WithheldDocument {
  if (profileOf(bag) === 'public') return readWithheld(bag);
  const { document } = readBag(bag);
  return withhold(document, derive(document), inclusionPaths(document, document.canaries));
}

function checkFiles(given: Files): void {
  const rows = readLines(given, DISCLOSURE.rows, disclosureRow);
  const known = new Set<string>([
    ...Object.values(DISCLOSURE),
    ...rows.map((row) => disclosedRecordPath(row.registry, row.leaf_index)),
  ]);
  assertEvidence(rows.length > 0, 'nothing is disclosed');
  assertEvidence(
    given.size === known.size && [...given.keys()].every((path) => known.has(path)),
    'the folder holds other files than those of a disclosure',
  );
  const own = new Map([...given].filter(([path]) => path !== DISCLOSURE.sums));
  assertEvidence(
    equalBytes(manifestBytes(own), bytesOf(given, DISCLOSURE.sums)),
    'sha256sums.txt does not list these files',
  );
}

/** Reads the folder as the part of a document that it is. */
function read(bag: Files, given: Files): Disclosed {
  const claimed = claimedBy(bag);
  const disclosures = readLines(given, DISCLOSURE.rows, disclosureRow);
  const transcripts = readLines(given, DISCLOSURE.exchanges, transcriptRow);
  const ids = new Set(disclosures.map(({ id }) => id));
  const records = new Map(
    disclosures.map((row) => [
      recordPath(row.registry, row.leaf_index),
      bytesOf(given, disclosedRecordPath(row.registry, row.leaf_index)),
    ]),
  );
  const document: EvidenceDocument = {
    ...claimed,
    profile: 'internal',
    canaries: disclosures.map((row) => readCanary(records, row)),
    panel: readCanonicalFile(
      bytesOf(given, DISCLOSURE.targets),
      targetsFileSchema,
      DISCLOSURE.targets,
    ),
    attempts: transcripts.map(readAttemptRow),
    seals: claimed.seals.filter(({ canaryId }) => ids.has(canaryId)),
    adjudications: [],
  };
  return {
    document,
    claimed,
    derived: derive(document),
    bag: { document, disclosures, transcripts },
  };
}

/** Place, use, draw and scores are those of the bag, for every target. */
function sameScores({ bag, claimed, derived }: Disclosed): string {
  const byId = new Map(claimed.canaries.map((canary) => [canary.id, canary]));
  for (const [index, canary] of derived.canaries.entries()) {
    const row = bag.disclosures[index];
    const own = byId.get(canary.record.id);
    assertEvidence(
      row !== undefined && own !== undefined && row.id === canary.record.id,
      'a canary is disclosed that the bag does not list',
    );
    assertEvidence(
      claimed.canaries[row.order - 1] === own &&
        own.registry === row.registry &&
        own.leafIndex === row.leaf_index &&
        own.use === row.use &&
        own.drawIndex === row.draw_index &&
        own.n === canary.record.responses.length,
      `${row.id}: the bag has it at another place, with another use or another draw`,
    );
    assertEvidence(
      equalBytes(canonicalJson(own.answers), canonicalJson(canary.answers)),
      `${row.id}: scored again, its answers give other scores than the bag has`,
    );
  }
  return `${derived.canaries.length} canaries with the places, draws and scores of the bag`;
}

/** Every exchange about these canaries, and each the one that the log recorded and that was sealed. */
function sameExchanges({ bag, claimed, document, derived }: Disclosed): string {
  const ids = new Set(derived.canaries.map(({ record }) => record.id));
  const listed = claimed.attempts.filter(({ canaryId }) => ids.has(canaryId));
  assertEvidence(
    listed.length === document.attempts.length &&
      document.attempts.every(({ id }, index) => listed[index]?.id === id),
    'exchanges about these canaries are missing, added or out of order',
  );
  const recorded = new Map(
    shownLines(claimed.custody.lines).flatMap(({ kind, data }) =>
      kind === 'attempt.recorded' && data.audit === claimed.run.id
        ? [[String(data.attempt), String(data.commitment)] as const]
        : [],
    ),
  );
  for (const { id, custodySalt: salt, request, response, endedUtc } of document.attempts)
    assertEvidence(
      endedUtc === null ||
        recorded.get(id) ===
          exchangeCommitment({ salt, request: request.body, response: response?.body ?? null }),
      `attempt ${id} is not the exchange that the custody log recorded`,
    );
  for (const { canaryId, sha256 } of document.seals)
    assertEvidence(
      sealDigest(document.attempts.filter((attempt) => attempt.canaryId === canaryId)) === sha256,
      `${canaryId}: the answers are not the sealed ones`,
    );
  assertEvidence(
    equalBytes(jsonLines(transcriptRows(derived)), jsonLines(bag.transcripts)),
    'an exchange says something else than its bytes',
  );
  return `${listed.length} exchanges, each committed in the custody log, sealed before the opening`;
}

function sealedTargets({ claimed, document }: Disclosed, given: Files): string {
  const { payload } = readBundle(claimed.plan.sealSigstore);
  const seal = planSealSchema.parse(readStatement(payload, PREDICATE.planSeal).predicate);
  assertEvidence(
    seal.targets_sha256 === sha256Hex(bytesOf(given, DISCLOSURE.targets)),
    'targets.json is not the one that was sealed with the plan',
  );
  return `${document.panel.length} targets as sealed with the plan`;
}

/**
 * Checks what was disclosed beside a bag against the bag, which `verifyBag` has to accept for itself. Never throws: what
 * goes wrong is a failed check with a name.
 */
export function verifyDisclosure(bag: Files, given: Files): VerifyCheck[] {
  const checks: VerifyCheck[] = [];
  const check = (name: string, body: () => string): void => {
    const add = (status: VerifyCheck['status'], detail: string) =>
      checks.push({ name, status, detail, limit: LIMIT });
    try {
      add('passed', body());
    } catch (error) {
      add('failed', error instanceof EvidenceError ? error.message : 'it cannot be read');
    }
  };
  let disclosed: Disclosed | null = null;
  check('disclosed files', () => {
    checkFiles(given);
    disclosed = read(bag, given);
    return `${given.size} files`;
  });
  const found = disclosed as Disclosed | null;
  if (found === null) return checks;
  const parts: readonly (readonly [string, (one: Disclosed) => string])[] = [
    ['disclosed targets', (one) => sealedTargets(one, given)],
    ['disclosed records', registry.records],
    ['disclosed inclusion', registry.inclusion],
    ['disclosed keys', registry.keyCommitments],
    ['disclosed draws', registry.draws],
    ['disclosed requests', run.requests],
    ['disclosed outcomes', run.outcomes],
    ['disclosed answers', run.answers],
    ['disclosed candidates', run.found],
    ['disclosed exchanges', sameExchanges],
    ['disclosed scores', sameScores],
  ];
  for (const [name, body] of parts) check(name, () => body(found));
  return checks;
}
