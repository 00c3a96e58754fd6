import { useState } from 'react';
import { useCommand } from '../../client/use-query.ts';
import { toast } from '../../state/view.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Utc } from '../../ui/num.tsx';
import { ErrorNote } from '../../ui/page.tsx';
import { ConfirmPassphrase } from './confirm-passphrase.tsx';

interface Props {
  readonly createdUtc: string | null;
  readonly onDone: () => void;
}

export function RecoveryPart({ createdUtc, onDone }: Props) {
  const [asking, setAsking] = useState(false);
  const [code, setCode] = useState<string | null>(null);
  const create = useCommand('vault.createRecovery');
  const revoke = useCommand('vault.revokeRecovery');

  const confirm = async (passphrase: string): Promise<boolean> => {
    const made = await create.run({ passphrase });
    if (!made) return false;
    setAsking(false);
    setCode(made.code);
    onDone();
    return true;
  };
  const doRevoke = async (): Promise<void> => {
    if (!(await revoke.run({}))) return;
    toast('The recovery code opens nothing any more.');
    onDone();
  };

  return (
    <>
      <p>
        {createdUtc === null ? (
          'There is none.'
        ) : (
          <>
            Made <Utc value={createdUtc} />. It is stored nowhere and cannot be shown again.
          </>
        )}
      </p>
      <div className="flex gap-2">
        <Button onClick={() => setAsking(true)}>
          {createdUtc === null ? 'Make recovery code' : 'Replace recovery code'}
        </Button>
        {createdUtc !== null && (
          <Button kind="danger" busy={revoke.busy} onClick={() => void doRevoke()}>
            Revoke
          </Button>
        )}
      </div>
      <ErrorNote error={revoke.error} />
      <ConfirmPassphrase
        open={asking}
        title={createdUtc === null ? 'Make a recovery code' : 'Replace the recovery code'}
        description={
          createdUtc === null
            ? 'It is shown once. Have paper ready, or a printer that you trust.'
            : 'The former code stops working. The new one is shown once.'
        }
        action="Make code"
        busy={create.busy}
        error={create.error}
        onClose={() => {
          setAsking(false);
          create.reset();
        }}
        onConfirm={confirm}
      />
      <Dialog
        open={code !== null}
        onClose={() => setCode(null)}
        dismissible={false}
        title="Recovery code"
        description="Write it down and keep it away from this machine. It is not shown again."
        footer={
          <Button kind="primary" onClick={() => setCode(null)}>
            I have written it down
          </Button>
        }
      >
        <ol aria-label="Groups of the code" className="grid grid-cols-4 gap-x-6 gap-y-3">
          {code?.split('-').map((group, at) => (
            <li key={group + String(at)} className="flex items-baseline gap-2">
              <span className="w-5 text-right text-12 text-ink-3 tabular-nums">{at + 1}</span>
              <code className="font-mono text-16 tracking-wider">{group}</code>
            </li>
          ))}
        </ol>
        <p className="mt-4 text-12 text-ink-2">
          The last character of each group checks it: a group with a typing error is named when the
          code is used.
        </p>
      </Dialog>
    </>
  );
}
