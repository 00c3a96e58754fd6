import type { Label } from '../domain/evaluation.ts';
import { formatCount } from '../util/format.ts';
import { clip, visible } from '../util/visible.ts';
import type { Scene } from './chart.ts';

// The report as plain data. The page and the PDF are drawn from the same blocks, so they cannot say different things.

/** A piece of text and how it stands out. */
export type Run =
  | string
  | { readonly text: string; readonly as: 'mono' | 'strong' | 'soft' | 'hit' | 'label' };
export type Line = string | readonly Run[];

export interface Column {
  readonly title: string;
  readonly numeric?: boolean;
}

/** A cell has one or more lines. */
export type Cell = Line | { readonly lines: readonly Line[] };

export interface TableBlock {
  readonly kind: 'table';
  readonly caption?: Line;
  readonly columns: readonly Column[];
  /** The first cell of a row is its header, unless `plain`. */
  readonly rows: readonly (readonly Cell[])[];
  readonly plain?: boolean;
}

export type Block =
  | {
      readonly kind: 'heading';
      readonly level: 1 | 2 | 3;
      readonly id?: string;
      readonly text: Line;
    }
  | { readonly kind: 'text'; readonly text: Line; readonly soft?: boolean }
  | { readonly kind: 'list'; readonly ordered?: boolean; readonly items: readonly Line[] }
  | { readonly kind: 'facts'; readonly rows: readonly (readonly [string, Line])[] }
  | TableBlock
  | {
      readonly kind: 'figure';
      readonly id: string;
      readonly scene: Scene;
      readonly caption: string;
    }
  | { readonly kind: 'verbatim'; readonly text: string }
  | { readonly kind: 'finding'; readonly label: Label; readonly blocks: readonly Block[] }
  | { readonly kind: 'note'; readonly blocks: readonly Block[] }
  | { readonly kind: 'canary'; readonly blocks: readonly Block[] }
  | { readonly kind: 'contents'; readonly entries: readonly (readonly [string, string])[] };

export const mono = (text: string): Run => ({ text, as: 'mono' });
export const strong = (text: string): Run => ({ text, as: 'strong' });
export const soft = (text: string): Run => ({ text, as: 'soft' });
export const hit = (text: string): Run => ({ text, as: 'hit' });

export const heading = (level: 1 | 2 | 3, text: Line, id?: string): Block =>
  id === undefined ? { kind: 'heading', level, text } : { kind: 'heading', level, text, id };
export const text = (line: Line): Block => ({ kind: 'text', text: line });
export const list = (items: readonly Line[]): Block => ({ kind: 'list', items });

/** Text of others: hidden characters shown, long text clipped with a note that says where all of it is. */
export function untrusted(given: string, limit: number): Run[] {
  const { text: shown, leftOut } = clip(given, limit);
  if (leftOut === 0) return [visible(shown)];
  return [
    visible(shown),
    soft(` [${formatCount(leftOut)} more characters, complete in data/transcripts.jsonl]`),
  ];
}

export const runsOf = (line: Line): readonly Run[] => (typeof line === 'string' ? [line] : line);
export const linesOf = (cell: Cell): readonly Line[] =>
  typeof cell === 'object' && 'lines' in cell ? cell.lines : [cell];

/** Runs with something between them. */
export function joined(parts: readonly (readonly Run[])[], between: string): Run[] {
  return parts.flatMap((part, index) => (index === 0 ? [...part] : [between, ...part]));
}
