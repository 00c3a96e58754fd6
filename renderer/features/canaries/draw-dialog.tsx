import { useState } from 'react';
import { useCommand } from '../../client/use-query.ts';
import { toast } from '../../state/view.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Radios, TextField } from '../../ui/field.tsx';
import { ErrorNote, Note } from '../../ui/page.tsx';
import type { Registry } from './words.ts';

export function DrawDialog({ registry, onClose }: { registry: Registry; onClose: () => void }) {
  const [mode, setMode] = useState<'beacon' | 'none'>('beacon');
  const [beacon, setBeacon] = useState('');
  const [source, setSource] = useState('');
  const { run, busy, error } = useCommand('registry.draw');
  const value = beacon.trim().toLowerCase();
  const valid = /^[0-9a-f]{64}$/.test(value);

  const draw = async (): Promise<void> => {
    const result = await run({
      number: registry.number,
      beacon: mode === 'beacon' ? value : null,
      source: mode === 'beacon' ? source.trim() : '',
    });
    if (!result) return;
    toast(
      `Registry ${registry.number} drawn: ${result.served ?? 0} to serve, ${result.twins ?? 0} twins.`,
    );
    onClose();
  };

  return (
    <Dialog
      open
      onClose={onClose}
      title={`Draw registry ${registry.number}`}
      description="Chooses each response, the twins and the order, once, from your committed keys and a public random value. It cannot be repeated."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            kind="primary"
            busy={busy}
            disabled={mode === 'beacon' && (!valid || source.trim() === '')}
            onClick={() => void draw()}
          >
            {busy
              ? 'Drawing'
              : mode === 'beacon'
                ? 'Draw with this beacon'
                : 'Draw without a beacon'}
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        <ErrorNote error={error} kept="Nothing was drawn; the commitment stands." />
        <Radios
          label="Public randomness"
          value={mode}
          onChange={setMode}
          options={[
            {
              value: 'beacon',
              label: 'Beacon value',
              hint: 'Published by somebody else after the commitment, so nobody can say that you picked the draw.',
            },
            { value: 'none', label: 'No beacon' },
          ]}
        />
        {mode === 'beacon' ? (
          <>
            <TextField
              label="Beacon value"
              mono
              placeholder="64 hexadecimal digits"
              value={beacon}
              maxLength={80}
              onChange={(event) => setBeacon(event.target.value)}
              error={
                beacon === '' || valid
                  ? null
                  : /[^0-9a-f]/.test(value)
                    ? 'Use only the digits 0-9 and a-f.'
                    : `Use 64 digits; this has ${value.length}.`
              }
            />
            <TextField
              label="Source"
              placeholder="drand quicknet round 1234"
              value={source}
              maxLength={200}
              onChange={(event) => setSource(event.target.value)}
              hint="Where a reader can look the value up."
            />
          </>
        ) : (
          <Note>
            <p className="font-medium">What this costs</p>
            <p>
              Without public randomness a sceptical reader must believe that you did not try many
              keys and keep the luckiest: with ten canaries, three hits can be found in about a
              second of trying. Every report from this registry says so in plain words.
            </p>
          </Note>
        )}
      </div>
    </Dialog>
  );
}
