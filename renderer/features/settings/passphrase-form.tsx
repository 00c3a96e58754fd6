import { type FormEvent, useState } from 'react';
import { passphraseHint } from '#shared/util/passphrase.ts';
import { useCommand } from '../../client/use-query.ts';
import { toast } from '../../state/view.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { ErrorNote } from '../../ui/page.tsx';

export function PassphraseForm() {
  const [former, setFormer] = useState('');
  const [next, setNext] = useState('');
  const [again, setAgain] = useState('');
  const { run, busy, error } = useCommand('vault.changePassphrase');
  const wrong = error?.code === 'WRONG_PASSPHRASE';
  const hint = passphraseHint(next);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (!(await run({ passphrase: former, newPassphrase: next }))) return;
    setFormer('');
    setNext('');
    setAgain('');
    toast('The passphrase is changed.');
  };

  return (
    <form onSubmit={submit} aria-label="Change passphrase" className="grid w-full gap-3">
      <TextField
        label="Present passphrase"
        type="password"
        autoComplete="current-password"
        value={former}
        onChange={(event) => setFormer(event.target.value)}
        error={wrong ? 'This is not the passphrase of the workspace.' : null}
      />
      <TextField
        label="New passphrase"
        type="password"
        autoComplete="new-password"
        value={next}
        onChange={(event) => setNext(event.target.value)}
        hint={
          next === ''
            ? 'At least 12 characters. Several unrelated words are best.'
            : hint.strength === 'short'
              ? hint.text
              : `Looks ${hint.strength}. ${hint.text}`
        }
      />
      <TextField
        label="Repeat new passphrase"
        type="password"
        autoComplete="new-password"
        value={again}
        onChange={(event) => setAgain(event.target.value)}
        error={again.length >= next.length && again !== next ? 'The two passphrases differ.' : null}
      />
      {!wrong && <ErrorNote error={error} kept="The passphrase was not changed." />}
      <div>
        <Button
          type="submit"
          busy={busy}
          disabled={former === '' || hint.strength === 'short' || next !== again}
        >
          {busy ? 'Changing passphrase' : 'Change passphrase'}
        </Button>
      </div>
    </form>
  );
}
