// One type check a zone, two at a time: a zone's tsconfig decides what exists in it.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const zones = readdirSync(root)
  .filter((name) => /^tsconfig\.[a-z]+\.json$/.test(name) && name !== 'tsconfig.base.json')
  .sort();

const check = (zone: string): Promise<boolean> =>
  new Promise((done) => {
    const tsc = spawn(
      process.execPath,
      ['node_modules/typescript/bin/tsc', '-p', zone, '--pretty'],
      {
        cwd: root,
        stdio: 'inherit',
      },
    );
    tsc.on('close', (code) => {
      process.stdout.write(`types ${zone}: ${code === 0 ? 'ok' : 'FAILED'}\n`);
      done(code === 0);
    });
  });

const queue = [...zones];
const results: boolean[] = [];
const worker = async (): Promise<void> => {
  for (let zone = queue.shift(); zone !== undefined; zone = queue.shift())
    results.push(await check(zone));
};
await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, worker));
process.exitCode = zones.length >= 6 && results.every(Boolean) ? 0 : 1;
