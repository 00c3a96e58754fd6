import { formatBytes, formatUtcShort } from '../../ui/format.ts';
import { countColumn, Table } from '../../ui/table.tsx';
import type { HostTotals as Totals } from './words.ts';

interface Props {
  readonly hosts: readonly Totals[];
  readonly selected: string;
  readonly onSelect: (host: string) => void;
}

/** Totals a host; a host's name shows only its connections, once more shows all. */
export function HostTotals({ hosts, selected, onSelect }: Props) {
  return (
    <section
      aria-label="Totals by host"
      tabIndex={0}
      className="max-h-42 shrink-0 overflow-auto px-8 pt-2"
    >
      <Table
        label="Totals by host"
        compact
        rows={hosts}
        rowKey={(row) => row.host}
        columns={[
          {
            key: 'host',
            title: 'Host',
            cell: (row) => (
              <button
                type="button"
                aria-pressed={row.host === selected}
                onClick={() => onSelect(row.host === selected ? '' : row.host)}
                className="max-w-90 truncate rounded-sm text-left hover:underline aria-pressed:font-semibold aria-pressed:text-accent"
                title={row.host}
              >
                {row.host}
              </button>
            ),
          },
          countColumn<Totals>('connections', 'Connections', '96px', (row) => row.connections),
          countColumn<Totals>('failed', 'Failed', '72px', (row) => row.failed),
          {
            key: 'out',
            title: 'Out',
            align: 'right',
            width: '80px',
            cell: (row) => formatBytes(row.bytesOut),
          },
          {
            key: 'in',
            title: 'In',
            align: 'right',
            width: '80px',
            cell: (row) => formatBytes(row.bytesIn),
          },
          {
            key: 'last',
            title: 'Latest (UTC)',
            align: 'right',
            width: '148px',
            cell: (row) => <span className="text-12">{formatUtcShort(row.lastUtc)}</span>,
          },
        ]}
      />
    </section>
  );
}
