import type { CountCheck, SuspectEvaluation } from '../domain/evaluation.ts';
import { CHECK_LEVEL } from '../statistics/evaluation-panel.ts';
import { formatCount, formatP, formatPlural } from '../util/format.ts';
import { type Block, list, text } from './blocks.ts';
import type { ReportFacts } from './facts.ts';
import { EXPLANATION_WORDS } from './words.ts';

function checkWords(check: CountCheck, what: string): string {
  if (check.asked === 0) return `no ${what} was asked`;
  const verdict = check.p < CHECK_LEVEL ? 'more than chance' : 'no more than chance';
  return `${formatPlural(check.hits, 'hit', 'hits')} on ${formatCount(check.asked)}, p = ${formatP(check.p)}: ${verdict}`;
}

function perSuspect(
  suspects: readonly SuspectEvaluation[],
  pick: (s: SuspectEvaluation) => string,
): string[] {
  return suspects.map((suspect) => `${suspect.target}: ${pick(suspect)}.`);
}

interface Row {
  readonly explanation: string;
  readonly how: string;
  readonly what: readonly string[];
}

function rows({ head, canaries }: ReportFacts): readonly Row[] {
  const { suspects, temporalControls, knownPositives, controls } = head.evaluation;
  const cohorts = new Set(
    canaries
      .filter(({ use }) => use === 'evidence')
      .map(({ cohort }) => cohort)
      .filter((cohort) => cohort !== null),
  );
  const positives = knownPositives
    .map(({ target, hits, asked }) => `${target} ${hits} of ${asked}`)
    .join(', ');
  return [
    {
      explanation: 'T: trained on our served outputs',
      how: 'Served canaries against the drawn response; what L, R and F leave over. A known positive shows whether training would be seen.',
      what: [
        ...perSuspect(
          suspects,
          (s) => `${formatPlural(s.hits, 'hit', 'hits')} on ${formatCount(s.asked)} served`,
        ),
        `Known positive: ${positives === '' ? 'none in the panel' : positives}. Cohorts among the canaries asked: ${formatCount(cohorts.size)}; ${cohorts.size < 4 ? 'too few to attribute a cohort' : 'which cohort the hits come from is not evaluated in this version'}.`,
      ],
    },
    {
      explanation: 'P: trained on public data that held our outputs',
      how: 'Not examined. It needs a dated search of public corpora and the web for the drawn responses, which transcripts can’t replace.',
      what: ['Not examined. Where T is named, read “T, or P if such a search finds something”.'],
    },
    {
      explanation: 'L: a live relay to our model',
      how: 'Canaries planted after the suspects’ release: training can’t know them, a relay can.',
      what: perSuspect(suspects, (s) =>
        checkWords(s.afterRelease, 'canary planted after the release'),
      ),
    },
    {
      explanation: 'R: a leak of the registry',
      how: 'Twins: drawn like the others and never served. Only the registry holds their draws.',
      what: perSuspect(suspects, (s) => checkWords(s.twins, 'twin')),
    },
    {
      explanation: 'F: an error or fraud on our side',
      how: 'Controls that are presumed innocent, and temporal controls released before the planting, which can’t have met the canaries.',
      what: [
        `Controls: ${formatPlural(controls.hits, 'hit', 'hits')} by ${formatPlural(controls.count, 'control', 'controls')} where ${controls.expected.toPrecision(3)} are expected by chance, p = ${formatP(controls.p)}${controls.frozen ? ': more than chance, so nothing is reported' : ''}. Temporal controls: ${checkWords(temporalControls, 'temporal control')}.`,
      ],
    },
  ];
}

/** Alternative explanations T P L R F: each examined how, found what. */
export function explanationsSection(facts: ReportFacts): readonly Block[] {
  return [
    text(
      'A high E says that information about the draws arrived. It does not say by which path. The paths were examined as follows.',
    ),
    {
      kind: 'table',
      columns: [{ title: 'Explanation' }, { title: 'Examined how' }, { title: 'Found what' }],
      rows: rows(facts).map(({ explanation, how, what }) => [explanation, how, { lines: what }]),
    },
    text('What the negative controls leave, suspect by suspect:'),
    list(
      facts.head.evaluation.suspects.map(
        (suspect) => `${suspect.target}: ${EXPLANATION_WORDS[suspect.explanation]}.`,
      ),
    ),
  ];
}
