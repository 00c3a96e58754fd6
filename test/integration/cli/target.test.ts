import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TargetTestResult } from '#shared/contract/target.ts';
import { answerJson, http, replies } from '../../hostile/cases/case.ts';
import { drip, type HostileServer, hostileServer } from '../../hostile/server.ts';
import { builtCli, type Cli, type Finished, onlyJson } from './cli-build.ts';
import { writer } from './files.ts';

const SHAPE = [
  'outcome',
  'code',
  'status',
  'bytes',
  'ms',
  'model',
  'tls',
  'warnings',
  'address',
  'proxy',
  'parameters',
  'text',
  'advice',
];

describe('target test --file, without any workspace', () => {
  let cli: Cli;
  let write: ReturnType<typeof writer>;
  const servers: HostileServer[] = [];
  const NOWHERE = { TRAPSTREET_WORKSPACE: undefined, TRAPSTREET_PASSPHRASE: undefined };

  beforeAll(async () => {
    cli = await builtCli();
    write = writer(cli.folder);
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.close()));
    cli?.remove();
  });

  async function serve(...args: Parameters<typeof hostileServer>): Promise<HostileServer> {
    const server = await hostileServer(...args);
    servers.push(server);
    return server;
  }
  const yaml = (port: number, more = ''): string =>
    `name: once\nbaseUrl: http://127.0.0.1:${port}/v1\nmodel: m\nallowPrivate: true\nallowHttp: true\n${more}`;
  const run = (
    args: readonly string[],
    options: Parameters<Cli['run']>[1] = {},
  ): Promise<Finished> =>
    cli.run(['target', 'test', ...args, '--json'], {
      ...options,
      env: { ...NOWHERE, ...options.env },
    });

  test('an answer: one object on standard output, exit 0, and no workspace is made', async () => {
    const server = await serve(replies(http(answerJson('ready'))));
    const finished = await run(['--file', write('t.yaml', yaml(server.port))]);
    expect(finished.code, finished.stderr).toBe(0);
    const result = onlyJson<TargetTestResult>(finished);
    expect(Object.keys(result)).toEqual(expect.arrayContaining(SHAPE));
    expect(result).toMatchObject({ outcome: 'answered', code: null, status: 200, text: 'ready' });
    expect((await cli.run(['workspace', 'status', '--json'])).stdout).toContain('"absent"');
  });

  test('a file of JSON on standard input; the key from the environment or a file, and nowhere in the output', async () => {
    const server = await serve(replies(http(answerJson('ready'))));
    const json = JSON.stringify({
      baseUrl: `http://127.0.0.1:${server.port}/v1`,
      model: 'm',
      key: 'main',
      allowPrivate: true,
      allowHttp: true,
    });
    const fromEnv = await run(['--file', '-', '--key-env', 'THE_KEY'], {
      stdin: json,
      env: { THE_KEY: 'k-from-env' },
    });
    expect(fromEnv.code, fromEnv.stderr).toBe(0);
    const fromFile = await run([
      '--file',
      write('t.json', json),
      '--key-file',
      write('key.txt', 'k-from-file\n'),
    ]);
    expect(fromFile.code, fromFile.stderr).toBe(0);
    const fromStdin = await run(['--file', 't.json', '--key-file', '-'], {
      stdin: 'k-from-stdin\n',
    });
    expect(fromStdin.code, fromStdin.stderr).toBe(0);
    for (const key of ['k-from-env', 'k-from-file', 'k-from-stdin']) {
      expect(server.received()).toContain(`Bearer ${key}\r\n`);
      for (const { stdout, stderr } of [fromEnv, fromFile, fromStdin])
        expect(stdout + stderr).not.toContain(key);
    }
  });

  test('a failure of any kind is a code and exit 30', async () => {
    const html = await serve(replies(http('<html>', ['content-type: text/html'])));
    const banner = await serve(() => {}, {
      greet: (socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'),
    });
    const silent = await serve(() => {});
    const slow = await serve((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n');
      drip(socket, ' ', 50);
    });
    for (const [server, code] of [
      [html, 'CONTENT_TYPE'],
      [banner, 'HTTP_PROTOCOL'],
      [silent, 'TIMEOUT_HEADERS'],
      [slow, 'TIMEOUT_TOTAL'],
    ] as const) {
      const file = write('h.yaml', yaml(server.port));
      const finished = await run(['--file', file, '--timeout', '2']);
      expect(finished.code, finished.stderr).toBe(30);
      expect(onlyJson<TargetTestResult>(finished).code).toBe(code);
    }
    const refused = await run([
      '--file',
      write('p.yaml', 'baseUrl: https://127.0.0.1/v1\nmodel: m\n'),
    ]);
    expect(refused.code).toBe(30);
    expect(onlyJson<TargetTestResult>(refused).code).toBe('PRIVATE_ADDRESS');
  });

  test('an answer that is no answer, such as one that was cut, is not exit 0', async () => {
    const cut = answerJson('so').replace('"stop"', '"length"');
    const server = await serve(replies(http(cut)));
    const finished = await run(['--file', write('c.yaml', yaml(server.port))]);
    expect(finished.code).toBe(30);
    expect(onlyJson<TargetTestResult>(finished)).toMatchObject({
      outcome: 'truncated',
      code: null,
    });
  });

  test('a file without an end is refused, and read no further than the limit', async () => {
    const finished = await run(['--file', '/dev/zero']);
    expect(finished.code).toBe(64);
    expect(onlyJson<{ error: { message: string } }>(finished).error.message).toContain(
      'larger than',
    );
  });

  test('wrong use is exit 64 with one object that says what', async () => {
    const server = await serve(() => {});
    const wrong = write('w.yaml', yaml(server.port, 'surprise: 1\n'));
    for (const args of [
      [],
      ['name', '--file', wrong],
      ['--file', 'absent.yaml'],
      ['--file', wrong],
      ['--file', write('k.yaml', yaml(server.port, 'key: main\n'))],
      ['--file', wrong, '--key-env', 'NOT_SET'],
      ['--file', wrong, '--timeout', 'soon'],
    ]) {
      const finished = await run(args);
      expect(finished.code, finished.stdout).toBe(64);
      expect(onlyJson<{ error: { code: string } }>(finished).error.code).not.toBe('INTERNAL');
    }
    expect((await run(['--file', wrong])).stderr).toContain('1 problem; nothing was sent.');
    expect(server.connections()).toBe(0);
  });
});

describe('targets of a workspace', () => {
  let cli: Cli;
  let write: ReturnType<typeof writer>;
  let server: HostileServer;

  beforeAll(async () => {
    cli = await builtCli();
    write = writer(cli.folder);
    server = await hostileServer(replies(http(answerJson('The sea is wide. It is blue.'))));
    expect((await cli.run(['workspace', 'create'])).code).toBe(0);
  });
  afterAll(async () => {
    await server?.close();
    cli?.remove();
  });

  test('a pasted command becomes a target; its key goes into the vault and nowhere else', async () => {
    const command = `curl http://127.0.0.1:${server.port}/v1/chat/completions -k \\\n -H 'Authorization: Bearer k-pasted-1' \\\n -d '{"model":"m","messages":[{"role":"user","content":"Hi"}],"max_tokens":9}'`;
    const shown = await cli.run(['target', 'recognise'], { stdin: command });
    expect(shown.code, shown.stderr).toBe(0);
    expect(shown.stdout).toContain('format: openai-chat');
    expect(shown.stderr).toContain('refused: -k');
    const added = await cli.run([
      'target',
      'recognise',
      '--file',
      write('c.txt', command),
      '--name',
      'pasted',
      '--add',
      '--store-keys',
      '--allow-private',
      '--allow-http',
      '--json',
    ]);
    expect(added.code, added.stderr).toBe(0);
    expect(onlyJson<{ added: string; keys: unknown }>(added)).toMatchObject({
      added: 'pasted',
      keys: [{ name: 'local', hasValue: true }],
    });
    expect(shown.stdout + shown.stderr + added.stdout + added.stderr).not.toContain('k-pasted-1');
    const tested = await cli.run(['target', 'test', 'pasted', '--json']);
    expect(tested.code, tested.stderr).toBe(0);
    expect(server.received()).toContain('Bearer k-pasted-1');
    const known = await cli.run(['target', 'show', 'pasted', '--json']);
    expect(onlyJson<object>(known)).toMatchObject({
      target: { parameters: { max_tokens: 9 } },
      lastTest: { result: { ok: true } },
    });
  });

  test('what is printed of a pasted command is a target file that says nothing twice', async () => {
    const command = `curl https://dashscope-intl.aliyuncs.com/compatible-mode/v1/chat/completions -d '{"model":"m","messages":[{"role":"user","content":"Hi"}]}'`;
    const shown = await cli.run(['target', 'recognise'], { stdin: command });
    expect(shown.code, shown.stderr).toBe(0);
    expect(shown.stdout).toContain('preset: dashscope');
    expect(shown.stdout).toContain('enable_thinking: false');
    expect(shown.stdout).not.toContain('null');
    const own = `curl https://a.example/ask -d '{"inputs":"Hi"}'`;
    const custom = await cli.run(['target', 'recognise'], { stdin: own });
    expect(custom.stdout).toContain('text: $[0].generated_text');
    expect(custom.stdout).not.toContain('reasoning:');
    for (const { stdout } of [shown, custom])
      expect((await cli.run(['target', 'add', write('r.yaml', stdout)])).stderr).toBe('');
  });

  test('a probe is announced, then made on consent, and its findings stand in the table', async () => {
    const before = server.connections();
    const announced = await cli.run(['target', 'probe', 'pasted']);
    expect(announced.stdout).toContain('Nothing was sent. To make these 12 calls at most');
    expect(server.connections()).toBe(before);
    const probed = await cli.run(['target', 'probe', 'pasted', '--calls', '8', '--json']);
    expect(probed.code, probed.stderr).toBe(0);
    expect(server.connections()).toBe(before + 7);
    expect(onlyJson<object>(probed)).toMatchObject({ calls: 7, repeatsDiffer: false });
    const table = await cli.run(['target', 'parameters', 'pasted', '--json']);
    const { rows } = onlyJson<{ rows: { parameter: string }[] }>(table);
    expect(rows.find(({ parameter }) => parameter === 'max_tokens')).toMatchObject({
      asked: 9,
      sent: [{ field: 'max_tokens', value: 9 }],
      accepted: 'yes',
      seen: { verdict: 'no-effect' },
    });
  });
});
