import type { AuditState, AuditStatus } from '#shared/contract/audit.ts';
import type { Output as MethodOutput } from '#shared/contract/index.ts';
import type { SuspectEvaluation } from '#shared/domain/evaluation.ts';
import { EXPLANATION_WORDS, findingSentence, LABEL_WORDS } from '#shared/report/words.ts';
import { formatCount, formatE, formatP } from '#shared/util/format.ts';
import { EXIT } from './exit.ts';
import type { Output } from './output.ts';

type Evidence = MethodOutput<'evidence.get'>;

/**
 * 10 where any suspect is report-grade, 20 where any is undetermined and none report-grade, else 0. Tiers are never
 * merged: tier A decides where there is one.
 */
export function exitOfEvidence(evidence: Pick<Evidence, 'tierA' | 'tierB'>): number {
  const suspects: readonly { readonly label: string }[] =
    evidence.tierA?.suspects ?? evidence.tierB?.suspects ?? [];
  const labels = suspects.map((suspect) => suspect.label);
  if (labels.includes('report-grade')) return EXIT.thresholdMet;
  return labels.includes('undetermined') ? EXIT.undetermined : EXIT.done;
}

/** Whether what answered as a suspect did not stay the same. */
const suspectChanged = (status: AuditStatus): boolean =>
  status.lanes.some((lane) => lane.role === 'suspect' && lane.segmentCount > 1);

/**
 * The exit code of an audit as it stands. What keeps it from going on comes first (30, 130), then a suspect that changed
 * its identity (31: no label speaks for one model), then a met threshold (10), a cap (40), undetermined (20).
 */
export function exitOfAudit(
  status: AuditStatus,
  evidence: Pick<Evidence, 'tierA' | 'tierB'>,
): number {
  const state: AuditState = status.audit.state;
  if (state === 'paused') return status.trouble ? EXIT.unreachable : EXIT.interrupted;
  if (state === 'interrupted' || state === 'running') return EXIT.interrupted;
  if (state === 'failed') return EXIT.internal;
  if (suspectChanged(status)) return EXIT.identityChanged;
  const exit = exitOfEvidence(evidence);
  return state === 'budget' && exit !== EXIT.thresholdMet ? EXIT.capReached : exit;
}

const row = (entry: SuspectEvaluation): string[] => [
  entry.target,
  entry.role,
  `${entry.hits}/${entry.asked}`,
  formatE(entry.logE),
  formatP(entry.anytimeP),
  entry.role === 'suspect'
    ? `${LABEL_WORDS[entry.label].glyph} ${LABEL_WORDS[entry.label].word}`
    : '–',
  `${entry.twins.hits}/${entry.twins.asked}`,
  `${entry.afterRelease.hits}/${entry.afterRelease.asked}`,
];

const BEACON: Readonly<Record<Evidence['beacon'], string>> = {
  given: '',
  'not-needed': '',
  unverified:
    'Drawn with a beacon value that nobody can check: that it was public randomness rests on the laboratory’s word.',
  none: 'Drawn without a beacon: that the draw was fair rests on the laboratory’s word.',
  mixed:
    'Some registries were drawn without a beacon: for those, that the draw was fair rests on the laboratory’s word.',
};

export function printEvidence(out: Output, evidence: Evidence): void {
  const { tierA, tierB } = evidence;
  if (tierA) {
    out.heading('Tier A: drawn canaries');
    out.table(
      ['target', 'role', 'hits/asked', 'E', 'anytime p', 'label', 'twins', 'after release'],
      [...tierA.suspects, ...tierA.others].map(row),
    );
    out.line();
    out.line(
      `Report-grade needs E of ${formatCount(tierA.threshold)}. Controls: ${tierA.controls.hits} hits, expected ${tierA.controls.expected.toPrecision(3)}, p ${formatP(tierA.controls.p)}${tierA.controls.frozen ? '; FROZEN: no finding is possible' : ''}.`,
    );
    for (const suspect of tierA.suspects) {
      out.line();
      out.heading(suspect.target);
      out.line(findingSentence(suspect));
      out.line(`Explanation that the controls leave: ${EXPLANATION_WORDS[suspect.explanation]}.`);
      for (const reason of suspect.reasons) out.line(`  ${reason.met ? '✓' : '✗'} ${reason.text}`);
    }
  }
  if (tierB) {
    if (tierA) out.line();
    out.heading('Tier B: found canaries against controls (never merged with tier A)');
    out.table(
      ['target', 'hits/asked', 'p', 'label', 'text'],
      tierB.suspects.map((entry) => [
        entry.target,
        `${entry.hits}/${entry.asked}`,
        formatP(entry.p),
        entry.label,
        entry.text,
      ]),
    );
    out.line(
      `With ${tierB.controls} controls no p of this tier can be below ${formatP(tierB.floor)}.`,
    );
  }
  if (!tierA && !tierB) out.line('No canary is opened yet, so there is no evidence to show.');
  if (BEACON[evidence.beacon] !== '') out.line(BEACON[evidence.beacon]);
  for (const warning of evidence.warnings) out.note(`warning: ${warning}`);
}
