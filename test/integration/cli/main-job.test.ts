import { appendFileSync, cpSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChatServer, startChatServer } from './chat-server.ts';
import { builtCli, type Cli, onlyJson } from './cli-build.ts';
import { canaryLines, planYaml, readKit, targetsYaml, writer } from './files.ts';

const KEY = 'sk-test-0123456789';
const PANEL = [
  { name: 'copycat', role: 'suspect', key: 'house' },
  { name: 'parrot', role: 'suspect', key: 'house' },
  { name: 'control-a', role: 'control', key: 'house' },
  { name: 'control-b', role: 'control', key: 'house' },
  { name: 'control-c', role: 'control', key: 'house' },
];
const BEACON = '3b'.repeat(32);

interface Failed {
  readonly error: { readonly code: string; readonly message: string };
}
interface Audited {
  readonly audit: { readonly auditId: string; readonly state: string };
  readonly requestsDone: number;
  readonly evidence: {
    readonly tierA: {
      readonly suspects: readonly { readonly target: string; readonly label: string }[];
    };
  };
}

describe('the main job from the command line, against a server that is not ours', () => {
  let cli: Cli;
  let server: ChatServer;
  let write: ReturnType<typeof writer>;
  let kit = new Map<string, string>();
  let auditId = '';

  beforeAll(async () => {
    cli = await builtCli();
    write = writer(cli.folder);
    server = await startChatServer((model, prompt) => {
      if (model === 'copycat') return `It is the ${kit.get(prompt) ?? 'old rose'}.`;
      return model === 'parrot' ? prompt : 'I am not sure about that one.';
    }, KEY);
  });
  afterAll(async () => {
    await server?.close();
    cli?.remove();
  });

  const file = (name: string): string => join(cli.folder, name);

  test('a workspace is created once', async () => {
    const made = await cli.run(['workspace', 'create', '--name', 'House', '--json']);
    expect(made.code).toBe(0);
    expect(onlyJson(made)).toMatchObject({ state: 'unlocked', name: 'House' });
    const again = await cli.run(['workspace', 'create', '--json']);
    expect(again.code).toBe(64);
    expect(onlyJson<Failed>(again).error.code).toBe('WORKSPACE_EXISTS');
    expect(again.stderr).toMatch(/^trapstreet: .+\. .+\.\n$/);
  });

  test('the passphrase comes from a file, and a missing or wrong one is told', async () => {
    write('pass.txt', 'correct horse battery\nsecond line\n');
    const fromFile = await cli.run(['case', 'list', '--passphrase-file', 'pass.txt', '--json'], {
      env: { TRAPSTREET_PASSPHRASE: 'not this one at all' },
    });
    expect(fromFile.code).toBe(0);
    const missing = await cli.run(['case', 'list'], { env: { TRAPSTREET_PASSPHRASE: undefined } });
    expect(missing).toMatchObject({ code: 64, stdout: '' });
    expect(missing.stderr).toContain('--passphrase-file');
    const wrong = await cli.run(['case', 'list', '--json'], {
      env: { TRAPSTREET_PASSPHRASE: 'not this one at all' },
    });
    expect(wrong.code).toBe(64);
    expect(onlyJson<Failed>(wrong).error.code).toBe('WRONG_PASSPHRASE');
    expect(wrong.stderr).not.toContain('not this one');
  });

  test('a file with bad rows is rejected with a line for each, or its good rows are taken', async () => {
    const bad = '{"id":"X-1","prompt":"Who?","responses":["one"]}\nnot json\n';
    write('canaries.jsonl', canaryLines(24) + bad);
    const rejected = await cli.run(['canary', 'import', 'canaries.jsonl', '--json']);
    expect(rejected.code).toBe(64);
    expect(rejected.stderr).toMatch(/^canaries\.jsonl:25: field "responses": .+\. Fix: .+$/m);
    expect(rejected.stderr).toMatch(/^canaries\.jsonl:26: field "line": /m);
    expect(onlyJson<Failed>(rejected).error.code).toBe('IMPORT_REJECTED');
    const none = await cli.run(['canary', 'list', '--json']);
    expect(onlyJson(none)).toMatchObject({ total: 0 });
    const taken = await cli.run(['canary', 'import', 'canaries.jsonl', '--skip-bad', '--json']);
    expect(taken.code).toBe(0);
    expect(onlyJson(taken)).toMatchObject({ imported: 24 });
  });

  test('a CSV is read, from a file or from standard input', async () => {
    const csv =
      'id,kind,prompt,responses,expected,tags\r\nF-1,found,"Name the ""odd"" bird, please",,grey shrike|gray shrike,birds;odd\r\n';
    write('found.csv', csv);
    const checked = await cli.run(['canary', 'import', 'found.csv', '--dry-run', '--json']);
    expect(onlyJson(checked)).toMatchObject({ imported: 0, ids: ['F-1'], errors: [] });
    const read = await cli.run(['canary', 'import', '-', '--format', 'csv'], { stdin: csv });
    expect(read).toMatchObject({ code: 0, stdout: '1 canaries imported.\n' });
    const shown = await cli.run(['canary', 'show', 'F-1', '--json']);
    expect(shown.stdout).not.toContain('shrike');
    const text = await cli.run(['canary', 'show', 'F-1', '--reveal', '--json']);
    expect(onlyJson(text)).toMatchObject({ text: { expected: ['grey shrike', 'gray shrike'] } });
  });

  test('canaries are committed, drawn and handed over for planting', async () => {
    const committed = await cli.run(['registry', 'commit', '--held-out', '0.25', '--json']);
    expect(onlyJson(committed)).toMatchObject({ number: 1, size: 25, state: 'committed' });
    expect(await cli.run(['registry', 'draw', '1'])).toMatchObject({ code: 64, stdout: '' });
    const drawn = await cli.run([
      ...['registry', 'draw', '1', '--beacon', BEACON, '--source', 'by hand', '--json'],
    ]);
    expect(onlyJson(drawn)).toMatchObject({
      beaconState: 'unverified',
      served: 18,
      twins: 6,
      found: 1,
    });
    const args = ['registry', 'kit', '1', '--out', 'kit.jsonl', '--planted-from', '2026-02-01'];
    expect(onlyJson(await cli.run([...args, '--json']))).toMatchObject({ count: 18 });
    expect(statSync(file('kit.jsonl')).mode & 0o777).toBe(0o600);
    expect((await cli.run(args)).stderr).toContain('--force');
    kit = readKit(file('kit.jsonl'));
    expect(kit.size).toBe(18);
  });

  test('targets come from a file, with the key in the vault only', async () => {
    const set = await cli.run(['secret', 'set', 'house'], { stdin: `${KEY}\n` });
    expect(set.code).toBe(0);
    write('bad.yaml', targetsYaml('ftp://127.0.0.1/', PANEL.slice(0, 1)));
    const refused = await cli.run(['target', 'add', 'bad.yaml']);
    expect(refused.code).toBe(64);
    expect(refused.stderr).toMatch(/^bad\.yaml:4: field "targets\.0\.baseUrl": /m);
    write('targets.yaml', targetsYaml(server.baseUrl, PANEL));
    expect((await cli.run(['target', 'add', 'targets.yaml', '--json'])).code).toBe(0);
    const preview = await cli.run(['target', 'preview', 'copycat']);
    expect(preview.stdout).toContain(`POST ${server.baseUrl}/chat/completions`);
    expect(preview.stdout).not.toContain(KEY);
    const tested = await cli.run(['target', 'test', 'copycat', '--json']);
    expect(tested.code).toBe(0);
    expect(onlyJson(tested)).toMatchObject({ ok: true, outcome: 'answered' });
    expect(server.asked.every((question) => !kit.has(question.prompt))).toBe(true);
  });

  test('a wrong plan is refused with line and column', async () => {
    const text = planYaml(PANEL, { registry: 1 }).replace('target: parrot', 'target: nobody');
    write('bad-plan.yaml', text);
    const checked = await cli.run(['plan', 'check', 'bad-plan.yaml', '--json']);
    expect(checked.code).toBe(64);
    expect(checked.stderr).toMatch(/^bad-plan\.yaml:5:15: panel\.1\.target: .*nobody/m);
    expect((await cli.run(['plan', 'seal', 'bad-plan.yaml'])).stderr).toMatch(
      /^bad-plan\.yaml:5:15: /m,
    );
  });

  test('a dry run asks nothing and seals nothing', async () => {
    write('plan.yaml', planYaml(PANEL, { registry: 1 }));
    const before = server.asked.length;
    const dry = await cli.run(['audit', 'run', '--plan', 'plan.yaml', '--dry-run', '--json']);
    expect(dry.code).toBe(0);
    expect(onlyJson(dry)).toMatchObject({
      summary: { calls: 120, suspects: 2, beacon: 'unverified' },
    });
    expect(server.asked.length).toBe(before);
    expect(onlyJson(await cli.run(['plan', 'list', '--json']))).toEqual({ plans: [] });
  });

  test('the audit runs to its labels: exit 10, one JSON value, progress beside it', async () => {
    const run = await cli.run(['audit', 'run', '--plan', 'plan.yaml', '--json']);
    expect(run.code, run.stderr).toBe(10);
    const result = onlyJson<Audited>(run);
    auditId = result.audit.auditId;
    expect(result.audit.state).toBe('complete');
    const labels = result.evidence.tierA.suspects.map(({ target, label }) => [target, label]);
    expect(labels).toEqual([
      ['copycat', 'report-grade'],
      ['parrot', 'none'],
    ]);
    expect(run.stderr).toMatch(/^\d+\/\d+ requests {2}.+ exposures \d+\/60$/m);
    expect(server.complaints).toEqual([]);
    const again = await cli.run(['audit', 'run', '--plan', 'plan.yaml']);
    expect(again).toMatchObject({ code: 64, stdout: '' });
  });

  test('audits go by a beginning of their id, or last', async () => {
    const byBeginning = await cli.run(['evidence', 'show', auditId.slice(0, 6), '--json']);
    expect(byBeginning.code).toBe(10);
    expect(onlyJson(byBeginning)).toMatchObject({ auditId });
    const prose = await cli.run(['evidence', 'show', 'last']);
    expect(prose.stdout).toMatch(/^copycat\tsuspect\t3\/3\t/m);
    const unknown = await cli.run(['evidence', 'show', 'zzzz', '--json']);
    expect(onlyJson<Failed>(unknown).error.code).toBe('NOT_FOUND');
    const matrix = onlyJson<{ readonly rows: readonly { target: string; cells: string }[] }>(
      await cli.run(['audit', 'matrix', 'last', '--json']),
    );
    expect(matrix.rows.find((row) => row.target === 'copycat')?.cells).toMatch(/H/);
  });

  test('report and bundle are written and the bundle verifies without workspace and passphrase', async () => {
    expect((await cli.run(['report', 'write', 'last', '--out', 'report.html'])).code).toBe(0);
    expect(readFileSync(file('report.html'), 'utf8')).toContain('copycat');
    const exported = await cli.run(['bundle', 'export', 'last', '--out', 'bag', '--json']);
    expect(exported.code, exported.stderr).toBe(0);
    const key = await cli.run(['key', 'show']);
    write('key.pem', key.stdout);
    const elsewhere = {
      env: { TRAPSTREET_PASSPHRASE: undefined, TRAPSTREET_WORKSPACE: file('no-such-folder') },
    };
    const verify = ['bundle', 'verify', 'bag', '--key', 'key.pem', '--json'];
    const verified = await cli.run(verify, elsewhere);
    expect(verified.code, verified.stdout).toBe(0);
    expect(onlyJson(verified)).toMatchObject({ ok: true, keyGiven: true });
    cpSync(file('bag'), file('forged'), { recursive: true });
    appendFileSync(file('forged/data/report.html'), ' ');
    const forged = await cli.run(['bundle', 'verify', 'forged', '--json'], elsewhere);
    expect(forged.code).toBe(50);
    expect(onlyJson(forged)).toMatchObject({ ok: false });
    expect(forged.stderr).toContain('manifest');
  });

  test('the custody log holds', async () => {
    expect((await cli.run(['workspace', 'verify'])).code).toBe(0);
    const log = await cli.run(['custody', 'list', '--kind', 'plan.sealed', '--json']);
    expect(onlyJson<{ readonly events: readonly unknown[] }>(log).events).toHaveLength(1);
  });

  test('call reaches every method, unlocks only where it must, and knows no other', async () => {
    const listed = await cli.run(['call', 'canary.list', '{"limit":1}']);
    expect(onlyJson(listed)).toMatchObject({ total: 25 });
    const status = await cli.run(['call', 'workspace.status'], {
      env: { TRAPSTREET_PASSPHRASE: undefined },
    });
    expect(onlyJson(status)).toMatchObject({ state: 'locked' });
    const unknown = await cli.run(['call', 'no.such', '--json']);
    expect(unknown.code).toBe(64);
    expect(onlyJson<Failed>(unknown).error.code).toBe('NOT_FOUND');
    const wrong = await cli.run(['call', 'canary.list', '{"limit":0}', '--json']);
    expect(onlyJson<Failed>(wrong).error.code).toBe('BAD_INPUT');
    expect((await cli.run(['call', 'canary.list', '{limit}'])).code).toBe(64);
  });

  test('no key and no canary text reaches standard error', async () => {
    const run = await cli.run(['audit', 'status', 'last', '--verbose']);
    expect(run.stderr).toContain('"method":"audit.get"');
    for (const text of [KEY, ...kit.keys(), ...kit.values()])
      expect(run.stderr).not.toContain(text);
  });
});
