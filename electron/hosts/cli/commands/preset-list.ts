import { EXIT } from '../exit.ts';
import { defineVerb } from '../verb.ts';

export const presetList = defineVerb({
  name: 'preset list',
  summary: 'The vendors and servers that a target can be made from',
  examples: ['preset list'],
  run: async ({ out, session }) => {
    const { client } = session.core();
    const list = await client.call('preset.list', {});
    out.result(list, () =>
      out.table(
        ['name', 'title', 'format', 'base URL', 'notes'],
        list.presets.map((preset) => [
          preset.name,
          preset.title,
          preset.format,
          preset.baseUrl,
          String(preset.notes.length + preset.quirks.length),
        ]),
      ),
    );
    return EXIT.done;
  },
});
