// biome-ignore-all lint/a11y/useSemanticElements: a fieldset is for a form; this is a drawing
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import type { Output } from '#shared/contract/index.ts';
import { formatCount } from '#shared/util/format.ts';
import { GLYPHS, Glyph, type GlyphName } from './glyph.tsx';

type Data = Output<'audit.matrix'>;

interface Props {
  readonly matrix: Data;
  readonly onOpen?: (target: string, canaryId: string) => void;
}

export const CELL: Readonly<
  Record<string, { readonly glyph: GlyphName; readonly word: string; readonly tone: string }>
> = {
  '.': { glyph: 'empty', word: 'not asked', tone: 'text-line-strong' },
  H: { glyph: 'hit', word: 'hit', tone: 'text-hit-mark' },
  m: { glyph: 'miss', word: 'miss', tone: 'text-miss-mark' },
  r: { glyph: 'refused', word: 'refused or filtered', tone: 'text-refused-mark' },
  t: { glyph: 'truncated', word: 'truncated', tone: 'text-refused-mark' },
  x: { glyph: 'failed', word: 'failed', tone: 'text-failed-mark' },
  '?': { glyph: 'sealed', word: 'answered, still sealed', tone: 'text-ink-3' },
};
export const USE_MARK = { evidence: '', twin: 't', 'after-release': 'a', found: 'f' } as const;
const USE_WORD = {
  evidence: 'evidence',
  twin: 'twin',
  'after-release': 'planted after the release',
  found: 'found',
} as const;

const W = 14;
const H = 22;
const HEAD = 30;
const NAME = 208;
const TALLY = 104;

/** Targets by canaries, filling from the left; only what is in view is drawn. */
export function Matrix({ matrix, onOpen }: Props) {
  const id = useId().replace(/[^a-zA-Z0-9]/g, '');
  const scroller = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ left: 0, width: 800 });
  const [at, setAt] = useState<{ row: number; column: number } | null>(null);
  const { columns, rows } = matrix;

  useEffect(() => {
    const node = scroller.current;
    if (!node) return;
    const read = (): void => setView({ left: node.scrollLeft, width: node.clientWidth });
    read();
    const observer = new ResizeObserver(read);
    observer.observe(node);
    node.addEventListener('scroll', read, { passive: true });
    return () => {
      observer.disconnect();
      node.removeEventListener('scroll', read);
    };
  }, []);

  const first = Math.max(0, Math.floor(view.left / W) - 10);
  const last = Math.min(columns.length, Math.ceil((view.left + view.width) / W) + 10);
  const tallies = useMemo(
    () =>
      rows.map((row) => {
        let hits = 0;
        let asked = 0;
        for (const cell of row.cells) {
          if (cell === 'H') hits += 1;
          if (cell !== '.') asked += 1;
        }
        return { hits, asked };
      }),
    [rows],
  );

  const move = (row: number, column: number): void => {
    const next = {
      row: Math.max(0, Math.min(rows.length - 1, row)),
      column: Math.max(0, Math.min(columns.length - 1, column)),
    };
    setAt(next);
    const node = scroller.current;
    if (!node) return;
    const x = next.column * W;
    if (x < node.scrollLeft + W) node.scrollLeft = Math.max(0, x - 4 * W);
    else if (x > node.scrollLeft + node.clientWidth - 2 * W)
      node.scrollLeft = x - node.clientWidth + 4 * W;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const { row, column } = at ?? { row: 0, column: -1 };
    if (event.key === 'ArrowRight') move(row, column + 1);
    else if (event.key === 'ArrowLeft') move(row, column - 1);
    else if (event.key === 'ArrowDown') move(row + 1, Math.max(0, column));
    else if (event.key === 'ArrowUp') move(row - 1, Math.max(0, column));
    else if (event.key === 'Home') move(row, 0);
    else if (event.key === 'End') move(row, columns.length - 1);
    else if (event.key === 'Enter' && at) open(at.row, at.column);
    else return;
    event.preventDefault();
  };
  const open = (row: number, column: number): void => {
    const target = rows[row];
    const canary = columns[column];
    if (target && canary && target.cells[column] !== '.') onOpen?.(target.target, canary.canaryId);
  };
  const hitTest = (event: { clientX: number; clientY: number; currentTarget: Element }) => {
    const box = event.currentTarget.getBoundingClientRect();
    const column = Math.floor((event.clientX - box.left) / W);
    const row = Math.floor((event.clientY - box.top - HEAD) / H);
    return row >= 0 && row < rows.length && column >= 0 && column < columns.length
      ? { row, column }
      : null;
  };

  const current = at && rows[at.row] && columns[at.column] ? at : null;
  const canary = current ? columns[current.column] : undefined;
  const cell = current ? CELL[rows[current.row]?.cells[current.column] ?? '.'] : undefined;
  const height = HEAD + rows.length * H;
  const present = new Set(rows.flatMap((row) => [...row.cells]));
  const uses = new Set(columns.map((column) => column.use));

  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-2">
      <div className="flex border-y border-line-strong">
        <div style={{ width: NAME, paddingTop: HEAD }} className="shrink-0 border-r border-line">
          {rows.map((row, index) => (
            <div
              key={row.target}
              style={{ height: H }}
              className={`flex items-center gap-2 pr-3 ${index === current?.row ? 'bg-accent-soft' : ''}`}
              title={`${row.target}, ${row.role}`}
            >
              <span
                className={`truncate text-12 ${row.role === 'suspect' ? 'font-semibold' : 'text-ink-2'}`}
              >
                {row.target}
              </span>
              <span className="ml-auto shrink-0 text-12 text-ink-3">
                {row.role === 'suspect'
                  ? ''
                  : row.role === 'known-positive'
                    ? 'positive'
                    : row.role === 'temporal-control'
                      ? 'temporal'
                      : row.role}
              </span>
            </div>
          ))}
        </div>
        <div
          ref={scroller}
          role="group"
          aria-label={`Matrix of ${rows.length} targets and ${columns.length} canaries. Arrow keys walk the cells${onOpen ? ', Enter opens one' : ''}.`}
          aria-describedby={`${id}-at`}
          tabIndex={0}
          onKeyDown={onKeyDown}
          onFocus={() => at === null && columns.length > 0 && setAt({ row: 0, column: 0 })}
          className="min-w-0 flex-1 overflow-x-auto"
        >
          <svg
            width={Math.max(columns.length * W, 1)}
            height={height}
            aria-hidden="true"
            className={`block ${onOpen ? 'cursor-pointer' : ''}`}
            onPointerMove={(event) => {
              const hit = hitTest(event);
              if (hit && (hit.row !== at?.row || hit.column !== at.column)) setAt(hit);
            }}
            onClick={(event) => {
              const hit = hitTest(event);
              if (hit) open(hit.row, hit.column);
            }}
          >
            <defs>
              {Object.values(CELL).map(({ glyph, tone }) => (
                <g key={glyph} id={`${id}-${glyph}`} className={tone}>
                  {GLYPHS[glyph]}
                </g>
              ))}
            </defs>
            {current && (
              <>
                <rect
                  x={0}
                  y={HEAD + current.row * H}
                  width={columns.length * W}
                  height={H}
                  className="fill-accent-soft"
                />
                <rect
                  x={current.column * W}
                  y={0}
                  width={W}
                  height={height}
                  className="fill-accent-soft"
                />
              </>
            )}
            {columns.slice(first, last).map((column, offset) => {
              const index = first + offset;
              const x = index * W;
              return (
                <g key={column.position}>
                  {(index + 1) % 10 === 0 && (
                    <text
                      x={x + W / 2}
                      y={11}
                      textAnchor="middle"
                      className="fill-ink-3"
                      fontSize="10"
                    >
                      {index + 1}
                    </text>
                  )}
                  <text
                    x={x + W / 2}
                    y={25}
                    textAnchor="middle"
                    className="fill-ink-2 font-mono"
                    fontSize="10"
                  >
                    {USE_MARK[column.use]}
                  </text>
                  {rows.map((row, r) => {
                    const kind = CELL[row.cells[index] ?? '.'] ?? CELL['.'];
                    return (
                      <use
                        key={row.target}
                        href={`#${id}-${kind?.glyph}`}
                        x={x + 1}
                        y={HEAD + r * H + 5}
                      />
                    );
                  })}
                </g>
              );
            })}
            {rows.map((row, r) => (
              <path
                key={row.target}
                d={`M0 ${HEAD + r * H + 0.5}H${columns.length * W}`}
                className="stroke-line"
              />
            ))}
            {current && (
              <rect
                x={current.column * W + 0.5}
                y={HEAD + current.row * H + 0.5}
                width={W - 1}
                height={H - 1}
                fill="none"
                className="stroke-accent"
                strokeWidth={1.5}
              />
            )}
          </svg>
        </div>
        <div style={{ width: TALLY }} className="shrink-0 border-l border-line">
          <div
            style={{ height: HEAD }}
            className="flex items-end justify-end pr-2 pb-1 text-12 text-ink-3"
          >
            hits of asked
          </div>
          {rows.map((row, index) => (
            <div
              key={row.target}
              style={{ height: H }}
              className="pr-2 text-right text-12 leading-5.5 tabular-nums"
            >
              <span className={(tallies[index]?.hits ?? 0) > 0 ? 'font-semibold' : 'text-ink-3'}>
                {formatCount(tallies[index]?.hits ?? 0)}
              </span>
              <span className="text-ink-3"> of {formatCount(tallies[index]?.asked ?? 0)}</span>
            </div>
          ))}
        </div>
      </div>
      <p id={`${id}-at`} aria-live="polite" className="min-h-5 text-12">
        {current && canary && cell ? (
          <span className="inline-flex flex-wrap items-center gap-x-2">
            <Glyph name={cell.glyph} />
            <b className="font-semibold">{cell.word}</b>
            <span className="text-ink-3">·</span> {rows[current.row]?.target}
            <span className="text-ink-3">·</span>
            <code className="font-mono">{canary.canaryId}</code>
            <span className="text-ink-3">
              · no. {canary.position} · registry {canary.registry} · {USE_WORD[canary.use]}
            </span>
          </span>
        ) : (
          <span className="text-ink-3">Point at a cell, or walk with the arrow keys.</span>
        )}
      </p>
      <ul aria-label="Legend" className="flex flex-wrap gap-x-5 gap-y-1 text-12 text-ink-2">
        {Object.entries(CELL)
          .filter(([key]) => present.has(key))
          .map(([key, { glyph, word, tone }]) => (
            <li key={key} className="flex items-center gap-1.5">
              <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true" className={tone}>
                {GLYPHS[glyph]}
              </svg>
              {word}
            </li>
          ))}
        {(['twin', 'after-release', 'found'] as const)
          .filter((use) => uses.has(use))
          .map((use) => (
            <li key={use}>
              <code className="font-mono">{USE_MARK[use]}</code> {USE_WORD[use]}
            </li>
          ))}
      </ul>
    </div>
  );
}
