import type { ReactNode } from 'react';
import { formatCount, formatPlural } from '#shared/util/format.ts';
import { State } from '../../ui/glyph.tsx';
import { P, Prose } from '../../ui/num.tsx';
import { Table } from '../../ui/table.tsx';
import type { Suspect, TierA } from './words.ts';

interface Row {
  readonly letter: 'T' | 'P' | 'L' | 'R' | 'F';
  readonly what: string;
  readonly how: string;
  readonly found: ReactNode;
}

function Tail({ hits, asked, p }: { hits: number; asked: number; p: number }) {
  return (
    <>
      {formatCount(hits)} of {formatCount(asked)} hit, p <P value={p} />
    </>
  );
}

/** METHOD 6 as a table: each explanation, how it was examined, and what was found. */
export function Explanations({ suspect, tierA }: { suspect: Suspect; tierA: TierA }) {
  const { twins, afterRelease } = suspect;
  const { temporalControls, controls } = tierA;
  const rows: readonly Row[] = [
    {
      letter: 'T',
      what: 'Trained on our served outputs',
      how: 'Served canaries, against the twins and the canaries planted after the release',
      found: `${formatCount(suspect.hits)} of ${formatCount(suspect.asked)} served canaries hit`,
    },
    {
      letter: 'P',
      what: 'Trained on public data that holds our outputs',
      how: 'Not examined here: it needs a dated search of public corpora for the responses',
      found: 'Open',
    },
    {
      letter: 'L',
      what: 'Relays to our model while it answers',
      how: 'Canaries planted after the suspect was released',
      found:
        afterRelease.asked === 0 ? (
          'Not examined: no such canary was asked'
        ) : (
          <Tail {...afterRelease} />
        ),
    },
    {
      letter: 'R',
      what: 'The registry leaked',
      how: 'Twins: drawn, and never served to anybody',
      found: twins.asked === 0 ? 'Not examined: no twin was asked' : <Tail {...twins} />,
    },
    {
      letter: 'F',
      what: 'Error or fraud of the analyst',
      how: 'Temporal controls, released before planting, and all controls together',
      found: (
        <>
          {temporalControls.asked === 0 ? 'No temporal control' : <Tail {...temporalControls} />};{' '}
          {formatPlural(controls.hits, 'control hit', 'control hits')},{' '}
          {controls.expected.toFixed(2)} expected
        </>
      ),
    },
  ];
  return (
    <Table
      label="Explanations"
      rows={rows}
      rowKey={(row) => row.letter}
      columns={[
        {
          key: 'letter',
          title: <span className="sr-only">Letter</span>,
          width: '28px',
          cell: (row) => <b className="font-mono font-semibold">{row.letter}</b>,
        },
        { key: 'what', title: 'Explanation', width: '25%', cell: (row) => row.what },
        {
          key: 'how',
          title: 'Examined how',
          width: '34%',
          cell: (row) => <span className="text-ink-2">{row.how}</span>,
        },
        { key: 'found', title: 'Found what', cell: (row) => row.found },
        {
          key: 'left',
          title: 'Left by the controls',
          width: '150px',
          cell: (row) =>
            row.letter === suspect.explanation ? (
              <State name="report" word="This one" />
            ) : row.letter === 'P' && suspect.explanation === 'T' ? (
              <State name="undetermined" word="Not excluded" />
            ) : (
              <span className="text-ink-3">–</span>
            ),
        },
      ]}
    />
  );
}

export function Reasons({ suspect }: { suspect: Suspect }) {
  return (
    <ul className="grid gap-1.5" aria-label="Conditions">
      {suspect.reasons.map((reason) => (
        <li key={reason.text} className="grid grid-cols-[88px_minmax(0,1fr)] gap-3">
          <State name={reason.met ? 'ok' : 'miss'} word={reason.met ? 'met' : 'not met'} />
          <span>
            <Prose text={reason.text} />
          </span>
        </li>
      ))}
    </ul>
  );
}
