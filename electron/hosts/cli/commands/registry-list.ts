import type { RegistryItem } from '#shared/contract/library.ts';
import { EXIT } from '../exit.ts';
import type { Output } from '../output.ts';
import { defineVerb } from '../verb.ts';

/** What of the beacon stands in the table: a reader must see at once whether it was checked. */
function beaconText(item: RegistryItem): string {
  if (item.beaconState === 'verified') return `verified: ${item.beaconSource ?? ''}`;
  if (item.beaconState === 'unverified') return `UNVERIFIED: ${item.beaconSource ?? ''}`;
  if (item.beaconState === 'none') return 'none';
  return item.announced === null
    ? 'pending, none announced'
    : `announced: ${item.announced.chain} ${item.announced.round}, out ${item.announced.publishedUtc}`;
}

function printRegistries(out: Output, registries: readonly RegistryItem[]): void {
  out.table(
    ['number', 'state', 'size', 'served', 'twins', 'found', 'beacon', 'planted', 'sha256'],
    registries.map((item) => [
      String(item.number),
      item.state,
      String(item.size),
      item.served === null ? '–' : String(item.served),
      item.twins === null ? '–' : String(item.twins),
      String(item.found),
      beaconText(item),
      item.plantedFrom ?? '–',
      item.sha256,
    ]),
  );
}

export const registryList = defineVerb({
  name: 'registry list',
  summary: 'The registrations, in number order',
  examples: ['registry list'],
  run: async ({ out, session }) => {
    const client = await session.open();
    const list = await client.call('registry.list', {});
    out.result(list, () => {
      printRegistries(out, list.registries);
      for (const { number, grinding } of list.registries)
        if (grinding !== null)
          out.line(`Registry ${number}, no announced beacon: ${grinding.sentence}`);
    });
    return EXIT.done;
  },
});
