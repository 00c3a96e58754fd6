import { Fragment } from 'react';
import { formatE, formatP, formatUtc, superscript } from '#shared/util/format.ts';

const DIGITS: Readonly<Record<string, string>> = {
  '⁰': '0',
  '¹': '1',
  '²': '2',
  '³': '3',
  '⁴': '4',
  '⁵': '5',
  '⁶': '6',
  '⁷': '7',
  '⁸': '8',
  '⁹': '9',
  '⁻': '\u2212',
};

/** A formatted number with real superscripts in place of the Unicode ones, which the typeface lacks. */
export function Typeset({ text }: { text: string }) {
  const parts = text.split(/([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)/);
  return (
    <>
      {parts.map((part, index) =>
        index % 2 === 1 ? (
          <sup
            // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text have no identity but their place
            key={index}
          >
            {[...part].map((c) => DIGITS[c] ?? c).join('')}
          </sup>
        ) : (
          <Fragment
            // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text have no identity but their place
            key={index}
          >
            {part}
          </Fragment>
        ),
      )}
    </>
  );
}

/** A sentence of the core: its numbers get the same form as everywhere (thin spaces, superscripts). */
export function Prose({ text }: { text: string }) {
  const typed = text
    .replace(/(\d),(?=\d{3}\b)/g, '$1\u202f')
    .replace(/(\d(?:\.\d+)?)e([-+]?\d+)/g, '$1 x 10^$2')
    .replace(/\u0020x 10\^/g, '\u202f×\u202f10^')
    .replace(
      /10\^([-+]?)(\d+)/g,
      (_all, sign: string, digits: string) => `10${superscript(Number(`${sign}${digits}`))}`,
    );
  return <Typeset text={typed} />;
}

/** E from ln E; never more than "at least 10⁶" (METHOD 5.5). */
export function E({ ln }: { ln: number }) {
  return (
    <span className="whitespace-nowrap tabular-nums">
      <Typeset text={formatE(ln)} />
    </span>
  );
}

export function P({ value }: { value: number }) {
  return (
    <span className="whitespace-nowrap tabular-nums">
      <Typeset text={formatP(value)} />
    </span>
  );
}

/** A moment in a column: fixed width, so that columns align. */
export function Utc({ value }: { value: string }) {
  return (
    <time dateTime={value} className="font-mono text-12 whitespace-nowrap">
      {formatUtc(value)}
    </time>
  );
}
