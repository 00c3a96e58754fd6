import { join } from 'node:path';
import { createServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Output } from '#shared/contract/index.ts';
import { outcomeOf } from '#shared/wire/outcome.ts';
import {
  coreOn,
  failureOf,
  type OpenCore,
  removeTempFolders,
  tempFolder,
} from '../../helpers/workspace.ts';
import { answerJson, type HostileCase, http, replies, serverOf } from '../../hostile/cases/case.ts';
import { connectionCases } from '../../hostile/cases/connection.ts';
import { contentCases } from '../../hostile/cases/content.ts';
import { makeCertificates } from '../../hostile/certificates.ts';
import { hostileServer } from '../../hostile/server.ts';

let core: OpenCore;
beforeAll(() => {
  // No workspace is there, and none is made.
  core = coreOn(join(tempFolder(), 'none'));
});
afterAll(async () => {
  await core.close();
  removeTempFolders();
});

const CONSENT = { allowPrivate: true, allowHttp: true };
const file = (fields: object): string => JSON.stringify({ model: 'm', ...fields });

function attempt(
  fields: object,
  options: { timeoutMs?: number; secrets?: Record<string, string> } = {},
) {
  return core.client.call('target.try', { text: file(fields), timeoutMs: 1_500, ...options });
}

/** Every failure is a code with its outcome and advice; an answer has none of them. */
function checkShape(result: Output<'target.try'>): void {
  if (result.code === null) {
    expect(['answered', 'truncated', 'refused', 'filtered']).toContain(result.outcome);
    expect(result.text).not.toBeNull();
  } else {
    expect(result.ok).toBe(false);
    expect(result.outcome).toBe(outcomeOf({ ok: false, code: result.code }));
    expect(result.text).toBeNull();
    expect(result.advice.length).toBeGreaterThan(10);
  }
}

async function run(row: HostileCase): Promise<void> {
  const server = await serverOf(row);
  const timeoutMs = row.limits?.totalMs ?? 1_500;
  try {
    const start = performance.now();
    const result = await attempt(
      { baseUrl: `http://127.0.0.1:${server.port}/v1`, stream: row.stream ?? false, ...CONSENT },
      { timeoutMs },
    );
    expect(performance.now() - start).toBeLessThan(timeoutMs + 500);
    checkShape(result);
    expect(row.expected).toContain(result.code ?? 'accepted');
    expect(server.connections()).toBe(1);
  } finally {
    await server.close();
  }
}

describe('a target file tried against a hostile endpoint', () => {
  for (const row of [...connectionCases, ...contentCases])
    it(`${row.number}: ${row.name} -> ${row.expected.join(' or ')}`, () => run(row));
});

describe('a target file whose address is refused', () => {
  it.each([
    ['http://127.0.0.1:9/v1', { allowHttp: true }, 'PRIVATE_ADDRESS'],
    ['https://localhost/v1', {}, 'PRIVATE_ADDRESS'],
    ['https://0177.0.0.1/v1', {}, 'PRIVATE_ADDRESS'],
    ['https://2130706433/v1', {}, 'PRIVATE_ADDRESS'],
    ['https://[::ffff:169.254.169.254]/v1', {}, 'PRIVATE_ADDRESS'],
    ['https://[::1]/v1', {}, 'PRIVATE_ADDRESS'],
    ['https://169.254.169.254/v1', {}, 'PRIVATE_ADDRESS'],
    ['ftp://127.0.0.1/v1', CONSENT, 'URL_SCHEME'],
    ['file:///etc/passwd', CONSENT, 'URL_SCHEME'],
    ['http://example.org/v1', {}, 'URL_SCHEME'],
    ['https://user:pass@127.0.0.1/v1', CONSENT, 'URL_CREDENTIALS'],
    ['http://127.0.0.1:9/v1', CONSENT, 'CONNECT_FAILED'],
    ['https://no-such-host.invalid/v1', {}, 'DNS_FAILED'],
  ])('%s %j -> %s', async (baseUrl, consents, code) => {
    const result = await attempt({ baseUrl, ...consents });
    checkShape(result);
    expect(result).toMatchObject({ ok: false, code, outcome: 'transport-failed', bytes: 0 });
    expect(JSON.stringify(result)).not.toContain('pass@');
  });
});

describe('what is told of an answer', () => {
  const certificates = makeCertificates();

  it('TLS facts, address, bytes and time', async () => {
    const server = await hostileServer(replies(http(answerJson('over TLS'))), {
      server: createServer(certificates.good),
    });
    try {
      const baseUrl = `https://127.0.0.1:${server.port}/v1`;
      const refused = await attempt({ baseUrl, allowPrivate: true });
      expect(refused).toMatchObject({ code: 'TLS_CERT', outcome: 'transport-failed' });
      const result = await attempt({
        baseUrl,
        allowPrivate: true,
        network: { extraCa: certificates.ca },
      });
      expect(result).toMatchObject({
        ok: true,
        outcome: 'answered',
        code: null,
        status: 200,
        bytes: answerJson('over TLS').length,
        model: 'm',
        address: '127.0.0.1',
        proxy: null,
        text: 'over TLS',
        tls: { protocol: 'TLSv1.3', authorized: true },
        route: { modelAsked: 'm', modelAnswered: 'm' },
      });
      expect(result.tls?.fingerprint).toMatch(/^[0-9a-f]{64}$/);
      const pinned = await attempt({
        baseUrl,
        allowPrivate: true,
        network: { extraCa: certificates.ca, pinSha256: result.tls?.fingerprint },
      });
      expect(pinned.ok).toBe(true);
    } finally {
      await server.close();
    }
  });

  it('another model than the one that was asked for, and who says so', async () => {
    const body = answerJson('hi\u202e', { model: 'm-2026-01', provider: 'Deep\u200bHost' });
    const server = await hostileServer(replies(http(body)));
    const result = await attempt({ baseUrl: `http://127.0.0.1:${server.port}/v1`, ...CONSENT });
    await server.close();
    expect(result.warnings).toContain('model-differs');
    expect(result.warnings).toContain('no-tls');
    expect(result.text).toBe('hi⟦U+202E⟧');
    expect(result.route.upstream).toBe('Deep⟦U+200B⟧Host');
    expect(result.route.sentence).toContain('asked for m, it says that m-2026-01 answered');
  });

  it('where it was asked, which is not where it was answered', async () => {
    const content = [{ text: 'hi' }];
    const body = JSON.stringify({ output: { message: { content } }, stopReason: 'end_turn' });
    const types = ['content-type: application/json', 'x-ms-region: East US'];
    const server = await hostileServer(replies(http(body, types)));
    const fields = {
      format: 'bedrock-converse',
      baseUrl: `http://127.0.0.1:${server.port}`,
      auth: { kind: 'sigv4', region: 'eu-central-1' },
      key: 'aws',
    };
    const result = await attempt(
      { ...fields, ...CONSENT },
      { secrets: { '': 'AKIDEXAMPLE:wJalrXUtnFEMI' } },
    );
    await server.close();
    expect(result.route).toMatchObject({ region: 'East US', configuredRegion: 'eu-central-1' });
    expect(result.route.sentence).toContain(
      ' answered, region East US, configured for eu-central-1;',
    );
  });

  it('which parameters had an effect, as far as one answer shows it', async () => {
    const choice = {
      index: 0,
      message: { content: 'one. two', reasoning: 'hm' },
      finish_reason: 'length',
      logprobs: { content: [{ token: 'one', logprob: -1 }] },
    };
    const body = JSON.stringify({ model: 'm', choices: [choice] });
    const asked = {
      temperature: 0,
      max_tokens: 2,
      stop: ['.'],
      logprobs: true,
      thinking: false,
    };
    const dialect = { thinking: { off: { think: false } } };
    const tried = async (answer: Buffer) => {
      const server = await hostileServer(replies(answer));
      const baseUrl = `http://127.0.0.1:${server.port}/v1`;
      const fields = { baseUrl, ...CONSENT, preset: 'deepseek', parameters: asked, dialect };
      const { parameters } = await attempt(fields);
      await server.close();
      return parameters;
    };
    const seen = await tried(http(body));
    expect(seen.map(({ subject, verdict }) => [subject, verdict])).toEqual([
      ['temperature', 'accepted'],
      ['max_tokens', 'effect'],
      ['stop', 'no-effect'],
      ['logprobs', 'effect'],
      ['thinking', 'no-effect'],
    ]);
    expect(seen[0]?.known).toContain('ignored: While thinking');
    const plain = { index: 0, message: { content: 'one' }, finish_reason: 'stop' };
    const bare = JSON.stringify({ choices: [plain], usage: { completion_tokens: 9 } });
    expect((await tried(http(bare))).map(({ verdict }) => verdict)).toEqual([
      'accepted',
      'no-effect',
      'accepted',
      'no-effect',
      'accepted',
    ]);
    const refused = await tried(http('{}', undefined, '400 Bad Request'));
    expect(new Set(refused.map(({ verdict }) => verdict))).toEqual(new Set(['unknown']));
    expect(refused[0]?.why).toContain('perhaps because of it');
  });

  it('the key is sent, and never told', async () => {
    const server = await hostileServer(replies(http(answerJson('fine'))));
    const baseUrl = `http://127.0.0.1:${server.port}/v1`;
    const result = await attempt({ baseUrl, ...CONSENT }, { secrets: { '': 'k-secret-1' } });
    const named = await attempt(
      { baseUrl, key: 'main', ...CONSENT },
      { secrets: { main: 'k-secret-2' } },
    );
    expect(server.received()).toContain('authorization: Bearer k-secret-1');
    expect(server.received()).toContain('authorization: Bearer k-secret-2');
    await server.close();
    expect(result.ok && named.ok).toBe(true);
    expect(JSON.stringify([result, named])).not.toContain('k-secret');
  });

  it('a key that is sent back', async () => {
    const server = await hostileServer(replies(http(answerJson('your key is k-secret-3'))));
    const baseUrl = `http://127.0.0.1:${server.port}/v1`;
    const result = await attempt({ baseUrl, ...CONSENT }, { secrets: { '': 'k-secret-3' } });
    await server.close();
    expect(result).toMatchObject({ code: 'SECRET_ECHOED', outcome: 'malformed', text: null });
    expect(JSON.stringify(result)).not.toContain('k-secret');
  });

  // As a reader would put them together again: the escapes of JSON, and the pieces of a stream or of a list.
  const escaped = answerJson('KEY').replace('KEY', '\\u006b-secret\\/4');
  const delta = (content: string, finish: string | null = null) =>
    `data: ${JSON.stringify({ choices: [{ delta: { content }, finish_reason: finish }] })}\n\n`;
  const parts = {
    candidates: [
      { content: { parts: [{ text: 'k-sec' }, { text: 'ret/4' }] }, finishReason: 'STOP' },
    ],
  };
  it.each([
    ['escaped', {}, http(escaped)],
    ['escaped, in an error', {}, http(escaped, undefined, '500 Internal Server Error')],
    [
      'in the name of a header',
      {},
      http(answerJson('x'), ['content-type: application/json', 'K-Secret4: 1']),
    ],
    [
      'in the pieces of a stream',
      { stream: true },
      http(delta('k-sec') + delta('ret/4', 'stop'), ['content-type: text/event-stream']),
    ],
    ['in the parts of an answer', { format: 'gemini' }, http(JSON.stringify(parts))],
  ])('a key that is sent back %s', async (how, fields, answer) => {
    const server = await hostileServer(replies(answer));
    const key = how.includes('header') ? 'k-secret4' : 'k-secret/4';
    const baseUrl = `http://127.0.0.1:${server.port}/v1`;
    const result = await attempt({ baseUrl, ...CONSENT, ...fields }, { secrets: { '': key } });
    await server.close();
    expect(result).toMatchObject({ code: 'SECRET_ECHOED', outcome: 'malformed', text: null });
    expect(result.warnings).toContain('key-sent-back');
    expect(JSON.stringify(result)).not.toContain(key);
  });

  it.each([
    ['401 Unauthorized', 'AUTH_FAILED', 'transport-failed'],
    ['429 Too Many Requests', 'RATE_LIMITED', 'rate-limited'],
    ['500 Internal Server Error', 'HTTP_STATUS', 'transport-failed'],
  ])('a status of %s', async (status, code, outcome) => {
    const server = await hostileServer(replies(http('{}', undefined, status)));
    const result = await attempt({ baseUrl: `http://127.0.0.1:${server.port}/v1`, ...CONSENT });
    await server.close();
    expect(result).toMatchObject({ code, outcome, status: Number(status.slice(0, 3)), bytes: 2 });
  });
});

describe('a file that describes no target', () => {
  it.each([
    ['foo: [', 'file'],
    ['model: m', 'baseUrl'],
    ['baseUrl: https://a.example\nmodel: m\nsurprise: 1', 'surprise'],
    ['baseUrl: https://a.example\nmodel: m\nformat: anthropic-messages', 'parameters.max_tokens'],
    ['baseUrl: https://a.example\nmodel: m\nparameters: { thinking: true }', 'parameters.thinking'],
    ['baseUrl: https://a.example\nmodel: m\nextra: { messages: [] }', 'extra.messages'],
    ['baseUrl: https://a.example\nmodel: m\nextra: &a { x: *a }', 'file'],
    ['baseUrl: https://a.example\nmodel: m\nheaders: { Expect: 100-continue }', 'headers.Expect'],
    ['baseUrl: https://a.example/v1?api_key=x\nmodel: m', 'baseUrl'],
    ['baseUrl: https://a.example\nmodel: m\nheaders: { X-Api-Key: x }', 'headers.X-Api-Key'],
  ])('%j: the field %s is named', async (text, field) => {
    const failure = await failureOf(core, 'target.try', { text });
    expect(failure.code).toBe('IMPORT_REJECTED');
    const { errors } = failure.data as { errors: { field: string }[] };
    expect(errors.map((error) => error.field)).toContain(field);
  });

  it.each([
    ['baseUrl: https://a.example', 'model', 'this field is missing'],
    [
      'baseUrl: https://a.example\nmodel: m\nparameters: { seed: 1.5 }',
      'parameters.seed',
      'this must be a whole number',
    ],
    [
      'baseUrl: https://a.example\nmodel: m\nauth: { kind: x }',
      'auth.kind',
      "this must be one of 'header', 'sigv4'",
    ],
    [
      'targets:\n- { baseUrl: https://a.example, model: m }\n- { baseUrl: https://b.example, model: m }',
      'targets',
      'name exactly one target here',
    ],
  ])('%j: %s, in plain words', async (text, field, message) => {
    const { data } = await failureOf(core, 'target.try', { text });
    expect(data).toMatchObject({ errors: [{ field, message }] });
  });

  it('a key that is named and not given', async () => {
    const text = file({ baseUrl: 'https://a.example', key: 'main' });
    expect((await failureOf(core, 'target.try', { text })).code).toBe('CONFLICT');
  });
});
