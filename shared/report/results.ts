import type { SuspectEvaluation } from '../domain/evaluation.ts';
import type { ReportHead } from '../evidence/document.ts';
import { LEAD_THRESHOLD } from '../statistics/evaluation-label.ts';
import {
  formatAnytimeP,
  formatCount,
  formatE,
  formatInterval,
  formatP,
  formatPercent,
  formatPlural,
  typeset,
} from '../util/format.ts';
import { type Block, type Cell, heading, list, mono, text } from './blocks.ts';
import { eChart } from './chart.ts';
import type { ReportCanary, ReportFacts } from './facts.ts';
import { LABEL_MEANINGS, LABEL_WORDS } from './words.ts';

function resultRow(entry: SuspectEvaluation): Cell[] {
  const interval = entry.fixed?.clopperPearson ?? entry.confidenceSequence;
  const label = entry.role === 'suspect' ? LABEL_WORDS[entry.label] : null;
  return [
    entry.target,
    entry.role,
    `${formatCount(entry.hits)} / ${formatCount(entry.asked)}`,
    formatCount(entry.notAdministered),
    entry.rate === null ? '–' : formatPercent(entry.rate),
    entry.asked === 0 ? '–' : formatInterval(interval),
    formatE(entry.logE),
    formatAnytimeP(entry.anytimeP),
    label === null ? '–' : `${label.glyph} ${label.word}`,
  ];
}

/** The table of everybody in the panel, suspects first. */
function resultsTable({ evaluation }: ReportHead): Block {
  return {
    kind: 'table',
    caption:
      'Served canaries only: twins and canaries planted after the release enter no E and no rate. Intervals are 95 %: the confidence sequence, valid under early stopping, or Clopper-Pearson where the number of canaries was fixed beforehand.',
    columns: [
      { title: 'Target' },
      { title: 'Role' },
      { title: 'Hits / asked', numeric: true },
      { title: 'Not administered', numeric: true },
      { title: 'Rate', numeric: true },
      { title: 'Interval', numeric: true },
      { title: 'E', numeric: true },
      { title: 'Anytime p', numeric: true },
      { title: 'Label' },
    ],
    rows: [...evaluation.suspects, ...evaluation.others].map(resultRow),
  };
}

/** ● hit, ○ miss, × not administered, · not asked. */
export function markOf(canary: ReportCanary, target: string): '●' | '○' | '×' | '·' {
  const answer = Object.hasOwn(canary.answers, target) ? canary.answers[target] : undefined;
  if (answer === undefined) return '·';
  if (answer.status === 'not-administered') return '×';
  const hit =
    canary.trueIndex === null ? answer.found.length > 0 : answer.found.includes(canary.trueIndex);
  return hit ? '●' : '○';
}

const USES = [
  ['evidence', 'served'],
  ['after-release', 'planted after the release'],
  ['twin', 'twins'],
  ['found', 'found'],
] as const;

/** Who hit which canary, in the order of asking, in groups of ten. */
function matrix({ canaries, panel }: ReportFacts): Block[] {
  return USES.flatMap(([use, words]): Block[] => {
    const own = canaries.filter((canary) => canary.use === use && canary.opened);
    if (own.length === 0) return [];
    const rows = panel.map(({ name }) => {
      const marks = own.map((canary) => markOf(canary, name));
      const groups = Array.from({ length: Math.ceil(marks.length / 10) }, (_, at) =>
        marks.slice(10 * at, 10 * at + 10).join(''),
      );
      return [name, String(marks.filter((mark) => mark === '●').length), [mono(groups.join(' '))]];
    });
    return [
      {
        kind: 'table',
        caption: `Matrix, ${words}: ${formatPlural(own.length, 'canary', 'canaries')} in the order of asking. ● hit, ○ miss, × not administered, · not asked.`,
        columns: [{ title: 'Target' }, { title: 'Hits', numeric: true }, { title: 'Canaries' }],
        rows,
      },
    ];
  });
}

function effect(suspect: SuspectEvaluation): Block {
  const items: string[] = [];
  if (suspect.inheritance !== null) {
    const { rate, low, high } = suspect.inheritance;
    items.push(
      `Inheritance rate (hits beyond chance): ${formatPercent(rate)}, interval ${formatInterval({ low, high })}.`,
    );
  }
  if (suspect.fixed !== null)
    items.push(
      `Exact p with the number of canaries fixed beforehand: ${formatP(suspect.fixed.p)}.`,
    );
  items.push(
    `Largest E on the way: ${formatE(suspect.maxLogE)}; with every canary that was not administered counted as a miss: ${formatE(suspect.maxLogEWorst)}.`,
  );
  return list(items);
}

function leaveOneOut(suspect: SuspectEvaluation): Block {
  if (suspect.leaveOneOut.length === 0)
    return text('No canary was hit, so there is no hit to leave out.');
  return {
    kind: 'table',
    caption: 'Leave one hit out: E without the step of that canary.',
    columns: [{ title: 'Canary left out' }, { title: 'E without it', numeric: true }],
    rows: suspect.leaveOneOut.map(({ canaryId, logE }) => [[mono(canaryId)], formatE(logE)]),
  };
}

function chartOf({ evaluation }: ReportHead, suspect: SuspectEvaluation, index: number): Block {
  const controls = evaluation.others.filter(
    ({ role }) => role === 'control' || role === 'temporal-control',
  );
  const scene = eChart({
    title: `Evidence E for ${suspect.target}`,
    steps: suspect.steps,
    controls: controls.map(({ steps }) => steps),
    thresholds: [
      {
        e: evaluation.threshold,
        label: `report-grade ${formatCount(evaluation.threshold)}`,
      },
      { e: LEAD_THRESHOLD, label: `lead ${LEAD_THRESHOLD}` },
    ],
    stoppedAt: suspect.stoppedAt,
    width: 860,
    height: 320,
  });
  return {
    kind: 'figure',
    id: `chart-${index}`,
    scene,
    caption: 'E after each canary, logarithmic. Dots are hits. The pale band holds all controls.',
  };
}

function suspectSection(head: ReportHead, suspect: SuspectEvaluation, index: number): Block[] {
  const { glyph, word } = LABEL_WORDS[suspect.label];
  const stop =
    suspect.stoppedAt === null
      ? 'The committed rule did not stop this suspect.'
      : `The committed rule stopped at canary ${formatCount(suspect.stoppedAt)}; what was asked later is not counted.`;
  return [
    heading(3, `${suspect.target}: ${glyph} ${word}`),
    text(`${LABEL_MEANINGS[suspect.label]} ${stop}`),
    chartOf(head, suspect, index),
    {
      kind: 'table',
      plain: true,
      caption: 'Conditions, met or not.',
      columns: [{ title: 'Met' }, { title: 'Condition' }],
      rows: suspect.reasons.map(({ met, text: words }) => [met ? 'yes' : 'no', typeset(words)]),
    },
    effect(suspect),
    leaveOneOut(suspect),
  ];
}

/** Results of tier A, suspect by suspect. */
export function resultsSection(facts: ReportFacts): readonly Block[] {
  const { head } = facts;
  return [
    resultsTable(head),
    ...matrix(facts),
    ...head.evaluation.suspects.flatMap((suspect, index) => suspectSection(head, suspect, index)),
  ];
}

/** Tier B under its own, humbler heading; a sentence when the plan asked no found canary. */
export function tierBSection({ head }: ReportFacts): readonly Block[] {
  const { tierB } = head;
  if (tierB === null)
    return [text('The plan asked none. Nothing of this tier enters the findings above.')];
  return [
    text(
      `Hand-made prompts with a known distinctive response. No random draw stands behind them, so no E is computed: each suspect is ranked among ${formatPlural(tierB.controls, 'control', 'controls')}, and p can’t be below ${formatP(tierB.floor)}. These lines are never merged with the results above.`,
    ),
    {
      kind: 'table',
      columns: [
        { title: 'Suspect' },
        { title: 'Hits / asked', numeric: true },
        { title: 'Rank p', numeric: true },
        { title: 'Ratio at most', numeric: true },
        { title: 'Finding' },
      ],
      rows: tierB.suspects.map((suspect) => [
        suspect.target,
        `${formatCount(suspect.hits)} / ${formatCount(suspect.asked)}`,
        formatP(suspect.p),
        formatCount(suspect.likelihoodRatioCap),
        suspect.text,
      ]),
    },
    text(
      `Controls: ${tierB.controlHits.map((control) => `${control.target} ${control.hits}/${control.asked}`).join(', ')}.`,
    ),
  ];
}

/** Samples that are not administered, with the reason of each: missing data are neither evidence nor hidden. */
export function excludedSection(facts: ReportFacts): readonly Block[] {
  const { excluded, transportOutcomes, readableAnyway } = facts;
  const word =
    transportOutcomes === 0
      ? []
      : [
          text(
            `${formatPlural(transportOutcomes, 'outcome rests', 'outcomes rest')} on the word of the laboratory’s transport (a timeout, a lost connection, an interruption): stored bytes can’t show them. Of these, ${formatCount(readableAnyway)} have bytes that hold a readable answer all the same.`,
          ),
        ];
  if (excluded.length === 0) return [text('None: every sample was administered.'), ...word];
  return [
    text(
      'These samples gave no readable answer and multiply E by 1. Report-grade must also hold with each of them counted as a miss.',
    ),
    {
      kind: 'table',
      columns: [
        { title: 'Target' },
        { title: 'Canary' },
        { title: 'Sample', numeric: true },
        { title: 'Reason' },
        { title: 'Attempts', numeric: true },
      ],
      rows: excluded.map((sample) => [
        sample.target,
        [mono(sample.canaryId)],
        String(sample.k),
        sample.errorCode === null ? sample.outcome : [`${sample.outcome} `, mono(sample.errorCode)],
        String(sample.attempts),
      ]),
    },
    ...word,
  ];
}
