import type { JSX } from 'react';

/** The marks of the instrument, 12 x 12. Shape carries the meaning; colour repeats it. */
export type GlyphName =
  | 'hit'
  | 'miss'
  | 'refused'
  | 'truncated'
  | 'failed'
  | 'sealed'
  | 'empty'
  | 'ok'
  | 'bad'
  | 'warn'
  | 'report'
  | 'lead'
  | 'none'
  | 'futility'
  | 'undetermined'
  | 'running'
  | 'paused'
  | 'stopped'
  | 'draft'
  | 'committed'
  | 'planted'
  | 'exposed'
  | 'burned'
  | 'retired';

const stroke = { fill: 'none', stroke: 'currentColor', strokeWidth: 1.5 } as const;
const solid = { fill: 'currentColor' } as const;

export const GLYPHS: Readonly<Record<GlyphName, JSX.Element>> = {
  hit: <path d="M6 1 11 6 6 11 1 6Z" {...solid} />,
  miss: <path d="M3 6h6" {...stroke} />,
  refused: (
    <g {...stroke}>
      <circle cx="6" cy="6" r="4" />
      <path d="M3.2 8.8 8.8 3.2" />
    </g>
  ),
  truncated: <path d="M2 6h4.5M8.5 3v6" {...stroke} />,
  failed: <path d="m2.8 2.8 6.4 6.4m0-6.4L2.8 9.2" {...stroke} />,
  sealed: <path d="M2.5 2.5h7v7h-7zM2.5 6h7" {...stroke} />,
  empty: <circle cx="6" cy="6" r="1" {...solid} />,
  ok: <path d="m2 6.5 2.8 2.8L10 3.5" {...stroke} />,
  bad: <path d="m2.8 2.8 6.4 6.4m0-6.4L2.8 9.2" {...stroke} strokeWidth={2} />,
  warn: (
    <g {...stroke}>
      <path d="M6 1.5 11 10.5H1Z" strokeLinejoin="round" />
      <path d="M6 5v2.6" />
    </g>
  ),
  report: (
    <g>
      <path d="M6 0.8 11.2 6 6 11.2 0.8 6Z" {...stroke} />
      <path d="M6 3.4 8.6 6 6 8.6 3.4 6Z" {...solid} />
    </g>
  ),
  lead: <path d="M6 1.2 10.8 6 6 10.8 1.2 6Z" {...stroke} />,
  none: <circle cx="6" cy="6" r="4.2" {...stroke} />,
  futility: (
    <g {...stroke}>
      <circle cx="6" cy="6" r="4.2" />
      <path d="M3.5 6h5" />
    </g>
  ),
  undetermined: (
    <g {...stroke}>
      <path d="M1.5 1.5h9v9h-9z" />
      <path d="M1.5 7 7 1.5M1.5 10.5l9-9M5 10.5 10.5 5" strokeWidth={1} />
    </g>
  ),
  running: <path d="M3 1.5 10 6 3 10.5Z" {...solid} />,
  paused: <path d="M3.8 2v8M8.2 2v8" {...stroke} strokeWidth={2.2} />,
  stopped: <path d="M2.5 2.5h7v7h-7z" {...solid} />,
  draft: <circle cx="6" cy="6" r="4.2" {...stroke} strokeDasharray="2 1.6" />,
  committed: <path d="M2.5 2.5h7v7h-7zM2.5 6h7" {...stroke} />,
  planted: (
    <path
      d="M6 11V5M6 6.5C6 4 4 2.6 1.8 2.8 1.8 5 3.6 6.5 6 6.5ZM6 5c0-2 1.8-3.4 4.2-3.2C10.2 4 8.6 5 6 5Z"
      {...stroke}
      strokeWidth={1.3}
    />
  ),
  exposed: (
    <g {...stroke}>
      <path d="M0.8 6S2.8 2.6 6 2.6 11.2 6 11.2 6 9.2 9.4 6 9.4 0.8 6 0.8 6Z" />
      <circle cx="6" cy="6" r="1.4" {...solid} stroke="none" />
    </g>
  ),
  burned: (
    <path
      d="M6 1c.4 2 3.6 3.4 3.6 6.2A3.5 3.5 0 0 1 6 11a3.5 3.5 0 0 1-3.6-3.8C2.4 5.6 4 5 4 3.2 5 3.4 6 2.6 6 1Z"
      {...stroke}
      strokeLinejoin="round"
    />
  ),
  retired: (
    <g {...stroke}>
      <path d="M1.5 2.5h9V5h-9zM2.5 5v5h7V5M4.8 7h2.4" />
    </g>
  ),
};

const TONE: Readonly<Partial<Record<GlyphName, string>>> = {
  hit: 'text-hit',
  report: 'text-hit',
  lead: 'text-hit',
  refused: 'text-refused',
  truncated: 'text-refused',
  warn: 'text-refused',
  failed: 'text-failed',
  bad: 'text-failed',
  ok: 'text-good',
  running: 'text-accent',
  planted: 'text-good',
  exposed: 'text-refused',
  burned: 'text-hit',
};

export function Glyph({ name }: { name: GlyphName }) {
  return (
    <svg
      width="12"
      height="12"
      viewBox="0 0 12 12"
      aria-hidden="true"
      className={`inline-block shrink-0 ${TONE[name] ?? 'text-ink-3'}`}
    >
      {GLYPHS[name]}
    </svg>
  );
}

/** Glyph and word: the only way a state is shown. */
export function State(props: {
  readonly name: GlyphName;
  readonly word: string;
  /** A sentence instead of a word: it may take several lines. */
  readonly wrap?: boolean;
}) {
  const { name, word, wrap = false } = props;
  return (
    <span
      className={`inline-flex gap-1.5 ${wrap ? 'items-baseline break-words' : 'items-center whitespace-nowrap'}`}
    >
      <Glyph name={name} />
      <span>{word}</span>
    </span>
  );
}
