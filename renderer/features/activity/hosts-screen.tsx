import { formatPlural } from '#shared/util/format.ts';
import { useQuery } from '../../client/use-query.ts';
import { href } from '../../state/route.ts';
import { ActivityNav } from '../../ui/activity-nav.tsx';
import { Empty, ErrorNote, Note, Page, Skeleton } from '../../ui/page.tsx';
import { Table } from '../../ui/table.tsx';

/** What the product may connect to, in plain words and as a list. */
export function HostsScreen() {
  const { data, error, refetch } = useQuery('activity.allowed', {}, [
    'target.changed',
    'audit.changed',
    'library.changed',
    'workspace.changed',
  ]);
  const count = data?.hosts.length ?? 0;
  return (
    <Page
      eyebrow="Activity"
      sentence={
        !data
          ? ' '
          : count === 0
            ? 'Trapstreet may connect to nothing.'
            : `Trapstreet may connect to ${formatPlural(count, 'host', 'hosts')}, and to nothing else.`
      }
      reason="A host is on this list because you configured it. Every request passes one place that refuses all others, and the refusal is listed under Connections. There is no telemetry, no update check and no error report to anybody."
    >
      <ActivityNav href={href} here="hosts" />
      <div className="grid max-w-300 grid-cols-[minmax(0,1fr)] gap-4 px-8 py-5">
        <ErrorNote error={error} onRetry={refetch} />
        {!data && !error && <Skeleton />}
        {data && data.scripts.length > 0 && (
          <Note>
            <p>
              A proxy script chooses the way for {data.scripts.join(', ')}. It may name proxies that
              stand in its text, which are on this list; a connection by any other is refused.
            </p>
          </Note>
        )}
        {data && count > 0 && (
          <Table
            label="Allowed hosts"
            rows={data.hosts}
            rowKey={(row) => row.host}
            columns={[
              {
                key: 'host',
                title: 'Host and port',
                width: '40%',
                cell: (row) => <span className="font-mono text-12 break-all">{row.host}</span>,
              },
              {
                key: 'uses',
                title: 'For',
                cell: (row) => <span className="break-words">{row.uses.join(', ')}</span>,
              },
            ]}
          />
        )}
        {data && (
          <p className="max-w-180 text-12 text-ink-3">
            A host leaves the list when its target is removed. A sealed plan keeps the hosts of its
            panel, so that a started audit can be carried to its end.
          </p>
        )}
      </div>
      {data && count === 0 && (
        <Empty
          title="No host is configured"
          actions={
            <a className="text-accent underline" href={href('targets', 'new')}>
              Add a target
            </a>
          }
        >
          <p>
            Targets, proxies, beacon relays and time-stamping authorities put hosts here. Until one
            is added, no connection can leave this machine.
          </p>
        </Empty>
      )}
    </Page>
  );
}
