import { type FormEvent, useState } from 'react';
import type { Output } from '#shared/contract/index.ts';
import { formatUtc } from '#shared/util/format.ts';
import { readRecoveryCode } from '#shared/util/recovery-code.ts';
import { useCommand, useQuery } from '../../client/use-query.ts';
import { go } from '../../state/route.ts';
import { Button } from '../../ui/button.tsx';
import { TextArea, TextField } from '../../ui/field.tsx';
import { StreetMap } from '../../ui/mark.tsx';
import { ErrorNote, Facts } from '../../ui/page.tsx';
import { Gate } from './gate.tsx';

interface Props {
  readonly status: Output<'workspace.status'>;
  readonly onDone: () => void;
}

export function UnlockScreen({ status, onDone }: Props) {
  const [passphrase, setPassphrase] = useState('');
  const [code, setCode] = useState<string | null>(null);
  const vault = useQuery('vault.status', {}, ['workspace.changed']).data;
  const unlock = useCommand('workspace.unlock');
  const recover = useCommand('vault.unlockWithRecovery');
  const keychain = useCommand('vault.unlockWithKeychain');
  const wrong = unlock.error?.code === 'WRONG_PASSPHRASE';
  const busy = unlock.busy || recover.busy;
  const read = code === null ? null : readRecoveryCode(code);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (code !== null) {
      if (!(await recover.run({ code }))) return;
      go('settings');
    } else if (passphrase === '' || !(await unlock.run({ passphrase }))) return;
    setPassphrase('');
    setCode(null);
    onDone();
  };
  const withKeychain = async (): Promise<void> => {
    if (await keychain.run({})) onDone();
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
        {vault?.heldByRun && (
          <p role="note" className="border-l-2 border-accent pl-3 text-12 text-ink-2">
            An audit goes on behind the lock. Its key is dropped from memory when it ends.
          </p>
        )}
        {code === null ? (
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
        ) : (
          <TextArea
            label="Recovery code"
            mono
            rows={3}
            autoComplete="off"
            value={code}
            onChange={(event) => setCode(event.target.value)}
            error={code.length >= 65 && read?.ok === false ? read.problem : null}
            hint="13 groups of five characters. Choose a new passphrase afterwards, in Settings."
            autoFocus
          />
        )}
        {!wrong && <ErrorNote error={unlock.error} kept="The workspace was not changed." />}
        <ErrorNote error={recover.error ?? keychain.error} kept="The workspace was not changed." />
        <Button
          kind="primary"
          size="large"
          type="submit"
          busy={busy}
          disabled={code === null ? passphrase === '' : read?.ok !== true}
        >
          {busy ? 'Unlocking' : 'Unlock'}
        </Button>
        <div className="flex flex-wrap gap-2">
          {vault?.keychains.some(({ here }) => here) && (
            <Button busy={keychain.busy} onClick={() => void withKeychain()}>
              Unlock with keychain
            </Button>
          )}
          {vault?.recovery && (
            <Button kind="quiet" onClick={() => setCode(code === null ? '' : null)}>
              {code === null ? 'Use recovery code' : 'Use passphrase'}
            </Button>
          )}
        </div>
        <p className="text-12 text-ink-3">
          Without passphrase and recovery code there is no way in. A backup opens with the
          passphrase it was made with.
        </p>
      </form>
    </Gate>
  );
}
