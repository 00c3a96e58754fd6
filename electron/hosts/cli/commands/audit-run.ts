import { createHash } from 'node:crypto';
import type { AuditItem, PlanItem } from '#shared/contract/audit.ts';
import type { Client } from '#shared/contract/index.ts';
import { followAudit } from '../audit-follow.ts';
import { CliError, EXIT } from '../exit.ts';
import { aboutFile } from '../failures.ts';
import { readText } from '../files.ts';
import { type Context, defineVerb } from '../verb.ts';
import { checkedSummary, printSummary } from './plan-check.ts';

interface Options {
  readonly plan: string;
  readonly dryRun?: boolean;
  readonly resume?: boolean;
}

/** The sealed plan of this very text: the one that was not started, else the newest. */
async function sealedPlan(client: Client, text: string): Promise<PlanItem | null> {
  const sha256 = createHash('sha256').update(text, 'utf8').digest('hex');
  const { plans } = await client.call('plan.list', {});
  const same = plans.filter((plan) => plan.sha256 === sha256);
  return same.find((plan) => plan.auditId === null) ?? same[0] ?? null;
}

async function begin(
  { out }: Context,
  client: Client,
  file: { readonly name: string; readonly text: string; readonly isResumed: boolean },
): Promise<AuditItem> {
  const known = await sealedPlan(client, file.text);
  if (known?.auditId != null) {
    const { audit } = await client.call('audit.get', { auditId: known.auditId });
    const isOpen = audit.state === 'paused' || audit.state === 'interrupted';
    if (file.isResumed && isOpen) return client.call('audit.resume', { auditId: audit.auditId });
    throw new CliError(
      isOpen
        ? `This plan is the audit ${audit.auditId}, which is ${audit.state}. Add --resume to go on.`
        : audit.state === 'running'
          ? `This plan is being run by another process. Watch it with \`audit watch ${audit.auditId}\`.`
          : `This plan was run already: the audit ${audit.auditId} has ended (${audit.state}). A plan is one audit; change the plan for another one.`,
      { code: 'CONFLICT' },
    );
  }
  if (known !== null) return client.call('audit.start', { planId: known.planId });
  if (file.isResumed)
    throw new CliError(
      'This plan was not started yet, so there is nothing to resume. Leave --resume out.',
      {
        code: 'NOT_FOUND',
      },
    );
  const { plan, summary } = await aboutFile(file.name, () =>
    client.call('plan.seal', { text: file.text }),
  );
  for (const warning of summary.warnings) out.note(`warning: ${warning}`);
  out.note(`Sealed ${plan.planId} (sha256 ${plan.sha256}): at most ${summary.calls} requests.`);
  return client.call('audit.start', { planId: plan.planId });
}

export const auditRun = defineVerb<Options>({
  name: 'audit run',
  summary: 'Seal a plan if it is not sealed yet, run its audit, and show what it found',
  examples: [
    'audit run --plan plan.yaml',
    'audit run --plan plan.yaml --dry-run',
    'audit run --plan plan.yaml --resume --json',
  ],
  options: (command) =>
    command
      .requiredOption('--plan <file>', 'the plan, or - for standard input')
      .option('--dry-run', 'check the plan and show what it would ask; no request, no seal')
      .option('--resume', 'go on with the audit of this plan'),
  run: async (context, options) => {
    const { io, out, session } = context;
    const text = await readText(io, options.plan);
    const client = await session.open();
    if (options.dryRun === true) {
      const summary = await checkedSummary(client, { name: options.plan, text });
      out.result({ ok: true, errors: [], summary }, () => printSummary(out, summary));
      return EXIT.done;
    }
    const { auditId } = await begin(context, client, {
      name: options.plan,
      text,
      isResumed: options.resume ?? false,
    });
    return followAudit(context, client, { auditId, isOurs: true });
  },
});
