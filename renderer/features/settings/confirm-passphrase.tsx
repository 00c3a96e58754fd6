import { type FormEvent, type ReactNode, useState } from 'react';
import type { Failed } from '../../client/client.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { ErrorNote } from '../../ui/page.tsx';

interface Props {
  readonly open: boolean;
  readonly title: string;
  readonly description: string;
  readonly action: string;
  readonly busy: boolean;
  readonly error: Failed | null;
  readonly onClose: () => void;
  /** True when it was done; then the dialog forgets the passphrase. */
  readonly onConfirm: (passphrase: string) => Promise<boolean>;
  readonly children?: ReactNode;
}

/** Asks for the passphrase again before something that an unwatched screen must not do. */
export function ConfirmPassphrase(props: Props) {
  const { open, title, description, action, busy, error, onClose, onConfirm, children } = props;
  const [passphrase, setPassphrase] = useState('');
  const wrong = error?.code === 'WRONG_PASSPHRASE';
  const close = (): void => {
    setPassphrase('');
    onClose();
  };
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (await onConfirm(passphrase)) setPassphrase('');
  };
  return (
    <Dialog open={open} onClose={close} title={title} description={description} width="narrow">
      <form onSubmit={submit} className="grid gap-4">
        {children}
        <TextField
          label="Passphrase"
          type="password"
          autoComplete="current-password"
          value={passphrase}
          onChange={(event) => setPassphrase(event.target.value)}
          error={wrong ? 'This is not the passphrase of the workspace.' : null}
          autoFocus
        />
        {!wrong && <ErrorNote error={error} kept="Nothing was changed." />}
        <div className="flex justify-end gap-2">
          <Button onClick={close}>Cancel</Button>
          <Button kind="primary" type="submit" busy={busy} disabled={passphrase === ''}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
