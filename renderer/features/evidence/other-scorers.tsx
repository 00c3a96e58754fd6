import { useEffect, useState } from 'react';
import type { Input, Output } from '#shared/contract/index.ts';
import { formatCount, formatPlural } from '#shared/util/format.ts';
import { useCommand, useQuery } from '../../client/use-query.ts';
import { Button } from '../../ui/button.tsx';
import { Check, SelectField } from '../../ui/field.tsx';
import { State } from '../../ui/glyph.tsx';
import { ErrorNote, Note, Section } from '../../ui/page.tsx';
import { RescoreResult } from './rescore-result.tsx';

type Scorer = Input<'rescore.start'>['scorer'];
type TextScorer = Extract<Scorer, { kind: 'text' }>['id'];
type Preview = Output<'rescore.preview'>;

const TEXT: Readonly<Record<TextScorer, string>> = {
  'exact-match-v1': 'Exact match',
  'levenshtein-v1': 'Edit distance (Levenshtein)',
  'token-1gram-f1-v1': 'Shared words (1-gram F1)',
  'token-2gram-f1-v1': 'Shared word pairs (2-gram F1)',
  'chrf-v1': 'Shared characters (chrF)',
  'rouge-l-v1': 'Longest common sequence (ROUGE-L)',
  'rare-1gram-v1': 'Rare words',
  'rare-2gram-v1': 'Rare word pairs',
};
const isText = (value: string): value is TextScorer => value in TEXT;
const OPTIONS = [
  ...Object.entries(TEXT).map(([value, label]) => ({ value, label })),
  { value: 'embedding', label: 'Embedding endpoint' },
  { value: 'judge', label: 'Judge model' },
];
const POLL_MS = 400;

function choiceOf(scorer: string, target: string): Scorer | null {
  if (isText(scorer)) return { kind: 'text', id: scorer };
  if (target === '') return null;
  return scorer === 'judge'
    ? { kind: 'judge', target, consent: true, seed: 1 }
    : { kind: 'embedding', target, consent: true };
}

/** What would be read, and what would be sent to whom; nothing is sent to find out. */
function WhatIsSent({ preview }: { preview: Preview }) {
  const read = `It reads ${formatPlural(preview.answers, 'stored answer', 'stored answers')} to ${formatPlural(preview.canaries, 'opened canary', 'opened canaries')}.`;
  return (
    <p data-testid="rescore-preview">
      {read}{' '}
      {preview.host === null
        ? 'Nothing leaves this machine, and no target is asked again.'
        : `It sends them with their candidate lists to ${preview.host} in ${formatPlural(preview.requests, 'request', 'requests')}: the operator of that host sees every one of these secrets.`}
    </p>
  );
}

interface RunningProps {
  readonly rescoreId: string;
  readonly onEnd: () => void;
}

/** A re-scoring under way: how far, and how to stop it. */
function Running({ rescoreId, onEnd }: RunningProps) {
  const { data, error, refetch } = useQuery('rescore.get', { rescoreId });
  const cancel = useCommand('rescore.cancel');
  const state = data?.state ?? 'running';
  useEffect(() => {
    if (state === 'complete') onEnd();
    if (state !== 'running') return;
    const timer = setInterval(refetch, POLL_MS);
    return () => clearInterval(timer);
  }, [state, refetch, onEnd]);
  if (error) return <ErrorNote error={error} onRetry={refetch} />;
  if (state === 'complete') return null;
  if (state !== 'running')
    return (
      <p role="status" data-testid="rescore-state">
        <State
          name={state === 'cancelled' ? 'stopped' : 'failed'}
          word={state === 'cancelled' ? 'Cancelled' : 'Failed'}
        />{' '}
        {data?.message ?? 'Nothing was kept.'}
      </p>
    );
  return (
    <div className="flex items-center gap-4" role="status" data-testid="rescore-state">
      <State name="running" word="Scoring" />
      <progress
        className="h-2 w-60 accent-(--accent)"
        aria-label="Canaries scored"
        value={data?.done ?? 0}
        max={Math.max(1, data?.total ?? 1)}
      />
      <span className="tabular-nums">
        {data
          ? `${formatCount(data.done)} of ${formatPlural(data.total, 'canary', 'canaries')}`
          : ''}
      </span>
      <Button size="small" busy={cancel.busy} onClick={() => void cancel.run({ rescoreId })}>
        Cancel
      </Button>
      <ErrorNote error={cancel.error} />
    </div>
  );
}

/** Scores the stored answers again with another scorer: a lead at most, apart from the evidence. */
export function OtherScorers({ auditId }: { auditId: string }) {
  const [scorer, setScorer] = useState('chrf-v1');
  const [target, setTarget] = useState('');
  const [consent, setConsent] = useState(false);
  const [rescoreId, setRescoreId] = useState<string | null>(null);
  const start = useCommand('rescore.start');
  const past = useQuery('rescore.list', { auditId });
  const asksEndpoint = !isText(scorer);
  const targets = useQuery('target.list', asksEndpoint ? {} : null, ['target.changed']).data;
  const names = (targets?.targets ?? [])
    .filter((item) => item.active && item.target.format !== 'paste')
    .map((item) => item.target.name);
  const choice = choiceOf(scorer, target);
  const preview = useQuery('rescore.preview', choice && { auditId, scorer: choice });
  const { refetch } = past;
  const nothing = preview.data?.canaries === 0;
  const run = async (): Promise<void> => {
    if (!choice) return;
    const started = await start.run({ auditId, scorer: choice });
    if (started) setRescoreId(started.rescoreId);
  };
  return (
    <Section
      title="Other scorers (exploratory)"
      note="Scores the stored answers again. No target is asked, and the evidence above does not change."
    >
      <div className="grid gap-4">
        <div className="flex flex-wrap items-end gap-4">
          <SelectField
            label="Scorer"
            value={scorer}
            options={OPTIONS}
            onChange={(event) => {
              setScorer(event.target.value);
              setConsent(false);
            }}
          />
          {asksEndpoint && (
            <SelectField
              label="Endpoint"
              value={target}
              options={[
                { value: '', label: names.length === 0 ? 'No target to ask' : 'Choose a target' },
                ...names.map((name) => ({ value: name, label: name })),
              ]}
              onChange={(event) => {
                setTarget(event.target.value);
                setConsent(false);
              }}
            />
          )}
          <Button
            busy={start.busy}
            disabled={!choice || !preview.data || nothing || (asksEndpoint && !consent)}
            onClick={() => void run()}
          >
            Score again
          </Button>
        </div>
        {preview.data && <WhatIsSent preview={preview.data} />}
        {asksEndpoint && choice && preview.data && (
          <Note>
            <Check
              label={`Show these answers and candidate lists to ${preview.data.host ?? target}`}
              hint="They cannot be called back. Choose an endpoint that you run yourself."
              checked={consent}
              onChange={setConsent}
            />
          </Note>
        )}
        <ErrorNote error={preview.error} onRetry={preview.refetch} />
        <ErrorNote error={start.error} />
        {rescoreId && <Running key={rescoreId} rescoreId={rescoreId} onEnd={refetch} />}
        <ErrorNote error={past.error} onRetry={past.refetch} />
        {past.data?.results.map((result) => (
          <RescoreResult key={result.rescoreId} result={result} />
        ))}
      </div>
    </Section>
  );
}
