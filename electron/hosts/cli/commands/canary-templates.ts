import { EXIT } from '../exit.ts';
import { defineVerb } from '../verb.ts';

export const canaryTemplates = defineVerb({
  name: 'canary templates',
  summary: 'Starter templates: families of harmless, made-up questions to draw responses for',
  examples: ['canary templates'],
  run: async ({ out, session }) => {
    const client = await session.open();
    const list = await client.call('canary.templates', {});
    out.result(list, () =>
      out.table(
        ['name', 'family', 'questions', 'candidates', 'what it asks'],
        list.templates.map((item) => [
          item.name,
          item.family,
          String(item.prompts),
          String(item.candidates),
          item.description,
        ]),
      ),
    );
    return EXIT.done;
  },
});
