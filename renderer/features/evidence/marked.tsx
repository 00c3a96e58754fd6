import { Fragment } from 'react';
import { Visible } from '../../ui/text.tsx';

const quote = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Where the candidates stand in an answer, as the scorer reads it: case, spacing and punctuation aside. */
function pattern(found: readonly string[]): RegExp | null {
  const sources = found
    .map((text) =>
      text
        .split(/[\s\p{P}]+/u)
        .filter(Boolean)
        .map(quote)
        .join('[\\s\\p{P}\\p{Cf}]+'),
    )
    .filter((source) => source !== '');
  return sources.length === 0 ? null : new RegExp(`(${sources.join('|')})`, 'giu');
}

/** An answer with the candidates that were found marked in place. */
export function Marked({ text, found }: { text: string; found: readonly string[] }) {
  const search = pattern(found);
  const parts = search ? text.split(search) : [text];
  return (
    <>
      {parts.map((part, index) =>
        index % 2 === 1 ? (
          <mark
            // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text have no identity but their place
            key={index}
            className="rounded-sm border-b-2 border-hit-mark bg-hit-soft px-0.5 font-semibold text-ink"
          >
            <Visible text={part} />
          </mark>
        ) : (
          <Fragment
            // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text have no identity but their place
            key={index}
          >
            <Visible text={part} />
          </Fragment>
        ),
      )}
    </>
  );
}
