import type { ReactNode } from 'react';
import { formatCount } from '#shared/util/format.ts';

export interface Column<T> {
  readonly key: string;
  readonly title: ReactNode;
  readonly align?: 'right';
  readonly width?: string;
  readonly cell: (row: T) => ReactNode;
}

/** A column of whole numbers. */
export const countColumn = <T,>(
  key: string,
  title: string,
  width: string,
  count: (row: T) => number,
): Column<T> => ({ key, title, width, align: 'right', cell: (row) => formatCount(count(row)) });

interface Props<T> {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly rowKey: (row: T, index: number) => string;
  readonly compact?: boolean;
}

/** A short table: ruled lines, no boxes. */
export function Table<T>({ label, columns, rows, rowKey, compact }: Props<T>) {
  const height = compact ? 'h-6' : 'h-8';
  return (
    <table aria-label={label} className="w-full border-collapse text-13">
      <thead>
        <tr className="border-b border-line-strong text-left text-12 text-ink-3">
          {columns.map((column) => (
            <th
              key={column.key}
              scope="col"
              style={column.width ? { width: column.width } : undefined}
              className={`h-7 pr-4 font-medium whitespace-nowrap last:pr-0 ${column.align === 'right' ? 'text-right' : ''}`}
            >
              {column.title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          <tr key={rowKey(row, index)} className="border-b border-line align-baseline">
            {columns.map((column) => (
              <td
                key={column.key}
                className={`${height} py-1 pr-4 last:pr-0 ${column.align === 'right' ? 'text-right tabular-nums' : ''}`}
              >
                {column.cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
