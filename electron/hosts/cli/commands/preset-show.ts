import { CliError, EXIT } from '../exit.ts';
import { defineVerb } from '../verb.ts';

export const presetShow = defineVerb({
  name: 'preset show',
  summary: 'One preset, with what is known of the vendor, the day and the source',
  arguments: [['<name>', 'name of the preset']],
  examples: ['preset show deepseek'],
  run: async ({ out, session }, _options, [name = '']) => {
    const { client } = session.core();
    const { presets } = await client.call('preset.list', {});
    const preset = presets.find((known) => known.name === name);
    if (!preset)
      throw new CliError(`There is no preset ${name}. List them with \`trapstreet preset list\`.`, {
        code: 'NOT_FOUND',
      });
    out.result(preset, () => {
      out.facts([
        ['name', preset.name],
        ['title', preset.title],
        ['vendor', preset.vendor ?? '–'],
        ['format', preset.format],
        ['base URL', preset.baseUrl],
        [
          'values',
          preset.values.map((value) => `${value.name} (${value.title})`).join(', ') || '–',
        ],
        ['model', `such as ${preset.modelExample}`],
        ['key', preset.key],
        ['auth', preset.auth === null ? 'as the format does' : JSON.stringify(preset.auth)],
        ['extra', JSON.stringify(preset.extra)],
        ['renames', JSON.stringify(preset.dialect?.renames ?? {})],
        ['thinking', JSON.stringify(preset.dialect?.thinking ?? null)],
      ]);
      out.table(
        ['about', 'what is known', 'seen', 'source'],
        [
          ...preset.notes.map((note) => [
            note.parameter,
            `${note.effect}: ${note.text}`,
            note.seen,
            note.source,
          ]),
          ...preset.quirks.map((quirk) => ['–', quirk.text, quirk.seen, quirk.source]),
        ],
      );
    });
    return EXIT.done;
  },
});
