import type { Output } from '#shared/contract/index.ts';
import { formatCount } from '#shared/util/format.ts';
import { Utc } from '../../ui/num.tsx';
import { Section } from '../../ui/page.tsx';
import { Table } from '../../ui/table.tsx';
import { Visible } from '../../ui/text.tsx';

type Lane = Output<'audit.get'>['lanes'][number];

/** What a server says of itself, or a dash: never believed, always shown as text. */
function Said({ value }: { value: string | null }) {
  if (value === null) return <span className="text-ink-3">–</span>;
  return (
    <span className="break-words">
      <Visible text={value} />
    </span>
  );
}

/** The stretches of a target whose identity changed under way; their hits are never added up. */
export function Segments({ lanes }: { lanes: readonly Lane[] }) {
  const rows = lanes
    .filter((lane) => lane.segmentCount > 1)
    .flatMap((lane) => lane.segments.map((segment) => ({ target: lane.target, segment })));
  if (rows.length === 0) return null;
  return (
    <Section
      title="Identity segments"
      note="What answered changed during the audit. Each stretch is counted for itself and never added to another."
    >
      <Table
        label="Identity segments"
        compact
        rows={rows}
        rowKey={({ target, segment }) => `${target} ${segment.number}`}
        columns={[
          {
            key: 'target',
            title: 'Target',
            cell: ({ target }) => <span className="break-words">{target}</span>,
          },
          {
            key: 'number',
            title: 'Segment',
            align: 'right',
            width: '72px',
            cell: ({ segment }) => formatCount(segment.number),
          },
          { key: 'model', title: 'Model', cell: ({ segment }) => <Said value={segment.model} /> },
          {
            key: 'fingerprint',
            title: 'Fingerprint',
            cell: ({ segment }) => <Said value={segment.fingerprint} />,
          },
          {
            key: 'upstream',
            title: 'Upstream',
            cell: ({ segment }) => <Said value={segment.upstream} />,
          },
          {
            key: 'changed',
            title: 'Changed',
            cell: ({ segment }) => (
              <span className="text-ink-2">{segment.changed.join(', ') || '–'}</span>
            ),
          },
          {
            key: 'hits',
            title: 'Hits of opened',
            align: 'right',
            width: '104px',
            cell: ({ segment }) => `${formatCount(segment.hits)} of ${formatCount(segment.asked)}`,
          },
          {
            key: 'from',
            title: 'From',
            width: '176px',
            cell: ({ segment }) => <Utc value={segment.startedUtc} />,
          },
        ]}
      />
    </Section>
  );
}
