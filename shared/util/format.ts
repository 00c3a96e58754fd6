// One formatter for all numbers that people read (DESIGN principle 5). Fixed output on every machine: no locale is asked.

/** Narrow no-break space: a thin space that keeps a number on one line. */
const THIN = '\u202f';
const MINUS = '\u2212';
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';
const LOG_CAP = Math.log(1_000_000);
// A value that stands on a boundary must not leave it because ln and exp round.
const SLACK = 1e-12;

/** 42 -> "⁴²", -6 -> "⁻⁶". */
export function superscript(exponent: number): string {
  const digits = String(Math.abs(exponent)).replace(/\d/g, (digit) =>
    SUPERSCRIPTS.charAt(Number(digit)),
  );
  return exponent < 0 ? `⁻${digits}` : digits;
}

function group(digits: string): string {
  return digits.replace(/\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g, THIN);
}

/** Whole numbers with thin spaces in thousands: 12345 -> "12 345". */
export function formatCount(value: number): string {
  return value < 0 ? `${MINUS}${group(String(-value))}` : group(String(value));
}

function power(mantissa: string, exponent: number): string {
  return `${mantissa}${THIN}×${THIN}10${superscript(exponent)}`;
}

function cut(value: number, digits: number): string {
  const scale = 10 ** digits;
  return (Math.floor(value * scale * (1 + SLACK)) / scale).toFixed(digits);
}

/** E for people, from ln E: digits are cut, never rounded up; from a million on "at least 10⁶" (METHOD 5.5). */
export function formatE(logE: number): string {
  if (logE >= LOG_CAP - SLACK) return 'at least 10⁶';
  const value = Math.exp(logE) * (1 + SLACK);
  if (value >= 100_000) return scientificCut(logE);
  if (value >= 100) return group(cut(value, 0));
  if (value >= 10) return cut(value, 1);
  if (value >= 1) return cut(value, 2);
  if (value >= 0.001) return cut(value, value >= 0.1 ? 3 : value >= 0.01 ? 4 : 5);
  return scientificCut(logE);
}

function scientificCut(logE: number): string {
  const log10 = logE / Math.LN10;
  const exponent = Math.floor(log10 + SLACK);
  return power(cut(10 ** (log10 - exponent), 2), exponent);
}

/** A p-value: three significant digits, never printed as 0. */
export function formatP(p: number): string {
  if (p >= 0.001) return p >= 0.9995 ? '1' : p.toPrecision(3);
  if (!(p > 0)) return `below ${power('1', -300)}`;
  const [mantissa = '1', exponent = '0'] = p.toExponential(2).split('e');
  return power(mantissa, Number(exponent));
}

/** An anytime p = 1/E: capped as E is, since below it unmodelled errors dominate (METHOD 5.5). */
export function formatAnytimeP(p: number): string {
  return p <= 1e-6 ? 'at most 10⁻⁶' : formatP(p);
}

/** Sets a plain sentence in the style of this file: "9.1 x 10^4" -> "9.1 × 10⁴", "2,000" -> "2 000". */
export function typeset(text: string): string {
  return text
    .replace(/(\d),(?=\d{3})/g, `$1${THIN}`)
    .replace(/(\d) x (?=10\^)/g, `$1${THIN}×${THIN}`)
    .replace(/10\^(-?\d+)/g, (_, exponent: string) => `10${superscript(Number(exponent))}`);
}

/** A share as a percentage with one decimal: 0.0875 -> "8.8 %". */
export function formatPercent(share: number): string {
  return `${(share * 100).toFixed(1)}${THIN}%`;
}

/** An interval of shares: "3.9 % to 18.0 %". */
export function formatInterval(interval: { readonly low: number; readonly high: number }): string {
  return `${formatPercent(interval.low)} to ${formatPercent(interval.high)}`;
}

/** Axis label of a power of ten: 0 -> "1", 1 -> "10", 4 -> "10⁴". */
export function formatPowerOfTen(exponent: number): string {
  if (exponent === 0) return '1';
  return exponent === 1 ? '10' : `10${superscript(exponent)}`;
}

/** "2026-05-01T10:00:00.000Z" -> "2026-05-01 10:00:00 UTC". */
export function formatUtc(utc: string): string {
  return `${utc.slice(0, 10)} ${utc.slice(11, 19)} UTC`;
}

/** "1 canary", "2 canaries". */
export function formatPlural(count: number, one: string, many: string): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
