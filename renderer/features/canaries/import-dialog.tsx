import { useRef, useState } from 'react';
import type { Output } from '#shared/contract/index.ts';
import { formatCount, formatPlural } from '#shared/util/format.ts';
import { client, type Failed, toFailed } from '../../client/client.ts';
import { toast } from '../../state/view.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Radios, TextArea } from '../../ui/field.tsx';
import { formatBytes } from '../../ui/format.ts';
import { State } from '../../ui/glyph.tsx';
import { ErrorNote } from '../../ui/page.tsx';
import { type RowError, RowErrors } from './row-errors.tsx';

type Result = Output<'canary.import'>;
type Format = 'jsonl' | 'csv' | 'yaml' | 'promptfoo';

const EXAMPLE =
  '{"id":"K001","kind":"drawn","type":"O","messages":[{"role":"user","content":"…"}],"responses":["…","…"],"expected":[],"scorer":"exact-v1","cohort":null,"tags":[],"note":""}';

const looksLikeCsv = (text: string): boolean => !/^\s*[{[]/.test(text) && text.trim() !== '';

function formatOf(name: string): Format {
  if (/\.csv$/i.test(name)) return 'csv';
  return /\.ya?ml$/i.test(name) ? 'yaml' : 'jsonl';
}

export function ImportDialog({ onClose }: { onClose: () => void }) {
  const [pasted, setPasted] = useState('');
  const [file, setFile] = useState<{ name: string; text: string; bytes: number } | null>(null);
  const [chosen, setChosen] = useState<Format | null>(null);
  const [onError, setOnError] = useState<'reject-all' | 'skip-bad'>('reject-all');
  const [checked, setChecked] = useState<Result | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Failed | null>(null);
  const input = useRef<HTMLInputElement>(null);

  const text = file?.text ?? pasted;
  const guessed = file ? formatOf(file.name) : looksLikeCsv(pasted) ? 'csv' : 'jsonl';
  const format = chosen ?? guessed;

  const call = async (dryRun: boolean): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const result = await client.call('canary.import', {
        format,
        text,
        dryRun,
        onError: dryRun ? 'skip-bad' : onError,
      });
      if (dryRun) setChecked(result);
      else {
        toast(`${formatPlural(result.imported, 'canary', 'canaries')} imported as drafts.`);
        onClose();
      }
    } catch (failure) {
      const failed = toFailed(failure);
      const rows = (failed.data as { errors?: RowError[] } | undefined)?.errors;
      if (failed.code === 'IMPORT_REJECTED' && rows) {
        setChecked({ imported: 0, ids: [], errors: rows, warnings: [] });
      } else setError(failed);
    } finally {
      setBusy(false);
    }
  };

  const bad = checked?.errors.length ?? 0;
  const badLines = new Set(checked?.errors.map((row) => row.line)).size;
  // A dry run imports nothing: the ids tell what would be.
  const good = checked?.ids.length ?? 0;
  const blocked = bad > 0 && onError === 'reject-all';
  const edit = (): void => setChecked(null);

  return (
    <Dialog
      open
      onClose={onClose}
      dismissible={pasted === ''}
      width="wide"
      title="Import canaries"
      description="Nothing is stored before you have seen what would be."
      footer={
        checked ? (
          <>
            <Button onClick={edit}>Back to the text</Button>
            <Button
              kind="primary"
              busy={busy}
              disabled={good === 0 || blocked}
              onClick={() => void call(false)}
            >
              {busy
                ? 'Importing'
                : `Import ${formatPlural(blocked ? 0 : good, 'canary', 'canaries')}`}
            </Button>
          </>
        ) : (
          <>
            <Button onClick={onClose}>Cancel</Button>
            <Button
              kind="primary"
              busy={busy}
              disabled={text.trim() === ''}
              onClick={() => void call(true)}
            >
              {busy ? 'Checking' : 'Check'}
            </Button>
          </>
        )
      }
    >
      <ErrorNote error={error} kept="Nothing was imported." />
      {!checked && (
        <div className="grid gap-4">
          <div className="flex items-center gap-3">
            <Button onClick={() => input.current?.click()}>Choose file</Button>
            <input
              ref={input}
              type="file"
              aria-label="Canary file"
              tabIndex={-1}
              accept=".jsonl,.ndjson,.json,.csv,.txt,.yaml,.yml"
              className="sr-only"
              onChange={(event) => {
                const picked = event.target.files?.[0];
                if (!picked) return;
                void picked.text().then((content) => {
                  setFile({ name: picked.name, text: content, bytes: picked.size });
                  setChosen(null);
                });
              }}
            />
            {file ? (
              <span className="min-w-0 truncate">
                {file.name} <span className="text-ink-3">{formatBytes(file.bytes)}</span>
                <Button kind="quiet" size="small" className="ml-2" onClick={() => setFile(null)}>
                  Use pasted text instead
                </Button>
              </span>
            ) : (
              <span className="text-ink-3">or paste below, in one of the formats listed</span>
            )}
          </div>
          {!file && (
            <TextArea
              label="Canaries as text"
              mono
              rows={10}
              placeholder={EXAMPLE}
              value={pasted}
              onChange={(event) => setPasted(event.target.value)}
            />
          )}
          <div className="grid grid-cols-2 gap-6">
            <Radios
              label="Format"
              value={format}
              onChange={setChosen}
              options={[
                { value: 'jsonl', label: 'JSON lines', hint: 'one canary per line' },
                { value: 'csv', label: 'CSV', hint: 'the first row names the fields' },
                { value: 'yaml', label: 'YAML', hint: 'a list under canaries' },
                {
                  value: 'promptfoo',
                  label: 'promptfoo tests',
                  hint: 'tests with a known response become found canaries',
                },
              ]}
            />
          </div>
        </div>
      )}
      {checked && (
        <div>
          <div className="flex flex-wrap gap-6 text-14" data-testid="import-summary">
            <State name="ok" word={`${formatPlural(good, 'canary', 'canaries')} can be imported`} />
            <State
              name={bad > 0 ? 'bad' : 'ok'}
              word={
                bad > 0 ? `${formatPlural(badLines, 'line', 'lines')} with errors` : 'No errors'
              }
            />
            {checked.warnings.length > 0 && (
              <State
                name="warn"
                word={formatPlural(checked.warnings.length, 'warning', 'warnings')}
              />
            )}
          </div>
          <RowErrors label="Errors" rows={checked.errors} />
          <RowErrors label="Warnings" rows={checked.warnings} />
          {bad > 0 && (
            <div className="mt-4">
              <Radios
                label="What to do about the errors"
                value={onError}
                onChange={setOnError}
                options={[
                  {
                    value: 'reject-all',
                    label: 'Import all or nothing',
                    hint: 'Correct the file and check it again.',
                  },
                  {
                    value: 'skip-bad',
                    label: 'Skip the bad lines',
                    hint: `Imports ${formatCount(good)} and leaves ${formatCount(badLines)} out.`,
                  },
                ]}
              />
            </div>
          )}
        </div>
      )}
    </Dialog>
  );
}
