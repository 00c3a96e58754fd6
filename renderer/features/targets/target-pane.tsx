import { type ReactNode, useState } from 'react';
import { formatUtc } from '#shared/util/format.ts';
import { client } from '../../client/client.ts';
import { useCommand, useQuery } from '../../client/use-query.ts';
import { go } from '../../state/route.ts';
import { toast } from '../../state/view.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNote, Facts } from '../../ui/page.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { formatWord, roleWord, type Target } from './draft.ts';
import { ParameterTable } from './parameter-table.tsx';
import { Preview } from './preview.tsx';
import { Probe } from './probe.tsx';
import { TestCall, TestResult } from './test-call.tsx';

const mono = (text: string): ReactNode => (
  <span className="font-mono text-12 break-all">{text}</span>
);

const LIMIT_WORDS = {
  concurrency: 'in flight',
  requestsPerMinute: 'requests per minute',
  tokensPerMinute: 'tokens per minute',
  costUsd: '$ an audit',
  exposures: 'canaries an audit',
} as const;

function limitsOf({ target }: Target): string {
  const limits = Object.entries(LIMIT_WORDS).flatMap(([name, word]) => {
    const limit = target.limits[name as keyof typeof LIMIT_WORDS];
    return limit === null ? [] : [`${limit} ${word}`];
  });
  return limits.join(', ') || 'none of its own';
}

function wayOf({ target: { network } }: Target): string {
  const { proxy } = network;
  const words = [
    proxy.kind === 'none' ? 'straight' : null,
    proxy.kind === 'system' ? 'proxy of the system' : null,
    proxy.kind === 'manual' ? `proxy ${proxy.url}` : null,
    proxy.kind === 'pac' ? 'proxy by PAC script' : null,
    network.roots === 'system' ? 'roots of the system' : null,
    network.extraCa === null ? null : 'own CA',
    network.pinSha256 === null ? null : 'pinned certificate',
    network.clientCertificate === null ? null : `client certificate ${network.clientCertificate}`,
  ];
  return words.filter((word) => word !== null).join(', ');
}

function Setup({ item }: { item: Target }) {
  const { target } = item;
  const preview = useQuery('target.preview', target.format === 'paste' ? null : { target });
  return (
    <div className="grid gap-6">
      <Facts
        rows={[
          ['Format', formatWord(target.format)],
          ['Preset', target.preset ?? 'none'],
          ['Address', mono(target.baseUrl)],
          ['Model', mono(target.model)],
          ['Key', target.key ?? 'none'],
          ['Answers', target.stream ? 'streamed' : 'in one piece'],
          ['Way', wayOf(item)],
          ['Limits', limitsOf(item)],
          [
            'Price',
            target.price === null
              ? 'not known'
              : `$${target.price.inputPerMillion} in, $${target.price.outputPerMillion} out per 10⁶ tokens, ${target.price.asOf}`,
          ],
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
      {target.format !== 'paste' && <Preview preview={preview.data} error={preview.error} />}
    </div>
  );
}

export function TargetPane({ item }: { item: Target }) {
  const { target } = item;
  const [tab, setTab] = useState('setup');
  const remove = useCommand('target.remove');
  const restore = useCommand('target.restore');
  const known = useQuery('target.get', { name: target.name }, ['target.changed']);
  const lastTest = known.data?.lastTest ?? null;
  const isCallable = item.active && target.format !== 'paste';

  const doRemove = async (): Promise<void> => {
    if (!(await remove.run({ name: target.name }))) return;
    toast(`${target.name} removed. Its attempts are kept.`, {
      label: 'Undo',
      run: () => void client.call('target.restore', { name: target.name }).catch(() => {}),
    });
  };
  const pane = (content: ReactNode): ReactNode => <div className="px-6 py-4">{content}</div>;

  return (
    <aside
      aria-label={`Target ${target.name}`}
      className="w-150 shrink-0 overflow-auto border-l border-line bg-panel"
    >
      <header className="flex items-start gap-3 px-6 pt-6 pb-4">
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
      <div className="px-6 empty:hidden">
        <ErrorNote error={remove.error ?? restore.error ?? known.error} />
      </div>
      {isCallable && (
        <div className="px-6 pb-4">
          <TestCall name={target.name} last={lastTest} onTested={() => setTab('test')} />
        </div>
      )}
      <Tabs
        label={`About ${target.name}`}
        value={tab}
        onChange={setTab}
        tabs={[
          { value: 'setup', label: 'Request', content: pane(<Setup item={item} />) },
          ...(isCallable
            ? [
                {
                  value: 'test',
                  label: 'Test',
                  content: pane(
                    lastTest ? (
                      <TestResult tested={lastTest} />
                    ) : (
                      <p className="text-ink-3">Not tested since it was last changed.</p>
                    ),
                  ),
                },
                {
                  value: 'parameters',
                  label: 'Parameters',
                  content: pane(<ParameterTable target={target} />),
                },
                {
                  value: 'probe',
                  label: 'Probe',
                  content: pane(<Probe name={target.name} last={known.data?.lastProbe ?? null} />),
                },
              ]
            : []),
        ]}
      />
    </aside>
  );
}
