import { useState } from 'react';
import { formatCount, formatPlural } from '#shared/util/format.ts';
import { client } from '../../client/client.ts';
import { useQuery } from '../../client/use-query.ts';
import { useWindows } from '../../client/use-windows.ts';
import { href } from '../../state/route.ts';
import { ActivityNav } from '../../ui/activity-nav.tsx';
import { Button } from '../../ui/button.tsx';
import { SelectField } from '../../ui/field.tsx';
import { formatBytes, formatDuration, formatUtcShort } from '../../ui/format.ts';
import { Empty, ErrorNote, Page, Skeleton } from '../../ui/page.tsx';
import { VirtualGrid } from '../../ui/virtual-grid.tsx';
import { COLUMNS } from './columns.tsx';
import { HostTotals } from './host-totals.tsx';
import {
  type Connection,
  isReason,
  outcomeOf,
  REASON,
  REASON_OPTIONS,
  type HostTotals as Totals,
} from './words.ts';

const WINDOW = 200;
const EVENTS = ['audit.changed', 'target.changed', 'library.changed'] as const;

function sentenceOf(hosts: readonly Totals[] | undefined): string {
  if (!hosts) return ' ';
  const total = hosts.reduce((sum, host) => sum + host.connections, 0);
  if (total === 0) return 'Nothing has left this machine.';
  const out = hosts.reduce((sum, host) => sum + host.bytesOut, 0);
  return `${formatPlural(total, 'connection', 'connections')} to ${formatPlural(hosts.length, 'host', 'hosts')}, ${formatBytes(out)} sent.`;
}

/** All that is known of one connection, at full length. */
function Details({ one }: { one: Connection }) {
  const { word } = outcomeOf(one.code);
  const facts = [
    ['Number', one.seq === null ? 'not stored' : formatCount(one.seq)],
    ['At', `${formatUtcShort(one.at)} UTC`],
    ['Reason', REASON[one.reason]],
    ['Host', one.host],
    ['Address', one.address ?? 'none: no connection came about'],
    ['Proxy', one.proxy ?? 'none'],
    ['Bytes out', formatCount(one.bytesOut)],
    ['Bytes in', formatCount(one.bytesIn)],
    ['Took', formatDuration(one.durationMs)],
    ['Outcome', one.code === null ? word : `${word} (${one.code})`],
  ] as const;
  return (
    <aside
      aria-label="Connection"
      className="max-h-42 shrink-0 overflow-auto border-t border-line bg-panel px-8 py-3"
    >
      <dl className="grid grid-cols-[repeat(auto-fit,minmax(200px,1fr))] gap-x-6 gap-y-1">
        {facts.map(([term, value]) => (
          <div key={term} className="grid grid-cols-[72px_minmax(0,1fr)]">
            <dt className="text-ink-3">{term}</dt>
            <dd className="break-words tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
    </aside>
  );
}

/** Every connection that was made or refused, by host and reason. */
export function ConnectionsScreen() {
  const [host, setHost] = useState('');
  const [reasonText, setReasonText] = useState('');
  const [index, setIndex] = useState<number | null>(null);
  const reason = isReason(reasonText) ? reasonText : null;
  const all = useQuery('activity.list', { limit: 1 }, EVENTS);
  const list = useWindows<Connection>({
    key: `${host} ${reasonText}`,
    size: WINDOW,
    events: EVENTS,
    fetch: async (offset, limit) => {
      const page = await client.call('activity.list', { host, reason, offset, limit });
      return { total: page.total, items: page.connections };
    },
  });
  const narrow = (nextHost: string, nextReason: string): void => {
    setIndex(null);
    setHost(nextHost);
    setReasonText(nextReason);
  };
  const hosts = all.data?.hosts;
  const selected = index === null ? undefined : list.at(index);
  const nothing = hosts?.length === 0;
  const error = all.error ?? list.error;

  return (
    <Page
      fixed
      eyebrow="Activity"
      sentence={sentenceOf(hosts)}
      reason={
        <>
          Every connection that was made, failed or was refused. No path, header or body stands
          here. Trapstreet connects to{' '}
          <a className="text-accent underline" href={href('activity', 'hosts')}>
            the hosts that you configured
          </a>{' '}
          and to nothing else: no telemetry, no update check.
        </>
      }
    >
      <ActivityNav href={href} here="connections" />
      {error && (
        <div className="px-8 pt-3">
          <ErrorNote
            error={error}
            onRetry={() => {
              all.refetch();
              list.retry();
            }}
          />
        </div>
      )}
      {nothing ? (
        <Empty
          title="No connection yet"
          actions={
            <a className="text-accent underline" href={href('targets')}>
              Go to the targets
            </a>
          }
        >
          <p>
            The first one is made when you test a target, start an audit, fetch a beacon round or
            ask for a timestamp. It appears here with the host, the address and the bytes.
          </p>
        </Empty>
      ) : hosts === undefined ? (
        error === null && <Skeleton />
      ) : (
        <>
          <HostTotals hosts={hosts} selected={host} onSelect={(next) => narrow(next, reasonText)} />
          <div className="flex shrink-0 items-center gap-3 px-8 py-3">
            <div className="min-w-0 max-w-90">
              <SelectField
                label="Host"
                hideLabel
                value={host}
                onChange={(event) => narrow(event.target.value, reasonText)}
                options={[
                  { value: '', label: 'Any host' },
                  ...hosts.map((one) => ({ value: one.host, label: one.host })),
                ]}
              />
            </div>
            <div>
              <SelectField
                label="Reason"
                hideLabel
                value={reasonText}
                onChange={(event) => narrow(host, event.target.value)}
                options={REASON_OPTIONS}
              />
            </div>
            {(host !== '' || reasonText !== '') && (
              <Button kind="quiet" onClick={() => narrow('', '')}>
                Clear the filter
              </Button>
            )}
            <span
              className="ml-auto whitespace-nowrap text-ink-3 tabular-nums"
              aria-live="polite"
              data-testid="connections-shown"
            >
              {list.total === null ? '' : `${formatCount(list.total)} shown`}
            </span>
          </div>
          {list.total === null ? (
            list.error === null && <Skeleton />
          ) : list.total === 0 ? (
            <Empty title="No connection matches">
              <p>There was none to this host for this reason. Clear the filter to see all.</p>
            </Empty>
          ) : (
            <div className="min-h-0 flex-1">
              <VirtualGrid
                label="Connections"
                columns={COLUMNS}
                count={list.total}
                at={list.at}
                onRange={list.show}
                selected={index}
                onSelect={setIndex}
                rowHeight={28}
              />
            </div>
          )}
          {selected && <Details one={selected} />}
        </>
      )}
    </Page>
  );
}
