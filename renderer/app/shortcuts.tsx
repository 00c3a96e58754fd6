import { setView, useView } from '../state/view.ts';
import { Dialog } from '../ui/dialog.tsx';
import { PLACES } from './screens.tsx';

const GROUPS: readonly {
  readonly title: string;
  readonly keys: readonly (readonly [string, string])[];
}[] = [
  {
    title: 'Everywhere',
    keys: [
      ['Ctrl K', 'Commands'],
      ['?', 'This sheet'],
      ['/', 'Search on this screen'],
      ['Esc', 'Close'],
    ],
  },
  {
    title: 'Go to',
    keys: PLACES.map((place) => [`G ${place.key.toUpperCase()}`, place.label] as const),
  },
  {
    title: 'Lists and matrices',
    keys: [
      ['↑ ↓', 'Walk the rows'],
      ['Page ↑ ↓', 'Walk a screenful'],
      ['Home End', 'First, last'],
      ['Enter', 'Open'],
    ],
  },
  {
    title: 'Evidence chart',
    keys: [
      ['← →', 'Walk the steps'],
      ['Shift ← →', 'Walk the hits'],
      ['Enter', 'Open the sample'],
    ],
  },
  { title: 'Secrets', keys: [['Space', 'Hold to reveal; release to hide']] },
];

export function Shortcuts() {
  const open = useView((view) => view.shortcutsOpen);
  return (
    <Dialog open={open} onClose={() => setView({ shortcutsOpen: false })} title="Shortcuts">
      <div className="grid grid-cols-2 gap-x-12 gap-y-6">
        {GROUPS.map((group) => (
          <section key={group.title}>
            <h3 className="mb-1 text-12 font-medium text-ink-3">{group.title}</h3>
            <dl className="grid grid-cols-[104px_1fr] gap-y-1">
              {group.keys.map(([keys, what]) => (
                <div key={keys} className="contents">
                  <dt className="flex gap-1">
                    <kbd className="rounded-sm border border-line-strong bg-panel px-1.5 font-mono text-12">
                      {keys}
                    </kbd>
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
