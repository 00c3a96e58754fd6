import { sha256Hex } from './bytes.ts';
import type { CustodyLine } from './custody.ts';
import { assertEvidence } from './errors.ts';
import { shownLines } from './excerpt.ts';
import { plannedUses } from './registry-view.ts';
import type { CommonSubject } from './verify-subject.ts';

type Lines = readonly CustodyLine[];

const ofKind = (lines: Lines, kind: string): Lines => lines.filter((line) => line.kind === kind);

/** The line that began this run; undefined where the log has none. */
function startOf(subject: CommonSubject, lines: Lines): CustodyLine | undefined {
  const own = ofKind(lines, 'audit.started').filter(
    ({ data }) => data.audit === subject.bag.document.run.id,
  );
  assertEvidence(own.length <= 1, 'the log begins this run twice');
  return own[0];
}

/** Registrations that the log knows must be the ones in the bag: none hidden, none exchanged. */
function checkRegistrations(subject: CommonSubject, lines: Lines): number {
  const { registrations } = subject.bag.document;
  const committed = ofKind(lines, 'registry.committed');
  const seen = new Set<unknown>();
  for (const { data } of committed) {
    const number = data.registry;
    assertEvidence(!seen.has(number), `the log commits registry ${String(number)} twice`);
    seen.add(number);
    const registration = typeof number === 'number' ? registrations[number - 1] : undefined;
    assertEvidence(
      registration !== undefined &&
        data.registration_sha256 === sha256Hex(registration.registration),
      `the log commits registry ${String(number)}, and the bag does not hold that registration`,
    );
  }
  return committed.length;
}

/** A registry is drawn once, with the beacon that the bag shows, after its commitment and before the run. */
function checkDraws(subject: CommonSubject, lines: Lines, start: CustodyLine | undefined): void {
  const { registrations } = subject.bag.document;
  const committedAt = new Map(
    ofKind(lines, 'registry.committed').map(({ data, seq }) => [data.registry, seq]),
  );
  const drawn = new Set<unknown>();
  for (const { data, seq } of ofKind(lines, 'registry.drawn')) {
    const number = data.registry;
    const name = `registry ${String(number)}`;
    assertEvidence(!drawn.has(number), `the log draws ${name} twice`);
    drawn.add(number);
    const draw = typeof number === 'number' ? registrations[number - 1]?.draw : undefined;
    assertEvidence(
      draw !== undefined && draw !== null && draw.beacon === data.beacon,
      `the log draws ${name} with another beacon than the bag shows`,
    );
    assertEvidence(
      (committedAt.get(number) ?? 0) < seq,
      `the log draws ${name} before it commits it`,
    );
    assertEvidence(
      start === undefined ||
        seq < start.seq ||
        typeof number !== 'number' ||
        !plannedUses(subject).has(number),
      `the log draws ${name} after the run began`,
    );
  }
}

/** The plan of the run as the log sealed it. */
function checkPlan(subject: CommonSubject, lines: Lines, start: CustodyLine | undefined): void {
  if (start === undefined) return;
  const sealed = ofKind(lines, 'plan.sealed').filter(({ data }) => data.plan === start.data.plan);
  assertEvidence(
    sealed.length === 1 &&
      sealed[0]?.data.plan_sha256 === sha256Hex(subject.bag.document.plan.yaml),
    'the log seals another plan for this run',
  );
  assertEvidence(sealed[0].seq < start.seq, 'the log seals the plan after the run began');
}

/** A canary of this run that the log also shows being asked in another run is no secret any more. */
function checkOtherRuns(subject: CommonSubject, lines: Lines): number {
  const own = new Set(subject.derived.canaries.map(({ record }) => record.id));
  const others = ofKind(lines, 'attempt.started').filter(
    ({ data }) => data.audit !== subject.bag.document.run.id,
  );
  const again = new Set(
    others.flatMap(({ data }) =>
      typeof data.canary === 'string' && own.has(data.canary) ? [data.canary] : [],
    ),
  );
  assertEvidence(
    again.size === 0,
    `${again.size} canaries of this run were also asked in another run of the log`,
  );
  return new Set(others.map(({ data }) => data.audit)).size;
}

/**
 * What the log says beside the run itself, against the bag: registrations, draws, plan, other runs. Lines that the profile
 * withholds and lines that were never written say nothing.
 */
export function custodyHistory(subject: CommonSubject): string {
  const lines = shownLines(subject.bag.document.custody.lines);
  const start = startOf(subject, lines);
  const committed = checkRegistrations(subject, lines);
  checkDraws(subject, lines, start);
  checkPlan(subject, lines, start);
  const others = checkOtherRuns(subject, lines);
  const hidden = subject.bag.document.custody.lines.length - lines.length;
  return `the log names ${committed} of ${subject.bag.document.registrations.length} registrations and ${others} other runs; nothing in it contradicts the bag${hidden === 0 ? '' : `; ${hidden} withheld lines were not read`}`;
}
