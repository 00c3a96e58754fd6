const TABS = [
  { id: 'connections', label: 'Connections' },
  { id: 'hosts', label: 'Allowed hosts' },
  { id: 'custody', label: 'Custody log' },
] as const;

interface Props {
  /** Builds an address of the app. */
  readonly href: (...segments: readonly string[]) => string;
  readonly here: (typeof TABS)[number]['id'];
}

/** What left this machine, what may, and what was done on it. */
export function ActivityNav({ href, here }: Props) {
  return (
    <nav aria-label="Activity" className="flex shrink-0 gap-6 border-b border-line px-8">
      {TABS.map(({ id, label }) => (
        <a
          key={id}
          href={href('activity', id)}
          aria-current={here === id ? 'page' : undefined}
          className="-mb-px flex h-8 items-center border-b-2 border-transparent text-ink-2 hover:text-ink aria-[current=page]:border-accent aria-[current=page]:font-medium aria-[current=page]:text-ink"
        >
          {label}
        </a>
      ))}
    </nav>
  );
}
