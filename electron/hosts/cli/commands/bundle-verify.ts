import { resolve } from 'node:path';
import { EXIT } from '../exit.ts';
import { readText } from '../files.ts';
import { defineVerb } from '../verb.ts';

const RESULT = {
  passed: 'ok',
  failed: 'FAILED',
  withheld: 'withheld',
  unproven: 'unproven',
} as const;

interface Options {
  readonly key?: string;
  readonly tsaRoot?: string;
  readonly disclosure?: string;
}

export const bundleVerify = defineVerb<Options>({
  name: 'bundle verify',
  summary: 'Check every hash, signature and proof of a bundle and compute E again (exit 50 if not)',
  arguments: [['<dir>', 'folder of the bundle']],
  examples: [
    'bundle verify ./evidence',
    'bundle verify ./evidence --key key.pem --tsa-root tsa.pem --json',
    'bundle verify ./public --disclosure ./for-the-court',
  ],
  options: (command) =>
    command
      .option('--key <file>', 'public key (PEM) that came by another way than the bundle')
      .option('--tsa-root <file>', 'roots (PEM) of time-stamping authorities that you trust')
      .option('--disclosure <dir>', 'canaries disclosed beside the bundle (bundle disclose)'),
  run: async ({ io, out, session }, { key, tsaRoot, disclosure: beside }, [folder = '']) => {
    const publicKeyPem = key === undefined ? null : await readText(io, key);
    const tsaRootsPem = tsaRoot === undefined ? null : await readText(io, tsaRoot);
    const { client } = session.core();
    const path = resolve(io.cwd, folder);
    const disclosure = beside === undefined ? null : resolve(io.cwd, beside);
    const input = { path, publicKeyPem, tsaRootsPem, disclosure };
    const result = await client.call('bundle.verify', input);
    const withheld = result.checks.filter(({ status }) => status === 'withheld').length;
    out.result(result, () => {
      out.table(
        ['check', 'result', 'detail'],
        result.checks.map((check) => [check.name, RESULT[check.status], check.detail]),
      );
      out.line();
      out.line(
        result.ok
          ? `Verified${withheld === 0 ? '' : ` as far as the profile ${result.profile} allows: ${withheld} checks withheld`}. Signed by ${result.keyid ?? 'nobody'}.`
          : 'NOT VERIFIED: this bundle is not what was signed, or was not signed as it should be.',
      );
    });
    const failed = result.checks
      .filter(({ status }) => status === 'failed')
      .map((check) => check.name);
    if (!result.ok)
      out.note(`trapstreet: the bundle fails at ${failed.join(', ')}. Do not rely on it.`);
    else if (!result.keyGiven)
      out.note('No --key was given: this shows that the bundle is consistent, not who made it.');
    return result.ok ? EXIT.done : EXIT.integrity;
  },
});
