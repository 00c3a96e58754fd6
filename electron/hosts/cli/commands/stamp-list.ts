import { STAMP_KINDS } from '#shared/contract/trust.ts';
import { CliError, EXIT } from '../exit.ts';
import { printStamps } from '../stamp-view.ts';
import { defineVerb } from '../verb.ts';

/** Errors: usage, for a word that is no kind. */
export function stampKind(text: string | undefined): (typeof STAMP_KINDS)[number] | null {
  if (text === undefined) return null;
  const kind = STAMP_KINDS.find((known) => known === text);
  if (kind === undefined)
    throw new CliError(`There is no kind ${text}. Use one of: ${STAMP_KINDS.join(', ')}.`);
  return kind;
}

export const stampList = defineVerb({
  name: 'stamp list',
  summary: 'What was signed, and who stamped it when, or that it is unstamped',
  arguments: [['[kind]', STAMP_KINDS.join(', ')]],
  examples: ['stamp list', 'stamp list registration'],
  run: async ({ out, session }, _options, [kind]) => {
    const wanted = stampKind(kind);
    const client = await session.open();
    const list = await client.call('stamp.list', { kind: wanted });
    out.result(list, () => {
      printStamps(out, list.items);
      if (list.unstamped > 0) out.note(`${list.unstamped} unstamped.`);
      if (list.renewalsDue > 0)
        out.note(
          `${list.renewalsDue} stamps should be renewed before their authority’s certificate ends: trapstreet stamp renew`,
        );
      if (list.clockOffsetMs !== null)
        out.note(`Clock: authority minus this machine ${list.clockOffsetMs} ms.`);
    });
    return EXIT.done;
  },
});
