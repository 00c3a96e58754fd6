// `npm run bench -- NAME ...`: what the method and the code promise, measured. Each part prints what it needs to be judged.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const PARTS: Readonly<Record<string, string>> = {
  null: 'false alarms of innocent models: rates of E >= 20, 100, 1000 [--sequences 200000] [--seconds 300] [--seed 1]',
  power: 'queries to E >= 1000 against the table of METHOD 5.8 [--runs 20000] [--seed 1]',
  speed: 'e-process and labels, scoring against reading [--answers 100000]',
  transport:
    'CPU of a request against a bare undici loop that stores as durably [--requests 2000] [--concurrency 8]',
  lineage: 'similarity on real outputs with known lineage [--data DIR]',
};

interface Part {
  /** Returns the exit code. */
  readonly run: (args: readonly string[]) => number | Promise<number>;
}

const [name = '', ...args] = process.argv.slice(2);
const file = resolve(import.meta.dirname, 'bench', `${name}.ts`);
if (!Object.hasOwn(PARTS, name) || !existsSync(file)) {
  const lines = Object.entries(PARTS).map(([part, about]) => `  ${part.padEnd(8)} ${about}`);
  process.stderr.write(`Usage: npm run bench -- NAME [options] [--json]\n${lines.join('\n')}\n`);
  process.exitCode = 64;
} else {
  const part = (await import(pathToFileURL(file).href)) as Part;
  process.exitCode = await part.run(args);
}
