import type { ReportHead } from '../evidence/document.ts';
import { type StatedStamp, statedStamps } from '../evidence/stated-stamps.ts';
import { formatPlural, formatUtc } from '../util/format.ts';
import { visible } from '../util/visible.ts';
import type { Line } from './blocks.ts';
import type { ReportFacts } from './facts.ts';

interface Dated {
  readonly name: string;
  readonly stamps: readonly StatedStamp[];
}

/** What was fixed before the first request: the registrations that the plan names, and the plan. */
function fixedBefore({ head, plan }: Pick<ReportFacts, 'head' | 'plan'>): Dated[] {
  const numbers = [...new Set(plan.canaries.registries.map(({ number }) => number))];
  return [
    ...numbers.flatMap((number) => {
      const registration = head.registrations[number - 1];
      return registration === undefined
        ? []
        : [
            {
              name: `registration ${number}`,
              stamps: statedStamps(registration.registrationSigstore),
            },
          ];
    }),
    { name: 'plan', stamps: statedStamps(head.plan.sealSigstore) },
  ];
}

const checkpointOf = ({ custody }: ReportHead): Dated => ({
  name: 'custody log',
  stamps: statedStamps(custody.checkpointSigstore),
});

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

const names = (all: readonly Dated[]): string =>
  all
    .map(({ name }) => (name === 'plan' ? 'the plan' : name))
    .join(', ')
    .replace(/, ([^,]*)$/, ' and $1');

function said(stamps: readonly StatedStamp[]): string {
  return stamps.map(({ utc, by }) => `${formatUtc(utc)} by ${visible(by)}`).join('; ');
}

/** Rows of the first page: who stamped what and when, as the stamps say. */
export function stampRows(facts: ReportFacts): [string, Line][] {
  const rows = [...fixedBefore(facts), checkpointOf(facts.head)].map(
    ({ name, stamps }): [string, Line] => [
      `${capital(name)} stamped`,
      stamps.length === 0 ? 'UNSTAMPED' : said(stamps),
    ],
  );
  const { clockOffsetMs } = facts.head;
  const offset =
    clockOffsetMs === null
      ? 'never measured against an authority'
      : `${Math.abs(clockOffsetMs).toFixed(0)} ms ${clockOffsetMs < 0 ? 'ahead of' : 'behind'} an authority’s, as last measured`;
  return [
    ...rows,
    [
      'Report stamped',
      'only after this page was written, if at all: its signature carries the stamp, and “report stamp” of a verification says by whom and when',
    ],
    ['Own clock', offset],
  ];
}

/** What the reader may believe of the times in this report, and what a missing stamp costs. */
export function timeSentences(facts: ReportFacts): string[] {
  const fixed = fixedBefore(facts);
  const bare = fixed.filter(({ stamps }) => stamps.length === 0);
  const stamped = fixed.filter(({ stamps }) => stamps.length > 0);
  return [
    ...(stamped.length === 0
      ? []
      : [
          `Time stamps of ${formatPlural(new Set(stamped.flatMap(({ stamps }) => stamps.map(({ by }) => by))).size, 'authority', 'authorities')} (RFC 3161) stand over ${names(stamped)}. They show that these existed at the times under “Who and when”, by the word of an authority whom the reader has to trust; this page only repeats what they say, and whoever checks them needs the authority’s root certificate from elsewhere.`,
        ]),
    ...(bare.length === 0
      ? []
      : [
          `UNSTAMPED: no independent authority has stamped ${names(bare)}. That ${bare.length === 1 ? 'it was' : 'they were'} fixed before the first request is the laboratory’s word alone: whoever sets a clock back can write such a file afterwards, and every claim that nothing was chosen after the fact rests on that word.`,
        ]),
    checkpointOf(facts.head).stamps.length === 0
      ? 'UNSTAMPED: no authority has stamped the checkpoint of the custody log. Its owner could have written the whole log anew before this report was signed.'
      : 'The checkpoint of the custody log is stamped: the log was not written anew after that time. All times between the stamps are the laboratory’s own.',
  ];
}
