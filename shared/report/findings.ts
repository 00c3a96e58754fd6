import { beaconCaveats, type UsedRegistry } from '../evidence/beacon-words.ts';
import type { Registration, ReportHead } from '../evidence/document.ts';
import { readProtocol } from '../evidence/registration.ts';
import { VERBAL_SCALE, VERBAL_SCALE_ID } from '../statistics/verbal-scale.ts';
import { formatCount, formatE, formatPlural, formatUtc } from '../util/format.ts';
import { visible } from '../util/visible.ts';
import { type Block, heading, type Line, list, mono, soft, text } from './blocks.ts';
import type { ReportFacts } from './facts.ts';
import { stampRows, timeSentences } from './time-words.ts';
import {
  EXPLANATION_WORDS,
  findingSentence,
  HONEST_LIMIT,
  LABEL_WORDS,
  lateBeaconSentence,
  NOT_MEASURED,
  NUMBER_MEANING,
  noBeaconSentence,
  PROFILE_WORDS,
  PROPOSITION_1,
  PROPOSITION_2,
} from './words.ts';

function usedRegistries(
  { head, canaries }: ReportFacts,
  test: (registration: Registration) => boolean,
): string | null {
  const numbers = [...new Set(canaries.map(({ registry }) => registry))]
    .filter((number) => {
      const registration = head.registrations[number - 1];
      return registration !== undefined && test(registration);
    })
    .sort((a, b) => a - b);
  if (numbers.length === 0) return null;
  return `${numbers.length === 1 ? 'registry' : 'registries'} ${numbers.join(', ')}`;
}

/** The registries whose draws are scored, with N of each scored canary. */
function drawnFrom({ head, canaries }: ReportFacts): UsedRegistry[] {
  const scored = new Map(
    head.evaluation.suspects.flatMap(({ steps }) => steps.map(({ canaryId, n }) => [canaryId, n])),
  );
  return head.registrations.flatMap((registration, index) => {
    const listLengths = canaries.flatMap(({ registry, id }) =>
      registry === index + 1 ? (scored.get(id) ?? []) : [],
    );
    return listLengths.length === 0 ? [] : [{ number: index + 1, registration, listLengths }];
  });
}

/** One sentence for registries without a beacon, one for beacons that nobody announced. */
function beaconLimits(facts: ReportFacts): string[] {
  const without = usedRegistries(facts, ({ draw }) => draw?.beacon === null);
  const late = usedRegistries(
    facts,
    ({ draw, protocol }) =>
      typeof draw?.beacon === 'string' && readProtocol(protocol).beacon === null,
  );
  return [
    ...(without === null ? [] : [noBeaconSentence(without)]),
    ...(late === null ? [] : [lateBeaconSentence(late)]),
    ...beaconCaveats(drawnFrom(facts)),
  ];
}

function findings({ evaluation }: ReportHead): Block[] {
  return evaluation.suspects.map((suspect) => {
    const { glyph, word } = LABEL_WORDS[suspect.label];
    return {
      kind: 'finding',
      label: suspect.label,
      blocks: [
        heading(3, [`${glyph} ${suspect.target}: `, { text: word, as: 'label' }]),
        text(findingSentence(suspect)),
        ...(suspect.explanation === 'none'
          ? []
          : [text(`What the negative controls leave: ${EXPLANATION_WORDS[suspect.explanation]}.`)]),
      ],
    };
  });
}

function identity(facts: ReportFacts): Block {
  const { head, fingerprint, contentsSha256 } = facts;
  const { tool, run } = head;
  const ended = run.endedUtc === null ? 'still open' : formatUtc(run.endedUtc);
  const rows: [string, Line][] = [
    ['Report', [mono(head.reportId)]],
    ['Profile', PROFILE_WORDS[head.profile]],
    ['Case', [visible(head.case.title), ' ', mono(visible(head.case.id))]],
    ['Laboratory', visible(head.lab)],
    ['Analyst', visible(head.analyst)],
    ['Written', formatUtc(head.createdUtc)],
    ['Run', [mono(visible(run.id)), `, ${formatUtc(run.startedUtc)} to ${ended}`]],
    ['Tool', [visible(`${tool.name} ${tool.version}`), soft(` (${visible(tool.runtime)})`)]],
    [
      'Method',
      [`${head.evaluation.method}, scale `, mono(`${VERBAL_SCALE.name}/${VERBAL_SCALE.version}`)],
    ],
    ...stampRows(facts),
    ['Signing key', [mono(fingerprint)]],
    ['Data files', [mono(contentsSha256)]],
  ];
  return { kind: 'facts', rows };
}

/** What the reader must not take the findings for, on the first page. */
function limits(facts: ReportFacts): Block {
  return {
    kind: 'note',
    blocks: [
      heading(3, 'What this does not say'),
      list([
        NUMBER_MEANING,
        NOT_MEASURED,
        ...beaconLimits(facts),
        ...timeSentences(facts),
        HONEST_LIMIT,
        ...facts.head.limits.map(visible),
      ]),
    ],
  };
}

/** First page: question, propositions, findings, what they do not say, who, when, and the hash of the data. */
export function firstPage(facts: ReportFacts): readonly Block[] {
  const { head, plan, canaries, requests } = facts;
  const question = plan.question.trim();
  const suspects = formatPlural(head.evaluation.suspects.length, 'suspect', 'suspects');
  return [
    heading(1, 'Comparison report', 'top'),
    {
      kind: 'text',
      soft: true,
      text: `${visible(plan.name)}: ${suspects}, ${formatPlural(canaries.length, 'canary', 'canaries')} asked, ${formatPlural(requests, 'request', 'requests')} recorded.`,
    },
    heading(2, 'The question'),
    text(
      question === ''
        ? 'The sealed plan states no question in words; it compares its suspects with the laboratory’s registered canaries.'
        : visible(question),
    ),
    text('Two propositions are compared, for each suspect by itself:'),
    {
      kind: 'list',
      ordered: true,
      items: [`${PROPOSITION_1};`, `${PROPOSITION_2}, whatever else it was trained on.`],
    },
    heading(2, 'Findings'),
    ...findings(head),
    limits(facts),
    heading(2, 'Who and when'),
    identity(facts),
    {
      kind: 'text',
      soft: true,
      text: 'Data files: SHA-256 of the lines of manifest-sha256.txt without those of the reports themselves (grep -v " data/report\\." manifest-sha256.txt | sha256sum).',
    },
  ];
}

/** The whole verbal scale, with its id: sources disagree about these words. */
export function scaleSection(): readonly Block[] {
  const rows = VERBAL_SCALE.bands.map((band, index) => {
    const from = VERBAL_SCALE.bands[index - 1]?.upTo;
    const range =
      band.upTo === null
        ? `above ${formatCount(from ?? 0)}`
        : from === undefined || from === null
          ? `${formatCount(band.upTo)} or less`
          : `above ${formatCount(from)}, up to ${formatCount(band.upTo)}`;
    return [range, band.words];
  });
  return [
    {
      kind: 'table',
      plain: true,
      caption: [
        `Verbal scale ${VERBAL_SCALE.name}/${VERBAL_SCALE.version}, SHA-256 `,
        mono(VERBAL_SCALE_ID),
        `, ${VERBAL_SCALE.source}.`,
      ],
      columns: [{ title: 'Ratio', numeric: true }, { title: 'Support' }],
      rows,
    },
    text(
      `From ${formatCount(VERBAL_SCALE.cap)} on, a ratio is printed as “${formatE(Math.log(VERBAL_SCALE.cap))}”: beyond it a leak, a fault or fraud outweighs chance, so “extremely strong” is not issued.`,
    ),
  ];
}
