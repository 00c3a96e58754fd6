import { useEffect, useState } from 'react';
import type { Output } from '#shared/contract/index.ts';
import { formatCount, formatPlural } from '#shared/util/format.ts';
import { client } from '../../client/client.ts';
import { useCommand, useDebounced } from '../../client/use-query.ts';
import { useWindows } from '../../client/use-windows.ts';
import { href } from '../../state/route.ts';
import { takeIntent, useView } from '../../state/view.ts';
import { ActivityNav } from '../../ui/activity-nav.tsx';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { formatUtcShort } from '../../ui/format.ts';
import { State } from '../../ui/glyph.tsx';
import { Empty, ErrorNote, Facts, Page } from '../../ui/page.tsx';
import { Hash, Visible } from '../../ui/text.tsx';
import { type GridColumn, VirtualGrid } from '../../ui/virtual-grid.tsx';

type Event = Output<'custody.list'>['events'][number];

const brief = (data: Event['data']): string =>
  Object.entries(data)
    .map(([key, value]) => `${key} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' · ');

const COLUMNS: readonly GridColumn<Event>[] = [
  {
    key: 'seq',
    title: 'No.',
    track: '64px',
    align: 'right',
    cell: (event) => formatCount(event.seq),
  },
  {
    key: 'at',
    title: 'At (UTC)',
    track: '148px',
    cell: (event) => <span className="font-mono text-12">{formatUtcShort(event.at)}</span>,
  },
  {
    key: 'kind',
    title: 'What',
    track: 'minmax(120px, 1fr)',
    cell: (event) => <code className="font-mono text-12">{event.kind}</code>,
  },
  { key: 'actor', title: 'By', track: '104px', cell: (event) => event.actor },
  {
    key: 'data',
    title: 'Details',
    track: 'minmax(120px, 2.4fr)',
    cell: (event) => <span className="text-ink-2">{brief(event.data)}</span>,
  },
  {
    key: 'hash',
    title: 'Hash',
    track: '104px',
    cell: (event) => (
      <code className="font-mono text-12 text-ink-3">{event.hash.slice(0, 12)}</code>
    ),
  },
];

function Verified({ result }: { result: Output<'custody.verify'> }) {
  return (
    <div
      data-testid="custody-verdict"
      className="mx-8 mt-3 rounded-md border border-line bg-panel px-4 py-3"
    >
      <p className="text-14 font-medium">
        <State
          name={result.ok ? 'ok' : 'bad'}
          word={result.ok ? 'The chain is whole' : 'The chain is broken'}
        />
      </p>
      <p className="text-ink-2">
        {formatPlural(result.events, 'event', 'events')},{' '}
        {formatPlural(result.checkpoints, 'signed checkpoint', 'signed checkpoints')} and{' '}
        {formatPlural(result.bodies, 'stored body', 'stored bodies')} checked.
      </p>
      {result.problems.length > 0 && (
        <ul className="mt-2 list-disc pl-5">
          {result.problems.map((problem) => (
            <li key={problem}>{problem}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

const WINDOW = 200;

export function CustodyScreen() {
  const [text, setText] = useState('');
  const kind = useDebounced(text.trim(), 200);
  const [index, setIndex] = useState<number | null>(null);
  const [verdict, setVerdict] = useState<Output<'custody.verify'> | null>(null);
  const verify = useCommand('custody.verify');
  const intent = useView((view) => view.intent);
  const [size, setSize] = useState<number | null>(null);
  const list = useWindows<Event>({
    key: kind,
    size: WINDOW,
    events: ['library.changed', 'target.changed', 'audit.changed', 'workspace.changed'],
    fetch: async (offset, limit) => {
      const page = await client.call('custody.list', { kind, offset, limit });
      setSize(page.size);
      return { total: page.total, items: page.events };
    },
  });
  const selected = index === null ? undefined : list.at(index);
  const runVerify = async (): Promise<void> => setVerdict(await verify.run({}));
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the intent starts it
  useEffect(() => {
    if (intent === 'custody.verify' && takeIntent('custody.verify')) void runVerify();
  }, [intent]);

  return (
    <Page
      fixed
      eyebrow="Custody log"
      sentence={
        size === null
          ? '\u00a0'
          : `${formatPlural(size, 'event', 'events')}, each bound to the one before by its hash.`
      }
      reason="Everything that was done, in order. Nothing here can be edited or removed."
      actions={
        <Button kind="primary" busy={verify.busy} onClick={() => void runVerify()}>
          {verify.busy ? 'Verifying' : 'Verify all'}
        </Button>
      }
    >
      <ActivityNav href={href} here="custody" />
      <div className="mx-8 mt-3 grid gap-3 empty:hidden">
        <ErrorNote error={verify.error} />
        <ErrorNote error={list.error} onRetry={list.retry} />
      </div>
      {verdict && <Verified result={verdict} />}
      <div className="flex items-center gap-3 px-8 py-3">
        <div className="w-64">
          <TextField
            label="Filter by kind"
            hideLabel
            type="search"
            placeholder="Filter by kind, such as canary.reveal"
            value={text}
            onChange={(event) => {
              setIndex(null);
              setText(event.target.value);
            }}
          />
        </div>
      </div>
      {list.total === 0 ? (
        <Empty title="No event of this kind">
          <p>Clear the filter to see the whole log.</p>
        </Empty>
      ) : (
        <div className="flex min-h-0 flex-1">
          <div className="min-w-0 flex-1">
            <VirtualGrid
              label="Custody log"
              columns={COLUMNS}
              count={list.total ?? 0}
              at={list.at}
              onRange={list.show}
              selected={index}
              onSelect={setIndex}
              rowHeight={28}
            />
          </div>
          {selected && (
            <aside
              aria-label="Event"
              className="w-92 shrink-0 overflow-auto border-l border-line bg-panel p-6"
            >
              <h2 className="mb-3 font-mono text-14 font-semibold break-all">{selected.kind}</h2>
              <Facts
                rows={[
                  ['Number', formatCount(selected.seq)],
                  ['At', `${formatUtcShort(selected.at)} UTC`],
                  ['By', selected.actor],
                  ['Hash', <Hash key="h" value={selected.hash} label="event hash" />],
                  ...Object.entries(selected.data).map(
                    ([key, value]) =>
                      [
                        key,
                        <span key={key} className="font-mono text-12 break-all">
                          <Visible
                            text={typeof value === 'string' ? value : JSON.stringify(value)}
                          />
                        </span>,
                      ] as const,
                  ),
                ]}
              />
            </aside>
          )}
        </div>
      )}
    </Page>
  );
}
