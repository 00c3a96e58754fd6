import { formatCount, formatE } from '#shared/util/format.ts';
import { E } from '../../ui/num.tsx';
import { EXPLANATION, type Suspect } from './words.ts';

const isCapped = (logE: number): boolean => formatE(logE).startsWith('at least');

function Ratio({ suspect }: { suspect: Suspect }) {
  return (
    <>
      {isCapped(suspect.logE) ? '' : 'about '}
      <E ln={suspect.logE} /> times more probable if information about our draws reached the model
      than if the model is independent of them
    </>
  );
}

const hits = (suspect: Suspect): string =>
  `${formatCount(suspect.hits)} of ${formatCount(suspect.asked)} canaries`;

/** The one sentence about a suspect. An E below 1 is never put into words for the other side (METHOD 5.3). */
export function Sentence({ suspect }: { suspect: Suspect }) {
  switch (suspect.label) {
    case 'report-grade':
      return (
        <>
          {suspect.target}: report-grade, <Ratio suspect={suspect} />; {hits(suspect)}.
        </>
      );
    case 'lead':
      return (
        <>
          {suspect.target}: a lead, not evidence for a report; <Ratio suspect={suspect} />,{' '}
          {hits(suspect)}.
        </>
      );
    case 'futility':
      return (
        <>
          {suspect.target}: stopped for futility at {hits(suspect)}. Further canaries were not worth
          their exposure; this does not show independence.
        </>
      );
    case 'undetermined':
      return (
        <>
          {suspect.target}: undetermined. {suspect.asked > 0 && <>{hits(suspect)} so far.</>}
        </>
      );
    default:
      return (
        <>
          {suspect.target}: no evidence, {hits(suspect)}. This does not show independence.
        </>
      );
  }
}

export function Explained({ suspect }: { suspect: Suspect }) {
  if (suspect.explanation === 'none') return null;
  return (
    <>
      The controls leave {suspect.explanation}: {EXPLANATION[suspect.explanation]}
      {suspect.explanation === 'T' && ', or public data (P) if a search finds our responses there'}.
    </>
  );
}
