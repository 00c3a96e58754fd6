import { formatPlural } from '../util/format.ts';
import {
  type Block,
  type Cell,
  type Line,
  linesOf,
  type Run,
  runsOf,
  type TableBlock,
} from './blocks.ts';
import type { Scene, SceneRole } from './chart.ts';
import type { ReportFacts } from './facts.ts';
import { reportOf } from './render.ts';

// The report as a document definition of pdfmake: plain data. The same blocks as the page, so the same words and charts.

export type PdfNode = { [key: string]: PdfValue };
type PdfValue = string | number | boolean | null | PdfNode | PdfValue[];

/** Which characters the two embedded fonts have. */
export interface Coverage {
  readonly sans: (codePoint: number) => boolean;
  readonly mono: (codePoint: number) => boolean;
}

const INK = '#16202a';
const SOFT = '#52606d';
const LINE = '#d5dbe1';
const ACCENT = '#0f5c63';
const HIT = '#b34700';

const STYLES: Readonly<Record<Exclude<Run, string>['as'], PdfNode>> = {
  mono: { font: 'mono', fontSize: 8 },
  strong: { bold: true },
  soft: { color: SOFT },
  hit: { color: HIT, bold: true },
  label: { bold: true },
};

/** Splits text by the font that has its characters; what neither has is shown as ⟦U+4E2D⟧ and counted. */
class Typesetter {
  escaped = 0;
  private readonly coverage: Coverage;
  constructor(coverage: Coverage) {
    this.coverage = coverage;
  }

  private fontOf(character: string): 'sans' | 'mono' | null {
    const code = character.codePointAt(0) ?? 0;
    if (character === '\n' || this.coverage.sans(code)) return 'sans';
    return this.coverage.mono(code) ? 'mono' : null;
  }

  run(run: Run): PdfNode[] {
    const style = typeof run === 'string' ? {} : STYLES[run.as];
    const base = style.font === 'mono' ? 'mono' : 'sans';
    const pieces: { text: string; font: 'sans' | 'mono' }[] = [];
    for (const character of (typeof run === 'string' ? run : run.text).replaceAll('\t', '    ')) {
      const own = base === 'mono' && this.coverage.mono(character.codePointAt(0) ?? 0);
      const font = own ? 'mono' : this.fontOf(character);
      if (font === null) this.escaped++;
      const shown = font === null ? escapeOf(character) : character;
      const last = pieces.at(-1);
      const wanted = font ?? 'mono';
      if (last?.font === wanted) last.text += shown;
      else pieces.push({ text: shown, font: wanted });
    }
    return pieces.map(({ text, font }) => ({
      ...style,
      text: breakable(text),
      ...(font === base ? {} : { font }),
    }));
  }

  line(line: Line): PdfNode[] {
    return runsOf(line).flatMap((run) => this.run(run));
  }
}

const escapeOf = (character: string) =>
  `⟦U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟧`;

const LONG = 24;

/** Long unbroken rows of characters get places where a line may end, so that none runs over the margin. */
function breakable(text: string): string {
  return text.replace(/\S{24,}/g, (word) =>
    (word.match(new RegExp(`[\\s\\S]{1,${LONG}}`, 'gu')) ?? []).join('\u200b'),
  );
}

const COLOURS: Readonly<Record<SceneRole, string>> = {
  axis: SOFT,
  grid: LINE,
  threshold: INK,
  envelope: '#0072b2',
  evidence: INK,
  hit: '#d55e00',
  stop: ACCENT,
  tick: SOFT,
  label: SOFT,
};

const xml = (value: string) =>
  value.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`);

/** The scene with its colours in place: a PDF has no style sheet. */
function sceneSvg(scene: Scene): string {
  const lines = scene.lines.map(
    ({ role, x1, y1, x2, y2 }) =>
      `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${COLOURS[role]}"${role === 'threshold' ? ' stroke-dasharray="5 4"' : ''}/>`,
  );
  const paths = scene.paths.map(({ role, d }) =>
    role === 'envelope'
      ? `<path d="${d}" fill="${COLOURS[role]}" fill-opacity="0.14" stroke="${COLOURS[role]}" stroke-opacity="0.35"/>`
      : `<path d="${d}" fill="none" stroke="${COLOURS[role]}" stroke-width="2"/>`,
  );
  const circles = scene.circles.map(
    ({ role, cx, cy, r }) =>
      `<circle cx="${cx}" cy="${cy}" r="${r}" fill="${COLOURS[role]}" stroke="#ffffff"/>`,
  );
  const texts = scene.texts.map(
    ({ role, x, y, anchor, text }) =>
      `<text x="${x}" y="${y}" text-anchor="${anchor}" font-size="13" font-family="sans" fill="${COLOURS[role]}">${xml(text)}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${scene.width} ${scene.height}" width="${scene.width}" height="${scene.height}">${[...lines, ...paths, ...circles, ...texts].join('')}</svg>`;
}

const SIZES = { 1: 20, 2: 14, 3: 11.5 } as const;

class Writer {
  readonly set: Typesetter;
  private chapter = '';
  constructor(set: Typesetter) {
    this.set = set;
  }

  private heading(block: Extract<Block, { kind: 'heading' }>): PdfNode {
    const { level, id } = block;
    if (level < 3) this.chapter = id ?? this.chapter;
    const title = runsOf(block.text)
      .map((run) => (typeof run === 'string' ? run : run.text))
      .join('');
    const marks: PdfNode =
      level === 3
        ? { outline: true, outlineText: title, outlineParentId: this.chapter }
        : { outline: true, outlineText: title, outlineExpanded: level === 1 };
    return {
      text: this.set.line(block.text),
      fontSize: SIZES[level],
      bold: true,
      margin: [0, level === 1 ? 0 : level === 2 ? 14 : 8, 0, 4],
      headlineLevel: level,
      ...(id === undefined ? {} : { id }),
      ...marks,
      ...(level < 3 ? { outlineId: id ?? title } : {}),
    };
  }

  private cell(cell: Cell, numeric: boolean, header: boolean): PdfNode {
    const lines = linesOf(cell).map(
      (line): PdfNode => ({
        text: this.set.line(line),
        alignment: numeric ? 'right' : 'left',
        ...(header ? { bold: true } : {}),
      }),
    );
    return lines.length === 1 ? (lines[0] as PdfNode) : { stack: lines };
  }

  private table({ caption, columns, rows, plain = false }: TableBlock): PdfNode {
    const head = columns.map(
      ({ title, numeric = false }): PdfNode => ({
        ...this.cell(title, numeric, true),
        noWrap: numeric && columns.length < 6,
      }),
    );
    const body = rows.map((row) =>
      row.map((cell, at) => this.cell(cell, columns[at]?.numeric ?? false, at === 0 && !plain)),
    );
    const widths = columns.map(({ numeric = false }, at): string =>
      numeric || at === 0
        ? 'auto'
        : at === columns.length - 1 || columns.length <= 3
          ? '*'
          : 'auto',
    );
    const compact = columns.length > 6 ? 7 : 8.5;
    return {
      stack: [
        ...(caption === undefined
          ? []
          : [{ text: this.set.line(caption), color: SOFT, fontSize: 8, margin: [0, 0, 0, 2] }]),
        {
          table: {
            headerRows: 1,
            keepWithHeaderRows: 1,
            dontBreakRows: rows.length > 0 && columns.length > 2,
            widths,
            body: [head, ...body],
          },
          layout: 'ruled',
          fontSize: compact,
        },
      ],
      margin: [0, 2, 0, 8],
    };
  }

  private box(blocks: readonly Block[], colour: string): PdfNode {
    return {
      table: { widths: ['*'], body: [[{ stack: this.blocks(blocks) }]] },
      layout: colour === ACCENT ? 'boxed' : 'noted',
      margin: [0, 2, 0, 6],
    };
  }

  blocks(blocks: readonly Block[]): PdfNode[] {
    return blocks.map((block) => this.block(block));
  }

  private block(block: Block): PdfNode {
    switch (block.kind) {
      case 'heading':
        return this.heading(block);
      case 'text':
        return {
          text: this.set.line(block.text),
          margin: [0, 0, 0, 5],
          ...(block.soft ? { color: SOFT } : {}),
        };
      case 'list': {
        const items = block.items.map((item): PdfNode => ({ text: this.set.line(item) }));
        return block.ordered
          ? { ol: items, margin: [0, 0, 0, 5] }
          : { ul: items, margin: [0, 0, 0, 5] };
      }
      case 'facts':
        return {
          table: {
            widths: [110, '*'],
            body: block.rows.map(([name, value]) => [
              { text: name, color: SOFT },
              { text: this.set.line(value) },
            ]),
          },
          layout: 'bare',
          fontSize: 9,
          margin: [0, 0, 0, 6],
        };
      case 'table':
        return this.table(block);
      case 'figure':
        return {
          stack: [
            { svg: sceneSvg(block.scene), width: 495 },
            { text: block.scene.description, color: SOFT, fontSize: 8 },
            { text: block.caption, color: SOFT, fontSize: 8 },
          ],
          unbreakable: true,
          margin: [0, 4, 0, 8],
        };
      case 'verbatim':
        return {
          table: {
            widths: ['*'],
            body: [
              [{ text: this.set.run({ text: block.text, as: 'mono' }), fillColor: '#f5f7f9' }],
            ],
          },
          layout: 'bare',
          margin: [0, 0, 0, 4],
        };
      case 'finding':
        return this.box(block.blocks, ACCENT);
      case 'note':
        return this.box(block.blocks, LINE);
      case 'canary':
        return { stack: this.blocks(block.blocks) };
      case 'contents':
        return {
          stack: [
            { text: 'Contents', fontSize: SIZES[2], bold: true, margin: [0, 0, 0, 4] },
            {
              ol: block.entries.map(
                ([id, title]): PdfNode => ({
                  text: [{ text: `${title}, page ` }, { pageReference: id }],
                  linkToDestination: id,
                }),
              ),
            },
          ],
          pageBreak: 'before',
          margin: [0, 0, 0, 8],
        };
    }
  }
}

export interface PdfDefinition {
  /** For pdfmake; header, footer and layouts are functions and are added where it is called. */
  readonly definition: PdfNode;
  /** Characters that no embedded font has and that are shown as escapes. */
  readonly escaped: number;
}

export function pdfDefinition(facts: ReportFacts, coverage: Coverage): PdfDefinition {
  const report = reportOf(facts);
  const writer = new Writer(new Typesetter(coverage));
  const { logo } = facts.head.presentation;
  const first = writer.blocks(report.first);
  const rest = writer.blocks(report.rest);
  const { escaped } = writer.set;
  const note: PdfNode[] =
    escaped === 0
      ? []
      : [
          {
            text: `In this PDF ${formatPlural(escaped, 'character is', 'characters are')} shown as ⟦U+...⟧, because no embedded font has them. report.html shows them as they are.`.replaceAll(
              /[⟦⟧]/g,
              (bracket) => (bracket === '⟦' ? '[[' : ']]'),
            ),
            color: SOFT,
          },
        ];
  const picture: PdfNode[] =
    logo === null
      ? []
      : [{ image: `data:${logo.type};base64,${logo.base64}`, fit: [160, 56], alignment: 'right' }];
  return {
    escaped,
    definition: {
      content: [...picture, ...first, ...rest, ...note],
      defaultStyle: { font: 'sans', fontSize: 9.5, lineHeight: 1.2, color: INK },
      pageSize: 'A4',
      pageMargins: [50, 48, 50, 54],
      tagged: true,
      displayTitle: true,
      language: 'en',
      version: '1.7',
      compress: true,
    },
  };
}
