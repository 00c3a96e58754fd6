// biome-ignore-all lint/a11y/useSemanticElements: a table element cannot be virtualised by position
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef } from 'react';

export interface GridColumn<T> {
  readonly key: string;
  readonly title: string;
  /** A track of grid-template-columns. */
  readonly track: string;
  readonly align?: 'right';
  readonly cell: (row: T) => ReactNode;
}

interface Props<T> {
  readonly label: string;
  readonly columns: readonly GridColumn<T>[];
  readonly count: number;
  readonly at: (index: number) => T | undefined;
  readonly onRange: (first: number, last: number) => void;
  readonly selected?: number | null;
  readonly onSelect: (index: number) => void;
  readonly rowHeight?: number;
}

const HEAD = 28;

/** A long list as a grid: rows are drawn as they come into view, arrow keys walk it. */
export function VirtualGrid<T>(props: Props<T>) {
  const { label, columns, count, at, onRange, selected = null, onSelect } = props;
  const { rowHeight = 32 } = props;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollMargin: HEAD,
    scrollPaddingStart: HEAD,
  });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => onRange(first, last), [first, last, onRange]);

  const move = (to: number): void => {
    const next = Math.max(0, Math.min(count - 1, to));
    onSelect(next);
    virtual.scrollToIndex(next);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 320) / rowHeight) - 1);
    const from = selected ?? -1;
    const to = {
      ArrowDown: from + 1,
      ArrowUp: from - 1,
      PageDown: from + page,
      PageUp: from - page,
      Home: 0,
      End: count - 1,
    }[event.key];
    if (to !== undefined && count > 0) {
      event.preventDefault();
      move(to);
    }
  };
  const template = { gridTemplateColumns: columns.map((column) => column.track).join(' ') };
  const active = items.some((item) => item.index === selected) ? `${id}-${selected}` : undefined;

  return (
    <div
      ref={scroller}
      role="grid"
      aria-label={label}
      aria-rowcount={count + 1}
      aria-activedescendant={active}
      tabIndex={0}
      onKeyDown={onKeyDown}
      className="h-full overflow-y-auto"
    >
      <div
        role="row"
        tabIndex={-1}
        aria-rowindex={1}
        style={{ ...template, height: HEAD }}
        className="sticky top-0 z-10 grid items-center gap-4 border-b border-line-strong bg-ground pr-4 pl-8 text-12 font-medium text-ink-3"
      >
        {columns.map((column) => (
          <span
            key={column.key}
            role="columnheader"
            tabIndex={-1}
            className={`truncate ${column.align === 'right' ? 'text-right' : ''}`}
          >
            {column.title}
          </span>
        ))}
      </div>
      <div role="rowgroup" tabIndex={-1}>
        <div role="presentation" className="relative" style={{ height: count * rowHeight }}>
          {items.map((item) => {
            const row = at(item.index);
            const isSelected = item.index === selected;
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the grid itself takes the keys
              <div
                key={item.key}
                id={`${id}-${item.index}`}
                role="row"
                tabIndex={-1}
                aria-rowindex={item.index + 2}
                aria-selected={isSelected}
                data-clickable="true"
                onClick={() => onSelect(item.index)}
                style={{
                  ...template,
                  height: item.size,
                  transform: `translateY(${item.start - HEAD}px)`,
                }}
                className={`absolute inset-x-0 top-0 grid items-center gap-4 border-b border-line pr-4 pl-8 ${isSelected ? 'bg-accent-soft shadow-[inset_3px_0_0_var(--accent)]' : 'hover:bg-raised'}`}
              >
                {columns.map((column) => (
                  <span
                    key={column.key}
                    role="gridcell"
                    tabIndex={-1}
                    className={`truncate ${column.align === 'right' ? 'text-right tabular-nums' : ''}`}
                  >
                    {row === undefined ? (
                      <span className="skeleton inline-block h-3 w-3/5" />
                    ) : (
                      column.cell(row)
                    )}
                  </span>
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
