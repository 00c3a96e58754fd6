import type { RegistryItem } from '#shared/contract/library.ts';
import { EXIT } from '../exit.ts';
import type { Output } from '../output.ts';
import { defineVerb } from '../verb.ts';

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
      item.beaconState === 'given' ? `given: ${item.beaconSource ?? ''}` : item.beaconState,
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
    out.result(list, () => printRegistries(out, list.registries));
    return EXIT.done;
  },
});
