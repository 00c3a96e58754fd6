import { sha256, toBase64, utf8 } from '../evidence/bytes.ts';
import { type Block, type Line, linesOf, type Run, runsOf, type TableBlock } from './blocks.ts';
import { Html, html } from './html.ts';
import { STYLE } from './style.ts';
import { sceneToSvg } from './svg.ts';

const CLASS = {
  mono: 'mono',
  strong: 'strong',
  soft: 'unit',
  hit: 'hitmark',
  label: 'label',
} as const;

function runHtml(run: Run): Html {
  return typeof run === 'string'
    ? html`${run}`
    : html`<span class="${CLASS[run.as]}">${run.text}</span>`;
}

const lineHtml = (line: Line): Html => html`${runsOf(line).map(runHtml)}`;

function cellHtml(lines: readonly Line[]): Html {
  const [only] = lines;
  return lines.length === 1 && only !== undefined
    ? lineHtml(only)
    : html`${lines.map((line) => html`<div>${lineHtml(line)}</div>`)}`;
}

function tableHtml({ caption, columns, rows, plain = false }: TableBlock): Html {
  const numeric = (at: number) => (columns[at]?.numeric ? html` class="n"` : null);
  const head = columns.map(({ title }, at) => html`<th scope="col"${numeric(at)}>${title}</th>`);
  const body = rows.map(
    (row) =>
      html`<tr>${row.map((cell, at) =>
        at === 0 && !plain
          ? html`<th scope="row"${numeric(at)}>${cellHtml(linesOf(cell))}</th>`
          : html`<td${numeric(at)}>${cellHtml(linesOf(cell))}</td>`,
      )}</tr>`,
  );
  return html`<div class="table"><table>${caption === undefined ? null : html`<caption>${lineHtml(caption)}</caption>`}<thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>
`;
}

function headingHtml(level: 1 | 2 | 3, line: Line, id: string | undefined): Html {
  const name = new Html(`h${level}`);
  return html`<${name}${id === undefined ? null : html` id="${id}"`}>${lineHtml(line)}</${name}>
`;
}

function blockHtml(block: Block): Html {
  switch (block.kind) {
    case 'heading':
      return headingHtml(block.level, block.text, block.id);
    case 'text':
      return html`<p${block.soft ? html` class="lede"` : null}>${lineHtml(block.text)}</p>`;
    case 'list': {
      const name = new Html(block.ordered ? 'ol' : 'ul');
      return html`<${name}>${block.items.map((item) => html`<li>${lineHtml(item)}</li>`)}</${name}>`;
    }
    case 'facts':
      return html`<dl class="facts">${block.rows.map(
        ([name, value]) => html`<dt>${name}</dt><dd>${lineHtml(value)}</dd>`,
      )}</dl>`;
    case 'table':
      return tableHtml(block);
    case 'figure':
      return html`<figure>${sceneToSvg(block.scene, block.id)}<figcaption class="lede">${block.caption}</figcaption></figure>
`;
    case 'verbatim':
      return html`<pre>${block.text}</pre>`;
    case 'finding':
      return html`<div class="finding ${block.label}">${block.blocks.map(blockHtml)}</div>`;
    case 'note':
      return html`<div class="note">${block.blocks.map(blockHtml)}</div>`;
    case 'canary':
      return html`<section class="canary">${block.blocks.map(blockHtml)}</section>
`;
    case 'contents':
      return html`<nav aria-label="Contents"><h2>Contents</h2><ol>${block.entries.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}</ol></nav>
`;
  }
}

export interface Page {
  readonly title: string;
  readonly first: readonly Block[];
  readonly rest: readonly Block[];
  readonly logo: { readonly type: string; readonly base64: string } | null;
}

/** A static page: no script, no link outwards, nothing loaded; the style is allowed by its hash, a logo by being data. */
export function pageHtml({ title, first, rest, logo }: Page): string {
  const images = logo === null ? '' : ' img-src data:;';
  const policy = `default-src 'none';${images} style-src 'sha256-${toBase64(sha256(utf8(STYLE)))}'; base-uri 'none'; form-action 'none'`;
  const picture =
    logo === null
      ? null
      : html`<img class="logo" alt="Logo of the laboratory" src="data:${logo.type};base64,${logo.base64}">`;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer"><title>${title}</title><style>${new Html(STYLE)}</style></head>
<body><main><section class="first">${picture}${first.map(blockHtml)}</section>
${rest.map(blockHtml)}</main></body></html>
`.markup;
}
