import { KeyRound, Plus } from 'lucide-react';
import { formatCount, formatPlural } from '#shared/util/format.ts';
import { useQuery } from '../../client/use-query.ts';
import { go, href } from '../../state/route.ts';
import { Button, ICON } from '../../ui/button.tsx';
import { State } from '../../ui/glyph.tsx';
import { Empty, ErrorNote, Page, Skeleton } from '../../ui/page.tsx';
import { hostOf, ROLES, roleWord, type Target } from './draft.ts';
import { KeysPane } from './keys-pane.tsx';
import { TargetForm } from './target-form.tsx';
import { TargetPane } from './target-pane.tsx';

function consents({ target }: Target): string {
  const words = [
    target.allowHttp ? 'no TLS' : null,
    target.allowPrivate ? 'private network' : null,
  ].filter((word) => word !== null);
  return words.length === 0 ? '–' : words.join(', ');
}

function TargetRow({
  item,
  selected,
  narrow,
}: {
  item: Target;
  selected: boolean;
  narrow: boolean;
}) {
  const { target } = item;
  return (
    <tr
      className={`border-b border-line ${selected ? 'bg-accent-soft shadow-[inset_3px_0_0_var(--accent)]' : ''} ${item.active ? '' : 'text-ink-3'}`}
    >
      <td className="h-8 max-w-0 truncate pr-4 pl-8">
        <a
          href={href('targets', target.name)}
          aria-current={selected || undefined}
          className="rounded-sm font-medium hover:underline"
          title={target.name}
        >
          {target.name}
        </a>
      </td>
      <td className="pr-4 whitespace-nowrap">
        {item.active ? roleWord(target.role) : <State name="retired" word="Removed" />}
      </td>
      <td
        className={`max-w-0 truncate pr-4 ${narrow ? 'max-xl:hidden' : ''}`}
        title={target.baseUrl}
      >
        {hostOf(target.baseUrl)}
      </td>
      <td
        className={`max-w-0 truncate pr-4 font-mono text-12 ${narrow ? 'max-xl:hidden' : ''}`}
        title={target.model}
      >
        {target.model}
      </td>
      {!narrow && <td className="pr-4 whitespace-nowrap text-ink-2">{consents(item)}</td>}
      <td className={`pr-4 text-right tabular-nums ${narrow ? 'max-xl:hidden' : ''}`}>
        {formatCount(item.attempts)}
      </td>
    </tr>
  );
}

export function TargetsScreen({ selected, tab }: { selected: string | null; tab: string }) {
  const { data, error, refetch } = useQuery('target.list', {}, ['target.changed', 'audit.changed']);
  const targets = data?.targets;
  const active = targets?.filter((item) => item.active) ?? [];
  const item = targets?.find(({ target }) => target.name === selected);
  const parts = ROLES.map(({ value, label }) => {
    const n = active.filter(({ target }) => target.role === value).length;
    return n === 0
      ? null
      : `${formatCount(n)} ${label.toLowerCase()}${n === 1 || value === 'reference' ? '' : 's'}`;
  }).filter((part) => part !== null);

  const editing = selected === 'new' || tab === 'edit';
  const narrow = item !== undefined || selected === 'keys';

  return (
    <Page
      fixed
      eyebrow="Targets"
      sentence={
        !targets
          ? '\u00a0'
          : active.length === 0
            ? 'No target yet.'
            : `${formatPlural(active.length, 'target', 'targets')}: ${parts.join(', ')}.`
      }
      reason="An endpoint, a model and its parameters. Requests go to these hosts and to nobody else."
      actions={
        editing ? undefined : (
          <>
            <Button icon={<KeyRound {...ICON} />} onClick={() => go('targets', 'keys')}>
              API keys
            </Button>
            <Button kind="primary" icon={<Plus {...ICON} />} onClick={() => go('targets', 'new')}>
              Add target
            </Button>
          </>
        )
      }
    >
      <div className="flex min-h-0 flex-1 border-t border-line">
        {selected !== 'new' && tab !== 'edit' && (
          <div className="min-w-0 flex-1 overflow-auto">
            {error && (
              <div className="p-8">
                <ErrorNote error={error} onRetry={refetch} />
              </div>
            )}
            {!targets && !error && <Skeleton />}
            {targets?.length === 0 && (
              <Empty
                title="Whom to ask"
                actions={
                  <Button kind="primary" onClick={() => go('targets', 'new')}>
                    Add target
                  </Button>
                }
              >
                <p>
                  Add the suspect first. An audit also needs controls: models that cannot have
                  learned your outputs, so that chance can be seen at work. Five controls, two of
                  them released before planting, and one known positive make a sound panel.
                </p>
              </Empty>
            )}
            {targets && targets.length > 0 && (
              <table aria-label="Targets" className="w-full table-auto border-collapse">
                <thead>
                  <tr className="h-7 border-b border-line-strong text-left text-12 text-ink-3">
                    <th
                      scope="col"
                      className={`pr-4 pl-8 font-medium ${narrow ? 'w-[28%] max-xl:w-full' : 'w-[28%]'}`}
                    >
                      Target
                    </th>
                    <th scope="col" className="pr-4 font-medium">
                      Role
                    </th>
                    <th
                      scope="col"
                      className={`w-[26%] pr-4 font-medium ${narrow ? 'max-xl:hidden' : ''}`}
                    >
                      Host
                    </th>
                    <th
                      scope="col"
                      className={`w-[24%] pr-4 font-medium ${narrow ? 'max-xl:hidden' : ''}`}
                    >
                      Model
                    </th>
                    {!narrow && (
                      <th scope="col" className="pr-4 font-medium">
                        Consents
                      </th>
                    )}
                    <th
                      scope="col"
                      className={`pr-4 text-right font-medium ${narrow ? 'max-xl:hidden' : ''}`}
                    >
                      Attempts
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {targets.map((row) => (
                    <TargetRow
                      key={row.target.name}
                      item={row}
                      selected={row.target.name === selected}
                      narrow={narrow}
                    />
                  ))}
                </tbody>
              </table>
            )}
          </div>
        )}
        {selected === 'new' && <TargetForm key="new" existing={null} />}
        {selected === 'keys' && <KeysPane />}
        {item && tab === 'edit' && <TargetForm key={item.target.name} existing={item} />}
        {item && tab !== 'edit' && <TargetPane key={item.target.name} item={item} />}
      </div>
    </Page>
  );
}
