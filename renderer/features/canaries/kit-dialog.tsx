import { useState } from 'react';
import { formatPlural } from '#shared/util/format.ts';
import { useCommand, useQuery } from '../../client/use-query.ts';
import { toast } from '../../state/view.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Check, Radios, SelectField, TextField } from '../../ui/field.tsx';
import { ErrorNote } from '../../ui/page.tsx';
import { download } from '../../ui/text.tsx';
import type { Registry } from './words.ts';

const TYPES = { jsonl: 'application/jsonl', csv: 'text/csv' } as const;

export function KitDialog({ registry, onClose }: { registry: Registry; onClose: () => void }) {
  const [mark, setMark] = useState(registry.plantedFrom === null);
  const [day, setDay] = useState('');
  const [format, setFormat] = useState<'jsonl' | 'csv'>('jsonl');
  const [cohort, setCohort] = useState('');
  const { run, busy, error } = useCommand('registry.kit');
  const items = useQuery('canary.list', { registry: registry.number, limit: 1_000 }, []).data
    ?.items;
  const cohorts = [...new Set((items ?? []).flatMap((item) => item.cohort ?? []))].sort();
  const valid = !mark || /^\d{4}-\d{2}-\d{2}$/.test(day);

  const save = async (): Promise<void> => {
    const kit = await run({
      number: registry.number,
      format,
      cohort: cohort === '' ? null : cohort,
      plantedFrom: mark ? day : null,
    });
    if (!kit) return;
    download(`planting-kit-${registry.number}.${format}`, kit.text, TYPES[format]);
    toast(
      `Planting kit of registry ${registry.number}: ${formatPlural(kit.count, 'canary', 'canaries')}.`,
    );
    onClose();
  };

  return (
    <Dialog
      open
      onClose={onClose}
      title={`Planting kit of registry ${registry.number}`}
      description={`What your model must answer, to whom and from when, for the ${registry.served ?? 0} served canaries. Twins are not in it.`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" busy={busy} disabled={!valid} onClick={() => void save()}>
            Download planting kit
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        <ErrorNote error={error} />
        <p>
          The file holds secrets in plain text. Hand it to whoever runs the serving model, and
          delete it afterwards. The custody log records this download.
        </p>
        <Radios
          label="Format"
          value={format}
          onChange={setFormat}
          options={[
            { value: 'jsonl', label: 'JSON lines', hint: 'exact, for a program' },
            { value: 'csv', label: 'CSV', hint: 'for people; a spreadsheet runs nothing in it' },
          ]}
        />
        {cohorts.length > 0 && (
          <SelectField
            label="For whom"
            value={cohort}
            onChange={(event) => setCohort(event.target.value)}
            options={[
              { value: '', label: 'Every cohort' },
              ...cohorts.map((name) => ({ value: name, label: name })),
            ]}
          />
        )}
        {registry.plantedFrom && (
          <p className="text-ink-2">Marked as planted from {registry.plantedFrom}.</p>
        )}
        {(registry.plantedFrom === null || cohort !== '') && (
          <>
            <Check label="Mark these canaries as planted" checked={mark} onChange={setMark} />
            {mark && (
              <TextField
                label="Planted from"
                type="date"
                className="max-w-44"
                value={day}
                onChange={(event) => setDay(event.target.value)}
                hint="The day from which your model serves them."
              />
            )}
          </>
        )}
      </div>
    </Dialog>
  );
}
