import { Search } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import type { Input } from '#shared/contract/index.ts';
import { formatCount } from '#shared/util/format.ts';
import { client } from '../../client/client.ts';
import { useDebounced } from '../../client/use-query.ts';
import { useWindows } from '../../client/use-windows.ts';
import { replace } from '../../state/route.ts';
import { setView, useView } from '../../state/view.ts';
import { Button, ICON } from '../../ui/button.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { State } from '../../ui/glyph.tsx';
import { Empty, ErrorNote } from '../../ui/page.tsx';
import { useMedia } from '../../ui/use-media.ts';
import { type GridColumn, VirtualGrid } from '../../ui/virtual-grid.tsx';
import { CanaryDetail } from './canary-detail.tsx';
import { type Item, STATUSES, type Status, statusGlyph, statusWord, USE_SHORT } from './words.ts';

const COLUMNS: readonly GridColumn<Item>[] = [
  {
    key: 'id',
    title: 'Canary',
    track: 'minmax(96px, 1.4fr)',
    cell: (item) => (
      <span className="font-mono text-12" title={item.id}>
        {item.id}
      </span>
    ),
  },
  {
    key: 'status',
    title: 'Status',
    track: '104px',
    cell: (item) => <State name={statusGlyph(item.status)} word={statusWord(item.status)} />,
  },
  {
    key: 'kind',
    title: 'Kind',
    track: '72px',
    cell: (item) => (item.kind === 'drawn' ? 'Drawn' : 'Found'),
  },
  { key: 'type', title: 'Type', track: '36px', cell: (item) => item.type },
  {
    key: 'n',
    title: 'N',
    track: '56px',
    align: 'right',
    cell: (item) => (item.n === 0 ? <span className="text-ink-3">–</span> : formatCount(item.n)),
  },
  {
    key: 'use',
    title: 'Use',
    track: 'minmax(64px, 1fr)',
    cell: (item) => (item.use ? USE_SHORT[item.use] : <span className="text-ink-3">–</span>),
  },
  {
    key: 'registry',
    title: 'Registry',
    track: '56px',
    align: 'right',
    cell: (item) => item.registry ?? <span className="text-ink-3">–</span>,
  },
  {
    key: 'exposures',
    title: 'Exposures',
    track: '68px',
    align: 'right',
    cell: (item) => formatCount(item.exposures),
  },
];

/** What a narrow window leaves out; the pane beside the list has it all. */
const WIDE_ONLY = new Set(['kind', 'type', 'registry']);
const FEW = COLUMNS.filter(({ key }) => !WIDE_ONLY.has(key));

const WINDOW = 200;

interface Props {
  readonly selected: string | null;
  readonly total: number | null;
  readonly onImport: () => void;
}

export function CanaryList({ selected, total, onImport }: Props) {
  const narrow = useMedia('(max-width: 1199px)');
  const filter = useView((view) => view.canaryFilter);
  const search = useDebounced(filter.search, 150);
  const [index, setIndex] = useState<number | null>(null);
  const query: Input<'canary.list'> = {
    search,
    status: filter.status === '' ? null : (filter.status as Status),
    kind: filter.kind === '' ? null : (filter.kind as 'drawn' | 'found'),
  };
  const windows = useWindows<Item>({
    key: JSON.stringify(query),
    size: WINDOW,
    events: ['library.changed', 'audit.changed'],
    fetch: (offset, limit) => client.call('canary.list', { ...query, offset, limit }),
  });
  const narrowed = filter.search !== '' || filter.status !== '' || filter.kind !== '';
  const setFilter = (change: Partial<typeof filter>): void => {
    setIndex(null);
    setView({ canaryFilter: { ...filter, ...change } });
  };
  const pick = useCallback(
    (at: number) => {
      setIndex(at);
      const item = windows.at(at);
      if (item) replace('canaries', 'list', item.id);
    },
    [windows],
  );
  // A row that was walked to before its window came is selected when it comes.
  const walked = index === null ? undefined : windows.at(index)?.id;
  useEffect(() => {
    // Not on a change of the address: that is somebody going elsewhere.
    if (walked !== undefined) replace('canaries', 'list', walked);
  }, [walked]);

  if (total === 0) {
    return (
      <Empty
        title="A library starts with a file"
        actions={
          <Button kind="primary" onClick={onImport}>
            Import canaries
          </Button>
        }
      >
        <p>
          A canary is a secret prompt with the response that only your model would give. A drawn
          canary names a list of candidates; the response is drawn from it after you commit, so a
          hit by chance has an exact probability.
        </p>
        <p>
          Write one canary per line as JSON, or as CSV with a header row, and import the file here.
          <code className="mx-1 font-mono text-12">trapstreet lab canaries</code> writes a practice
          library.
        </p>
      </Empty>
    );
  }
  return (
    <div className="flex h-full min-h-0">
      <div className="flex min-w-0 flex-1 flex-col">
        <div className="flex shrink-0 items-center gap-3 py-3 pr-4 pl-8">
          <div className="relative w-64 min-w-24">
            <Search
              {...ICON}
              className="pointer-events-none absolute top-2 left-2 z-10 text-ink-3"
            />
            <TextField
              label="Search canaries"
              hideLabel
              type="search"
              placeholder="Search by id, tag or cohort"
              className="pl-8"
              value={filter.search}
              onChange={(event) => setFilter({ search: event.target.value })}
            />
          </div>
          <div className="w-28 shrink-0">
            <SelectField
              label="Status"
              hideLabel
              value={filter.status}
              onChange={(event) => setFilter({ status: event.target.value })}
              options={[{ value: '', label: 'Any status' }, ...STATUSES]}
            />
          </div>
          <div className="w-24 shrink-0">
            <SelectField
              label="Kind"
              hideLabel
              value={filter.kind}
              onChange={(event) => setFilter({ kind: event.target.value })}
              options={[
                { value: '', label: 'Any kind' },
                { value: 'drawn', label: 'Drawn' },
                { value: 'found', label: 'Found' },
              ]}
            />
          </div>
          <span className="ml-auto whitespace-nowrap text-ink-3 tabular-nums" aria-live="polite">
            {windows.total === null ? '' : `${formatCount(windows.total)} shown`}
          </span>
        </div>
        {windows.error && (
          <div className="px-8 pb-3">
            <ErrorNote error={windows.error} onRetry={windows.retry} />
          </div>
        )}
        {windows.total === 0 && narrowed ? (
          <Empty
            title="No canary matches"
            actions={
              <Button onClick={() => setFilter({ search: '', status: '', kind: '' })}>
                Clear the filter
              </Button>
            }
          >
            <p>Nothing in the library has this text, status and kind together.</p>
          </Empty>
        ) : (
          <div className="min-h-0 flex-1">
            <VirtualGrid
              label="Canaries"
              columns={narrow ? FEW : COLUMNS}
              count={windows.total ?? 0}
              at={windows.at}
              onRange={windows.show}
              selected={index}
              onSelect={pick}
            />
          </div>
        )}
      </div>
      <aside
        aria-label="Canary"
        className="w-72 shrink-0 overflow-auto border-l border-line bg-panel min-[1200px]:w-92"
      >
        {selected ? (
          <CanaryDetail key={selected} id={selected} />
        ) : (
          <p className="p-6 text-ink-3">
            Select a canary to see its commitment and where it was disclosed.
          </p>
        )}
      </aside>
    </div>
  );
}
