import { type FormEvent, useState } from 'react';
import { passphraseProblem } from '#shared/util/passphrase.ts';
import { readRecoveryCode } from '#shared/util/recovery-code.ts';
import { useCommand } from '../../client/use-query.ts';
import { toast } from '../../state/view.ts';
import { Button } from '../../ui/button.tsx';
import { Check, TextField } from '../../ui/field.tsx';
import { NewPassphraseField } from '../../ui/new-passphrase.tsx';
import { ErrorNote } from '../../ui/page.tsx';

export function PassphraseForm({ hasRecovery }: { hasRecovery: boolean }) {
  const [former, setFormer] = useState('');
  const [next, setNext] = useState('');
  const [again, setAgain] = useState('');
  const [byCode, setByCode] = useState(false);
  const { run, busy, error } = useCommand('vault.changePassphrase');
  const wrong = error?.code === 'WRONG_PASSPHRASE';
  const read = byCode ? readRecoveryCode(former) : null;

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const proof = byCode ? { code: former } : { passphrase: former };
    if (!(await run({ ...proof, newPassphrase: next }))) return;
    setFormer('');
    setNext('');
    setAgain('');
    toast('The passphrase is changed.');
  };

  return (
    <form onSubmit={submit} aria-label="Change passphrase" className="grid w-full gap-3">
      <TextField
        label={byCode ? 'Recovery code' : 'Present passphrase'}
        type={byCode ? 'text' : 'password'}
        autoComplete={byCode ? 'off' : 'current-password'}
        mono={byCode}
        value={former}
        onChange={(event) => setFormer(event.target.value)}
        error={
          wrong
            ? `This is not the ${byCode ? 'recovery code' : 'passphrase'} of the workspace.`
            : read?.ok === false && former.length >= 65
              ? read.problem
              : null
        }
      />
      {hasRecovery && (
        <Check
          label="I have forgotten it: use the recovery code"
          checked={byCode}
          onChange={(checked) => {
            setByCode(checked);
            setFormer('');
          }}
        />
      )}
      <NewPassphraseField label="New passphrase" value={next} onChange={setNext} />
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
          disabled={former === '' || passphraseProblem(next) !== null || next !== again}
        >
          {busy ? 'Changing passphrase' : 'Change passphrase'}
        </Button>
      </div>
    </form>
  );
}
