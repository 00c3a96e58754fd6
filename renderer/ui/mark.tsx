/** A street map with one street that is not there. */
export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" aria-hidden="true" className="shrink-0">
      <rect width="20" height="20" rx="4" className="fill-ink" />
      <path
        d="M3 6.5h14M6.5 3v14M6.5 13.5h4"
        className="stroke-panel"
        strokeWidth="1.6"
        fill="none"
      />
      <path
        d="M13.5 6.5v8.5"
        className="stroke-hit-mark"
        strokeWidth="1.8"
        strokeDasharray="2 1.4"
        fill="none"
      />
    </svg>
  );
}

const ROADS = 'M0 52H480M0 208H480M70 0V260M210 0V260M390 0V260';
const LANES =
  'M70 130H210M140 52V130M210 96H300V208M300 140H390M30 52V208M0 150H70M250 208V260M430 52V208M390 170H480M140 170V208M70 170H140M210 20C260 34 320 10 390 24';

/** The same map drawn large: every street is real but one. */
export function StreetMap() {
  return (
    <svg
      viewBox="0 0 480 260"
      role="img"
      aria-label="A street map. One street, dashed, is fictitious."
      className="w-full"
    >
      <g fill="none">
        <path d={LANES} strokeWidth="5" className="stroke-line-strong" />
        <path d={ROADS} strokeWidth="10" className="stroke-line-strong" />
        <path d={LANES} strokeWidth="3.6" className="stroke-raised" />
        <path d={ROADS} strokeWidth="8.6" className="stroke-raised" />
        <path
          d="M303 98H358V137"
          className="stroke-hit-mark"
          strokeWidth="2.5"
          strokeDasharray="6 4"
        />
      </g>
      <g className="fill-ink-3" fontSize="10">
        <text x="96" y="42">
          Harbour Road
        </text>
        <text x="310" y="225">
          Mill Lane
        </text>
        <text x="306" y="88" className="fill-hit" fontWeight="500">
          Larkspur Close
        </text>
      </g>
    </svg>
  );
}
