import type { Output as ResultOf } from '#shared/contract/index.ts';
import { EXIT } from '../exit.ts';
import { wholeNumber } from '../ids.ts';
import type { Output } from '../output.ts';
import { defineVerb } from '../verb.ts';

type Exposure = ResultOf<'registry.exposure'>;

const reachText = (reach: Exposure['reach']): string[] =>
  reach.map(({ canaries }) => canaries.toFixed(1));

function print(out: Output, exposure: Exposure): void {
  const shares = exposure.reach.map(({ kept }) => `reach at ${kept * 100}%`);
  out.table(
    ['cohort', 'canaries', 'served', 'first', 'last', ...shares],
    [
      ...exposure.cohorts.map((entry) => [
        entry.cohort,
        String(entry.canaries),
        String(entry.served),
        entry.first ?? '–',
        entry.last ?? '–',
        ...reachText(entry.reach),
      ]),
      ['all', String(exposure.canaries.length), '', '', '', ...reachText(exposure.reach)],
    ],
  );
  out.table(
    ['canary', 'use', 'cohort', 'served', 'first', 'last'],
    exposure.canaries.map((canary) => [
      canary.id,
      canary.use,
      canary.cohort ?? '–',
      String(canary.served),
      canary.first ?? '–',
      canary.last ?? '–',
    ]),
  );
  const { recall } = exposure;
  out.line(
    recall === null || recall.asked === 0
      ? 'Recall of the known positive: not measured yet.'
      : `Recall of the known positive: ${recall.hits} of ${recall.asked}.`,
  );
  for (const problem of exposure.problems) out.line(`Problem: ${problem}`);
  out.note(
    `${exposure.unserved} served canaries stand in no ledger. Reach: expected number of canaries of which a copy was kept, if that share of the servings was.`,
  );
}

export const registryExposure = defineVerb({
  name: 'registry exposure',
  summary: 'How much of a registry was served to whom, and how many canaries that can have reached',
  arguments: [['<number>', 'number of the registry']],
  examples: ['registry exposure 1'],
  run: async ({ out, session }, _options, [number = '']) => {
    const input = { number: wholeNumber(number, '<number>', 1) };
    const client = await session.open();
    const exposure = await client.call('registry.exposure', input);
    out.result(exposure, () => print(out, exposure));
    return EXIT.done;
  },
});
