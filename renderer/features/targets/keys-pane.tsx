import { type FormEvent, useState } from 'react';
import { useCommand, useQuery } from '../../client/use-query.ts';
import { go } from '../../state/route.ts';
import { toast } from '../../state/view.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { Utc } from '../../ui/num.tsx';
import { ErrorNote } from '../../ui/page.tsx';

/** API keys: names are shown, values never come back. */
export function KeysPane() {
  const secrets = useQuery('secret.list', {}, ['workspace.changed']);
  const [name, setName] = useState('');
  const [value, setValue] = useState('');
  const [removing, setRemoving] = useState<string | null>(null);
  const add = useCommand('secret.set');
  const remove = useCommand('secret.remove');
  const nameOk = /^[a-z0-9][a-z0-9._-]{0,63}$/.test(name);
  const exists = secrets.data?.secrets.some((secret) => secret.name === name) ?? false;

  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (!(await add.run({ name, value: value.trim() }))) return;
    toast(exists ? `Key ${name} replaced.` : `Key ${name} stored in the vault.`);
    setName('');
    setValue('');
    secrets.refetch();
  };
  const doRemove = async (): Promise<void> => {
    if (removing === null || !(await remove.run({ name: removing }))) return;
    toast(`Key ${removing} removed from the vault.`);
    setRemoving(null);
    secrets.refetch();
  };

  return (
    <aside
      aria-label="API keys"
      className="w-110 shrink-0 overflow-auto border-l border-line bg-panel p-6"
    >
      <div className="mb-1 flex items-center justify-between">
        <h2 className="text-16 font-semibold">API keys</h2>
        <Button size="small" kind="quiet" onClick={() => go('targets')}>
          Close
        </Button>
      </div>
      <p className="mb-4 text-ink-2">
        Encrypted in the vault and read only to make a request. No screen, file or report shows a
        value again.
      </p>
      <form
        onSubmit={save}
        aria-label="Add API key"
        className="grid gap-3 border-b border-line pb-5"
      >
        <TextField
          label="Key name"
          value={name}
          placeholder="openrouter"
          onChange={(event) => setName(event.target.value)}
          error={name === '' || nameOk ? null : 'Use lower-case letters, digits, dots or dashes.'}
          hint={exists ? 'Replaces the key of this name.' : 'How targets refer to it.'}
        />
        <TextField
          label="Key value"
          type="password"
          autoComplete="off"
          mono
          value={value}
          onChange={(event) => setValue(event.target.value)}
        />
        <ErrorNote error={add.error} kept="The vault was not changed." />
        <div>
          <Button
            kind="primary"
            type="submit"
            busy={add.busy}
            disabled={!nameOk || value.trim() === ''}
          >
            {exists ? 'Replace key' : 'Store key'}
          </Button>
        </div>
      </form>
      <ErrorNote error={secrets.error} />
      {secrets.data?.secrets.length === 0 ? (
        <p className="pt-4 text-ink-3">No key stored. Endpoints without a key need none.</p>
      ) : (
        <ul aria-label="Stored keys">
          {secrets.data?.secrets.map((secret) => (
            <li key={secret.name} className="flex items-center gap-3 border-b border-line py-2">
              <span className="min-w-0 flex-1 truncate font-mono text-12">{secret.name}</span>
              <span className="text-ink-3">
                <Utc value={secret.createdUtc} />
              </span>
              <Button
                size="small"
                kind="quiet"
                aria-label={`Remove key ${secret.name}`}
                onClick={() => setRemoving(secret.name)}
              >
                Remove
              </Button>
            </li>
          ))}
        </ul>
      )}
      <Dialog
        open={removing !== null}
        onClose={() => setRemoving(null)}
        width="narrow"
        title={`Remove key ${removing ?? ''}`}
        description="The value is erased and cannot be brought back. Targets that use it fail until a key of this name is stored again."
        footer={
          <>
            <Button onClick={() => setRemoving(null)}>Keep key</Button>
            <Button kind="danger" busy={remove.busy} onClick={() => void doRemove()}>
              Remove key
            </Button>
          </>
        }
      >
        <ErrorNote error={remove.error} />
      </Dialog>
    </aside>
  );
}
