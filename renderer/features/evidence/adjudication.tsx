import { useState } from 'react';
import type { Output } from '#shared/contract/index.ts';
import { formatUtc } from '#shared/util/format.ts';
import { useCommand, useQuery } from '../../client/use-query.ts';
import { toast } from '../../state/view.ts';
import { Button } from '../../ui/button.tsx';
import { Radios, SelectField, TextArea } from '../../ui/field.tsx';
import { State } from '../../ui/glyph.tsx';
import { ErrorNote } from '../../ui/page.tsx';
import { Visible } from '../../ui/text.tsx';

type Item = Output<'adjudication.list'>['adjudications'][number];

/** Shortest reason that the core takes. */
const MIN_REASON = 3;

function History({ items }: { items: readonly Item[] }) {
  if (items.length === 0) return <p className="text-ink-3">Nobody has said anything yet.</p>;
  return (
    <ol className="grid gap-3" aria-label="Adjudications">
      {items.map((item) => (
        <li key={item.id} className="border-l-2 border-line-strong pl-3">
          <p className="flex flex-wrap items-baseline gap-x-3">
            <State
              name={item.verdict === 'confirm' ? 'ok' : 'bad'}
              word={item.verdict === 'confirm' ? 'Confirms the score' : 'Disputes the score'}
            />
            <span className="text-12 text-ink-3">
              sample {item.k}, {item.actor}, {formatUtc(item.createdUtc)}
            </span>
          </p>
          <p className="break-words whitespace-pre-wrap">
            <Visible text={item.reason} />
          </p>
        </li>
      ))}
    </ol>
  );
}

interface Props {
  readonly auditId: string;
  readonly target: string;
  readonly canaryId: string;
  /** Numbers of the samples that were asked. */
  readonly samples: readonly number[];
}

/** What a person says of the score, with a reason; beside the score, never in it. */
export function Adjudication({ auditId, target, canaryId, samples }: Props) {
  const list = useQuery('adjudication.list', { auditId, target, canaryId });
  const add = useCommand('adjudication.add');
  const [verdict, setVerdict] = useState<'confirm' | 'dispute'>('confirm');
  const [reason, setReason] = useState('');
  const [sample, setSample] = useState(String(samples[0] ?? 1));
  const [tried, setTried] = useState(false);
  const missing = reason.trim().length < MIN_REASON;
  const submit = async (): Promise<void> => {
    setTried(true);
    if (missing) return;
    const k = Number(sample);
    const done = await add.run({ auditId, target, canaryId, k, verdict, reason: reason.trim() });
    if (!done) return;
    setReason('');
    setTried(false);
    list.refetch();
    toast('Adjudication added.');
  };
  return (
    <section
      aria-label="Adjudication"
      className="max-h-[40%] shrink-0 overflow-auto border-t border-line bg-panel px-8 py-4"
    >
      <h2 className="text-14 font-semibold">Adjudication</h2>
      <p className="mb-3 text-12 text-ink-3">
        It stands beside the score and never changes it: scoring stays blind and mechanical. What is
        added cannot be removed and goes into every report.
      </p>
      <div className="grid grid-cols-[minmax(0,2fr)_minmax(0,3fr)] gap-8">
        <div>
          <ErrorNote error={list.error} onRetry={list.refetch} />
          {list.data && <History items={list.data.adjudications} />}
        </div>
        <form
          className="grid grid-cols-[max-content_minmax(0,1fr)] content-start gap-x-6 gap-y-3"
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
        >
          <div className="grid content-start gap-3">
            <Radios
              label="Your verdict"
              value={verdict}
              onChange={setVerdict}
              options={[
                { value: 'confirm', label: 'The score is right' },
                { value: 'dispute', label: 'The score is wrong' },
              ]}
            />
            {samples.length > 1 && (
              <SelectField
                label="Sample"
                value={sample}
                onChange={(event) => setSample(event.target.value)}
                options={samples.map((k) => ({ value: String(k), label: `Sample ${k}` }))}
              />
            )}
          </div>
          <div className="grid content-start gap-3">
            <TextArea
              label="Reason"
              rows={2}
              value={reason}
              maxLength={4_000}
              error={tried && missing ? 'Give a reason of three characters or more.' : null}
              onChange={(event) => setReason(event.target.value)}
            />
            <ErrorNote error={add.error} kept="The reason stays in the box." />
            <div>
              <Button type="submit" kind="primary" busy={add.busy}>
                Add adjudication
              </Button>
            </div>
          </div>
        </form>
      </div>
    </section>
  );
}
