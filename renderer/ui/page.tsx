import type { ReactNode } from 'react';
import type { AppError } from '#shared/contract/errors.ts';
import { Button } from './button.tsx';
import { Glyph } from './glyph.tsx';

interface PageProps {
  /** What kind of thing this screen shows; small, above the sentence. */
  readonly eyebrow: ReactNode;
  /** The one sentence the screen exists to say. */
  readonly sentence: ReactNode;
  readonly reason?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  /** The screen manages its own scrolling. */
  readonly fixed?: boolean;
}

export function Page({ eyebrow, sentence, reason, actions, children, fixed }: PageProps) {
  return (
    <div className={`flex h-full min-h-0 flex-col ${fixed ? '' : 'overflow-auto'}`}>
      <header className="flex shrink-0 flex-wrap items-start gap-x-6 gap-y-3 px-8 pt-6 pb-4">
        <div className="min-w-0 flex-1 basis-120">
          <h1 className="text-12 font-medium text-ink-3">{eyebrow}</h1>
          <p className="mt-1 max-w-180 text-20 font-medium text-pretty" data-testid="sentence">
            {sentence}
          </p>
          {reason && <p className="mt-1 max-w-180 text-ink-2">{reason}</p>}
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2 pt-1">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

interface EmptyProps {
  readonly title: string;
  readonly children: ReactNode;
  readonly actions?: ReactNode;
}

/** A dead end with a door: what this is for, and the next step. */
export function Empty({ title, children, actions }: EmptyProps) {
  return (
    <div className="mx-8 my-4 max-w-160 border-l-2 border-accent py-2 pl-6">
      <h2 className="text-16 font-semibold">{title}</h2>
      <div className="mt-1 grid gap-2 text-ink-2">{children}</div>
      {actions && <div className="mt-4 flex flex-wrap gap-2">{actions}</div>}
    </div>
  );
}

interface ErrorProps {
  readonly error: AppError | null;
  readonly onRetry?: () => void;
  readonly kept?: string;
}

/** What happened, what was kept, what to do. */
export function ErrorNote({ error, onRetry, kept }: ErrorProps) {
  if (!error) return null;
  return (
    <div
      role="alert"
      className="flex items-start gap-3 rounded-md border border-hit-mark bg-hit-soft px-3 py-2"
    >
      <span className="mt-1">
        <Glyph name="warn" />
      </span>
      <div className="min-w-0 flex-1">
        <p className="break-words">{error.message}</p>
        {kept && <p className="text-ink-2">{kept}</p>}
        <p className="font-mono text-12 text-ink-2">{error.code}</p>
      </div>
      {onRetry && (
        <Button size="small" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}

export function Note({
  tone = 'warn',
  children,
}: {
  tone?: 'warn' | 'plain';
  children: ReactNode;
}) {
  return (
    <div
      className={`flex items-start gap-2 rounded-md border px-3 py-2 ${tone === 'warn' ? 'border-refused-mark bg-refused-soft' : 'border-line bg-panel'}`}
    >
      {tone === 'warn' && (
        <span className="mt-1">
          <Glyph name="warn" />
        </span>
      )}
      <div className="min-w-0">{children}</div>
    </div>
  );
}

export function Section(props: {
  readonly title: ReactNode;
  readonly note?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string;
}) {
  return (
    <section className={props.className}>
      <div className="mb-2 flex items-baseline gap-3">
        <h2 className="text-14 font-semibold">{props.title}</h2>
        {props.note && <p className="min-w-0 flex-1 text-12 text-ink-3">{props.note}</p>}
      </div>
      {props.children}
    </section>
  );
}

/** Keeps the layout while the first answer is on its way. */
export function Skeleton({ rows = 6 }: { rows?: number }) {
  return (
    <div aria-busy="true" role="status" aria-label="Reading" className="grid gap-3 px-8 py-4">
      {Array.from({ length: rows }, (_, index) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: the bars have no identity
          key={index}
          className="skeleton h-4"
          style={{ width: `${88 - ((index * 17) % 40)}%` }}
        />
      ))}
    </div>
  );
}

/** Label and value, one per line, values aligned. */
export function Facts({ rows }: { rows: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4 gap-y-1">
      {rows.map(([term, value]) => (
        <div key={term} className="contents">
          <dt className="text-ink-3">{term}</dt>
          <dd className="min-w-0 break-words">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
