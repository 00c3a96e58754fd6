// The main job end to end on this machine: library, registry, practice lab, sealed plan, audit, report, bundle, verification.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createCore } from '#core/compose.ts';
import type { AuditStatus } from '#shared/contract/audit.ts';
import { formatE } from '#shared/util/format.ts';
import { nodePorts } from '../electron/hosts/common/node-ports.ts';
import about from '../package.json' with { type: 'json' };

const PLANTED = '2026-02-01';
const RELEASED = '2026-05-01';
const PLANTED_LATE = '2026-06-01';
const RELEASED_EARLIER = '2025-09-01';

const suspects = ['student-10', 'student-0', 'relay'];
const controls = ['control-1', 'control-2', 'control-3'];
const temporal = ['temporal-1', 'temporal-2'];
const roles = [
  ...suspects.map((name) => ({ name, role: 'suspect' as const, released: RELEASED })),
  ...controls.map((name) => ({ name, role: 'control' as const, released: RELEASED })),
  ...temporal.map((name) => ({
    name,
    role: 'temporal-control' as const,
    released: RELEASED_EARLIER,
  })),
  { name: 'known-positive', role: 'known-positive' as const, released: RELEASED },
];

const planText = `trapstreet: plan/1
name: Practice audit
question: Were student-10, student-0 or relay trained on the outputs of teacher?
panel:
${roles.map(({ name, role }) => `  - { target: ${name}, role: ${role} }`).join('\n')}
canaries:
  registries:
    - { number: 1, use: evidence }
    - { number: 2, use: after-release }
samples: 1
parameters: { max_tokens: 64 }
stop: { rule: label, allTwins: true }
limits: { canaries: 100, requests: 4000, concurrency: 16 }
`;

const json = process.argv.includes('--json');
const started = performance.now();
const say = (line: string): void => {
  if (!json) process.stdout.write(`${line}\n`);
};
const root = resolve(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'trapstreet-demo-'));
const workspace = join(folder, 'workspace');
const passphrase = randomBytes(12).toString('base64url');
const passphraseFile = join(folder, 'passphrase.txt');
writeFileSync(passphraseFile, `${passphrase}\n`, { mode: 0o600 });

const core = createCore(
  nodePorts({
    workspace,
    resources: join(root, 'resources'),
    host: 'cli',
    version: about.version,
  }),
);
const { client } = core;

async function addWave(prefix: string, count: number, heldOut: number): Promise<number> {
  const { text } = await client.call('lab.canaries', { seed: 'demo', count, prefix });
  await client.call('canary.import', { format: 'jsonl', text });
  const { number } = await client.call('registry.commit', { heldOut });
  await client.call('registry.draw', { number, beacon: null });
  return number;
}

function finished(auditId: string): Promise<AuditStatus> {
  return new Promise((done, fail) => {
    let asking = false;
    const look = async (): Promise<void> => {
      if (asking) return;
      asking = true;
      try {
        const status = await client.call('audit.get', { auditId });
        if (!json && process.stderr.isTTY)
          process.stderr.write(
            `\r  ${status.requestsDone} of ${status.requestsPlanned} questions `,
          );
        if (status.audit.state !== 'running') {
          if (!json && process.stderr.isTTY) process.stderr.write('\r\u001b[K');
          clearInterval(timer);
          done(status);
        }
      } catch (error) {
        clearInterval(timer);
        fail(error);
      } finally {
        asking = false;
      }
    };
    const timer = setInterval(look, 300);
  });
}

const column = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, at) =>
    Math.max(...rows.map((row) => (row[at] ?? '').length)),
  );
  return rows
    .map((row) => `  ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`.trimEnd())
    .join('\n');
};

try {
  await client.call('workspace.create', { name: 'Demo laboratory', passphrase });
  const first = await addWave('P', 160, 0.5);
  const second = await addWave('L', 20, 0);
  const kit = await client.call('registry.kit', { number: first, plantedFrom: PLANTED });
  const late = await client.call('registry.kit', { number: second, plantedFrom: PLANTED_LATE });
  say(
    `Committed 160 drawn canaries (N = 1024; ${kit.count} served, ${160 - kit.count} twins) and ${late.count} more, planted after the release.`,
  );
  const lab = await client.call('lab.start', {
    seed: 'demo',
    kit: kit.text,
    lateKit: late.text,
    students: [
      { name: 'student-10', dose: 0.1 },
      { name: 'student-0', dose: 0 },
    ],
  });
  for (const { name, role, released } of roles)
    await client.call('target.add', {
      target: {
        name,
        role,
        baseUrl: lab.baseUrl,
        model: name,
        released,
        allowPrivate: true,
        allowHttp: true,
      },
    });
  const { plan, summary } = await client.call('plan.seal', { text: planText });
  const chance = summary.power.find((entry) => entry.q === 0.1)?.chance ?? 0;
  say(
    `Sealed the plan (${plan.sha256.slice(0, 12)}…): at most ${summary.calls} questions to ${roles.length} models; report-grade needs E of ${summary.threshold}; chance at inheritance 0.10: ${chance.toFixed(3)}.`,
  );
  const { auditId } = await client.call('audit.start', { planId: plan.planId });
  const status = await finished(auditId);
  say(
    `Asked ${status.requestsDone} questions; the audit is ${status.audit.state}.${status.message === null ? '' : ` ${status.message}`}\n`,
  );
  const { tierA } = await client.call('evidence.get', { auditId });
  const rows = (tierA?.suspects ?? []).map((suspect) => ({
    name: suspect.target,
    hits: suspect.hits,
    asked: suspect.asked,
    e: Math.exp(suspect.logE),
    shown: formatE(suspect.logE),
    label: suspect.label,
    explanation: suspect.explanation,
  }));
  say(
    column([
      ['suspect', 'hits/asked', 'E', 'label', 'explanation left'],
      ...rows.map((row) => [
        row.name,
        `${row.hits}/${row.asked}`,
        row.shown,
        row.label,
        {
          T: 'T  trained on our served outputs',
          P: 'P  public data',
          L: 'L  live relay to our model',
          R: 'R  registry leak',
          F: 'F  analyst error',
          none: 'none',
        }[row.explanation],
      ]),
    ]),
  );
  const report = join(folder, 'report.html');
  const bundle = join(folder, 'bundle');
  const rendered = await client.call('report.get', { auditId });
  writeFileSync(report, rendered.content);
  await client.call('bundle.export', { auditId, out: bundle });
  const { publicKeyPem } = await client.call('key.show', {});
  const verification = await client.call('bundle.verify', { path: bundle, publicKeyPem });
  const seconds = Number(((performance.now() - started) / 1000).toFixed(1));
  say(
    `\nBundle: ${verification.checks.filter(({ status }) => status === 'passed').length} of ${verification.checks.length} checks passed${verification.ok ? '' : ' — it does NOT verify'}.`,
  );
  say(`  report     ${report}\n  bundle     ${bundle}\n  workspace  ${workspace}\n`);
  say(
    `Open the app on it:\n  npx trapstreet serve --workspace ${workspace} --passphrase-file ${passphraseFile}\n`,
  );
  say(`Done in ${seconds} s.`);
  if (json)
    process.stdout.write(
      `${JSON.stringify({
        suspects: rows.map(({ shown: _shown, ...row }) => row),
        workspace,
        bundle,
        report,
        verified: verification.ok,
        seconds,
      })}\n`,
    );
} finally {
  await core.close();
}
