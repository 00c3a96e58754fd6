import { useState } from 'react';
import type { Output } from '#shared/contract/index.ts';
import { formatUtc } from '#shared/util/format.ts';
import { client } from '../../client/client.ts';
import { useCommand, useQuery } from '../../client/use-query.ts';
import { go } from '../../state/route.ts';
import { toast } from '../../state/view.ts';
import { Button } from '../../ui/button.tsx';
import { formatDuration } from '../../ui/format.ts';
import { State } from '../../ui/glyph.tsx';
import { ErrorNote, Facts } from '../../ui/page.tsx';
import { Bytes, Visible } from '../../ui/text.tsx';
import { draftOf, formOf, roleWord, type Target } from './draft.ts';
import { Preview } from './preview.tsx';

function TestCall({ name }: { name: string }) {
  const { run, busy, error } = useCommand('target.test');
  const [result, setResult] = useState<Output<'target.test'> | null>(null);
  const test = async (): Promise<void> => {
    setResult(await run({ name }));
  };
  return (
    <section aria-label="Test call" className="grid gap-3">
      <div className="flex items-center gap-3">
        <Button busy={busy} onClick={() => void test()}>
          {busy ? 'Calling' : 'Test call'}
        </Button>
        <span className="text-12 text-ink-3">One harmless question. No canary is sent.</span>
      </div>
      <ErrorNote error={error} />
      {result && (
        <div className="grid gap-2" data-testid="test-result">
          <State
            name={result.ok ? 'ok' : 'bad'}
            word={result.ok ? 'Answered' : `Failed: ${result.code ?? result.outcome}`}
          />
          {result.advice && <p className="text-ink-2">{result.advice}</p>}
          <Facts
            rows={[
              ['Status', result.status ?? '–'],
              ['Took', formatDuration(result.ms)],
              ['Model said', <Visible key="m" text={result.model ?? '–'} />],
              ['Fingerprint', <Visible key="f" text={result.fingerprint ?? '–'} />],
              ['TLS', result.tls?.protocol ?? 'none'],
              ['Address', result.address ?? '–'],
            ]}
          />
          {result.text !== null && <Bytes text={result.text} label="Answer to the test question" />}
        </div>
      )}
    </section>
  );
}

export function TargetPane({ item }: { item: Target }) {
  const { target } = item;
  const remove = useCommand('target.remove');
  const restore = useCommand('target.restore');
  const draft = draftOf(formOf(item));
  const preview = useQuery('target.preview', { target: draft });

  const doRemove = async (): Promise<void> => {
    if (!(await remove.run({ name: target.name }))) return;
    toast(`${target.name} removed. Its attempts are kept.`, {
      label: 'Undo',
      run: () => void client.call('target.restore', { name: target.name }).catch(() => {}),
    });
  };

  return (
    <aside
      aria-label={`Target ${target.name}`}
      className="w-110 shrink-0 overflow-auto border-l border-line bg-panel p-6"
    >
      <div className="grid gap-6">
        <header className="flex items-start gap-3">
          <div className="min-w-0 flex-1">
            <h2 className="text-16 font-semibold break-all">{target.name}</h2>
            <p className="text-ink-2">{roleWord(target.role)}</p>
          </div>
          {item.active ? (
            <>
              <Button size="small" onClick={() => go('targets', target.name, 'edit')}>
                Edit
              </Button>
              <Button size="small" busy={remove.busy} onClick={() => void doRemove()}>
                Remove
              </Button>
            </>
          ) : (
            <Button
              size="small"
              busy={restore.busy}
              onClick={() => void restore.run({ name: target.name })}
            >
              Restore
            </Button>
          )}
        </header>
        <ErrorNote error={remove.error ?? restore.error} />
        <Facts
          rows={[
            [
              'Address',
              <span key="u" className="font-mono text-12 break-all">
                {target.baseUrl}
              </span>,
            ],
            [
              'Model',
              <span key="m" className="font-mono text-12 break-all">
                {target.model}
              </span>,
            ],
            ['Key', target.key ?? 'none'],
            ['Answers', target.stream ? 'streamed' : 'in one piece'],
            ['Released', target.released ?? 'not known'],
            [
              'Consents',
              [
                target.allowHttp ? 'connection without TLS' : null,
                target.allowPrivate ? 'private network' : null,
              ]
                .filter(Boolean)
                .join(', ') || 'none',
            ],
            ['Added', formatUtc(item.createdUtc)],
            ...(target.note ? ([['Note', target.note]] as const) : []),
          ]}
        />
        {item.active && <TestCall name={target.name} />}
        <Preview preview={preview.data} error={preview.error} />
      </div>
    </aside>
  );
}
