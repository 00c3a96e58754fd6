import { Command } from 'commander';
import { COMMANDS } from './commands/index.ts';
import { tell } from './failures.ts';
import { type Io, processIo } from './io.ts';
import { createOutput } from './output.ts';
import { createCliSession, type GlobalOptions, installation } from './session.ts';
import type { Execute, StartServing } from './verb.ts';

export interface MainOptions {
  /** Without the program's own name. */
  readonly argv: readonly string[];
  readonly startServing: StartServing;
  readonly io?: Io;
}

const ABOUT = 'Evidence with a known error rate that a model was trained on the outputs of another';

const EXIT_HELP = `
Exit codes:
  0 done, nothing above threshold   10 threshold met      20 undetermined
  30 target unreachable or auth failed                    31 target changed identity
  40 budget or exposure cap reached 50 integrity or signature failure
  64 usage                          70 internal           130 interrupted, resumable

Every command: trapstreet COMMAND --help. Files and examples: docs/cli.md, docs/formats.md.`;

function createProgram(io: Io, execute: Execute): Command {
  const program = new Command('trapstreet')
    .description(ABOUT)
    .version(installation().version, '--version', 'show the version')
    .option(
      '--workspace <dir>',
      'folder of the workspace (or TRAPSTREET_WORKSPACE; default ./trapstreet-workspace)',
    )
    .option('--json', 'exactly one JSON value on standard output')
    .option(
      '--passphrase-file <file>',
      'read the passphrase from the first line of a file (or TRAPSTREET_PASSPHRASE)',
    )
    .option('--keychain', 'unlock with the keychain of this machine, where it was enabled')
    .option(
      '--recovery-code-file <file>',
      'unlock with the recovery code on the first line of a file',
    )
    .option('--verbose', 'log each call as a JSON line on standard error')
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: true })
    // What is wrong is told once, by us; the help of a command that is missing stays.
    .configureOutput({
      writeOut: (text) => {
        io.stdout.write(text);
      },
      writeErr: (text) => {
        if (!text.startsWith('error:')) io.stderr.write(text);
      },
    })
    .exitOverride()
    .addHelpText('after', EXIT_HELP);
  for (const install of COMMANDS) install(program, execute);
  return program;
}

/** Runs one command line and returns its exit code. Never throws. */
export async function main(options: MainOptions): Promise<number> {
  const io = options.io ?? processIo();
  let exit = 0;
  const execute: Execute = async (run, host) => {
    const globals = program.opts<GlobalOptions>();
    const out = createOutput(io, globals.json ?? false);
    const session = createCliSession(io, globals, host);
    try {
      exit = await run({ io, out, options: globals, session, startServing: options.startServing });
    } finally {
      await session.close();
    }
  };
  const program = createProgram(io, execute);
  try {
    await program.parseAsync([...options.argv], { from: 'user' });
    return exit;
  } catch (error) {
    // Before the options are read it is not known yet whether they ask for JSON.
    return tell(error, createOutput(io, options.argv.includes('--json')));
  }
}
