import type { Output } from '#shared/contract/index.ts';
import { formatCount } from '#shared/util/format.ts';
import { State } from '../../ui/glyph.tsx';
import { countColumn, Table } from '../../ui/table.tsx';

type Lane = Output<'audit.get'>['lanes'][number];

function Progress({ lane }: { lane: Lane }) {
  const total = Math.max(1, lane.planned);
  const answered = (lane.answered / total) * 100;
  const failed = (lane.failed / total) * 100;
  return (
    <svg
      width="100%"
      height="10"
      role="img"
      aria-label={`${lane.answered} answered and ${lane.failed} failed of ${lane.planned}`}
      className="block"
    >
      <rect y="1" width="100%" height="8" className="fill-line" />
      <rect y="1" width={`${answered}%`} height="8" className="fill-accent" />
      <rect y="1" x={`${answered}%`} width={`${failed}%`} height="8" className="fill-failed-mark" />
    </svg>
  );
}

function Now({ lane, running }: { lane: Lane; running: boolean }) {
  if (lane.answered + lane.failed >= lane.planned) return <State name="ok" word="Done" />;
  if (lane.stopped)
    return <State name="stopped" word={lane.waiting ?? 'Stopped: its label is reached'} wrap />;
  if (lane.waiting !== null) return <State name="paused" word={lane.waiting} wrap />;
  if (!running) return <State name="empty" word="Idle" />;
  return <State name="running" word="Asking" />;
}

const usd = (value: number): string => value.toFixed(value < 1 ? 4 : 2);

function Spend({ lane: { spend, capUsd } }: { lane: Lane }) {
  if (spend === null) return <span className="text-ink-3">unknown</span>;
  const about = spend.estimated > 0 ? 'about ' : '';
  return (
    <span className="whitespace-nowrap">
      {about}
      {usd(spend.usd + spend.estimatedUsd)} USD
      {capUsd !== null && <span className="text-ink-3"> of {usd(capUsd)}</span>}
    </span>
  );
}

/** One lane a target: how far, what is in flight, and why it waits. */
export function Lanes({ lanes, running }: { lanes: readonly Lane[]; running: boolean }) {
  return (
    <Table
      label="Targets"
      rows={lanes}
      rowKey={(lane) => lane.target}
      compact
      columns={[
        {
          key: 'target',
          title: 'Target',
          width: '22%',
          cell: (lane) => (
            <span
              className="block max-w-40 truncate xl:max-w-60"
              title={`${lane.target} at ${lane.host}`}
            >
              <span className={lane.role === 'suspect' ? 'font-semibold' : ''}>{lane.target}</span>{' '}
              <span className="text-12 text-ink-3">{lane.host}</span>
            </span>
          ),
        },
        {
          key: 'role',
          title: 'Role',
          width: '12%',
          cell: (lane) => <span className="text-ink-2">{lane.role}</span>,
        },
        { key: 'progress', title: 'Answered', cell: (lane) => <Progress lane={lane} /> },
        {
          key: 'answered',
          title: <span className="sr-only">Count</span>,
          align: 'right',
          width: '104px',
          cell: (lane) => (
            <span className="whitespace-nowrap">
              {formatCount(lane.answered)}
              <span className="text-ink-3"> of {formatCount(lane.planned)}</span>
            </span>
          ),
        },
        countColumn<Lane>('failed', 'Failed', '64px', (lane) => lane.failed),
        countColumn<Lane>('flight', 'In flight', '72px', (lane) => lane.inFlight),
        countColumn<Lane>('exposures', 'Exposures', '80px', (lane) => lane.exposures),
        {
          key: 'spend',
          title: 'Spent',
          align: 'right',
          width: '110px',
          cell: (lane) => <Spend lane={lane} />,
        },
        {
          key: 'now',
          title: 'Now',
          width: '22%',
          cell: (lane) => (
            <>
              <Now lane={lane} running={running} />
              {lane.segmentCount > 1 && (
                <State name="bad" word={`Identity changed: ${lane.segmentCount} segments`} wrap />
              )}
            </>
          ),
        },
      ]}
    />
  );
}
