import { z } from 'zod';
import { CliError, EXIT } from '../exit.ts';
import { readText } from '../files.ts';
import { defineVerb } from '../verb.ts';

const caseFile = z.object({ cases: z.array(z.unknown()).max(100_000) });

function casesOf(file: string, text: string): z.output<typeof caseFile> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new CliError(`${file} is not JSON.`);
  }
  const parsed = caseFile.safeParse(value);
  if (!parsed.success)
    throw new CliError(
      `${file} is not {"cases": [{"id": ..., "kind": ..., "input": ...}]} with at most 100,000 cases.`,
    );
  return parsed.data;
}

export const statsRun = defineVerb<{ readonly file: string }>({
  name: 'stats run',
  summary: 'Compute statistics from your own numbers, to check one by hand',
  examples: ['stats run --file cases.json --json', 'stats run --file - < cases.json'],
  options: (command) =>
    command.requiredOption('--file <file>', 'JSON file of cases, or - for standard input'),
  run: async ({ io, out, session }, { file }) => {
    const { cases } = casesOf(file, await readText(io, file));
    const { client } = session.core();
    const answer = await client.call('stats.run', { cases });
    out.result(answer, () =>
      out.table(
        ['case', 'value'],
        answer.results.map(({ id, value, error }) => [
          String(id ?? '?'),
          error === undefined ? JSON.stringify(value) : `error: ${error}`,
        ]),
      ),
    );
    return EXIT.done;
  },
});
