import { formatCount } from '#shared/util/format.ts';
import { EXIT } from '../exit.ts';
import { defineVerb } from '../verb.ts';

export const vaultScan = defineVerb<{ readonly also?: readonly string[] }>({
  name: 'vault scan',
  summary: 'Search the raw files for every secret that the vault knows; never shows a text',
  examples: ['vault scan', 'vault scan --also /tmp/export --also ./notes.txt --json'],
  options: (command) => command.option('--also <path...>', 'further files and folders to search'),
  run: async ({ out, session }, { also = [] }) => {
    const client = await session.open();
    const found = await client.call('vault.scan', { also: [...also] });
    out.result(found, () => {
      out.line(
        `${formatCount(found.files)} files (${formatCount(found.bytes)} bytes) searched for ${formatCount(found.secrets)} secrets.`,
      );
      if (found.tooShort > 0)
        out.line(`${formatCount(found.tooShort)} are shorter than 10 bytes and were left out.`);
      if (found.ok) out.line('None of them stands in clear.');
      else
        out.table(
          ['file', 'kind', 'places'],
          found.findings.flatMap(({ path, kinds }) =>
            kinds.map(({ kind, count }) => [path, kind, String(count)]),
          ),
        );
    });
    return found.ok ? EXIT.done : EXIT.integrity;
  },
});
