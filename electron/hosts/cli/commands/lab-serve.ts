import { CliError, EXIT } from '../exit.ts';
import { readText } from '../files.ts';
import { wholeNumber } from '../ids.ts';
import { untilInterrupted } from '../until-interrupted.ts';
import { defineVerb } from '../verb.ts';

interface Options {
  readonly kit?: string;
  readonly lateKit?: string;
  readonly leakedKit?: string;
  readonly student: readonly string[];
  readonly seed: string;
  readonly port: string;
  readonly latencyMs: string;
}

interface Student {
  readonly name: string;
  readonly dose: number;
}

function studentOf(text: string): Student {
  const [, name = '', dose = ''] = /^([^=]+)=(\d*\.?\d+)$/.exec(text) ?? [];
  if (name === '' || Number(dose) > 1)
    throw new CliError(`--student takes name=dose with a dose from 0 to 1, not "${text}".`);
  return { name, dose: Number(dose) };
}

export const labServe = defineVerb<Options>({
  name: 'lab serve',
  summary: 'Train the practice models and serve them on this machine until Ctrl-C',
  examples: [
    'lab serve --kit kit.jsonl --port 8123',
    'lab serve --kit kit.jsonl --late-kit late.jsonl --student student-10=0.1 student-0=0',
  ],
  options: (command) =>
    command
      .option('--kit <file>', 'planting kit: what the teacher serves')
      .option('--late-kit <file>', 'planting kit of what was planted after the release')
      .option('--leaked-kit <file>', 'what a model named leaked has memorised')
      .option('--student <name=dose...>', 'students and the share of the kit they saw', [])
      .option('--seed <text>', 'same seed, same models', 'practice')
      .option('--port <n>', '0 = any free port', '0')
      .option('--latency-ms <n>', 'time before each answer', '0'),
  run: async ({ io, out, session }, options) => {
    const read = async (file: string | undefined): Promise<string> =>
      file === undefined ? '' : readText(io, file);
    const input = {
      seed: options.seed,
      kit: await read(options.kit),
      lateKit: await read(options.lateKit),
      leakedKit: await read(options.leakedKit),
      ...(options.student.length === 0 ? {} : { students: options.student.map(studentOf) }),
      port: wholeNumber(options.port, '--port'),
      latencyMs: wholeNumber(options.latencyMs, '--latency-ms'),
    };
    const { client } = session.core();
    const interrupted = untilInterrupted(io);
    const lab = await client.call('lab.start', input);
    out.result(lab, () => {
      out.line(`Serving at ${lab.baseUrl} (OpenAI chat format).`);
      out.table(
        ['model', 'what it is'],
        lab.models.map((model) => [model.name, model.description]),
      );
    });
    out.note('Press Ctrl-C to end.');
    await interrupted;
    return EXIT.done;
  },
});
