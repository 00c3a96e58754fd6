import type { PlanSummary } from '#shared/contract/audit.ts';
import type { Client } from '#shared/contract/index.ts';
import { formatCount, formatPercent } from '#shared/util/format.ts';
import { CliError, EXIT } from '../exit.ts';
import { planErrorLines } from '../failures.ts';
import { readText } from '../files.ts';
import type { Output } from '../output.ts';
import { duration, formatUsd } from '../progress.ts';
import { defineVerb } from '../verb.ts';

export function printSummary(out: Output, summary: PlanSummary): void {
  const { canaries } = summary;
  out.facts([
    ['plan', summary.name],
    ['case', summary.caseId],
    [
      'canaries',
      `${canaries.evidence} served, ${canaries.twins} twins, ${canaries.afterRelease} after release, ${canaries.found} found`,
    ],
    ['samples', `${summary.samples} per canary and target`],
    ['requests', `at most ${formatCount(summary.calls)}, retries not counted`],
    ['rule', summary.rule === 'label' ? 'stop at a label' : 'all canaries, n fixed'],
    ['report-grade', `E of ${formatCount(summary.threshold)} (${summary.suspects} suspects)`],
    ['beacon', summary.beacon],
  ]);
  out.line();
  out.table(
    ['target', 'role', 'host', 'model'],
    summary.panel.map((member) => [member.target, member.role, member.host, member.model]),
  );
  out.line();
  out.table(
    ['secrets disclosed to', 'secrets', 'requests'],
    summary.exposures.map((at) => [at.host, String(at.secrets), String(at.requests)]),
  );
  out.line();
  out.table(
    ['cost (estimate)', 'at most', 'cap', 'price of', 'from'],
    [
      ...summary.cost.targets.map((at) => [
        at.target,
        at.usd === null ? `unknown: ${at.unknown}` : formatUsd(at.usd),
        at.capUsd === null ? '–' : formatUsd(at.capUsd),
        at.asOf ?? '–',
        at.source || '–',
      ]),
      ['all', summary.cost.usd === null ? 'unknown' : formatUsd(summary.cost.usd), '–', '–', '–'],
    ],
  );
  out.line(
    summary.time.seconds === null
      ? 'Time: unknown; no target has a rate, so it depends on the servers.'
      : `Time (estimate): at least ${duration(summary.time.seconds * 1_000)}, the pace of ${summary.time.slowest}.`,
  );
  if (summary.power.length > 0) {
    out.line();
    out.table(
      ['inheritance rate', 'chance of report-grade'],
      summary.power.map(({ q, chance }) => [formatPercent(q), formatPercent(chance)]),
    );
  }
  for (const warning of summary.warnings) out.note(`warning: ${warning}`);
}

/** The summary of a plan file, or an error with a line for each problem. */
export async function checkedSummary(
  client: Client,
  file: { readonly name: string; readonly text: string },
): Promise<PlanSummary> {
  const check = await client.call('plan.check', { text: file.text });
  if (check.ok && check.summary) return check.summary;
  const name = file.name === '-' ? '(standard input)' : file.name;
  throw new CliError(`The plan ${name} cannot be sealed. Correct it and check it again.`, {
    code: 'PLAN_INVALID',
    lines: planErrorLines(name, check.errors),
    data: { errors: check.errors },
  });
}

export const planCheck = defineVerb({
  name: 'plan check',
  summary: 'Check a plan file: errors with line and column, else calls, exposures and power',
  arguments: [['<file>', 'the plan, or - for standard input']],
  examples: ['plan check plan.yaml'],
  run: async ({ io, out, session }, _options, [name = '']) => {
    const text = await readText(io, name);
    const client = await session.open();
    const summary = await checkedSummary(client, { name, text });
    out.result({ ok: true, errors: [], summary }, () => printSummary(out, summary));
    return EXIT.done;
  },
});
