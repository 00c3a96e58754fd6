import type { Command } from 'commander';
import type { Input } from '#shared/contract/index.ts';
import { type RescoreResult, TEXT_SCORERS } from '#shared/contract/rescore.ts';
import { CliError } from './exit.ts';
import { wholeNumber } from './ids.ts';
import type { Output } from './output.ts';

export interface ScorerOptions {
  readonly scorer: string;
  readonly target?: string;
  readonly seed: string;
}

export const scorerOptions = (command: Command): Command =>
  command
    .requiredOption('--scorer <name>', `${TEXT_SCORERS.join(', ')}, embedding or judge`)
    .option('--target <name>', 'endpoint of the scorers embedding and judge')
    .option('--seed <number>', 'decides the shuffled lists of the judge', '1');

/** The scorer as the contract takes it; consent is asked for by the command that sends. */
export function scorerChoice(options: ScorerOptions): Input<'rescore.start'>['scorer'] {
  const { scorer, target, seed } = options;
  const id = TEXT_SCORERS.find((known) => known === scorer);
  if (id !== undefined) return { kind: 'text', id };
  if (scorer !== 'embedding' && scorer !== 'judge')
    throw new CliError(
      `There is no scorer ${scorer}. Choose one of ${[...TEXT_SCORERS, 'embedding', 'judge'].join(', ')}.`,
    );
  if (target === undefined)
    throw new CliError(`The scorer ${scorer} asks an endpoint: name it with --target.`);
  return scorer === 'embedding'
    ? { kind: 'embedding', target, consent: true }
    : { kind: 'judge', target, consent: true, seed: wholeNumber(seed, '--seed') };
}

export function printRescore(out: Output, result: RescoreResult): void {
  out.line(`${result.scorer}, ${result.createdUtc}`);
  out.table(
    ['target', 'role', 'asked', 'hits', 'mean bits', 'log10 E'],
    result.targets.map((target) => [
      target.target,
      target.role,
      String(target.asked),
      String(target.hits),
      target.meanBits.toFixed(2),
      (target.logE / Math.LN10).toFixed(2),
    ]),
  );
  out.note(result.caveat);
}
