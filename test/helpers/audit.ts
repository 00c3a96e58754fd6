import type { AuditStatus } from '#shared/contract/audit.ts';
import type { Verification } from '#shared/contract/bundle.ts';
import type { Client, Output } from '#shared/contract/index.ts';
import type { Role, TargetDraftInput } from '#shared/domain/target.ts';
import { tempFolder } from './workspace.ts';

export interface Member {
  readonly name: string;
  readonly role: Role;
  readonly draft?: Partial<TargetDraftInput>;
}

/** Suspect, three controls, two temporal controls, a known positive: the least panel without a warning. */
export const PANEL: readonly Member[] = [
  { name: 'suspect', role: 'suspect' },
  { name: 'control-1', role: 'control' },
  { name: 'control-2', role: 'control' },
  { name: 'control-3', role: 'control' },
  { name: 'temporal-1', role: 'temporal-control' },
  { name: 'temporal-2', role: 'temporal-control' },
  { name: 'positive', role: 'known-positive' },
];

/** Adds a target for each member, all on one server, the model named like the target. */
export async function addTargets(
  client: Client,
  baseUrl: string,
  panel: readonly Member[] = PANEL,
): Promise<void> {
  for (const { name, role, draft } of panel)
    await client.call('target.add', {
      target: { name, role, baseUrl, model: name, allowPrivate: true, allowHttp: true, ...draft },
      replace: true,
    });
}

export interface PlanOptions {
  readonly panel?: readonly Pick<Member, 'name' | 'role'>[];
  readonly registries?: readonly { number: number; use?: 'evidence' | 'after-release' }[];
  readonly found?: 'all' | 'none' | readonly string[];
  readonly samples?: number;
  readonly rule?: 'label' | 'fixed';
  readonly allTwins?: boolean;
  readonly retry?: Readonly<Record<string, number>>;
  readonly limits?: Readonly<Record<string, number>>;
}

/** A plan file as an analyst writes it. */
export function planText(options: PlanOptions = {}): string {
  const flow = (value: object): string =>
    `{ ${Object.entries(value)
      .map(([key, entry]) => `${key}: ${JSON.stringify(entry)}`)
      .join(', ')} }`;
  const registries = options.registries ?? [{ number: 1 }];
  return `trapstreet: plan/1
name: Test audit
panel:
${(options.panel ?? PANEL).map(({ name, role }) => `  - { target: ${name}, role: ${role} }`).join('\n')}
canaries:
  registries:
${registries.map((entry) => `    - ${flow({ use: 'evidence', ...entry })}`).join('\n')}
  found: ${JSON.stringify(options.found ?? 'none')}
samples: ${options.samples ?? 1}
stop: ${flow({ rule: options.rule ?? 'label', allTwins: options.allTwins ?? true })}
${options.retry ? `retry: ${flow(options.retry)}\n` : ''}limits: ${flow({ breaker: 1000, ...options.limits })}
`;
}

/** Seals the plan and starts its audit; returns the audit's id. */
export async function startAudit(client: Client, text: string): Promise<string> {
  const { plan } = await client.call('plan.seal', { text });
  const { auditId } = await client.call('audit.start', { planId: plan.planId });
  return auditId;
}

/** Resolves when the audit satisfies `until`, asked again at each event: no timer. */
export async function auditUntil(
  client: Client,
  auditId: string,
  until: (status: AuditStatus) => boolean,
): Promise<AuditStatus> {
  let wake: () => void = () => {};
  const off = client.on('audit.changed', (data) => {
    if (data.auditId === auditId) wake();
  });
  try {
    for (;;) {
      const changed = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const status = await client.call('audit.get', { auditId });
      if (until(status)) return status;
      await changed;
    }
  } finally {
    off();
  }
}

/** The status once the audit no longer runs: ended, or paused. */
export const auditHalted = (client: Client, auditId: string): Promise<AuditStatus> =>
  auditUntil(client, auditId, (status) => status.audit.state !== 'running');

export interface Ran {
  readonly auditId: string;
  readonly status: AuditStatus;
  readonly evidence: Output<'evidence.get'>;
}

export async function outcomeOfAudit(client: Client, auditId: string): Promise<Ran> {
  const status = await auditHalted(client, auditId);
  const evidence = await client.call('evidence.get', { auditId });
  return { auditId, status, evidence };
}

/** Seals, runs to the end or the pause, and reads the evidence. */
export const runAudit = async (client: Client, text: string): Promise<Ran> =>
  outcomeOfAudit(client, await startAudit(client, text));

/** Exports the bundle and verifies it with the workspace's key, as an outsider would. */
export async function exportAndVerify(
  client: Client,
  auditId: string,
): Promise<Verification & { readonly failed: readonly string[] }> {
  const out = `${tempFolder()}/bundle`;
  await client.call('bundle.export', { auditId, out });
  const { publicKeyPem } = await client.call('key.show', {});
  const verification = await client.call('bundle.verify', { path: out, publicKeyPem });
  return {
    ...verification,
    failed: verification.checks
      .filter(({ status }) => status === 'failed')
      .map((check) => check.name),
  };
}
