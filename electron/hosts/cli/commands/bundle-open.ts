import { resolve } from 'node:path';
import { EXIT } from '../exit.ts';
import { readText, refuseExisting, writeText } from '../files.ts';
import { defineVerb } from '../verb.ts';

interface Options {
  readonly key?: string;
  readonly out: string;
  readonly force?: boolean;
}

export const bundleOpen = defineVerb<Options>({
  name: 'bundle open',
  summary: 'Verify a bundle of anybody and write its report, drawn anew from its data',
  arguments: [['<dir>', 'folder of the bundle']],
  examples: ['bundle open ./evidence --key key.pem --out report.html'],
  options: (command) =>
    command
      .option('--key <file>', 'public key (PEM) that came by another way than the bundle')
      .requiredOption('--out <file>', 'file to write')
      .option('--force', 'write over an existing file'),
  run: async ({ io, out, session }, { key, out: file, force = false }, [folder = '']) => {
    refuseExisting(io, file, force);
    const publicKeyPem = key === undefined ? null : await readText(io, key);
    const { client } = session.core();
    const path = resolve(io.cwd, folder);
    const { verification, report } = await client.call('bundle.open', { path, publicKeyPem });
    if (report === null) {
      const failed = verification.checks.filter(({ status }) => status === 'failed');
      out.result({ verification, path: null }, () =>
        out.line(`NOT VERIFIED: it fails at ${failed.map(({ name }) => name).join(', ')}.`),
      );
      out.note('trapstreet: nothing was written. Do not rely on this bundle.');
      return EXIT.integrity;
    }
    const { html, ...facts } = report;
    const written = writeText(io, file, html, force);
    out.result({ verification, path: written, ...facts }, () => {
      out.line(`Verified. Report ${facts.reportId} of ${facts.lab} written to ${written}.`);
      if (!verification.keyGiven)
        out.note('No --key was given: this shows that the bundle is consistent, not who made it.');
    });
    return EXIT.done;
  },
});
