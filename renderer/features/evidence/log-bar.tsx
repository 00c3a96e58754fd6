import { formatE, formatPowerOfTen } from '#shared/util/format.ts';
import { LEAD } from './words.ts';

const LOW = -2;
const HIGH = 6;
const place = (log10: number): number =>
  ((Math.min(HIGH, Math.max(LOW, log10)) - LOW) / (HIGH - LOW)) * 100;

/** E on a small log scale from 1/100 to a million, with the marks of lead and report-grade. */
export function LogBar({ logE, threshold }: { logE: number; threshold: number }) {
  const at = place(logE / Math.LN10);
  const zero = place(0);
  const lead = place(Math.log10(LEAD));
  const report = place(Math.log10(threshold));
  const above = logE >= 0;
  return (
    <svg
      width="100%"
      height="16"
      role="img"
      aria-label={`E ${formatE(logE)}; lead at ${LEAD}, report-grade at ${threshold}; scale to ${formatPowerOfTen(HIGH)}`}
      className="block"
    >
      <path d="M0 12.5H1000" className="stroke-line-strong" strokeWidth="1" />
      {Array.from({ length: HIGH - LOW + 1 }, (_, index) => (
        <rect
          // biome-ignore lint/suspicious/noArrayIndexKey: ticks have no identity but their place
          key={index}
          x={`${place(LOW + index)}%`}
          y="12"
          width="1"
          height="3"
          className="fill-line-strong"
        />
      ))}
      <rect
        x={`${above ? zero : at}%`}
        width={`${Math.abs(at - zero)}%`}
        y="7"
        height="5"
        className={above ? 'fill-hit-mark' : 'fill-miss-mark'}
      />
      <rect x={`${lead}%`} y="3" width="1.5" height="10" className="fill-ink-3" />
      <rect x={`${report}%`} y="0" width="2" height="13" className="fill-ink" />
    </svg>
  );
}
