import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ChatServer, startChatServer } from './chat-server.ts';
import { builtCli, type Cli, PASSPHRASE } from './cli-build.ts';

const TEXT = readFileSync(resolve(import.meta.dirname, '../../../docs/formats.md'), 'utf8');

/** Blocks that are named after their language, such as ```yaml targets.yaml. */
const FILES = [...TEXT.matchAll(/^```\w+ (\S+)\n(.*?)^```$/gms)].map(
  ([, name = '', text = '']) => ({ name, text }),
);
const COMMANDS = (/^```sh\n(.*?)^```$/ms.exec(TEXT)?.[1] ?? '')
  .split('\n')
  .filter((line) => line.includes('trapstreet '));

let cli: Cli;
let server: ChatServer;

beforeAll(async () => {
  cli = await builtCli();
  server = await startChatServer(() => 'I can’t say.');
  for (const { name, text } of FILES) {
    // The endpoints of the examples are not ours to call: every one leads to this server.
    const served = text
      .replaceAll('http://127.0.0.1:8123/v1', server.baseUrl)
      .replace(
        'https://api.acme.example/v1',
        `${server.baseUrl}\n    allowPrivate: true\n    allowHttp: true`,
      );
    writeFileSync(join(cli.folder, name), served);
  }
});
afterAll(async () => {
  await server?.close();
  cli?.remove();
});

const words = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');

test('the examples of docs/formats.md work as they stand, in their order', async () => {
  expect(FILES.map((file) => file.name)).toEqual([
    'canaries.jsonl',
    'late.jsonl',
    'canaries.csv',
    'targets.yaml',
    'extra.json',
    'plan.yaml',
  ]);
  expect(COMMANDS).toHaveLength(15);
  for (const line of COMMANDS) {
    const [piped, command = piped] = line.includes(' | ') ? line.split(' | ') : [line];
    const options = { env: { TRAPSTREET_PASSPHRASE: PASSPHRASE }, stdin: 'sk-example\n' };
    const finished = await cli.run(words(command ?? '').slice(1), options);
    expect([0, 20], `${line}\n${finished.stdout}${finished.stderr}`).toContain(finished.code);
  }
  expect(server.complaints).toEqual([]);
  expect(server.asked.length).toBeGreaterThan(0);
});
