import { type FormEvent, useState } from 'react';
import type { Output } from '#shared/contract/index.ts';
import { formatUtc } from '#shared/util/format.ts';
import { useCommand } from '../../client/use-query.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { StreetMap } from '../../ui/mark.tsx';
import { ErrorNote, Facts } from '../../ui/page.tsx';
import { Gate } from './gate.tsx';

interface Props {
  readonly status: Output<'workspace.status'>;
  readonly onDone: () => void;
}

export function UnlockScreen({ status, onDone }: Props) {
  const [passphrase, setPassphrase] = useState('');
  const { run, busy, error } = useCommand('workspace.unlock');
  const wrong = error?.code === 'WRONG_PASSPHRASE';

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (passphrase === '') return;
    if (await run({ passphrase })) {
      setPassphrase('');
      onDone();
    }
  };

  return (
    <Gate
      title={status.name ? `Unlock ${status.name}` : 'Unlock the workspace'}
      foot={<span className="font-mono break-all">{status.path}</span>}
      aside={
        <>
          <StreetMap />
          <div className="mt-8">
            <Facts
              rows={[
                ['State', 'Locked. Everything in it is unreadable without the passphrase.'],
                ...(status.createdUtc
                  ? ([['Created', formatUtc(status.createdUtc)]] as const)
                  : []),
                ...(status.keyid
                  ? ([
                      [
                        'Signing key',
                        <code key="k" className="font-mono text-12 break-all">
                          {status.keyid}
                        </code>,
                      ],
                    ] as const)
                  : []),
                ['Version', status.version],
              ]}
            />
          </div>
        </>
      }
    >
      <form onSubmit={submit} className="grid gap-4" aria-label="Unlock the workspace">
        <TextField
          label="Passphrase"
          type="password"
          autoComplete="current-password"
          value={passphrase}
          onChange={(event) => setPassphrase(event.target.value)}
          error={
            wrong
              ? 'This passphrase does not open the workspace. Check capitals and keyboard layout.'
              : null
          }
          autoFocus
        />
        {!wrong && <ErrorNote error={error} kept="The workspace was not changed." />}
        <Button kind="primary" size="large" type="submit" busy={busy} disabled={passphrase === ''}>
          {busy ? 'Unlocking' : 'Unlock'}
        </Button>
        <p className="text-12 text-ink-3">
          A lost passphrase cannot be replaced. A backup opens with the passphrase it was made with.
        </p>
      </form>
    </Gate>
  );
}
