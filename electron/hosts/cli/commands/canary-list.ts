import { canaryKindSchema, canaryStatusSchema } from '#shared/domain/canary.ts';
import { CliError, EXIT } from '../exit.ts';
import { wholeNumber } from '../ids.ts';
import { defineVerb } from '../verb.ts';

interface Options {
  readonly search: string;
  readonly status?: string;
  readonly kind?: string;
  readonly registry?: string;
  readonly offset: string;
  readonly limit: string;
}

interface Choice<T> {
  readonly options: readonly T[];
  safeParse(value: unknown): { readonly success: boolean; readonly data?: T | undefined };
}

function oneOf<T extends string>(schema: Choice<T>, name: string, text?: string): T | null {
  if (text === undefined) return null;
  const parsed = schema.safeParse(text);
  if (!parsed.success || parsed.data === undefined)
    throw new CliError(`${name} must be one of ${schema.options.join(', ')}, not "${text}".`);
  return parsed.data;
}

export const canaryList = defineVerb<Options>({
  name: 'canary list',
  summary: 'Canaries with status and counts, without any of their text',
  examples: ['canary list --status draft', 'canary list --registry 1 --json'],
  options: (command) =>
    command
      .option('--search <text>', 'part of an id, tag or cohort', '')
      .option('--status <status>', canaryStatusSchema.options.join(', '))
      .option('--kind <kind>', canaryKindSchema.options.join(' or '))
      .option('--registry <number>', 'only canaries of this registry')
      .option('--offset <n>', 'skip this many', '0')
      .option('--limit <n>', 'at most this many (1-1000)', '200'),
  run: async ({ out, session }, options) => {
    const input = {
      search: options.search,
      status: oneOf(canaryStatusSchema, '--status', options.status),
      kind: oneOf(canaryKindSchema, '--kind', options.kind),
      registry:
        options.registry === undefined ? null : wholeNumber(options.registry, '--registry', 1),
      offset: wholeNumber(options.offset, '--offset'),
      limit: wholeNumber(options.limit, '--limit', 1),
    };
    const client = await session.open();
    const list = await client.call('canary.list', input);
    out.result(list, () => {
      out.table(
        ['id', 'kind', 'type', 'status', 'N', 'registry', 'use', 'exposures', 'cohort', 'tags'],
        list.items.map((item) => [
          item.id,
          item.kind,
          item.type,
          item.status,
          item.n === 0 ? '–' : String(item.n),
          item.registry === null ? '–' : String(item.registry),
          item.use ?? '–',
          String(item.exposures),
          item.cohort ?? '–',
          item.tags.join('; '),
        ]),
      );
      out.note(`${list.items.length} of ${list.total} canaries`);
    });
    return EXIT.done;
  },
});
