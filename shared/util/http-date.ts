const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

/** The three forms of RFC 9110, 5.6.7; all of them are GMT, also the one that does not say so. */
const IMF = /^[a-z]{3}, (\d\d) ([a-z]{3}) (\d{4}) (\d\d):(\d\d):(\d\d) gmt$/i;
const RFC_850 = /^[a-z]{6,9}, (\d\d)-([a-z]{3})-(\d\d) (\d\d):(\d\d):(\d\d) gmt$/i;
const ASCTIME = /^[a-z]{3} ([a-z]{3}) ( \d|\d\d) (\d\d):(\d\d):(\d\d) (\d{4})$/i;
/** Not allowed by the RFC, but without doubt. */
const ISO = /^\d{4}-\d\d-\d\dt\d\d:\d\d:\d\d(?:\.\d+)?(?:z|[+-]\d\d:\d\d)$/i;

const FIFTY_YEARS = 50;

/** A year of two digits that would lie more than 50 years ahead is of the century before (RFC 9110, 5.6.7). */
function fullYear(two: string, nowMs: number): number {
  const now = new Date(nowMs).getUTCFullYear();
  const year = now - (now % 100) + Number(two);
  return year > now + FIFTY_YEARS ? year - 100 : year;
}

/**
 * Milliseconds since 1970 of an HTTP date; null for any other text. The time zone of the machine plays no part.
 * @param nowMs the present, which decides the century of a year of two digits.
 */
export function httpDateMs(text: string, nowMs: number): number | null {
  const at = (
    year: number,
    month = '',
    day = '',
    ...time: (string | undefined)[]
  ): number | null => {
    const index = MONTHS.indexOf(month.toLowerCase());
    const [hours, minutes, seconds] = time.map(Number);
    const ms = Date.UTC(year, index, Number(day), hours, minutes, seconds);
    return index < 0 || Number.isNaN(ms) ? null : ms;
  };
  const imf = IMF.exec(text);
  if (imf) return at(Number(imf[3]), imf[2], imf[1], imf[4], imf[5], imf[6]);
  const old = RFC_850.exec(text);
  if (old) return at(fullYear(old[3] ?? '', nowMs), old[2], old[1], old[4], old[5], old[6]);
  const asctime = ASCTIME.exec(text);
  if (asctime)
    return at(Number(asctime[6]), asctime[1], asctime[2], asctime[3], asctime[4], asctime[5]);
  const iso = ISO.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(iso) ? null : iso;
}
