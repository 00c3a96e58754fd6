import { assertEvidence } from './errors.ts';
import { shownLines } from './excerpt.ts';
import type { CommonSubject, Subject, WithheldSubject } from './verify-subject.ts';
import { countAdjudications } from './withheld.ts';

interface Logged {
  readonly id: number;
  readonly canary: string;
  readonly target: string;
  readonly k: number;
  readonly verdict: 'confirm' | 'dispute';
  readonly actor: string;
}

/** What the log says people said of this run's samples; each must come after the opening of its canary. */
function logged({ bag: { document } }: CommonSubject): Logged[] {
  const opened = new Set<string>();
  const found: Logged[] = [];
  for (const { kind, actor, data } of shownLines(document.custody.lines)) {
    if (data.audit !== document.run.id) continue;
    const canary = String(data.canary);
    if (kind === 'canary.opened') opened.add(canary);
    if (kind !== 'sample.adjudicated') continue;
    assertEvidence(opened.has(canary), `the log has ${canary} adjudicated before it was opened`);
    const { verdict } = data;
    assertEvidence(
      verdict === 'confirm' || verdict === 'dispute',
      'the log names an unknown verdict',
    );
    const { adjudication, target, k } = data;
    found.push({
      ...{ id: Number(adjudication), canary, target: String(target), k: Number(k), verdict, actor },
    });
  }
  return found;
}

const keyOf = ({ canary, target, k }: Pick<Logged, 'canary' | 'target' | 'k'>) =>
  `${canary} ${target} ${k}`;

function assertAsked(
  all: readonly Pick<Logged, 'canary' | 'target' | 'k'>[],
  attempts: readonly { readonly canaryId: string; readonly target: string; readonly k: number }[],
): void {
  const asked = new Set(
    attempts.map(({ canaryId, target, k }) => keyOf({ canary: canaryId, target, k })),
  );
  for (const one of all)
    assertEvidence(asked.has(keyOf(one)), `an adjudication is about ${keyOf(one)}: never asked`);
}

const words = (count: number): string =>
  count === 0
    ? 'none, and none in the custody log'
    : `${count}, each about a sample that was asked, after its opening and as the custody log names it`;

/** Every verdict of the log stands in the bag, and no other one; the reasons are signed with the bag. */
export function adjudications(subject: Subject): string {
  const { adjudications: rows, attempts, seals } = subject.bag.document;
  const inLog = logged(subject);
  assertEvidence(
    rows.length === inLog.length,
    `the log names ${inLog.length} adjudications, the bag holds ${rows.length}`,
  );
  const openedUtc = new Map(seals.map((seal) => [seal.canaryId, seal.openedUtc]));
  rows.forEach((row, index) => {
    const opened = openedUtc.get(row.canaryId);
    assertEvidence(
      opened !== undefined && opened <= row.createdUtc,
      `adjudication ${index + 1} was made before ${row.canaryId} was opened`,
    );
    const line = inLog[index];
    assertEvidence(
      line?.id === row.id &&
        keyOf(line) === keyOf({ ...row, canary: row.canaryId }) &&
        line.verdict === row.verdict &&
        line.actor === row.actor,
      `adjudication ${index + 1} is not the one that the custody log names`,
    );
  });
  assertAsked(inLog, attempts);
  return words(rows.length);
}

/** A public bag gives numbers alone; the log of the run shows the verdicts, and never a reason. */
export function adjudicationCounts(subject: WithheldSubject): string {
  const inLog = logged(subject);
  const { confirm, dispute } = countAdjudications(inLog);
  const { adjudications: claimed, attempts } = subject.document;
  assertEvidence(
    claimed.confirm === confirm && claimed.dispute === dispute,
    `the log names ${confirm} confirmed and ${dispute} disputed samples, the bag other numbers`,
  );
  assertAsked(inLog, attempts);
  return words(inLog.length);
}
