import type { Output } from '#shared/contract/index.ts';
import type { TargetDraft } from '#shared/domain/target.ts';
import { useQuery } from '../../client/use-query.ts';
import { type GlyphName, State } from '../../ui/glyph.tsx';
import { ErrorNote } from '../../ui/page.tsx';
import { Table } from '../../ui/table.tsx';
import { VERDICTS } from './words.ts';

type Row = Output<'target.parameters'>['rows'][number];

const ACCEPTED: Readonly<Record<Row['accepted'], readonly [GlyphName, string]>> = {
  yes: ['ok', 'Accepted'],
  rejected: ['bad', 'Rejected'],
  unknown: ['none', 'Not known'],
};

const mono = (text: string) => <span className="font-mono text-12 break-words">{text}</span>;

function Sent({ row }: { row: Row }) {
  if (row.refused !== null) return <State name="refused" word="Cannot be sent" />;
  if (row.sent.length === 0) return '–';
  return row.sent.map(({ field, value }) => (
    <div key={field}>{mono(`${field}: ${JSON.stringify(value)}`)}</div>
  ));
}

/** The word before the colon: what the vendor does with it. */
const effectOf = (note: string): string => note.split(':', 1)[0] ?? note;

function VendorNotes({ rows }: { rows: readonly Row[] }) {
  const known = rows.filter(({ ignored }) => ignored !== null);
  if (known.length === 0) return null;
  return (
    <ul
      aria-label="Known of the vendor"
      className="grid gap-1 border-l-2 border-line-strong pl-3 text-12 text-ink-2"
    >
      {known.map(({ parameter, ignored }) => (
        <li key={parameter}>
          {mono(parameter)}: {ignored?.note}{' '}
          <span className="text-ink-3">
            Read {ignored?.date} at {ignored?.source}.
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Asked, sent, accepted, known to be ignored: the four that must agree before a parameter means anything. */
export function ParameterTable({ target }: { target: TargetDraft }) {
  const { data, error } = useQuery('target.parameters', { target }, ['target.changed']);
  // What is asked comes first; the order of the requests within.
  const rows = [...(data?.rows ?? [])].sort(
    (a, b) => Number(a.asked === null) - Number(b.asked === null),
  );
  return (
    <section aria-label="Parameters" className="grid gap-2">
      <h3 className="text-14 font-semibold">Asked, sent, accepted, ignored</h3>
      <ErrorNote error={error} />
      {rows.length > 0 && (
        <Table
          label="Parameters"
          rows={rows}
          rowKey={({ parameter }) => parameter}
          columns={[
            { key: 'p', title: 'Parameter', cell: ({ parameter }) => mono(parameter) },
            {
              key: 'asked',
              title: 'Asked',
              cell: ({ asked }) => (asked === null ? '–' : mono(JSON.stringify(asked))),
            },
            { key: 'sent', title: 'Sent', cell: (row) => <Sent row={row} /> },
            {
              key: 'accepted',
              title: 'Accepted',
              cell: ({ accepted, seen }) => {
                const [glyph, word] = seen === null ? ACCEPTED[accepted] : VERDICTS[seen.verdict];
                return <State name={glyph} word={word} />;
              },
            },
            {
              key: 'ignored',
              title: 'Vendor',
              cell: ({ ignored }) => (ignored === null ? '–' : effectOf(ignored.note)),
            },
          ]}
        />
      )}
      <VendorNotes rows={rows} />
      <p className="text-12 text-ink-3">
        Sent is read from the built bytes, accepted from the last probe of this configuration.
      </p>
    </section>
  );
}
