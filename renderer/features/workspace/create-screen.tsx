import { type FormEvent, useState } from 'react';
import type { Output } from '#shared/contract/index.ts';
import { passphraseProblem } from '#shared/util/passphrase.ts';
import { useCommand } from '../../client/use-query.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { StreetMap } from '../../ui/mark.tsx';
import { NewPassphraseField } from '../../ui/new-passphrase.tsx';
import { ErrorNote } from '../../ui/page.tsx';
import { Gate } from './gate.tsx';

interface Props {
  readonly status: Output<'workspace.status'>;
  readonly onDone: () => void;
}

export function CreateScreen({ status, onDone }: Props) {
  const [name, setName] = useState('');
  const [first, setFirst] = useState('');
  const [second, setSecond] = useState('');
  const [tried, setTried] = useState(false);
  const { run, busy, error } = useCommand('workspace.create');

  const nameError = name.trim() === '' ? 'Give the workspace a name.' : null;
  const firstError = passphraseProblem(first);
  const secondError = first === second ? null : 'The two passphrases differ.';

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setTried(true);
    if (nameError || firstError || secondError) return;
    if (await run({ name: name.trim(), passphrase: first })) {
      setFirst('');
      setSecond('');
      onDone();
    }
  };

  return (
    <Gate
      title="Create a workspace"
      foot={<span className="font-mono break-all">{status.path}</span>}
      aside={
        <>
          <StreetMap />
          <h2 className="mt-8 text-20 font-medium">
            A trap street is a street that is not there. Whoever copies the map copies it too.
          </h2>
          <p className="mt-3 text-14 text-ink-2">
            A workspace is one folder. It holds your canaries, their secret responses, the signing
            key, and every request and answer of an audit. All text is encrypted under the
            passphrase; nothing leaves this machine except the questions you seal into a plan.
          </p>
        </>
      }
    >
      <form onSubmit={submit} noValidate className="grid gap-4" aria-label="Create a workspace">
        <TextField
          label="Workspace name"
          value={name}
          maxLength={200}
          onChange={(event) => setName(event.target.value)}
          error={tried ? nameError : null}
          hint="Appears in reports."
          autoFocus
        />
        <NewPassphraseField
          label="Passphrase"
          value={first}
          onChange={setFirst}
          error={tried ? firstError : null}
        />
        <TextField
          label="Repeat passphrase"
          type="password"
          autoComplete="new-password"
          value={second}
          onChange={(event) => setSecond(event.target.value)}
          error={tried || (second !== '' && second.length >= first.length) ? secondError : null}
        />
        <div className="border-l-2 border-refused-mark pl-3 text-12 text-ink-2">
          There is no way back in without the passphrase: nobody holds a copy, and the canaries,
          keys and answers of this workspace stay unreadable. Keep it where you keep your most
          important secrets. A recovery code on paper can be made afterwards, in Settings.
        </div>
        <ErrorNote error={error} kept="Nothing was written." />
        <Button kind="primary" size="large" type="submit" busy={busy}>
          {busy ? 'Creating workspace' : 'Create workspace'}
        </Button>
      </form>
    </Gate>
  );
}
