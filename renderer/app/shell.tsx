import { Command as CommandIcon, Contrast, Lock, Moon, Sun, SunMoon } from 'lucide-react';
import { useEffect } from 'react';
import type { Output } from '#shared/contract/index.ts';
import { formatCount } from '#shared/util/format.ts';
import { useCommand, useQuery } from '../client/use-query.ts';
import { go, href, useRoute } from '../state/route.ts';
import { setTheme, setView, THEMES, useView } from '../state/view.ts';
import { Button, ICON } from '../ui/button.tsx';
import { Glyph } from '../ui/glyph.tsx';
import { Mark } from '../ui/mark.tsx';
import { Palette } from './palette.tsx';
import { PLACES, Screen } from './screens.tsx';
import { Shortcuts } from './shortcuts.tsx';
import { useKeys } from './use-keys.ts';

type Status = Output<'workspace.status'>;

function Running({ ids }: { ids: readonly string[] }) {
  const first = ids[0];
  const audit = useQuery('audit.get', first ? { auditId: first } : null, ['audit.changed']).data;
  if (!first) {
    return (
      <span className="flex items-center gap-1.5 text-ink-3">
        <Glyph name="none" /> Nothing running
      </span>
    );
  }
  return (
    <a
      href={href('audits', first)}
      className="flex min-w-0 items-center gap-1.5 rounded-sm hover:underline"
    >
      <Glyph name="running" />
      <span className="truncate font-medium">{audit?.audit.name ?? 'Audit'}</span>
      {audit && (
        <span className="whitespace-nowrap text-ink-2 tabular-nums">
          {formatCount(audit.requestsDone)} of {formatCount(audit.requestsPlanned)}
        </span>
      )}
      {ids.length > 1 && (
        <span className="whitespace-nowrap text-ink-3">and {ids.length - 1} more</span>
      )}
    </a>
  );
}

const THEME_ICON = { system: SunMoon, light: Sun, dark: Moon, contrast: Contrast } as const;

function ThemeButton() {
  const theme = useView((view) => view.theme);
  const index = THEMES.findIndex((t) => t.value === theme);
  const next = THEMES[(index + 1) % THEMES.length] ?? THEMES[0];
  const Icon = THEME_ICON[theme];
  return (
    <Button
      kind="quiet"
      size="small"
      aria-label={`Theme: ${THEMES[index]?.label}. Change to ${next?.label}`}
      icon={<Icon {...ICON} />}
      onClick={() => next && setTheme(next.value)}
    />
  );
}

function Bar({ status }: { status: Status }) {
  const lock = useCommand('workspace.lock');
  const doLock = async (): Promise<void> => {
    await lock.run({});
  };
  return (
    <header className="flex h-11 shrink-0 items-center gap-5 border-b border-line bg-panel px-4 text-13">
      <div className="flex min-w-0 items-baseline gap-2">
        <span className="text-ink-3">Workspace</span>
        <span className="max-w-60 truncate font-medium" title={status.name ?? ''}>
          {status.name}
        </span>
      </div>
      <div
        className="flex items-baseline gap-2 whitespace-nowrap"
        title="Sends so far: each disclosed a canary to an operator"
      >
        <span className="text-ink-3">Exposures</span>
        <span className="font-medium tabular-nums" data-testid="exposures">
          {formatCount(status.counts?.exposures ?? 0)}
        </span>
      </div>
      <div className="min-w-0">
        <Running ids={status.running} />
      </div>
      <div className="ml-auto flex items-center gap-1">
        <Button
          kind="quiet"
          size="small"
          icon={<CommandIcon {...ICON} size={14} />}
          onClick={() => setView({ paletteOpen: true })}
        >
          Commands <kbd className="font-mono text-ink-3">Ctrl K</kbd>
        </Button>
        <ThemeButton />
        <span className="mx-2 h-4 border-l border-line" />
        {lock.error && (
          <span
            role="alert"
            className="max-w-80 truncate text-12 text-hit"
            title={lock.error.message}
          >
            {lock.error.message}
          </span>
        )}
        <span className="text-ink-2">Unlocked</span>
        <Button size="small" icon={<Lock {...ICON} size={14} />} busy={lock.busy} onClick={doLock}>
          Lock
        </Button>
      </div>
    </header>
  );
}

function Hazards({ hazards }: { hazards: Status['hazards'] }) {
  return (
    <div
      role="note"
      className="flex shrink-0 items-center gap-2 border-b border-refused-mark bg-refused-soft px-4 py-1 text-12"
    >
      <Glyph name="warn" />
      <p>
        No request is made while these variables or options of the runtime are set:{' '}
        <span className="font-mono">{hazards.map((hazard) => hazard.name).join(', ')}</span>. Start
        Trapstreet without them.
      </p>
    </div>
  );
}

function Rail({ status, place }: { status: Status; place: string }) {
  const count: Readonly<Record<string, number | undefined>> = {
    canaries: status.counts?.canaries,
    targets: status.counts?.targets,
    audits: status.counts?.audits,
  };
  return (
    <nav aria-label="Main" className="flex w-44 shrink-0 flex-col border-r border-line bg-panel">
      <div className="flex h-11 shrink-0 items-center gap-2.5 border-b border-line px-4">
        <Mark />
        <span className="text-14 font-semibold">Trapstreet</span>
      </div>
      <ul className="grid gap-0.5 p-2">
        {PLACES.map(({ id, label, Icon }) => (
          <li key={id}>
            <a
              href={href(id)}
              aria-current={place === id ? 'page' : undefined}
              className="flex h-8 items-center gap-2.5 rounded-md px-2 text-ink-2 hover:bg-accent-soft hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:font-medium aria-[current=page]:text-ink aria-[current=page]:shadow-[inset_2px_0_0_var(--accent)]"
            >
              <Icon {...ICON} />
              {label}
              {count[id] !== undefined && (
                <span className="ml-auto text-12 font-normal text-ink-3 tabular-nums">
                  {formatCount(count[id])}
                </span>
              )}
            </a>
          </li>
        ))}
      </ul>
      <div className="mt-auto grid gap-1 p-4 text-12 text-ink-3">
        <button
          type="button"
          className="justify-self-start rounded-sm hover:text-ink hover:underline"
          onClick={() => setView({ shortcutsOpen: true })}
        >
          Shortcuts <kbd className="font-mono">?</kbd>
        </button>
        <span>Version {status.version}</span>
      </div>
    </nav>
  );
}

export function Shell({ status, connected }: { status: Status; connected: boolean }) {
  const route = useRoute();
  const place = route[0] ?? 'canaries';
  useKeys();
  useEffect(() => {
    if (route.length === 0) go('canaries');
  }, [route.length]);
  useEffect(() => {
    document.title = `${PLACES.find((p) => p.id === place)?.label ?? 'Trapstreet'} · Trapstreet`;
  }, [place]);
  const refused = status.hazards.filter((hazard) => hazard.refuse);
  return (
    <div className="flex h-full">
      <button
        type="button"
        onClick={() => document.getElementById('main')?.focus()}
        className="sr-only focus:not-sr-only focus:absolute focus:z-60 focus:bg-raised focus:p-2"
      >
        Skip to content
      </button>
      <Rail status={status} place={place} />
      <div className="flex min-w-0 flex-1 flex-col">
        <Bar status={status} />
        {!connected && (
          <div role="alert" className="border-b border-refused-mark bg-refused-soft px-4 py-1.5">
            The connection to Trapstreet is lost. What was stored is kept; this page connects again
            by itself.
          </div>
        )}
        {refused.length > 0 && <Hazards hazards={refused} />}
        <main id="main" tabIndex={-1} className="min-h-0 flex-1 bg-ground outline-none">
          <Screen route={route} />
        </main>
      </div>
      <Palette />
      <Shortcuts />
    </div>
  );
}
