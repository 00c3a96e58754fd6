import { useEffect, useState } from 'react';
import type { Output } from '#shared/contract/index.ts';
import { formatCount } from '#shared/util/format.ts';
import { client } from '../../client/client.ts';
import { useCommand } from '../../client/use-query.ts';
import { toast } from '../../state/view.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmPassphrase } from './confirm-passphrase.tsx';

const PROGRESS_MS = 500;

/** Cells rewritten so far, asked while the key is being changed. */
function useProgress(busy: boolean): Output<'vault.status'>['rotation'] {
  const [progress, setProgress] = useState<Output<'vault.status'>['rotation']>(null);
  useEffect(() => {
    if (!busy) {
      setProgress(null);
      return;
    }
    const timer = setInterval(() => {
      client.call('vault.status', {}).then(
        ({ rotation }) => setProgress(rotation),
        () => {},
      );
    }, PROGRESS_MS);
    return () => clearInterval(timer);
  }, [busy]);
  return progress;
}

interface Props {
  readonly keyId: number | null;
  readonly hasRecovery: boolean;
  readonly onDone: () => void;
}

export function RotatePart({ keyId, hasRecovery, onDone }: Props) {
  const [asking, setAsking] = useState(false);
  const rotate = useCommand('vault.rotate');
  const progress = useProgress(rotate.busy);

  const confirm = async (passphrase: string): Promise<boolean> => {
    const result = await rotate.run({ passphrase });
    if (!result) return false;
    setAsking(false);
    toast(`Key ${result.keyId} is in force; ${formatCount(result.cells)} cells rewritten.`);
    onDone();
    return true;
  };

  return (
    <>
      <p>
        Key <span className="tabular-nums">{keyId ?? '–'}</span> is in force.
      </p>
      <Button onClick={() => setAsking(true)}>Change data key</Button>
      <ConfirmPassphrase
        open={asking}
        title="Change the data key"
        description={
          hasRecovery
            ? 'Everything stored is encrypted anew. The recovery code stops working: make a new one afterwards.'
            : 'Everything stored is encrypted anew. The former key is destroyed.'
        }
        action={rotate.busy ? 'Changing key' : 'Change key'}
        busy={rotate.busy}
        error={rotate.error}
        onClose={() => {
          if (rotate.busy) return;
          setAsking(false);
          rotate.reset();
        }}
        onConfirm={confirm}
      >
        {progress && progress.total > 0 && (
          <p role="status" className="tabular-nums">
            {formatCount(progress.done)} of {formatCount(progress.total)} cells
          </p>
        )}
      </ConfirmPassphrase>
    </>
  );
}
