import { resolve } from 'node:path';

const FLAG = '--workspace';

/** The workspace named on the command line (`--workspace DIR` or `--workspace=DIR`), else the given one. */
export function chooseWorkspace(argv: readonly string[], fallback: string): string {
  let chosen: string | undefined;
  for (const [index, argument] of argv.entries()) {
    if (argument === FLAG) chosen = argv[index + 1];
    else if (argument.startsWith(`${FLAG}=`)) chosen = argument.slice(FLAG.length + 1);
  }
  return chosen === undefined || chosen === '' || chosen.startsWith('-')
    ? fallback
    : resolve(chosen);
}

/** The arguments of a new start with another workspace. */
export function withWorkspace(argv: readonly string[], folder: string): string[] {
  const kept = argv.filter(
    (argument, index) =>
      argument !== FLAG && !argument.startsWith(`${FLAG}=`) && argv[index - 1] !== FLAG,
  );
  return [...kept, `${FLAG}=${folder}`];
}
