import { useRef, useState } from 'react';
import type { Output } from '#shared/contract/index.ts';
import { formatCount, formatPercent, formatPlural } from '#shared/util/format.ts';
import { client, type Failed, toFailed } from '../../client/client.ts';
import { useQuery } from '../../client/use-query.ts';
import { toast } from '../../state/view.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNote, Note, Skeleton } from '../../ui/page.tsx';
import { Table } from '../../ui/table.tsx';
import { RowErrors } from './row-errors.tsx';
import type { Registry } from './words.ts';

type Exposure = Output<'registry.exposure'>;
type Result = Output<'ledger.import'>;

function Cohorts({ exposure }: { exposure: Exposure }) {
  return (
    <Table
      label="Exposure by cohort"
      rows={exposure.cohorts}
      rowKey={(row) => row.cohort}
      columns={[
        { key: 'cohort', title: 'Cohort', cell: (row) => row.cohort },
        {
          key: 'canaries',
          title: 'Canaries',
          align: 'right',
          cell: (row) => formatCount(row.canaries),
        },
        { key: 'served', title: 'Served', align: 'right', cell: (row) => formatCount(row.served) },
        { key: 'first', title: 'First', cell: (row) => row.first ?? '–' },
        { key: 'last', title: 'Last', cell: (row) => row.last ?? '–' },
        ...exposure.reach.map(({ kept }, index) => ({
          key: String(kept),
          title: `Reach at ${formatPercent(kept)}`,
          align: 'right' as const,
          cell: (row: Exposure['cohorts'][number]) => row.reach[index]?.canaries.toFixed(1) ?? '–',
        })),
      ]}
    />
  );
}

export function ExposureDialog({ registry, onClose }: { registry: Registry; onClose: () => void }) {
  const { data, error } = useQuery('registry.exposure', { number: registry.number }, [
    'library.changed',
    'audit.changed',
  ]);
  const [result, setResult] = useState<Result | null>(null);
  const [failed, setFailed] = useState<Failed | null>(null);
  const [busy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);

  const load = async (file: File): Promise<void> => {
    setBusy(true);
    setFailed(null);
    setResult(null);
    try {
      const format = file.name.toLowerCase().endsWith('.csv') ? 'csv' : 'jsonl';
      const done = await client.call('ledger.import', { format, text: await file.text() });
      setResult(done);
      toast(`${formatPlural(done.imported, 'entry', 'entries')} imported.`);
    } catch (problem) {
      const told = toFailed(problem);
      const errors = (told.data as { errors?: Result['errors'] } | undefined)?.errors;
      if (errors) setResult({ imported: 0, servings: 0, errors, warnings: [] });
      setFailed(told);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog
      open
      onClose={onClose}
      width="wide"
      title={`Exposure of registry ${registry.number}`}
      description="What the serving ledgers say: who was served which canary, how often, and when."
      footer={
        <>
          <Button onClick={onClose}>Close</Button>
          <Button kind="primary" busy={busy} onClick={() => input.current?.click()}>
            Import ledger
          </Button>
        </>
      }
    >
      <input
        ref={input}
        type="file"
        aria-label="Ledger file"
        tabIndex={-1}
        accept=".jsonl,.ndjson,.json,.csv"
        className="sr-only"
        onChange={(event) => {
          const picked = event.target.files?.[0];
          event.target.value = '';
          if (picked) void load(picked);
        }}
      />
      <div className="grid gap-4">
        <ErrorNote error={failed} kept="Nothing was imported." />
        <ErrorNote error={error} />
        {result && <RowErrors label="Errors" rows={result.errors} />}
        {result && <RowErrors label="Warnings" rows={result.warnings} />}
        {!data && !error && <Skeleton rows={3} />}
        {data?.problems.map((problem) => (
          <Note key={problem}>{problem}</Note>
        ))}
        {data && data.cohorts.length > 0 && <Cohorts exposure={data} />}
        {data && (
          <p className="text-ink-2">
            {formatPlural(data.unserved, 'served canary stands', 'served canaries stand')} in no
            ledger. Reach: how many different canaries can have reached somebody who kept that share
            of the servings.{' '}
            {data.recall && data.recall.asked > 0
              ? `The known positive repeated ${data.recall.hits} of ${data.recall.asked}.`
              : 'The recall of the known positive is not measured yet.'}
          </p>
        )}
      </div>
    </Dialog>
  );
}
