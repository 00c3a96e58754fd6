import { useCallback } from 'react';
import { formatCount, formatPlural, formatUtc } from '#shared/util/format.ts';
import { client } from '../../client/client.ts';
import { useCommand, useQuery } from '../../client/use-query.ts';
import { toast } from '../../state/view.ts';
import { Button } from '../../ui/button.tsx';
import { State } from '../../ui/glyph.tsx';
import { Utc } from '../../ui/num.tsx';
import { ErrorNote, Facts, Skeleton } from '../../ui/page.tsx';
import { Reveal } from '../../ui/secret.tsx';
import { Hash, Visible } from '../../ui/text.tsx';
import { STATUSES, statusGlyph, statusWord, USE_WORD } from './words.ts';

export function CanaryDetail({ id }: { id: string }) {
  const { data, error, refetch } = useQuery('canary.get', { id }, [
    'library.changed',
    'audit.changed',
  ]);
  const retire = useCommand('canary.retire');
  const restore = useCommand('canary.restore');
  const reveal = useCommand('canary.reveal');
  const { run: runReveal } = reveal;
  const fetchText = useCallback(() => runReveal({ id }), [runReveal, id]);

  if (error) {
    return (
      <div className="p-6">
        <ErrorNote error={error} onRetry={refetch} />
      </div>
    );
  }
  if (!data) return <Skeleton />;
  const { canary, exposures } = data;

  const doRetire = async (): Promise<void> => {
    if (!(await retire.run({ ids: [id] }))) return;
    toast(`${id} retired. It will not be asked again.`, {
      label: 'Undo',
      run: () =>
        void client
          .call('canary.restore', { ids: [id] })
          .catch(() => toast('The undo did not work; restore it in its detail pane.')),
    });
  };

  return (
    <div className="grid gap-6 p-6">
      <header>
        <h2 className="font-mono text-14 font-semibold break-all">{canary.id}</h2>
        <p className="mt-1 text-ink-2">
          <State name={statusGlyph(canary.status)} word={statusWord(canary.status)} />
          <span className="text-ink-3">
            {': '}
            {STATUSES.find((s) => s.value === canary.status)?.means}
          </span>
        </p>
      </header>

      <section aria-label="Text">
        <h3 className="mb-2 text-12 font-medium text-ink-3">Text</h3>
        <Reveal fetch={fetchText} lines={6}>
          {(text) => (
            <div className="grid gap-3">
              {text.messages.map((message, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: turns have no identity but their place
                <div key={index}>
                  <div className="text-12 text-ink-3">{message.role}</div>
                  <p className="font-mono text-12 break-words whitespace-pre-wrap">
                    <Visible text={message.content} />
                  </p>
                </div>
              ))}
              {text.drawn !== null && (
                <div>
                  <div className="text-12 text-ink-3">drawn response</div>
                  <p className="font-mono text-12 font-semibold break-words">
                    <Visible text={text.drawn} />
                  </p>
                </div>
              )}
              {text.expected.length > 0 && (
                <div>
                  <div className="text-12 text-ink-3">expected</div>
                  <p className="font-mono text-12 break-words whitespace-pre-wrap">
                    <Visible text={text.expected.join('\n')} />
                  </p>
                </div>
              )}
              {text.responses.length > 0 && (
                <div>
                  <div className="text-12 text-ink-3">
                    {text.responses.length < text.n
                      ? `first ${formatCount(text.responses.length)} of ${formatCount(text.n)} candidates`
                      : formatPlural(text.n, 'candidate', 'candidates')}
                  </div>
                  <p className="font-mono text-12 break-words">
                    <Visible text={text.responses.join(' · ')} />
                  </p>
                </div>
              )}
              {text.note !== '' && <p className="text-ink-2">{text.note}</p>}
            </div>
          )}
        </Reveal>
        {reveal.error && (
          <div className="mt-3">
            <ErrorNote error={reveal.error} />
          </div>
        )}
      </section>

      <section aria-label="Commitment">
        <h3 className="mb-2 text-12 font-medium text-ink-3">Commitment</h3>
        {data.commitment ? (
          <div className="grid gap-2">
            <Hash value={data.commitment} label="commitment" />
            <Facts
              rows={[
                ['Registry', canary.registry ?? '–'],
                ['Leaf', data.leafIndex === null ? '–' : formatCount(data.leafIndex)],
                [
                  'Order',
                  data.orderPosition === null ? 'not drawn yet' : formatCount(data.orderPosition),
                ],
                ['Use', canary.use ? USE_WORD[canary.use] : 'not drawn yet'],
              ]}
            />
          </div>
        ) : (
          <p className="text-ink-2">Not committed. A draft can be changed and proves nothing.</p>
        )}
      </section>

      <section aria-label="Record">
        <h3 className="mb-2 text-12 font-medium text-ink-3">Record</h3>
        <Facts
          rows={[
            ['Kind', canary.kind === 'drawn' ? `Drawn from ${formatCount(canary.n)}` : 'Found'],
            ['Type', canary.type === 'W' ? 'W, weights trigger' : 'O, output trace'],
            ['Scorer', canary.scorer],
            ['Cohort', canary.cohort ?? '–'],
            ['Tags', canary.tags.join(', ') || '–'],
            ['Version', canary.version],
            ['Created', formatUtc(canary.createdUtc)],
          ]}
        />
      </section>

      <section aria-label="Exposures">
        <h3 className="mb-2 text-12 font-medium text-ink-3">
          {formatPlural(exposures.length, 'exposure', 'exposures')}
        </h3>
        {exposures.length === 0 ? (
          <p className="text-ink-2">Sent to nobody so far.</p>
        ) : (
          <ul className="grid gap-1">
            {exposures.map((exposure) => (
              <li
                key={`${exposure.target} ${exposure.at}`}
                className="grid grid-cols-[1fr_auto] gap-x-3"
              >
                <span className="truncate" title={`${exposure.target} at ${exposure.host}`}>
                  {exposure.target} <span className="text-ink-3">{exposure.host}</span>
                </span>
                <span className="text-ink-3">
                  <Utc value={exposure.at} />
                </span>
              </li>
            ))}
          </ul>
        )}
      </section>

      <section aria-label="Actions" className="border-t border-line pt-4">
        {canary.status === 'retired' ? (
          <Button busy={restore.busy} onClick={() => void restore.run({ ids: [id] })}>
            Restore
          </Button>
        ) : (
          <Button busy={retire.busy} onClick={() => void doRetire()}>
            Retire
          </Button>
        )}
        <ErrorNote error={retire.error ?? restore.error} />
      </section>
    </div>
  );
}
