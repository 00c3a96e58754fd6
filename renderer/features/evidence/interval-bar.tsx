interface Props {
  readonly low: number;
  readonly high: number;
  readonly value: number | null;
  readonly label: string;
}

/** A rate between 0 and 1 with its interval. */
export function IntervalBar({ low, high, value, label }: Props) {
  const pct = (x: number): string => `${Math.min(1, Math.max(0, x)) * 100}%`;
  return (
    <svg width="100%" height="18" role="img" aria-label={label} className="block">
      <path d="M0 9.5H2000" className="stroke-line-strong" />
      <rect x="0" y="5" width="1" height="9" className="fill-line-strong" />
      <rect
        x={pct(low)}
        width={pct(high - low)}
        y="6"
        height="7"
        className="fill-accent"
        opacity="0.35"
      />
      <rect x={pct(low)} width="1.5" y="4" height="11" className="fill-accent" />
      <rect x={pct(high)} width="1.5" y="4" height="11" className="fill-accent" />
      {value !== null && <rect x={pct(value)} y="2" width="3" height="15" className="fill-ink" />}
    </svg>
  );
}
