import type { Command } from 'commander';
import type { Io } from './io.ts';
import type { Output } from './output.ts';
import type { CliSession, GlobalOptions } from './session.ts';

/** What `serve` needs of browser mode; the entry hands it in, since hosts do not import each other. */
export interface ServeOptions {
  readonly core: ReturnType<CliSession['core']>;
  readonly rendererDir: string;
  readonly port: number;
}
export interface Served {
  readonly url: string;
  readonly origin: string;
  readonly port: number;
  close(): Promise<void>;
}
export type StartServing = (options: ServeOptions) => Promise<Served>;

export interface Context {
  readonly io: Io;
  readonly out: Output;
  readonly options: GlobalOptions;
  readonly session: CliSession;
  readonly startServing: StartServing;
}

export interface Verb<O extends object> {
  /** `registry draw`, or `serve` without a noun. */
  readonly name: string;
  readonly summary: string;
  /** Arguments: the name as `commander` takes it, such as `<number>`, and what it means. */
  readonly arguments?: readonly (readonly [name: string, description: string])[];
  readonly examples: readonly string[];
  readonly options?: (command: Command) => unknown;
  readonly host?: 'cli' | 'loopback';
  /** Returns the exit code. */
  readonly run: (context: Context, options: O, args: readonly string[]) => Promise<number>;
}

/** Puts a command into the program. `execute` opens and closes what a command runs in. */
export type Execute = (
  run: (context: Context) => Promise<number>,
  host: 'cli' | 'loopback',
) => Promise<void>;
export type Install = (program: Command, execute: Execute) => void;

const NOUNS: Readonly<Record<string, string>> = {
  workspace: 'The folder that holds everything: create it, look at it, check it',
  case: 'Cases: one question about one or more suspects',
  canary: 'The library of secret prompts',
  registry: 'Commit canaries, draw their responses, write the planting kit',
  beacon: 'Public randomness for the draw: drand rounds, fetched or from a file',
  ledger: 'What was served to whom',
  adjudication: 'What people say of single scores, beside the scores',
  secret: 'API keys in the vault',
  vault: 'The ways into the workspace, its key, and what its files give away',
  key: 'The signing keys',
  authority: 'Time-stamping authorities',
  stamp: 'Time stamps: who says when something existed',
  preset: 'Vendors and servers that a target can be made from',
  target: 'Endpoints and models',
  plan: 'Pre-registered protocols of audits',
  audit: 'Run, watch, pause and stop audits',
  evidence: 'What an audit found',
  rescore: 'Score stored answers again with another scorer: exploratory',
  report: 'The report for people',
  bundle: 'The signed evidence for others',
  custody: 'The log of everything that was done',
  activity: 'The list of every connection',
  stats: 'Every statistic, from your own numbers',
  similarity: 'Whose answers a model resembles: a lead, never evidence',
  lab: 'The practice lab: small models on this machine',
};

function parentOf(program: Command, noun: string): Command {
  return (
    program.commands.find((known) => known.name() === noun) ??
    program.command(noun).description(NOUNS[noun] ?? noun)
  );
}

export function defineVerb<O extends object>(verb: Verb<O>): Install {
  return (program, execute) => {
    const [first = '', second] = verb.name.split(' ');
    const parent = second === undefined ? program : parentOf(program, first);
    const command = parent.command(second ?? first);
    // The first command of a noun lends it its example.
    if (second !== undefined && parent.commands.length === 1)
      parent.addHelpText('after', `\nExample:\n  $ trapstreet ${verb.examples[0] ?? verb.name}`);
    command.description(verb.summary);
    for (const [name, description] of verb.arguments ?? []) command.argument(name, description);
    verb.options?.(command);
    const title = verb.examples.length === 1 ? 'Example' : 'Examples';
    command.addHelpText(
      'after',
      `\n${title}:\n${verb.examples.map((example) => `  $ trapstreet ${example}`).join('\n')}`,
    );
    command.action(() =>
      execute((context) => verb.run(context, command.opts<O>(), command.args), verb.host ?? 'cli'),
    );
  };
}
