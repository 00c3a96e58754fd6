import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, type ChatServer, startChatServer } from './chat-server.ts';
import { builtCli, type Cli, onlyJson } from './cli-build.ts';
import { canaryLines, planYaml, readKit, targetsYaml, writer } from './files.ts';

const PANEL = [
  { name: 'suspect-a', role: 'suspect' },
  { name: 'control-a', role: 'control' },
];

interface Audited {
  readonly audit: { readonly auditId: string; readonly state: string };
  readonly requestsDone: number;
  readonly message: string | null;
}

describe('what became of an audit, by its exit code', () => {
  let cli: Cli;
  let server: ChatServer;
  let write: ReturnType<typeof writer>;
  let answer: (model: string, prompt: string) => Answer = () => 'I am not sure.';
  let waves = 0;

  /** Fresh canaries for each test: an asked canary is never fresh again. */
  async function newPlan(count: number, lines = ''): Promise<{ plan: string; registry: number }> {
    waves += 1;
    const text = canaryLines(count, `W${waves}`);
    expect(
      (await cli.run(['canary', 'import', '-', '--format', 'jsonl'], { stdin: text })).code,
    ).toBe(0);
    const committed = await cli.run(['registry', 'commit', '--held-out', '0', '--json']);
    const { number: registry } = onlyJson<{ number: number }>(committed);
    expect((await cli.run(['registry', 'draw', String(registry), '--no-beacon'])).code).toBe(0);
    const name = `Wave ${waves}`;
    return {
      plan: write(`plan-${waves}.yaml`, planYaml(PANEL, { registry, lines, name })),
      registry,
    };
  }

  beforeAll(async () => {
    cli = await builtCli();
    write = writer(cli.folder);
    server = await startChatServer((model, prompt) => answer(model, prompt));
    expect((await cli.run(['workspace', 'create'])).code).toBe(0);
    write('targets.yaml', targetsYaml(server.baseUrl, PANEL));
    expect((await cli.run(['target', 'add', 'targets.yaml'])).code).toBe(0);
  });
  afterAll(async () => {
    await server?.close();
    cli?.remove();
  });

  const run = (plan: string) => cli.run(['audit', 'run', '--plan', plan, '--json']);

  test('0: all was asked, and nothing is above the threshold', async () => {
    answer = () => 'Everything is amber otter here.';
    const { plan } = await newPlan(4);
    const finished = await run(plan);
    expect(finished.code, finished.stderr).toBe(0);
    expect(onlyJson<Audited>(finished).audit.state).toBe('complete');
  });

  test('30: a target that refuses the key pauses the audit, which can go on later', async () => {
    answer = (model) => (model === 'suspect-a' ? 401 : 'No idea.');
    const { plan } = await newPlan(4);
    const finished = await run(plan);
    expect(finished.code, finished.stdout).toBe(30);
    expect(onlyJson<Audited>(finished)).toMatchObject({ audit: { state: 'paused' } });
    expect(finished.stderr).toContain('trapstreet audit resume');
    answer = () => 'No idea.';
    const resumed = await cli.run(['audit', 'run', '--plan', plan, '--resume', '--json']);
    expect(onlyJson<Audited>(resumed).audit.state).toBe('complete');
    const nobody = await startChatServer(() => null);
    await nobody.close();
    write('dead.yaml', targetsYaml(nobody.baseUrl, [{ name: 'dead', role: 'control' }]));
    expect((await cli.run(['target', 'add', 'dead.yaml'])).code).toBe(0);
    expect((await cli.run(['target', 'test', 'dead'])).code).toBe(30);
  });

  test('40: the limit of requests ended it', async () => {
    answer = () => 'No idea.';
    const { plan } = await newPlan(6, 'limits: { requests: 4 }\n');
    const finished = await run(plan);
    expect(finished.code, finished.stdout).toBe(40);
    expect(onlyJson<Audited>(finished)).toMatchObject({ audit: { state: 'budget' } });
  });

  test('130: an interrupt pauses after the requests in flight, and resume asks only the rest', async () => {
    answer = () => 'No idea.';
    const { plan } = await newPlan(6);
    const before = server.asked.length;
    server.hold();
    const { child, finished } = cli.start(['audit', 'run', '--plan', plan, '--json']);
    await server.arrived(before + 2);
    child.kill('SIGINT');
    child.kill('SIGINT');
    await Promise.race([once(child.stderr ?? child, 'data'), finished]);
    server.release();
    const paused = await finished;
    expect(paused.code, paused.stderr).toBe(130);
    const { audit, requestsDone } = onlyJson<Audited>(paused);
    expect(audit.state).toBe('paused');
    expect(requestsDone).toBeGreaterThanOrEqual(2);
    expect(requestsDone).toBeLessThan(12);
    expect(paused.stderr).toContain(`trapstreet audit resume ${audit.auditId}`);
    const resumed = await cli.run(['audit', 'resume', 'last', '--json']);
    expect(resumed.code, resumed.stdout).toBe(0);
    expect(onlyJson<Audited>(resumed).requestsDone).toBe(12);
    const prompts = server.asked.slice(before).map(({ model, prompt }) => `${model} ${prompt}`);
    expect(prompts).toHaveLength(12);
    expect(new Set(prompts).size).toBe(12);
  });

  test('130: a second interrupt cuts off what hangs, and resume asks that again', async () => {
    answer = () => 'No idea.';
    const { plan } = await newPlan(6);
    const before = server.asked.length;
    server.hold();
    const { child, finished } = cli.start(['audit', 'run', '--plan', plan, '--json']);
    await server.arrived(before + 2);
    const pressing = setInterval(() => child.kill('SIGINT'), 200);
    const cut = await finished;
    clearInterval(pressing);
    server.release();
    expect(cut.code, cut.stderr).toBe(130);
    expect(cut.stderr).toMatch(
      /Once more to cut them off\.\n(.*\n)*Cutting the requests in flight off/,
    );
    expect(onlyJson<Audited>(cut).audit.state).toBe('paused');
    const resumed = await cli.run(['audit', 'resume', 'last', '--json']);
    expect(resumed.code, resumed.stdout).toBe(0);
    // Twelve samples; the two that were cut off stand beside their second attempts.
    expect(onlyJson<Audited>(resumed).requestsDone).toBe(14);
    const prompts = server.asked.slice(before).map(({ model, prompt }) => `${model} ${prompt}`);
    expect(prompts).toHaveLength(14);
    expect(new Set(prompts).size).toBe(12);
  });

  test('an audit that was killed is interrupted, and goes on', async () => {
    answer = () => 'No idea.';
    const { plan } = await newPlan(6);
    const before = server.asked.length;
    const { child, finished } = cli.start(['audit', 'run', '--plan', plan]);
    await server.arrived(before + 3);
    child.kill('SIGKILL');
    await finished;
    const status = await cli.run(['audit', 'status', 'last', '--json']);
    expect(onlyJson<Audited>(status).audit.state).toBe('interrupted');
    const resumed = await cli.run(['audit', 'run', '--plan', plan, '--resume', '--json']);
    expect(onlyJson<Audited>(resumed).audit.state).toBe('complete');
  });

  test('20: an audit that is watched and stopped from another process stays undetermined', async () => {
    answer = () => 'No idea.';
    const { plan } = await newPlan(6);
    const before = server.asked.length;
    server.hold();
    const { finished } = cli.start(['audit', 'run', '--plan', plan, '--json']);
    await server.arrived(before + 1);
    const watching = cli.start(['audit', 'watch', 'last', '--json']);
    await once(watching.child.stderr ?? watching.child, 'data');
    expect((await cli.run(['audit', 'stop', 'last'])).code).toBe(0);
    server.release();
    const [ran, watched] = await Promise.all([finished, watching.finished]);
    expect(onlyJson<Audited>(ran).audit.state).toBe('stopped');
    expect(onlyJson<Audited>(watched).audit.state).toBe('stopped');
    expect([ran.code, watched.code]).toEqual([20, 20]);
    expect((await cli.run(['evidence', 'show', 'last'])).code).toBe(20);
  });

  test('the practice lab serves a planting kit until it is told to end', async () => {
    const { registry } = await newPlan(4);
    const kitFile = `kit-${registry}.jsonl`;
    expect((await cli.run(['registry', 'kit', String(registry), '--out', kitFile])).code).toBe(0);
    const { child, finished } = cli.start([
      ...['lab', 'serve', '--kit', kitFile, '--student', 'pupil=1', 'stranger=0', '--json'],
    ]);
    const [line] = (await once(child.stdout ?? child, 'data')) as [string];
    const { baseUrl, models } = JSON.parse(line) as {
      readonly baseUrl: string;
      readonly models: readonly { readonly name: string }[];
    };
    expect(models.map((model) => model.name)).toEqual(
      expect.arrayContaining(['teacher', 'pupil', 'stranger', 'relay']),
    );
    const [[prompt, response] = ['', '']] = readKit(join(cli.folder, kitFile));
    const answered = await fetch(`${baseUrl}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'teacher', messages: [{ role: 'user', content: prompt }] }),
    });
    expect(await answered.text()).toContain(response);
    child.kill('SIGTERM');
    expect((await finished).code).toBe(0);
  });

  test('browser mode opens the unlocked workspace for whoever has the address, until it is told to end', async () => {
    const { child, finished } = cli.start(['serve', '--json']);
    const said = await Promise.race([once(child.stdout ?? child, 'data'), finished]);
    if (!Array.isArray(said))
      throw new Error(`${said.stderr} (The pages come from npm run build.)`);
    const { url, origin } = JSON.parse(String(said[0])) as { url: string; origin: string };
    const opened = await fetch(url, { redirect: 'manual' });
    expect(opened.status).toBe(303);
    const cookie = opened.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    expect((await fetch(`${origin}/`, { headers: { cookie } })).status).toBe(200);
    expect((await fetch(url, { redirect: 'manual' })).status).not.toBe(303);
    child.kill('SIGINT');
    expect((await finished).code).toBe(0);
  });

  test('a reader that goes away is no error', async () => {
    const { child, finished } = cli.start(['canary', 'list', '--json']);
    child.stdout?.destroy();
    expect(await finished).toMatchObject({ code: 0, stderr: '' });
  });
});
