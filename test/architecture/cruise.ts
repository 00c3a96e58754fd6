import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');

export interface Violation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
  /** The other files of a cycle, which is reported once. */
  readonly cycle: readonly string[];
}

export interface Cruise {
  readonly violations: readonly Violation[];
  readonly modules: readonly string[];
}

interface Output {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: {
    readonly violations: readonly {
      readonly from: string;
      readonly to: string;
      readonly rule: { readonly name: string };
      readonly cycle?: readonly { readonly name: string }[];
    }[];
  };
}

export interface Finished {
  readonly status: number;
  readonly stdout: string;
}

/** Runs a tool of this project with the Node that runs the tests. */
export function run(script: string, args: readonly string[], cwd: string): Promise<Finished> {
  return new Promise((finish) => {
    const options = { cwd, maxBuffer: 256 * 1024 * 1024 };
    execFile(
      process.execPath,
      [join(ROOT, 'node_modules', script), ...args],
      options,
      (error, stdout) => finish({ status: Number(error?.code ?? 0), stdout }),
    );
  });
}

/** The rules of the project over the zones of a tree. */
export async function cruise(folder: string): Promise<Cruise> {
  const config = join(ROOT, '.dependency-cruiser.cjs');
  const { stdout } = await run(
    'dependency-cruiser/bin/dependency-cruiser.mjs',
    ['--config', config, '--output-type', 'json', 'electron', 'renderer', 'shared'],
    folder,
  );
  const output = JSON.parse(stdout) as Output;
  return {
    violations: output.summary.violations.map(({ rule, from, to, cycle }) => ({
      rule: rule.name,
      from,
      to,
      cycle: (cycle ?? []).map(({ name }) => name),
    })),
    modules: output.modules.map(({ source }) => source),
  };
}
