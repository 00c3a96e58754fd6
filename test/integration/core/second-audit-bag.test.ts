import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROFILES } from '#shared/evidence/document.ts';
import { addTargets, planText, runAudit } from '../../helpers/audit.ts';
import { addRegistry, drawnCanaries } from '../../helpers/canaries.ts';
import { chatServer } from '../../helpers/chat-server.ts';
import { makeAuthority, serveAuthority } from '../../helpers/timestamp-authority.ts';
import {
  newWorkspace,
  type OpenCore,
  removeTempFolders,
  tempFolder,
} from '../../helpers/workspace.ts';

// The bag of a workspace's second audit: stamped registries, an earlier run in its log, and a key that was changed between.

const authority = makeAuthority('rsa');
const panel = [{ name: 'suspect', role: 'suspect' as const }];
let server: Awaited<ReturnType<typeof serveAuthority>>;
let chat: Awaited<ReturnType<typeof chatServer>>;
let core: OpenCore;
const bags = new Map<string, string>();

beforeAll(async () => {
  server = await serveAuthority(authority);
  chat = await chatServer(() => 'an answer of some length');
  core = await newWorkspace();
  await core.client.call('authority.add', {
    name: 'tsa',
    url: server.url,
    rootsPem: authority.rootPem,
    allowPrivate: true,
    allowHttp: true,
  });
  await addTargets(core.client, chat.baseUrl, panel);
  const audit = async (prefix: string) => {
    const number = await addRegistry(core.client, drawnCanaries(prefix, 3, 64), { heldOut: 0 });
    return runAudit(core.client, planText({ panel, registries: [{ number }] }));
  };
  await audit('A');
  await core.client.call('key.rotate', {});
  const { auditId } = await audit('B');
  for (const profile of PROFILES) {
    const out = join(tempFolder(), profile);
    await core.client.call('bundle.export', { auditId, out, profile });
    bags.set(profile, out);
  }
});
afterAll(async () => {
  await core.close();
  await server.close();
  await chat.close();
  removeTempFolders();
});

/** All blocks of VERIFY.md as it says to run them, or as somebody pastes them. */
function commands(bag: string, options: readonly string[]) {
  const text = readFileSync(join(bag, 'data/VERIFY.md'), 'utf8');
  const blocks = [...text.matchAll(/^```bash\n([\s\S]*?)^```$/gm)].map(([, block]) => block);
  return spawnSync('bash', [...options, '-c', blocks.join('')], {
    cwd: bag,
    encoding: 'utf8',
    env: { ...process.env, TSA_ROOT: '' },
  });
}
const STRICT = ['-e', '-o', 'pipefail'];

describe('the bag of a second audit', () => {
  it.each(PROFILES)('%s: holds, with its stamps in order', async (profile) => {
    const path = bags.get(profile) ?? '';
    const tsaRootsPem = authority.rootPem;
    const { ok, checks } = await core.client.call('bundle.verify', { path, tsaRootsPem });
    expect(checks.filter(({ status }) => status === 'failed')).toEqual([]);
    expect(ok).toBe(true);
    const status = (name: string) => checks.find((check) => check.name === name)?.status;
    expect(status('stamps named by the log')).toBe('passed');
    expect(status('time order')).toBe('passed');
    expect(checks.find(({ name }) => name === 'custody and registries')?.detail).toContain(
      profile === 'internal' ? '2 of 2 registrations and 1 other runs' : '2 of 2 registrations',
    );
  });
  it.each(PROFILES)('%s: VERIFY.md leads through the key history', (profile) => {
    const result = commands(bags.get(profile) ?? '', STRICT);
    expect(result.stdout).not.toContain('WRONG');
    expect(result.stdout).toContain('keys: 2, each signed by the one before it');
    expect(result.stdout).toContain('signed as they stand');
    expect(result.status, result.stderr).toBe(0);
  });
  it('does not say that all is well when the blocks are pasted and a file is wrong', () => {
    const copy = join(tempFolder(), 'copy');
    cpSync(bags.get('internal') ?? '', copy, { recursive: true });
    appendFileSync(join(copy, 'data/plan.yaml'), '# changed\n');
    const pasted = commands(copy, []).stdout;
    expect(pasted).toContain('WRONG: a file under data/');
    expect(pasted).toContain('WRONG: data/plan.yaml is not the file that was signed');
    expect(pasted).not.toMatch(/files: complete|signed as they stand|committed one/);
    expect(commands(copy, STRICT).status).not.toBe(0);
  });
});
