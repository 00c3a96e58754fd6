import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import pdfmake from 'pdfmake';
import type { ReportFacts } from '#shared/report/facts.ts';
import { type Coverage, pdfDefinition } from '#shared/report/pdf.ts';
import { formatPlural } from '#shared/util/format.ts';
import { readCoverage } from './font-coverage.ts';

const from = createRequire(import.meta.url);

const FONTS = {
  sans: {
    normal: from.resolve('@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf'),
    bold: from.resolve('@expo-google-fonts/noto-sans/600SemiBold/NotoSans_600SemiBold.ttf'),
  },
  mono: {
    normal: from.resolve(
      '@expo-google-fonts/noto-sans-mono/400Regular/NotoSansMono_400Regular.ttf',
    ),
    bold: from.resolve(
      '@expo-google-fonts/noto-sans-mono/600SemiBold/NotoSansMono_600SemiBold.ttf',
    ),
  },
};
const FILES = new Set(Object.values(FONTS).flatMap((family) => Object.values(family)));

let coverage: Coverage | null = null;

function coverageOf(): Coverage {
  coverage ??= {
    sans: readCoverage(readFileSync(FONTS.sans.normal)),
    mono: readCoverage(readFileSync(FONTS.mono.normal)),
  };
  return coverage;
}

interface LayoutNode {
  readonly table: { readonly body: readonly unknown[] };
}

const box = (colour: string, width: number) => ({
  hLineWidth: () => 0.5,
  vLineWidth: (at: number) => (at === 0 ? width : 0.5),
  hLineColor: () => '#d5dbe1',
  vLineColor: (at: number) => (at === 0 ? colour : '#d5dbe1'),
  paddingLeft: () => 8,
  paddingRight: () => 8,
  paddingTop: () => 5,
  paddingBottom: () => 3,
});

const LAYOUTS = {
  ruled: {
    hLineWidth: (at: number, node: LayoutNode) =>
      at === 0 || at === node.table.body.length ? 0 : at === 1 ? 0.8 : 0.4,
    vLineWidth: () => 0,
    hLineColor: (at: number) => (at === 1 ? '#52606d' : '#d5dbe1'),
    paddingLeft: (at: number) => (at === 0 ? 0 : 4),
    paddingRight: () => 4,
    paddingTop: () => 2,
    paddingBottom: () => 2,
  },
  bare: {
    hLineWidth: () => 0,
    vLineWidth: () => 0,
    paddingLeft: (at: number) => (at === 0 ? 3 : 6),
    paddingRight: () => 3,
    paddingTop: () => 1,
    paddingBottom: () => 1,
  },
  boxed: box('#0f5c63', 2.5),
  noted: box('#d5dbe1', 0.5),
};

export interface ReportPdf {
  readonly bytes: Uint8Array;
  readonly warnings: readonly string[];
}

/**
 * The report as a PDF: embedded fonts, bookmarks, page numbers. The same facts give the same bytes: dates are those of the
 * report, and nothing is loaded but the four font files.
 */
export async function reportPdf(facts: ReportFacts): Promise<ReportPdf> {
  const { definition, escaped } = pdfDefinition(facts, coverageOf());
  const { head } = facts;
  pdfmake.setLocalAccessPolicy((path) => FILES.has(path));
  pdfmake.setUrlAccessPolicy(() => false);
  pdfmake.setFonts(FONTS);
  pdfmake.setTableLayouts(LAYOUTS);
  const created = new Date(head.createdUtc);
  const document = pdfmake.createPdf({
    ...definition,
    info: {
      title: `Comparison report ${head.reportId}`,
      author: head.lab,
      subject: facts.plan.name,
      creator: `${head.tool.name} ${head.tool.version}`,
      producer: 'pdfmake',
      creationDate: created,
      modDate: created,
    },
    footer: (page: number, pages: number) => ({
      columns: [
        { text: `Report ${head.reportId}, ${head.profile}`, color: '#52606d' },
        { text: `${page} / ${pages}`, alignment: 'right', color: '#52606d' },
      ],
      fontSize: 8,
      margin: [50, 18, 50, 0],
    }),
    pageBreakBefore: (
      node: { headlineLevel?: number },
      around: { getFollowingNodesOnPage(): unknown[] },
    ) => (node.headlineLevel ?? 0) > 1 && around.getFollowingNodesOnPage().length === 0,
  } as unknown as Parameters<typeof pdfmake.createPdf>[0]);
  const bytes = new Uint8Array(await document.getBuffer());
  const warnings =
    escaped === 0
      ? []
      : [
          `The PDF shows ${formatPlural(escaped, 'character', 'characters')} as ⟦U+…⟧: its fonts do not have them.`,
        ];
  return { bytes, warnings };
}
