import type { TargetTestResult } from '#shared/contract/target.ts';
import { CliError, EXIT } from '../exit.ts';
import { aboutFile } from '../failures.ts';
import { readStdin, readText } from '../files.ts';
import { wholeNumber } from '../ids.ts';
import type { Io } from '../io.ts';
import type { Output } from '../output.ts';
import { defineVerb } from '../verb.ts';

/** What the contract takes as a file of one target. */
const MOST_CHARACTERS = 1_000_000;

interface Options {
  readonly file?: string;
  readonly keyEnv?: string;
  readonly keyFile?: string;
  readonly secretEnv?: readonly string[];
  readonly timeout?: string;
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  value,
];

function variable(io: Io, name: string): string {
  const value = io.env[name];
  if (value === undefined || value === '')
    throw new CliError(`The environment variable ${name} is not set. Set it to the key.`);
  return value;
}

/** The keys of a target that stands in no workspace: from the environment or a file, never from the command line. */
async function givenSecrets(io: Io, options: Options): Promise<Record<string, string>> {
  const secrets: Record<string, string> = {};
  if (options.keyEnv !== undefined) secrets[''] = variable(io, options.keyEnv);
  if (options.keyFile !== undefined) {
    if (options.keyFile === '-' && options.file === '-')
      throw new CliError('Standard input holds either the target or its key, not both.');
    const text =
      options.keyFile === '-' ? await readStdin(io) : await readText(io, options.keyFile);
    secrets[''] = text.replace(/\r?\n$/, '');
  }
  for (const pair of options.secretEnv ?? []) {
    const [name, from] = pair.split('=', 2);
    if (!name || !from) throw new CliError('Write --secret-env as NAME=VARIABLE.');
    secrets[name] = variable(io, from);
  }
  return secrets;
}

/** Seconds on the command line, milliseconds in the contract. */
export const timeoutOf = (text: string | undefined): { readonly timeoutMs?: number } =>
  text === undefined ? {} : { timeoutMs: Math.min(wholeNumber(text, '--timeout', 1), 600) * 1_000 };

export function printTest(out: Output, test: TargetTestResult): void {
  out.facts([
    ['outcome', test.code === null ? test.outcome : `${test.outcome} (${test.code})`],
    ['status', test.status === null ? '–' : String(test.status)],
    ['answered by', test.route.sentence],
    ['model', test.model ?? '–'],
    ['time', `${Math.round(test.ms)} ms`],
    ['bytes', String(test.bytes)],
    ['TLS', test.tls === null ? 'none' : `${test.tls.protocol ?? '?'}, ${test.tls.cipher ?? '?'}`],
    ...(test.tls === null ? [] : [['certificate', test.tls.fingerprint] as const]),
    ['address', test.address ?? '–'],
    ['proxy', test.proxy ?? 'none'],
    ['answer', test.text ?? '–'],
  ]);
  if (test.parameters.length > 0)
    out.table(
      ['parameter', 'seen in this answer', 'why', 'known of the vendor'],
      test.parameters.map(({ subject, verdict, why, known }) => [
        subject,
        verdict,
        why,
        known ?? '–',
      ]),
    );
  for (const warning of test.warnings) out.note(`warning: ${warning}`);
  out.line(test.advice);
}

export const targetTest = defineVerb<Options>({
  name: 'target test',
  summary: 'One call with a harmless question; no canary is sent (exit 30 unless it is answered)',
  arguments: [['[name]', 'name of a target of the workspace']],
  examples: [
    'target test acme-2',
    'target test --file target.yaml --json',
    'target test --file target.yaml --key-env ACME_KEY --timeout 30 --json',
  ],
  options: (command) =>
    command
      .option(
        '--file <file>',
        'test the one target of this file (- for standard input); needs no workspace',
      )
      .option('--key-env <variable>', 'with --file: the key stands in this environment variable')
      .option(
        '--key-file <file>',
        'with --file: the key stands in this file (- for standard input)',
      )
      .option(
        '--secret-env <name=variable>',
        'with --file: another entry that the target names (proxy, client certificate)',
        collect,
      )
      .option('--timeout <seconds>', 'most seconds for the whole call (default 60, at most 600)'),
  run: async ({ io, out, session }, options, [name]) => {
    const timeout = timeoutOf(options.timeout);
    const { file } = options;
    if ((file === undefined) === (name === undefined))
      throw new CliError('Name a target of the workspace, or give --file with one target.');
    let test: TargetTestResult;
    if (file === undefined) {
      if (options.keyEnv ?? options.keyFile ?? options.secretEnv)
        throw new CliError('Keys of a target of the workspace stand in its vault: `secret set`.');
      const client = await session.open();
      test = await client.call('target.test', { name: name ?? '', ...timeout });
    } else {
      const text = await readText(io, file);
      if (text.length > MOST_CHARACTERS)
        throw new CliError(`${file} is larger than 1 MB: it holds more than one target.`);
      const secrets = await givenSecrets(io, options);
      const { client } = session.core();
      const call = () => client.call('target.try', { text, secrets, ...timeout });
      test = await aboutFile(file, call, 'nothing was sent');
    }
    out.result(test, () => printTest(out, test));
    return test.ok ? EXIT.done : EXIT.unreachable;
  },
});
