import type { SectionId } from '../evidence/presentation.ts';
import { visible } from '../util/visible.ts';
import { appendix } from './appendix.ts';
import { type Block, heading, text } from './blocks.ts';
import { explanationsSection } from './controls.ts';
import type { ReportFacts } from './facts.ts';
import { firstPage, scaleSection } from './findings.ts';
import { methodSection, panelSection, registriesSection } from './method.ts';
import { pageHtml } from './page.ts';
import { excludedSection, resultsSection, tierBSection } from './results.ts';
import { CHECKING } from './words.ts';
import { worksheetSection } from './worksheet.ts';

interface Section {
  readonly title: string;
  readonly body: (facts: ReportFacts) => readonly Block[];
}

const PARTS: Readonly<Record<SectionId, Section>> = {
  results: { title: 'Results', body: resultsSection },
  explanations: { title: 'Controls and other explanations', body: explanationsSection },
  excluded: { title: 'Excluded samples', body: excludedSection },
  'tier-b': { title: 'Found canaries (tier B)', body: tierBSection },
  method: { title: 'Method in plain words', body: methodSection },
  scale: { title: 'Verbal scale', body: scaleSection },
  panel: { title: 'Panel', body: panelSection },
  registries: { title: 'Registries', body: registriesSection },
  worksheet: { title: 'Worksheet for a declaration', body: worksheetSection },
  check: { title: 'How to check this report', body: () => [text(CHECKING)] },
  appendix: { title: 'Appendix: every canary that was asked', body: appendix },
};

export interface Report {
  readonly title: string;
  readonly first: readonly Block[];
  readonly rest: readonly Block[];
}

function notes({ head }: ReportFacts): Block[] {
  const given = head.presentation.notes.trim();
  if (given === '') return [];
  return [
    heading(2, 'Notes of the analyst', 'notes'),
    { kind: 'text', soft: true, text: 'Written by the analyst; no part of the computation.' },
    ...given.split(/\n{2,}/).map((paragraph) => text(visible(paragraph))),
  ];
}

/** The report as blocks: the first page, then the chosen sections. */
export function reportOf(facts: ReportFacts): Report {
  const { sections } = facts.head.presentation;
  const chosen = (Object.keys(PARTS) as SectionId[]).filter((id) => sections.includes(id));
  const left = (Object.keys(PARTS) as SectionId[]).filter((id) => !sections.includes(id));
  const own = notes(facts);
  const entries = [
    ...(own.length === 0 ? [] : [['notes', 'Notes of the analyst'] as const]),
    ...chosen.map((id) => [id, PARTS[id].title] as const),
  ];
  return {
    title: `Comparison report ${facts.head.reportId}`,
    first: firstPage(facts),
    rest: [
      { kind: 'contents', entries },
      ...(left.length === 0
        ? []
        : [
            text(
              `This edition leaves out: ${left.map((id) => PARTS[id].title).join('; ')}. The bag holds what they are drawn from.`,
            ),
          ]),
      ...own,
      ...chosen.flatMap((id) => [heading(2, PARTS[id].title, id), ...PARTS[id].body(facts)]),
    ],
  };
}

/** The report as one static page. The same facts give the same bytes. */
export function renderReport(facts: ReportFacts): string {
  return pageHtml({ ...reportOf(facts), logo: facts.head.presentation.logo });
}
