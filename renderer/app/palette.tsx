import { Dialog as Base } from '@base-ui/react/dialog';
import { type KeyboardEvent, useMemo, useState } from 'react';
import { client } from '../client/client.ts';
import { useQuery } from '../client/use-query.ts';
import { go } from '../state/route.ts';
import { setTheme, setView, THEMES, useView } from '../state/view.ts';
import { PLACES } from './screens.tsx';

interface Verb {
  readonly id: string;
  readonly label: string;
  readonly group: string;
  readonly run: () => void;
}

const intent =
  (name: string, ...route: readonly string[]): (() => void) =>
  () => {
    setView({ intent: name });
    go(...route);
  };

function useVerbs(open: boolean): readonly Verb[] {
  const audits = useQuery('audit.list', open ? {} : null).data?.audits;
  const targets = useQuery('target.list', open ? {} : null).data?.targets;
  return useMemo(
    () => [
      ...PLACES.map((place) => ({
        id: `go-${place.id}`,
        label: `Go to ${place.label}`,
        group: 'Go',
        run: () => go(place.id),
      })),
      {
        id: 'import',
        label: 'Import canaries',
        group: 'Do',
        run: intent('canaries.import', 'canaries'),
      },
      {
        id: 'commit',
        label: 'Commit registry',
        group: 'Do',
        run: intent('canaries.commit', 'canaries', 'registries'),
      },
      {
        id: 'registries',
        label: 'Show registries',
        group: 'Go',
        run: () => go('canaries', 'registries'),
      },
      {
        id: 'custody',
        label: 'Go to Custody log',
        group: 'Go',
        run: () => go('activity', 'custody'),
      },
      {
        id: 'hosts',
        label: 'Show allowed hosts',
        group: 'Go',
        run: () => go('activity', 'hosts'),
      },
      { id: 'target', label: 'Add target', group: 'Do', run: () => go('targets', 'new') },
      { id: 'keys', label: 'API keys', group: 'Go', run: () => go('targets', 'keys') },
      { id: 'plan', label: 'New plan', group: 'Do', run: () => go('audits', 'new') },
      {
        id: 'verify',
        label: 'Verify custody log',
        group: 'Do',
        run: intent('custody.verify', 'activity', 'custody'),
      },
      {
        id: 'lock',
        label: 'Lock workspace',
        group: 'Do',
        run: () => void client.call('workspace.lock', {}).catch(() => {}),
      },
      {
        id: 'keys-sheet',
        label: 'Show shortcuts',
        group: 'Do',
        run: () => setView({ shortcutsOpen: true }),
      },
      ...THEMES.map((theme) => ({
        id: `theme-${theme.value}`,
        label: `Theme: ${theme.label}`,
        group: 'View',
        run: () => setTheme(theme.value),
      })),
      ...(audits ?? []).flatMap((audit) => [
        {
          id: `run-${audit.auditId}`,
          label: `Run of ${audit.name}`,
          group: 'Audit',
          run: () => go('audits', audit.auditId),
        },
        {
          id: `evidence-${audit.auditId}`,
          label: `Evidence of ${audit.name}`,
          group: 'Audit',
          run: () => go('audits', audit.auditId, 'evidence'),
        },
      ]),
      ...(targets ?? []).map(({ target }) => ({
        id: `target-${target.name}`,
        label: `Target ${target.name}`,
        group: 'Target',
        run: () => go('targets', target.name),
      })),
    ],
    [audits, targets],
  );
}

export function Palette() {
  const open = useView((view) => view.paletteOpen);
  const verbs = useVerbs(open);
  const [text, setText] = useState('');
  const [index, setIndex] = useState(0);
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const matches = verbs
    .filter((verb) => words.every((word) => verb.label.toLowerCase().includes(word)))
    .slice(0, 60);
  const active = Math.min(index, matches.length - 1);
  const close = (): void => {
    setView({ paletteOpen: false });
    setText('');
    setIndex(0);
  };
  const run = (verb: Verb | undefined): void => {
    if (!verb) return;
    close();
    verb.run();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown') setIndex(Math.min(active + 1, matches.length - 1));
    else if (event.key === 'ArrowUp') setIndex(Math.max(active - 1, 0));
    else if (event.key === 'Enter') run(matches[active]);
    else return;
    event.preventDefault();
  };
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && close()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-veil" />
        <Base.Popup
          aria-label="Commands"
          className="appear fixed inset-x-4 top-[12vh] z-50 mx-auto flex max-h-[60vh] max-w-140 flex-col overflow-hidden rounded-md border border-line-strong bg-raised shadow-(--shade)"
        >
          <input
            type="text"
            role="combobox"
            aria-label="Find a command"
            aria-expanded="true"
            aria-controls="palette-list"
            aria-activedescendant={matches[active] ? `verb-${matches[active].id}` : undefined}
            autoComplete="off"
            spellCheck={false}
            placeholder="Go to a screen or do something"
            value={text}
            onChange={(event) => {
              setText(event.target.value);
              setIndex(0);
            }}
            onKeyDown={onKeyDown}
            className="h-11 shrink-0 border-b border-line bg-transparent px-4 text-14 outline-none"
          />
          {matches.length === 0 ? (
            <p className="px-4 py-3 text-ink-2">No command has these words.</p>
          ) : (
            <div
              id="palette-list"
              role="listbox"
              aria-label="Commands"
              tabIndex={-1}
              className="overflow-auto p-1"
            >
              {matches.map((verb, at) => (
                // biome-ignore lint/a11y/useKeyWithClickEvents: the text box takes the keys
                <div
                  key={verb.id}
                  id={`verb-${verb.id}`}
                  role="option"
                  tabIndex={-1}
                  aria-selected={at === active}
                  ref={(node) => {
                    if (at === active) node?.scrollIntoView({ block: 'nearest' });
                  }}
                  onClick={() => run(verb)}
                  onPointerMove={() => setIndex(at)}
                  className="flex h-8 cursor-pointer items-center gap-3 rounded-sm px-3 aria-selected:bg-accent-soft"
                >
                  <span className="w-12 text-12 text-ink-3">{verb.group}</span>
                  <span className="truncate">{verb.label}</span>
                </div>
              ))}
            </div>
          )}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
