import { useState } from 'react';
import { formatCount, formatPlural } from '#shared/util/format.ts';
import { useCommand, useQuery } from '../../client/use-query.ts';
import { toast } from '../../state/view.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Radios, TextField } from '../../ui/field.tsx';
import { ErrorNote } from '../../ui/page.tsx';

interface Props {
  readonly drafts: number;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

export function CommitDialog({ drafts, onClose, onDone }: Props) {
  const [share, setShare] = useState('20');
  const [announce, setAnnounce] = useState<'none' | 'quicknet' | 'default'>('none');
  const { run, busy, error } = useCommand('registry.commit');
  const drawn = useQuery('canary.list', { status: 'draft', kind: 'drawn', limit: 1 }, [
    'library.changed',
  ]).data?.total;
  const percent = Number(share);
  const valid = share.trim() !== '' && percent >= 0 && percent <= 90;
  // As the draw does: rounded up, in parts per million.
  const twins =
    drawn === undefined || !valid
      ? null
      : Math.ceil((drawn * Math.round(percent * 10_000)) / 1_000_000);

  const commit = async (): Promise<void> => {
    const registry = await run({
      heldOut: percent / 100,
      announce: announce === 'none' ? null : { chain: announce },
    });
    if (!registry) return;
    toast(
      `Registry ${registry.number} committed: ${formatPlural(registry.size, 'canary', 'canaries')}.`,
    );
    onDone();
  };

  return (
    <Dialog
      open
      onClose={onClose}
      title="Commit registry"
      description={`Fixes ${formatPlural(drafts, 'draft', 'drafts')} under one Merkle root, signed. Nothing in it can be changed afterwards.`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            kind="primary"
            busy={busy}
            disabled={!valid || drafts === 0}
            onClick={() => void commit()}
          >
            {busy ? 'Committing' : `Commit ${formatPlural(drafts, 'canary', 'canaries')}`}
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        <ErrorNote error={error} kept="No registry was made; the drafts are unchanged." />
        <TextField
          label="Held out as twins, in percent"
          inputMode="decimal"
          className="max-w-24 text-right tabular-nums"
          value={share}
          onChange={(event) => setShare(event.target.value)}
          error={valid ? null : 'Use a number from 0 to 90.'}
          hint="Twins are drawn but never served. A suspect that hits twins has seen the registry, not your outputs: they tell a leak from training."
        />
        <Radios
          label="Beacon round to announce"
          value={announce}
          onChange={setAnnounce}
          options={[
            {
              value: 'quicknet',
              label: 'drand quicknet',
              hint: 'A round ten minutes from now stands in the signed registration, and only it can be drawn with: the strongest draw.',
            },
            {
              value: 'default',
              label: 'drand default',
              hint: 'The same with the older, slower chain.',
            },
            {
              value: 'none',
              label: 'None',
              hint: 'Every report says what that costs.',
            },
          ]}
        />
        {twins !== null && drawn !== undefined && (
          <p className="text-14">
            <b className="font-semibold">{formatCount(drawn - twins)}</b> to serve,{' '}
            <b className="font-semibold">{formatCount(twins)}</b> twins
            {drafts > drawn && (
              <>
                , <b className="font-semibold">{formatCount(drafts - drawn)}</b> found
              </>
            )}
            .
          </p>
        )}
      </div>
    </Dialog>
  );
}
