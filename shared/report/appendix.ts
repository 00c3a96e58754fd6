import type { CanaryRecord } from '../domain/canary.ts';
import type { DerivedCanary } from '../evidence/derive.ts';
import type { Adjudication } from '../evidence/document.ts';
import type { AdjudicationCounts } from '../evidence/withheld.ts';
import { formatCount, formatPlural, formatUtc } from '../util/format.ts';
import { visible } from '../util/visible.ts';
import {
  type Block,
  heading,
  hit,
  joined,
  type Line,
  list,
  mono,
  type Run,
  soft,
  strong,
  text,
  untrusted,
} from './blocks.ts';
import type { ReportCanary, ReportFacts } from './facts.ts';
import { markOf } from './results.ts';

const PROMPT_LIMIT = 2_000;
const ANSWER_LIMIT = 300;
const EXPECTED_LIMIT = 500;

type Texts = Pick<DerivedCanary, 'record' | 'attempts'>;

function namesOf(record: CanaryRecord, indices: readonly number[]): Run[] {
  if (indices.length === 0) return ['nothing'];
  const given = record.kind === 'found' ? record.expected : record.responses;
  return joined(
    indices.map((index) => untrusted(given[index] ?? '', EXPECTED_LIMIT)),
    ', ',
  );
}

const MARKS = {
  '●': hit('● hit'),
  '○': soft('○'),
  '×': soft('not administered'),
  '·': soft('not asked'),
} as const;

function foundCell(canary: ReportCanary, target: string): Line {
  const mark = markOf(canary, target);
  const shown = MARKS[mark];
  if (mark === '·' || mark === '×') return [shown];
  const found = canary.answers[target]?.found ?? [];
  if (canary.texts === null) return [shown, ` ${formatCount(found.length)} named`];
  return [shown, ' ', ...namesOf(canary.texts.record, found)];
}

function answerLines({ attempts }: Texts, target: string): Line[] {
  const own = attempts.filter(({ attempt }) => attempt.target === target);
  return own.map(({ attempt, reading }) => {
    const which = own.length === 1 ? '' : `${attempt.k}.${attempt.number} `;
    const code = reading.errorCode === null ? '' : ` ${reading.errorCode}`;
    return [
      soft(`${which}${reading.outcome}${code} `),
      ...(reading.text === null ? [] : untrusted(reading.text, ANSWER_LIMIT)),
    ];
  });
}

function expected(trueIndex: number | null, { record }: Texts): Block {
  if (trueIndex === null) {
    return text([
      'Expected, any of: ',
      ...namesOf(
        record,
        record.expected.map((_, index) => index),
      ),
    ]);
  }
  const drawn = untrusted(record.responses[trueIndex] ?? '', EXPECTED_LIMIT);
  return text([
    'Drawn: ',
    ...drawn.map((run) => (typeof run === 'string' ? strong(run) : run)),
    soft(` (number ${formatCount(trueIndex + 1)} of ${formatCount(record.responses.length)})`),
  ]);
}

const VERDICT_WORDS = { confirm: 'confirmed', dispute: 'disputed' } as const;
const REASON_LIMIT = 4_000;

/** What people said of the samples of one canary. */
function adjudicated(own: readonly Adjudication[]): Block[] {
  if (own.length === 0) return [];
  return [
    list(
      own.map(({ target, k, verdict, reason, actor, createdUtc }) => [
        strong(`${target}, sample ${k}: ${VERDICT_WORDS[verdict]}`),
        soft(` by ${visible(actor)}, ${formatUtc(createdUtc)}: `),
        ...untrusted(reason, REASON_LIMIT),
      ]),
    ),
  ];
}

function canarySection(
  canary: ReportCanary,
  place: number,
  targets: readonly string[],
  said: readonly Adjudication[],
): Block {
  const { texts } = canary;
  const prompts: Block[] =
    texts === null
      ? []
      : texts.record.messages.map(({ role, content }) => ({
          kind: 'verbatim',
          text: `${role}: ${untrusted(content, PROMPT_LIMIT)
            .map((run) => (typeof run === 'string' ? run : run.text))
            .join('')}`,
        }));
  return {
    kind: 'canary',
    blocks: [
      heading(3, [
        `${place}. `,
        mono(canary.id),
        soft(
          ` registry ${canary.registry}, leaf ${canary.leafIndex}, ${canary.use}${canary.opened ? '' : ', never opened: counts for nothing'}`,
        ),
      ]),
      ...prompts,
      ...(texts === null ? [] : [expected(canary.trueIndex, texts)]),
      {
        kind: 'table',
        columns: [
          { title: 'Target' },
          { title: 'Found' },
          ...(texts === null ? [] : [{ title: 'Answer' }]),
        ],
        rows: targets.map((target) => [
          target,
          foundCell(canary, target),
          ...(texts === null ? [] : [{ lines: answerLines(texts, target) }]),
        ]),
      },
      ...adjudicated(said.filter(({ canaryId }) => canaryId === canary.id)),
    ],
  };
}

function adjudicationSentence({ confirm, dispute }: AdjudicationCounts): string {
  if (confirm + dispute === 0)
    return 'Nobody has confirmed or disputed the reading of a single answer.';
  return `After the responses were opened, people confirmed the scoring of ${formatPlural(confirm, 'answer', 'answers')} and disputed that of ${formatPlural(dispute, 'answer', 'answers')}. No score changed by it: scoring is mechanical and blind.`;
}

/** Every administered canary: the prompt, what was expected, and what each target answered, as far as it is disclosed. */
export function appendix({
  canaries,
  panel,
  head,
  adjudications,
  adjudicationCounts,
}: ReportFacts): readonly Block[] {
  const targets = panel.map(({ name }) => name);
  return [
    text(
      head.profile === 'public'
        ? 'In the order of asking. Prompts, responses and answers are withheld in this profile; each leaf is one line of commitments.txt.'
        : 'In the order of asking. Answers and prompts are shown as text: a character that would hide or reorder text appears as ⟦U+202E⟧. “Found” is what the scorer found in the final answers without knowing the draw.',
    ),
    text(adjudicationSentence(adjudicationCounts)),
    ...canaries.map((canary, index) =>
      canarySection(canary, index + 1, targets, adjudications ?? []),
    ),
  ];
}
