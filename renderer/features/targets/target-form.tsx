import { ClipboardPaste } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useCommand, useDebounced, useQuery } from '../../client/use-query.ts';
import { go } from '../../state/route.ts';
import { toast } from '../../state/view.ts';
import { Button, ICON } from '../../ui/button.tsx';
import { TextArea, TextField } from '../../ui/field.tsx';
import { ErrorNote } from '../../ui/page.tsx';
import { type Draft, EMPTY, type Form, fieldError, formOf, issueAt, type Target } from './draft.ts';
import { EndpointPart } from './endpoint-part.tsx';
import { ConsentPart, LimitsPart, NetworkPart } from './network-part.tsx';
import { PasteDialog } from './paste-dialog.tsx';
import { Preview } from './preview.tsx';
import { draftOf } from './read-form.ts';
import { BodyPart, ParametersPart, TemplatePart } from './request-part.tsx';

const isComplete = ({ name, model, baseUrl }: Draft): boolean =>
  name !== '' && model !== '' && /^https?:\/\/./.test(baseUrl);

export function TargetForm({ existing }: { existing: Target | null }) {
  const [form, setForm] = useState<Form>(existing ? formOf(existing.target) : EMPTY);
  const [pasting, setPasting] = useState(false);
  const add = useCommand('target.add');
  const set = (change: Partial<Form>): void => {
    // What was refused is not what stands there now.
    add.reset();
    setForm((before) => ({ ...before, ...change }));
  };

  const { draft, problems } = draftOf(form);
  const settled = JSON.parse(useDebounced(JSON.stringify(draft), 250)) as Draft;
  const ready = isComplete(draft) && Object.keys(problems).length === 0;
  const preview = useQuery('target.preview', isComplete(settled) ? { target: settled } : null);
  const failed = add.error ?? (ready ? preview.error : null);
  const error = (field: string): string | null =>
    problems[field] ??
    fieldError(failed, field) ??
    (ready ? issueAt(preview.data?.problems, field) : null);

  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const saved = await add.run({ target: draft, replace: existing !== null });
    if (!saved) return;
    toast(existing ? `${saved.target.name} changed.` : `${saved.target.name} added.`);
    go('targets', saved.target.name);
  };
  const part = { form, set, error };

  return (
    <div className="flex min-h-0 min-w-0 flex-1">
      <form
        onSubmit={save}
        aria-label={existing ? `Edit ${existing.target.name}` : 'Add target'}
        className="min-w-0 flex-1 overflow-auto px-8 py-6"
      >
        <div className="grid max-w-180 gap-6">
          <div className="flex items-center justify-between gap-4">
            <h2 className="text-16 font-semibold">
              {existing ? `Edit ${existing.target.name}` : 'Add target'}
            </h2>
            {!existing && (
              <Button icon={<ClipboardPaste {...ICON} />} onClick={() => setPasting(true)}>
                Paste a curl command
              </Button>
            )}
          </div>
          <EndpointPart {...part} isNew={existing === null} />
          {form.format === 'custom' && <TemplatePart {...part} />}
          {form.format !== 'paste' && <ParametersPart {...part} />}
          <ConsentPart {...part} />
          <div className="grid gap-3">
            <BodyPart {...part} />
            <NetworkPart {...part} />
            <LimitsPart {...part} />
          </div>
          <div className="grid grid-cols-[180px_1fr] gap-4 border-t border-line pt-4">
            <TextField
              label="Model released on"
              type="date"
              value={form.released}
              onChange={(event) => set({ released: event.target.value })}
              error={error('released')}
              hint="As far as known."
            />
            <TextArea
              label="Note"
              rows={2}
              value={form.note}
              onChange={(event) => set({ note: event.target.value })}
            />
          </div>
          <ErrorNote error={add.error} kept="Nothing was saved; what you typed is still here." />
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
        <Preview preview={ready ? preview.data : undefined} error={failed} />
        <p className="mt-4 text-12 text-ink-3">
          The question stands where a canary would. Nothing is sent by looking at it.
        </p>
      </aside>
      <PasteDialog
        open={pasting}
        onClose={() => setPasting(false)}
        onTaken={(target) => {
          setForm({ ...formOf(target), role: form.role });
          setPasting(false);
        }}
      />
    </div>
  );
}
