import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TargetTestResult } from '#shared/contract/target.ts';
import { answerJson, http, replies } from '../../hostile/cases/case.ts';
import { makeCertificates } from '../../hostile/certificates.ts';
import { type HostileServer, hostileServer } from '../../hostile/server.ts';
import { type ChatServer, startChatServer } from './chat-server.ts';
import { builtCli, type Cli, onlyJson } from './cli-build.ts';
import { canaryLines, planYaml, targetsYaml, writer } from './files.ts';

const PANEL = [
  { name: 'suspect-a', role: 'suspect' },
  { name: 'control-a', role: 'control' },
];
/** A proxy that nobody serves, with a password that no record may hold. */
const PROXY = 'http://user:zqproxykennwort@127.0.0.1:9';
/** As they are told: of NODE_OPTIONS each option. */
const toldAs = (name: string, value: string): string =>
  name === 'NODE_OPTIONS' ? `${name} ${value}` : name;

const RECORDED = { NODE_OPTIONS: '--no-warnings', HTTPS_PROXY: PROXY, http_proxy: PROXY };

let cli: Cli;
let write: ReturnType<typeof writer>;
beforeAll(async () => {
  cli = await builtCli();
  write = writer(cli.folder);
});
afterAll(() => cli?.remove());

describe('variables that weaken the record', () => {
  let server: ChatServer;
  beforeAll(async () => {
    server = await startChatServer(() => 'No idea.');
    write('canaries.jsonl', canaryLines(2));
    write('targets.yaml', targetsYaml(server.baseUrl, PANEL));
    write('plan.yaml', planYaml(PANEL, { registry: 1 }));
    for (const args of [
      ['workspace', 'create'],
      ['canary', 'import', 'canaries.jsonl'],
      ['registry', 'commit', '--held-out', '0'],
      ['registry', 'draw', '1', '--no-beacon'],
      ['target', 'add', 'targets.yaml'],
    ])
      expect((await cli.run(args)).code, args.join(' ')).toBe(0);
  }, 60_000);
  afterAll(() => server.close());

  test.each([
    ['NODE_TLS_REJECT_UNAUTHORIZED', '0'],
    ['SSLKEYLOGFILE', 'keys.log'],
    ['NODE_OPTIONS', '--tls-keylog=keys.log', 'NODE_OPTIONS --tls-keylog'],
    ['NODE_OPTIONS', '--no-warnings --tls-min-v1.0', 'NODE_OPTIONS --tls-min-v1.0'],
    ['NODE_OPTIONS', '--insecure-http-parser', 'NODE_OPTIONS --insecure-http-parser'],
    ['NODE_OPTIONS', '--import data:text/javascript,1', 'NODE_OPTIONS --import'],
  ])('%s %s: nothing is sent while it is set', async (name, value, told = name) => {
    const env = { [name]: value };
    for (const args of [
      ['audit', 'run', '--plan', 'plan.yaml', '--json'],
      ['target', 'test', 'suspect-a', '--json'],
      ['target', 'probe', 'suspect-a', '--calls', '2', '--json'],
    ]) {
      const refused = await cli.run(args, { env });
      expect(refused.code, refused.stdout).toBe(64);
      const { error } = onlyJson<{ error: { code: string; message: string } }>(refused);
      expect(error.code).toBe('UNSAFE_ENVIRONMENT');
      expect(error.message).toContain(`${told} weakens the record`);
      expect(error.message).toContain('Unset it');
    }
    expect(server.asked).toEqual([]);
    expect((await cli.run(['workspace', 'status'], { env })).stderr).toContain(told);
  });

  test('the others are recorded by name with the run, and take no request another way', async () => {
    const ran = await cli.run(['audit', 'run', '--plan', 'plan.yaml', '--json'], {
      env: RECORDED,
    });
    expect([0, 20], ran.stderr).toContain(ran.code);
    expect(server.asked).toHaveLength(2 * PANEL.length);
    const log = await cli.run(['custody', 'list', '--kind', 'audit.started', '--json']);
    expect(log.stdout).toContain(
      '"hazards":["HTTPS_PROXY","NODE_OPTIONS --no-warnings","http_proxy"]',
    );
    const tested = await cli.run(['target', 'test', 'suspect-a', '--json'], { env: RECORDED });
    expect(onlyJson<TargetTestResult>(tested).warnings).toEqual(
      expect.arrayContaining(
        Object.entries(RECORDED).map(([name, value]) => `environment:${toldAs(name, value)}`),
      ),
    );
    const activity = await cli.run(['activity', 'list', '--json']);
    expect(activity.stdout).not.toContain('127.0.0.1:9"');
    for (const { stdout, stderr } of [ran, log, tested, activity])
      expect(stdout + stderr).not.toContain('zqproxykennwort');
  });
});

describe('whom a connection trusts, whatever the environment says', () => {
  const certificates = makeCertificates();
  let server: HostileServer;
  beforeAll(async () => {
    server = await hostileServer(replies(http(answerJson('ready'))), {
      server: createServer(certificates.good),
    });
    write('ca.pem', certificates.ca);
  });
  afterAll(() => server.close());

  async function tried(
    env: Readonly<Record<string, string>>,
    network = '',
  ): Promise<Pick<TargetTestResult, 'code' | 'warnings'>> {
    const text = `baseUrl: https://127.0.0.1:${server.port}/v1\nmodel: m\nallowPrivate: true\n${network}`;
    const args = ['target', 'test', '--file', write('t.yaml', text), '--json'];
    return onlyJson<TargetTestResult>(await cli.run(args, { env }));
  }

  test.each<[string, Readonly<Record<string, string>>]>([
    ['checks switched off', { NODE_TLS_REJECT_UNAUTHORIZED: '0' }],
    ['a further root', { NODE_EXTRA_CA_CERTS: 'ca.pem' }],
    ['roots of the system, by variable and option', { NODE_USE_SYSTEM_CA: '1' }],
    ['other roots of the system', { SSL_CERT_FILE: 'ca.pem', NODE_OPTIONS: '--use-openssl-ca' }],
  ])(
    '%s: the certificate is refused all the same, and the variable is told',
    async (_what, env) => {
      const { code, warnings } = await tried(env);
      expect(code).toBe('TLS_CERT');
      for (const [name, value] of Object.entries(env))
        expect(warnings).toContain(`environment:${toldAs(name, value)}`);
    },
  );

  test('keys of a connection are written nowhere', async () => {
    expect((await tried({ SSLKEYLOGFILE: 'keys.log' })).warnings).toContain(
      'environment:SSLKEYLOGFILE',
    );
    expect(existsSync(join(cli.folder, 'keys.log'))).toBe(false);
  });

  test.runIf(process.platform === 'linux')(
    'a target that asks for the roots of the system gets those, and no other does',
    async () => {
      // Where this system looks for its roots: the one of our server is then one of them.
      const env = { SSL_CERT_FILE: 'ca.pem', SSL_CERT_DIR: 'none' };
      const asked = await tried(env, 'network: { roots: system }\n');
      expect(asked.code).toBeNull();
      expect(asked.warnings).toEqual(
        expect.arrayContaining(['environment:SSL_CERT_DIR', 'environment:SSL_CERT_FILE']),
      );
      expect((await tried(env, 'network: { roots: bundled }\n')).code).toBe('TLS_CERT');
      expect((await tried({}, 'network: { roots: system }\n')).code).toBe('TLS_CERT');
    },
  );
});
