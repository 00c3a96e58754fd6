import type { ProbeResult } from '#shared/contract/target.ts';
import { CliError, EXIT } from '../exit.ts';
import { wholeNumber } from '../ids.ts';
import type { Output } from '../output.ts';
import { defineVerb } from '../verb.ts';
import { timeoutOf } from './target-test.ts';

function printProbe(out: Output, probe: ProbeResult): void {
  out.table(
    ['subject', 'verdict', 'why'],
    probe.findings.map(({ subject, verdict, why }) => [subject, verdict, why]),
  );
  out.line();
  const { latency } = probe;
  out.facts([
    ['calls', `${probe.calls}, of which ${probe.answered} were answered`],
    [
      'repeats',
      probe.repeatsDiffer === null
        ? 'not known'
        : probe.repeatsDiffer
          ? 'two identical calls gave different answers'
          : 'two identical calls gave the same answer',
    ],
    [
      'time',
      latency === null
        ? '–'
        : `${latency.leastMs} to ${latency.mostMs} ms, median ${latency.medianMs} ms`,
    ],
    ['models', probe.models.join(', ') || '–'],
    ['fingerprints', probe.fingerprints.join(', ') || '–'],
    ['upstreams', probe.upstreams.join(', ') || '–'],
    ['not tried', probe.untried.join(', ') || '–'],
  ]);
  for (const { id, code, status } of probe.failures)
    out.note(`call ${id} failed: ${code}${status === null ? '' : `, status ${status}`}`);
  for (const warning of probe.warnings) out.note(`warning: ${warning}`);
}

export const targetProbe = defineVerb<{ readonly calls?: string; readonly timeout?: string }>({
  name: 'target probe',
  summary:
    'Find which parameters a target accepts and obeys; without --calls only the list of calls',
  arguments: [['<name>', 'name of the target']],
  examples: ['target probe acme-2', 'target probe acme-2 --calls 12'],
  options: (command) =>
    command
      .option('--calls <number>', 'consent to at most so many harmless calls (2 to 16)')
      .option('--timeout <seconds>', 'most seconds for each call (default 60)'),
  run: async ({ out, session }, options, [name = '']) => {
    const client = await session.open();
    if (options.calls === undefined) {
      const plan = await client.call('target.probePlan', { name });
      out.result(plan, () => {
        out.table(
          ['call', 'asks'],
          plan.calls.map(({ id, asks }) => [id, asks]),
        );
        out.line();
        out.line(
          `Nothing was sent. To make these ${plan.calls.length} calls at most: trapstreet target probe ${name} --calls ${plan.calls.length}`,
        );
      });
      return EXIT.done;
    }
    const calls = wholeNumber(options.calls, '--calls', 2);
    if (calls > 16) throw new CliError('A probe makes at most 16 calls.');
    const probe = await client.call('target.probe', { name, calls, ...timeoutOf(options.timeout) });
    out.result(probe, () => printProbe(out, probe));
    return probe.answered === 0 ? EXIT.unreachable : EXIT.done;
  },
});
