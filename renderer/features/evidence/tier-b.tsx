import { formatCount, formatPlural } from '#shared/util/format.ts';
import { State } from '../../ui/glyph.tsx';
import { P } from '../../ui/num.tsx';
import { Table } from '../../ui/table.tsx';
import type { TierB } from './words.ts';

/** Found canaries: ranked against controls, never merged with tier A. */
export function TierBView({ tierB }: { tierB: TierB }) {
  return (
    <div className="grid gap-5">
      <header>
        <h2 className="text-16 font-semibold">Consistency with found canaries</h2>
        <p className="max-w-160 text-ink-2">
          These {formatPlural(tierB.canaries, 'canary was', 'canaries were')} not drawn, so chance
          has no exact number here. Suspects are only ranked against{' '}
          {formatPlural(tierB.controls, 'control', 'controls')}: no p can be below{' '}
          <P value={tierB.floor} />. This is a lead for further work and is not added to E.
        </p>
      </header>
      <Table
        label="Tier B suspects"
        rows={tierB.suspects}
        rowKey={(row) => row.target}
        columns={[
          {
            key: 't',
            title: 'Suspect',
            width: '22%',
            cell: (row) => <span className="break-words">{row.target}</span>,
          },
          {
            key: 'l',
            title: 'Reading',
            width: '140px',
            cell: (row) => (
              <State
                name={
                  row.label === 'undetermined'
                    ? 'undetermined'
                    : row.label === 'none'
                      ? 'none'
                      : 'lead'
                }
                word={row.label === 'consistent-with' ? 'consistent with' : row.label}
              />
            ),
          },
          {
            key: 'h',
            title: 'Hits',
            align: 'right',
            width: '88px',
            cell: (row) => `${formatCount(row.hits)} of ${formatCount(row.asked)}`,
          },
          {
            key: 'p',
            title: 'Rank p',
            align: 'right',
            width: '80px',
            cell: (row) => <P value={row.p} />,
          },
          { key: 'x', title: 'In words', cell: (row) => row.text },
        ]}
      />
      <Table
        label="Tier B controls"
        compact
        rows={tierB.controlHits}
        rowKey={(row) => row.target}
        columns={[
          { key: 't', title: 'Control', width: '22%', cell: (row) => row.target },
          {
            key: 'h',
            title: 'Hits',
            cell: (row) => `${formatCount(row.hits)} of ${formatCount(row.asked)}`,
          },
        ]}
      />
    </div>
  );
}
