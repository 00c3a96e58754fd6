import { useState } from 'react';
import { formatPlural } from '#shared/util/format.ts';
import { useCommand } from '../../client/use-query.ts';
import { toast } from '../../state/view.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Check, TextField } from '../../ui/field.tsx';
import { ErrorNote } from '../../ui/page.tsx';
import { download } from '../../ui/text.tsx';
import type { Registry } from './words.ts';

export function KitDialog({ registry, onClose }: { registry: Registry; onClose: () => void }) {
  const [mark, setMark] = useState(registry.plantedFrom === null);
  const [day, setDay] = useState('');
  const { run, busy, error } = useCommand('registry.kit');
  const valid = !mark || /^\d{4}-\d{2}-\d{2}$/.test(day);

  const save = async (): Promise<void> => {
    const kit = await run({ number: registry.number, plantedFrom: mark ? day : null });
    if (!kit) return;
    download(`planting-kit-${registry.number}.jsonl`, kit.text, 'application/jsonl');
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
      description={`Prompt and drawn response of the ${registry.served ?? 0} served canaries, as JSON lines: what your model must answer. Twins are not in it.`}
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
        {registry.plantedFrom ? (
          <p className="text-ink-2">Marked as planted from {registry.plantedFrom}.</p>
        ) : (
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
