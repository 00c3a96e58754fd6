import { type FormEvent, useState } from 'react';
import { useCommand, useDebounced, useQuery } from '../../client/use-query.ts';
import { go } from '../../state/route.ts';
import { toast } from '../../state/view.ts';
import { Button } from '../../ui/button.tsx';
import { Check, SelectField, TextArea, TextField } from '../../ui/field.tsx';
import { ErrorNote } from '../../ui/page.tsx';
import {
  type Draft,
  draftOf,
  EMPTY,
  type Form,
  fieldError,
  formOf,
  PARAMETERS,
  ROLES,
  type Target,
} from './draft.ts';
import { Preview } from './preview.tsx';

const isComplete = ({ name, model, baseUrl }: Draft): boolean =>
  name !== '' && model !== '' && /^https?:\/\/./.test(baseUrl);

export function TargetForm({ existing }: { existing: Target | null }) {
  const [form, setForm] = useState<Form>(existing ? formOf(existing) : EMPTY);
  const add = useCommand('target.add');
  const secrets = useQuery('secret.list', {}, ['workspace.changed']).data?.secrets ?? [];
  const set = (change: Partial<Form>): void => setForm((before) => ({ ...before, ...change }));

  const draft = draftOf(form);
  const settled = JSON.parse(useDebounced(JSON.stringify(draft), 250)) as typeof draft;
  const ready = isComplete(draft);
  const preview = useQuery('target.preview', isComplete(settled) ? { target: settled } : null);
  const failed = add.error ?? (ready ? preview.error : null);
  const error = (field: string): string | null => fieldError(failed, field);
  const insecure = draft.baseUrl.startsWith('http://');

  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const saved = await add.run({ target: draft, replace: existing !== null });
    if (!saved) return;
    toast(existing ? `${saved.target.name} changed.` : `${saved.target.name} added.`);
    go('targets', saved.target.name);
  };

  return (
    <div className="flex min-h-0 min-w-0 flex-1">
      <form
        onSubmit={save}
        aria-label={existing ? `Edit ${existing.target.name}` : 'Add target'}
        className="min-w-0 flex-1 overflow-auto px-8 py-6"
      >
        <div className="grid max-w-180 gap-5">
          <h2 className="text-16 font-semibold">
            {existing ? `Edit ${existing.target.name}` : 'Add target'}
          </h2>
          <ErrorNote error={add.error} kept="Nothing was saved; what you typed is still here." />
          <div className="grid grid-cols-2 gap-4">
            <TextField
              label="Name"
              value={form.name}
              disabled={existing !== null}
              onChange={(event) => set({ name: event.target.value })}
              error={error('name')}
              hint="Lower-case letters, digits, dots, dashes."
              autoFocus={existing === null}
            />
            <SelectField
              label="Role"
              value={form.role}
              onChange={(event) => set({ role: event.target.value as Form['role'] })}
              options={ROLES}
              hint={ROLES.find((role) => role.value === form.role)?.means}
            />
          </div>
          <TextField
            label="Base URL"
            mono
            placeholder="https://api.example.org/v1"
            value={form.baseUrl}
            onChange={(event) => set({ baseUrl: event.target.value })}
            error={error('baseUrl')}
            hint="/chat/completions is appended."
          />
          <div className="grid grid-cols-2 gap-4">
            <TextField
              label="Model"
              mono
              value={form.model}
              onChange={(event) => set({ model: event.target.value })}
              error={error('model')}
            />
            <SelectField
              label="API key"
              value={form.key}
              onChange={(event) => set({ key: event.target.value })}
              options={[
                { value: '', label: 'None' },
                ...secrets.map((secret) => ({ value: secret.name, label: secret.name })),
                ...(form.key !== '' && !secrets.some((s) => s.name === form.key)
                  ? [{ value: form.key, label: `${form.key} (not in the vault)` }]
                  : []),
              ]}
              hint={
                <>
                  Kept in the vault.{' '}
                  <a className="text-accent underline" href="#/targets/keys">
                    Add a key
                  </a>
                </>
              }
            />
          </div>
          <fieldset>
            <legend className="mb-2 text-14 font-semibold">Parameters</legend>
            <p className="mb-2 text-12 text-ink-3">
              What is filled in is sent; what is empty is left to the endpoint.
            </p>
            <div className="grid grid-cols-4 gap-3">
              {PARAMETERS.map(([name, label]) => (
                <TextField
                  key={name}
                  label={label}
                  inputMode="decimal"
                  value={form.parameters[name]}
                  onChange={(event) =>
                    set({ parameters: { ...form.parameters, [name]: event.target.value } })
                  }
                  error={
                    Number.isNaN(Number(form.parameters[name]))
                      ? 'Use a number.'
                      : error(`parameters.${name}`)
                  }
                />
              ))}
            </div>
            <div className="mt-3">
              <Check
                label="Ask for a streamed answer"
                checked={form.stream}
                onChange={(stream) => set({ stream })}
              />
            </div>
          </fieldset>
          <fieldset>
            <legend className="mb-2 text-14 font-semibold">Consents</legend>
            <div className="grid gap-2">
              <Check
                label="Allow a connection without TLS"
                hint={
                  insecure && !form.allowHttp
                    ? 'This address is http: without consent every call is refused.'
                    : 'Questions, answers and key can be read on the way.'
                }
                checked={form.allowHttp}
                onChange={(allowHttp) => set({ allowHttp })}
              />
              <Check
                label="Allow this machine and private networks"
                hint="Needed for localhost, the practice lab and addresses inside your network."
                checked={form.allowPrivate}
                onChange={(allowPrivate) => set({ allowPrivate })}
              />
            </div>
          </fieldset>
          <div className="grid grid-cols-[180px_1fr] gap-4">
            <TextField
              label="Model released on"
              type="date"
              value={form.released}
              onChange={(event) => set({ released: event.target.value })}
              error={error('released')}
              hint="As far as known."
            />
            <TextArea
              label="Extra headers"
              mono
              rows={2}
              placeholder="X-Title: audit"
              value={form.headers}
              onChange={(event) => set({ headers: event.target.value })}
              error={error('headers')}
              hint="One per line. Never a key: headers stand in the report."
            />
          </div>
          <TextArea
            label="Note"
            rows={2}
            value={form.note}
            onChange={(event) => set({ note: event.target.value })}
          />
          <div className="flex gap-2 border-t border-line pt-4">
            <Button kind="primary" type="submit" busy={add.busy} disabled={!ready}>
              {existing ? 'Save target' : 'Add target'}
            </Button>
            <Button
              onClick={() => (existing ? go('targets', existing.target.name) : go('targets'))}
            >
              Cancel
            </Button>
          </div>
        </div>
      </form>
      <aside
        aria-label="Preview"
        className="w-104 shrink-0 overflow-auto border-l border-line bg-panel p-6"
      >
        <Preview preview={ready ? preview.data : undefined} error={preview.error} />
        <p className="mt-4 text-12 text-ink-3">
          The question stands where a canary would. Nothing is sent by looking at it.
        </p>
      </aside>
    </div>
  );
}
