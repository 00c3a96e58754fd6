import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LLMock } from '@copilotkit/aimock';
import { MockServer } from 'openai-mock-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TargetTestResult } from '#shared/contract/target.ts';
import { builtCli, type Cli, onlyJson } from './cli-build.ts';
import { writer } from './files.ts';

/** The question of a test call: the servers of other people know it by these words. */
const QUESTION = 'Please reply with the single word: ready';

let cli: Cli;
let write: ReturnType<typeof writer>;
beforeAll(async () => {
  cli = await builtCli();
  write = writer(cli.folder);
});
afterAll(() => cli?.remove());

async function tried(target: object, key: string) {
  const file = write('t.json', JSON.stringify({ ...target, allowPrivate: true, allowHttp: true }));
  const ran = await cli.run(['target', 'test', '--file', file, '--key-env', 'KEY', '--json'], {
    env: { KEY: key, TRAPSTREET_WORKSPACE: undefined, TRAPSTREET_PASSPHRASE: undefined },
  });
  expect(ran.stdout + ran.stderr).not.toContain(key);
  return { exit: ran.code, result: onlyJson<TargetTestResult>(ran) };
}

describe('target test --file against aimock', () => {
  const mock = new LLMock({ port: 0, host: '127.0.0.1', chunkSize: 2 });
  beforeAll(async () => {
    mock.onMessage(QUESTION, { content: 'ready' });
    await mock.start();
  });
  afterAll(() => mock.stop());

  test.each([
    ['openai-chat', '/v1', true],
    ['openai-responses', '/v1', false],
    ['anthropic-messages', '/v1', true],
    ['gemini', '/v1beta', true],
    ['bedrock-converse', '', true],
    ['ollama', '', true],
  ] as const)('%s: answered, exit 0', async (format, path, stream) => {
    const parameters = { max_tokens: 16 };
    const target = { format, baseUrl: `${mock.url}${path}`, model: 'm-1', stream, parameters };
    const { exit, result } = await tried(target, 'k-third-party-1');
    expect(exit).toBe(0);
    expect(result).toMatchObject({
      ok: true,
      outcome: 'answered',
      code: null,
      status: 200,
      text: 'ready',
      tls: null,
      warnings: expect.arrayContaining(['no-tls']),
    });
    expect(result.bytes).toBeGreaterThan(0);
    expect(result.ms).toBeGreaterThan(0);
  });

  test.each([
    [429, 'RATE_LIMITED', 'rate-limited'],
    [503, 'HTTP_STATUS', 'transport-failed'],
  ] as const)('a status of %i: exit 30', async (status, code, outcome) => {
    mock.nextRequestError(status, { message: 'later', type: 'api_error' });
    const { exit, result } = await tried({ baseUrl: `${mock.url}/v1`, model: 'm' }, 'k-third-2');
    expect(exit).toBe(30);
    expect(result).toMatchObject({ ok: false, code, outcome, status });
  });
});

describe('target test --file against openai-mock-api', () => {
  let server: Server;
  beforeAll(async () => {
    const silent = { info() {}, warn() {}, error() {}, debug() {} };
    const said = (role: string, content: string) => ({ role, content });
    const config = {
      apiKey: 'k-right-1',
      port: 0,
      responses: [{ id: 'one', messages: [said('user', QUESTION), said('assistant', 'ready')] }],
    };
    const { app } = new MockServer(config as never, silent as never) as unknown as {
      app: RequestListener;
    };
    // Its own `start` listens on every address of the machine.
    server = createServer(app);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  test.each([
    ['k-right-1', 0, { ok: true, code: null, text: 'ready', model: 'm' }],
    ['k-wrong-1', 30, { ok: false, code: 'AUTH_FAILED', status: 401, text: null }],
  ] as const)('the key %s: exit %i', async (key, exit, holds) => {
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    const ran = await tried({ baseUrl, model: 'm' }, key);
    expect(ran.exit).toBe(exit);
    expect(ran.result).toMatchObject(holds);
  });
});
