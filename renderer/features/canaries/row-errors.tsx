// biome-ignore-all lint/a11y/useSemanticElements: a region that scrolls
import type { Output } from '#shared/contract/index.ts';
import { countColumn, Table } from '../../ui/table.tsx';

export type RowError = Output<'canary.import'>['errors'][number];

/** What is wrong with the rows of a file, and what to do about it. */
export function RowErrors({ label, rows }: { label: string; rows: readonly RowError[] }) {
  if (rows.length === 0) return null;
  return (
    <div className="mt-3 max-h-60 overflow-auto" tabIndex={0} role="region" aria-label={label}>
      <Table
        label={label}
        compact
        rowKey={(row, index) => `${row.line} ${row.field} ${index}`}
        rows={rows.slice(0, 500)}
        columns={[
          countColumn<RowError>('line', 'Line', '56px', (row) => row.line),
          {
            key: 'field',
            title: 'Field',
            width: '96px',
            cell: (row) => <code className="font-mono text-12">{row.field}</code>,
          },
          { key: 'message', title: 'What is wrong', cell: (row) => row.message },
          { key: 'fix', title: 'What to do', cell: (row) => row.fix },
        ]}
      />
    </div>
  );
}
