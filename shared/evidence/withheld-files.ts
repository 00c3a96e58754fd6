import { attemptHeadRow, readAttemptHead } from './attempt-head.ts';
import { canonicalJsonFile } from './bytes.ts';
import { commonFiles, jsonLines } from './data-files.ts';
import { assertEvidence } from './errors.ts';
import { WITHHELD } from './layout.ts';
import { bytesOf, readHead, readLines } from './read-bag.ts';
import { readCanonicalFile } from './registration.ts';
import { type ScoreRow, scoreRow, withheldAttemptRow, withheldPanelSchema } from './rows.ts';
import type { WithheldDocument } from './withheld.ts';

function scoreRows({ canaries }: WithheldDocument): ScoreRow[] {
  return canaries.map((canary, index) => ({
    order: index + 1,
    registry: canary.registry,
    leaf_index: canary.leafIndex,
    id: canary.id,
    use: canary.use,
    n: canary.n,
    cohort: canary.cohort,
    opened: canary.opened,
    draw_index: canary.drawIndex,
    path: [...canary.path],
    answers: Object.fromEntries(
      Object.entries(canary.answers).map(([target, { status, found }]) => [
        target,
        { status, found: [...found] },
      ]),
    ),
  }));
}

function panelFile(document: WithheldDocument): Uint8Array {
  return canonicalJsonFile({
    targets: document.panel,
    transport_outcomes: document.transportOutcomes,
    readable_anyway: document.readableAnyway,
    adjudications: document.adjudications,
  });
}

/** Every file under data/ of a public bag, but the report and what is attached. */
export function withheldFiles(document: WithheldDocument): Map<string, Uint8Array> {
  const files = commonFiles(document);
  files.set(WITHHELD.panel, panelFile(document));
  files.set(WITHHELD.scores, jsonLines(scoreRows(document)));
  files.set(WITHHELD.attempts, jsonLines(document.attempts.map(attemptHeadRow)));
  return files;
}

/** Reads the files of a public bag. Throws EvidenceError naming file and line. */
export function readWithheld(files: ReadonlyMap<string, Uint8Array>): WithheldDocument {
  const { profile, ...head } = readHead(files);
  assertEvidence(profile === 'public', 'only a public bag withholds its texts');
  const panel = readCanonicalFile(
    bytesOf(files, WITHHELD.panel),
    withheldPanelSchema,
    WITHHELD.panel,
  );
  return {
    ...head,
    profile,
    canaries: readLines(files, WITHHELD.scores, scoreRow).map((row) => ({
      registry: row.registry,
      leafIndex: row.leaf_index,
      id: row.id,
      use: row.use,
      n: row.n,
      cohort: row.cohort,
      opened: row.opened,
      drawIndex: row.draw_index,
      path: row.path,
      answers: row.answers,
    })),
    panel: panel.targets,
    attempts: readLines(files, WITHHELD.attempts, withheldAttemptRow).map(readAttemptHead),
    transportOutcomes: panel.transport_outcomes,
    readableAnyway: panel.readable_anyway,
    adjudications: panel.adjudications,
  };
}
