import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CliError, EXIT } from '../exit.ts';
import { refuseExisting } from '../files.ts';
import { wholeNumber } from '../ids.ts';
import { defineVerb } from '../verb.ts';

export const stampExport = defineVerb<{ readonly out: string; readonly force?: boolean }>({
  name: 'stamp export',
  summary: 'Write a stamp, what it is over, and its roots, for `openssl ts -verify`',
  arguments: [['<id>', 'id of `stamp list`']],
  examples: ['stamp export 1 --out registration'],
  options: (command) =>
    command
      .requiredOption('--out <name>', 'writes <name>.tsr, <name>.data and <name>.root.pem')
      .option('--force', 'write over files that exist'),
  run: async ({ io, out, session }, { out: name, force = false }, [id = '']) => {
    const number = wholeNumber(id, '<id>', 1);
    const names = [`${name}.tsr`, `${name}.data`, `${name}.root.pem`] as const;
    for (const file of names) refuseExisting(io, file, force);
    const client = await session.open();
    const stamp = await client.call('stamp.get', { id: number });
    const contents = [
      Buffer.from(stamp.tsrBase64, 'base64'),
      Buffer.from(stamp.dataBase64, 'base64'),
      Buffer.from(stamp.rootsPem),
    ];
    for (const [index, file] of names.entries())
      try {
        writeFileSync(resolve(io.cwd, file), contents[index] ?? '', { flag: force ? 'w' : 'wx' });
      } catch {
        throw new CliError(`${file} cannot be written. Choose another path.`);
      }
    const [tsr, data, root] = names;
    out.result(stamp.stamp, () => {
      out.line(`openssl ts -verify -in ${tsr} -data ${data} -CAfile ${root}`);
      const atTime = Math.floor(Date.parse(stamp.stamp.genTime) / 1000);
      out.note(`After ${stamp.stamp.certificateEnds} add: -attime ${atTime}`);
    });
    return EXIT.done;
  },
});
