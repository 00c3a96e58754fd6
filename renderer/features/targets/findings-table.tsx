import { State } from '../../ui/glyph.tsx';
import { Table } from '../../ui/table.tsx';
import { type ProbeResult, VERDICTS } from './words.ts';

type Finding = ProbeResult['findings'][number] & { readonly known?: string | null };

/** What calls showed of each parameter, and what its vendor is known to do with it. */
export function FindingsTable({ label, rows }: { label: string; rows: readonly Finding[] }) {
  return (
    <Table
      label={label}
      rows={rows}
      rowKey={({ subject }) => subject}
      columns={[
        {
          key: 'subject',
          title: 'Tried',
          cell: ({ subject }) => <span className="font-mono text-12">{subject}</span>,
        },
        {
          key: 'verdict',
          title: 'Finding',
          cell: ({ verdict }) => <State name={VERDICTS[verdict][0]} word={VERDICTS[verdict][1]} />,
        },
        {
          key: 'why',
          title: 'Because',
          cell: ({ why, known }) => (
            <>
              {why}
              {known && <span className="block text-ink-3">{known}</span>}
            </>
          ),
        },
      ]}
    />
  );
}
