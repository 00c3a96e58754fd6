import { useState } from 'react';
import { formatCount, formatPlural } from '#shared/util/format.ts';
import { useCommand, useQuery } from '../../client/use-query.ts';
import { toast } from '../../state/view.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Radios, TextField } from '../../ui/field.tsx';
import { ErrorNote, Skeleton } from '../../ui/page.tsx';

const whole = (text: string): number => (/^\d{1,6}$/.test(text.trim()) ? Number(text) : 0);

/** Drafts from a starter template. */
export function GenerateDialog({ onClose }: { onClose: () => void }) {
  const templates = useQuery('canary.templates', {}, []).data?.templates;
  const { run, busy, error } = useCommand('canary.generate');
  const [chosen, setChosen] = useState<string | null>(null);
  const [count, setCount] = useState('60');
  const [length, setLength] = useState('1024');
  const [cohorts, setCohorts] = useState('');
  const template = chosen ?? templates?.[0]?.name ?? '';
  const n = whole(length);
  const valid = whole(count) > 0 && n >= 2 && template !== '';

  const generate = async (): Promise<void> => {
    const made = await run({
      template,
      count: whole(count),
      n,
      cohorts: cohorts
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== ''),
    });
    if (!made) return;
    toast(`${formatPlural(made.ids.length, 'draft', 'drafts')} written. Read some of them.`);
    onClose();
  };

  return (
    <Dialog
      open
      onClose={onClose}
      title="Write canaries from a template"
      description="Questions about invented things, each with a random list of responses. Which response counts is drawn after commitment."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" busy={busy} disabled={!valid} onClick={() => void generate()}>
            {busy ? 'Writing' : `Write ${formatPlural(whole(count), 'draft', 'drafts')}`}
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        <ErrorNote error={error} kept="Nothing was written." />
        {templates ? (
          <Radios
            label="Template"
            value={template}
            onChange={setChosen}
            options={templates.map((item) => ({
              value: item.name,
              label:
                item.name === item.family.replaceAll(' ', '-')
                  ? item.name
                  : `${item.name}, ${item.family}`,
              hint: `${item.description} At most ${formatCount(item.candidates)} candidates.`,
            }))}
          />
        ) : (
          <Skeleton rows={4} />
        )}
        <div className="grid grid-cols-2 gap-4">
          <TextField
            label="How many"
            inputMode="numeric"
            value={count}
            onChange={(event) => setCount(event.target.value)}
          />
          <TextField
            label="Candidates of each (N)"
            inputMode="numeric"
            value={length}
            onChange={(event) => setLength(event.target.value)}
            hint={n >= 2 ? `${Math.log2(n).toFixed(1)} bits each` : 'At least 2.'}
          />
        </div>
        <TextField
          label="Cohorts"
          value={cohorts}
          placeholder="none"
          onChange={(event) => setCohorts(event.target.value)}
          hint="Separated by commas; the canaries go to them in turn."
        />
      </div>
    </Dialog>
  );
}
