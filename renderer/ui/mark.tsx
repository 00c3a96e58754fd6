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

/** The same map drawn large: every street is real but one. */
export function StreetMap() {
  return (
    <svg
      viewBox="0 0 480 260"
      role="img"
      aria-label="A street map. One street, dashed, is fictitious."
      className="w-full"
    >
      <g className="stroke-line-strong" fill="none" strokeWidth="1.25">
        <path
          d="M0 52H480M0 208H480M70 0V260M210 0V260M390 0V260"
          strokeWidth="7"
          className="stroke-line"
        />
        <path
          d="M0 52H480M0 208H480M70 0V260M210 0V260M390 0V260"
          strokeWidth="5"
          className="stroke-raised"
        />
        <path d="M70 130H210M140 52V130M210 96H300V208M300 140H390M30 52V208M0 150H70M250 208V260M430 52V208M390 170H480M140 170V208M70 170H140" />
        <path d="M210 20C260 34 320 10 390 24" />
      </g>
      <path
        d="M300 96H358V140"
        className="stroke-hit-mark"
        strokeWidth="2"
        strokeDasharray="6 4"
        fill="none"
      />
      <g className="fill-ink-3 font-sans" fontSize="10">
        <text x="100" y="46">
          Harbour Road
        </text>
        <text x="240" y="222">
          Mill Lane
        </text>
        <text x="308" y="90" className="fill-hit">
          Larkspur Close
        </text>
      </g>
    </svg>
  );
}
