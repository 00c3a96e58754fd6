import { useState } from 'react';
import type { Output } from '#shared/contract/index.ts';
import type { TargetDraft } from '#shared/domain/target.ts';
import { client, type Failed, toFailed } from '../../client/client.ts';
import { refetchAll, useCommand } from '../../client/use-query.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Check, TextArea } from '../../ui/field.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import { ErrorNote, Facts } from '../../ui/page.tsx';
import { Visible } from '../../ui/text.tsx';
import { formatWord } from './draft.ts';

interface Props {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly onTaken: (target: TargetDraft) => void;
}

type Found = Output<'target.recognise'>;

function Remarks({ title, rows }: { title: string; rows: Found['refused'] }) {
  if (rows.length === 0) return null;
  return (
    <section aria-label={title}>
      <h3 className="mb-1 text-12 font-medium text-ink-2">{title}</h3>
      <ul className="grid gap-1">
        {rows.map(({ what, why }) => (
          <li key={`${what} ${why}`} className="flex items-start gap-2">
            <span className="mt-1">
              <Glyph name="warn" />
            </span>
            <span className="min-w-0">
              <span className="font-mono text-12">
                <Visible text={what} />
              </span>
              : {why}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Differences({ rows }: { rows: Found['differences'] }) {
  return (
    <section aria-label="Differences">
      <h3 className="mb-1 text-12 font-medium text-ink-2">What would be sent otherwise</h3>
      {rows.length === 0 ? (
        <p className="flex items-center gap-2">
          <Glyph name="ok" /> Nothing: the target sends the pasted body, field by field.
        </p>
      ) : (
        <ul className="grid gap-1 font-mono text-12">
          {rows.map(({ path, pasted, built }) => (
            <li key={path} className="break-words">
              <Visible text={path} />: pasted <Visible text={pasted ?? 'nothing'} />, sent{' '}
              <Visible text={built ?? 'nothing'} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** A curl command or a raw HTTP request becomes a target. Its key goes into the vault only when the analyst says so. */
export function PasteDialog({ open, onClose, onTaken }: Props) {
  const [text, setText] = useState('');
  const [found, setFound] = useState<Found | null>(null);
  const [store, setStore] = useState(true);
  const [storeError, setStoreError] = useState<Failed | null>(null);
  const recognise = useCommand('target.recognise');

  const forget = (): void => {
    setText('');
    setFound(null);
    setStoreError(null);
    recognise.reset();
  };
  const close = (): void => {
    forget();
    onClose();
  };
  const take = async (): Promise<void> => {
    if (found === null) return;
    try {
      for (const { name, value } of store ? found.keys : [])
        if (value !== null) await client.call('secret.set', { name, value });
    } catch (error) {
      setStoreError(toFailed(error));
      return;
    }
    refetchAll();
    const { draft } = found;
    forget();
    onTaken(draft);
  };
  const values = found?.keys.filter(({ value }) => value !== null) ?? [];

  return (
    <Dialog
      open={open}
      onClose={close}
      width="wide"
      title="Paste a curl command"
      description="Or a raw HTTP request. It is read, not run; nothing is sent."
      footer={
        found === null ? (
          <>
            <Button onClick={close}>Cancel</Button>
            <Button
              kind="primary"
              busy={recognise.busy}
              disabled={text.trim() === ''}
              onClick={() => void recognise.run({ text }).then(setFound)}
            >
              Read it
            </Button>
          </>
        ) : (
          <>
            <Button onClick={() => setFound(null)}>Back to the text</Button>
            <Button kind="primary" onClick={() => void take()}>
              {store && values.length > 0 ? 'Store key and fill in the form' : 'Fill in the form'}
            </Button>
          </>
        )
      }
    >
      {found === null ? (
        <div className="grid gap-3">
          <TextArea
            label="Command or request"
            mono
            rows={14}
            value={text}
            onChange={(event) => setText(event.target.value)}
            placeholder={
              'curl https://api.example.org/v1/chat/completions \\\n  -H \'Authorization: Bearer …\' \\\n  -d \'{"model": "…", "messages": […]}\''
            }
          />
          <ErrorNote error={recognise.error} kept="What you pasted is still here." />
        </div>
      ) : (
        <div className="grid gap-4" data-testid="recognised">
          <Facts
            rows={[
              ['Format', formatWord(found.format)],
              ['Address', <Visible key="u" text={found.draft.baseUrl} />],
              ['Model', <Visible key="m" text={found.draft.model} />],
              ['Preset', found.draft.preset ?? 'none of this host'],
              [
                'Parameters',
                Object.entries(found.draft.parameters)
                  .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
                  .join(', ') || 'none',
              ],
            ]}
          />
          {found.keys.map(({ name, where, value, use }) => (
            <div key={name} className="border-l-2 border-accent pl-3">
              <p>
                {use === 'proxy' ? 'A password of the proxy' : 'A key'} was found in {where}
                {value === null ? ', but its value is not in the text.' : '; it is not shown.'}
              </p>
              <p className="text-12 text-ink-3">
                The target refers to it as <span className="font-mono">{name}</span>.
              </p>
            </div>
          ))}
          {values.length > 0 && (
            <Check
              label="Put it into the vault"
              hint="Replaces an entry of the same name."
              checked={store}
              onChange={setStore}
            />
          )}
          <Remarks title="Refused" rows={found.refused} />
          <Remarks title="Not taken over" rows={found.notUnderstood} />
          <Differences rows={found.differences} />
          <ErrorNote error={storeError} kept="The form was not filled in." />
        </div>
      )}
    </Dialog>
  );
}
