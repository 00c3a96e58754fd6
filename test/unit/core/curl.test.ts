import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recogniseTarget as recognise } from '#core/services/target/recognise.ts';
import { builtBody } from '#core/services/target/reproduce.ts';
import { AppError } from '#shared/contract/errors.ts';
import type { Recognised } from '#shared/contract/target.ts';
import type { Message } from '#shared/domain/canary.ts';
import { curlRequest, joinContinuedLines } from '#shared/domain/curl.ts';
import { buildRequest } from '#shared/wire/adapters.ts';

import { EXAMPLES } from './curl-examples.ts';

const recogniseTarget = (text: string) =>
  recognise(join(import.meta.dirname, '../../../resources'), text);
const conversation = ({ messages }: Recognised) => messages as Message[];

describe('a pasted request of a known format', () => {
  it.each(EXAMPLES)('$name: the target sends the same body', (example) => {
    const found = recogniseTarget(example.text);
    expect(found.format).toBe(example.format);
    expect(found.draft).toMatchObject({
      format: example.format,
      baseUrl: example.baseUrl,
      model: example.model,
      stream: example.stream ?? false,
    });
    if (example.parameters) expect(found.draft.parameters).toEqual(example.parameters);
    expect(found.differences).toEqual([]);
    expect(builtBody(found.draft, conversation(found))).toEqual(example.body);
  });

  it.each(EXAMPLES)('$name: its key is found, and stands nowhere else', (example) => {
    const found = recogniseTarget(example.text);
    if (example.key === undefined) {
      expect(found.keys).toEqual([]);
      expect(found.draft.key).toBeNull();
      return;
    }
    expect(found.keys).toHaveLength(1);
    expect(found.keys[0]?.value).toBe(example.key);
    expect(found.draft.key).toBe(found.keys[0]?.name);
    const { keys: _keys, ...rest } = found;
    if (example.key !== null) expect(JSON.stringify(rest)).not.toContain(example.key);
    const request = buildRequest(found.draft, {
      messages: conversation(found),
      parameters: found.draft.parameters,
      keyName: found.draft.key,
    });
    if (example.header) expect(request.auth).toMatchObject({ header: example.header });
  });

  it('asks the very URL that was pasted, without its key', () => {
    for (const example of EXAMPLES) {
      const found = recogniseTarget(example.text);
      const { url } = buildRequest(found.draft, {
        messages: conversation(found),
        parameters: found.draft.parameters,
        keyName: null,
      });
      const pasted = /https?:\/\/[^\s'"]+/.exec(example.text)?.[0];
      if (pasted) expect(url).toBe(pasted.replace(/\?key=.*$/, ''));
    }
  });

  it('tells what is sent otherwise, path by path', () => {
    const found = recogniseTarget(
      `curl https://api.openai.com/v1/responses -d '{"model":"m","input":"Hi","store":true,"stream":true}'`,
    );
    expect(found.messages).toEqual([{ role: 'user', content: 'Hi' }]);
    expect(found.differences).toEqual([
      { path: 'input', pasted: '"Hi"', built: null },
      { path: 'store', pasted: 'true', built: 'false' },
      { path: 'input.0.role', pasted: null, built: '"user"' },
      { path: 'input.0.content', pasted: null, built: '"Hi"' },
    ]);
  });

  it('keeps an unknown field, also inside an object that the format writes', () => {
    const found = recogniseTarget(
      `curl https://g.example/v1/models/g-1:generateContent -d '{"contents":[{"role":"user","parts":[{"text":"Hi"}]}],"generationConfig":{"temperature":9,"foo":{"bar":[1]}}}'`,
    );
    // 9 is no temperature that a target may have, and the field is the format's own: it is told.
    expect(found.draft.parameters).toEqual({});
    expect(found.draft.extra).toEqual({ generationConfig: { foo: { bar: [1] } } });
    expect(found.differences).toEqual([
      { path: 'generationConfig.temperature', pasted: '9', built: null },
    ]);
  });
});

describe('options of curl', () => {
  const body = `-d '{"model":"m","messages":[{"role":"user","content":"Hi"}]}'`;
  const url = 'https://api.example.org/v1/chat/completions';

  it('refuses to switch the checks off, and says what to do instead', () => {
    for (const option of ['-k', '--insecure', '-sk']) {
      const { refused } = recogniseTarget(`curl ${option} ${url} ${body}`);
      expect(refused).toHaveLength(1);
      expect(refused[0]?.why).toContain('network.extraCa');
    }
  });

  it('reads no file', () => {
    const failed = () => recogniseTarget(`curl ${url} -d @request.json`);
    expect(failed).toThrow(AppError);
    expect(failed).toThrow(/files are not read/);
    expect(recogniseTarget(`curl ${url} ${body} -H @headers.txt`).refused).toEqual([
      { what: '-H @file', why: 'files are not read' },
    ]);
    const { notUnderstood } = recogniseTarget(
      `curl ${url} ${body} --cacert ca.pem --cert client.pem --key client.key`,
    );
    expect(notUnderstood.map(({ what }) => what)).toEqual(['--cacert', '--cert', '--key']);
  });

  it('runs no shell: what follows the command is told, not done', () => {
    const { notUnderstood } = recogniseTarget(`curl ${url} ${body} | jq . > /tmp/x`);
    expect(notUnderstood).toEqual([{ what: 'everything from |', why: 'no shell is run' }]);
    const found = recogniseTarget(`curl ${url} -H "Authorization: Bearer $(cat key)" ${body}`);
    expect(found.keys[0]).toMatchObject({ value: null, name: 'example' });
  });

  it('takes proxy and its password apart', () => {
    const found = recogniseTarget(`curl -x http://me:pw1@proxy.example:3128 ${url} ${body}`);
    expect(found.draft.network.proxy).toEqual({
      kind: 'manual',
      url: 'http://proxy.example:3128',
      key: 'example-proxy',
    });
    expect(found.keys).toEqual([
      { name: 'example-proxy', use: 'proxy', value: 'me:pw1', where: '--proxy' },
    ]);
  });

  it('sends user and password as basic authentication', () => {
    const found = recogniseTarget(`curl -u me:pw2 ${url} ${body}`);
    expect(found.keys[0]?.value).toBe(Buffer.from('me:pw2').toString('base64'));
    expect(found.draft.auth).toEqual({ kind: 'header', header: 'authorization', prefix: 'Basic ' });
  });

  it('signs for AWS as the command did', () => {
    const converse = `-d '{"messages":[{"role":"user","content":[{"text":"Hi"}]}]}'`;
    const at =
      'https://bedrock-runtime.eu-west-1.amazonaws.com/model/amazon.nova-micro-v1%3A0/converse';
    const found = recogniseTarget(
      `curl --aws-sigv4 aws:amz:eu-west-1:bedrock -u AKIA1:s3cr3t ${at} ${converse}`,
    );
    expect(found.draft.auth).toEqual({ kind: 'sigv4', region: 'eu-west-1', service: 'bedrock' });
    expect(found.keys[0]?.value).toBe('AKIA1:s3cr3t');
    const signed = recogniseTarget(
      `curl -H "Authorization: AWS4-HMAC-SHA256 Credential=AKIA2/20260101/us-west-2/bedrock/aws4_request, SignedHeaders=host, Signature=ab" -H "x-amz-date: 20260101T000000Z" ${at} ${converse}`,
    );
    expect(signed.draft.auth).toMatchObject({ kind: 'sigv4', region: 'us-west-2' });
    expect(signed.keys[0]).toMatchObject({ value: null });
    expect(JSON.stringify(signed)).not.toContain('AKIA2');
  });

  it('leaves out a second key and every cookie', () => {
    const found = recogniseTarget(
      `curl ${url} ${body} -H 'Authorization: Bearer one' -H 'X-Api-Key: k-second' -H 'Cookie: s=k-third' -b 's=k-fourth'`,
    );
    expect(found.keys.map(({ value }) => value)).toEqual(['one']);
    expect(found.refused).toHaveLength(3);
    expect(JSON.stringify({ ...found, keys: [] })).not.toMatch(/k-second|k-third|k-fourth/);
  });

  it('names what it does not know', () => {
    const { notUnderstood } = recogniseTarget(
      `curl ${url} ${body} --happy-eyeballs -L -A me --max-time 5`,
    );
    expect(notUnderstood.map(({ what }) => what)).toEqual([
      '--happy-eyeballs',
      '-L',
      '-A',
      '--max-time',
    ]);
  });

  it.each([
    ['', /no curl command/],
    ['wget https://x.example', /no curl command/],
    ['curl', /no URL/],
    [`curl ${url}`, /no body/],
    [`curl ${url} -d 'hello'`, /not JSON/],
    [`curl ${url} -d '{"a":`, /quote/],
    ['curl ftp://x.example/y -d "{}"', /http or https/],
    [`curl ${url} -d '{"messages":[]}'`, /no model/],
    ['POST /v1/chat/completions HTTP/1.1\n\n{}', /no host/],
  ])('%j is refused with a reason', (text, message) => {
    expect(() => recogniseTarget(text)).toThrow(message);
  });

  it('never throws anything but a refusal, whatever is pasted', () => {
    const pieces = [
      'curl',
      '-d',
      "'",
      '"',
      '$',
      '\\',
      '\n',
      'https://x.example/v1/messages',
      '{"model":"m"}',
      '-H',
      ':',
      '@',
      '--',
      '-',
      '^',
      '`',
      '\u0000',
      '{{prompt}}',
      '[1]',
      '%',
      '-X',
      '-u',
      ';',
    ];
    let seed = 7;
    const next = (): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed;
    };
    for (let round = 0; round < 3_000; round++) {
      const text = Array.from(
        { length: 1 + (next() % 12) },
        () => pieces[next() % pieces.length],
      ).join(next() % 2 === 0 ? ' ' : '');
      try {
        recogniseTarget(text);
      } catch (error) {
        expect(error, text).toBeInstanceOf(AppError);
      }
    }
  });
});

describe('any other service', () => {
  it('becomes a template with the question in it', () => {
    const found = recogniseTarget(
      `curl -X POST 'https://api.other.example/api/v2/generate?lang=en' -H 'Authorization: Token t-1' -d '{"model":"big","conversation":{"turns":[{"role":"system","content":"S"},{"role":"user","content":"Ask me"}]},"cfg":{"temp":0.5}}'`,
    );
    expect(found.draft).toMatchObject({
      format: 'custom',
      baseUrl: 'https://api.other.example',
      model: 'big',
      auth: { kind: 'header', header: 'authorization', prefix: 'Token ' },
      template: {
        path: '/api/v2/generate?lang=en',
        body: {
          model: '{{model}}',
          conversation: {
            turns: [
              { role: 'system', content: 'S' },
              { role: 'user', content: '{{prompt}}' },
            ],
          },
          cfg: { temp: 0.5 },
        },
      },
    });
    expect(found.notUnderstood.map(({ what }) => what)).toContain('where the answer stands');
    expect(builtBody(found.draft, [{ role: 'user', content: 'Ask me' }])).toEqual({
      model: 'big',
      conversation: {
        turns: [
          { role: 'system', content: 'S' },
          { role: 'user', content: 'Ask me' },
        ],
      },
      cfg: { temp: 0.5 },
    });
  });

  it.each([
    [{ inputs: 'Hello', parameters: { n: 1 } }, 'inputs'],
    [{ id: 'x', query: 'Hello there' }, 'query'],
    [{ a: { b: ['short', 'the longest text of all'] } }, 'a.b.1'],
  ])('finds the question in %j', (body, place) => {
    const found = recogniseTarget(`curl https://o.example/x -d '${JSON.stringify(body)}'`);
    expect(found.notUnderstood.map(({ what }) => what)).toContain(`{{prompt}} at ${place}`);
  });
});

describe('words of a command', () => {
  it('joins lines of sh, cmd and PowerShell', () => {
    expect(joinContinuedLines('curl \\\n -k \\\r\n x')).toBe('curl  -k  x');
    expect(joinContinuedLines('curl ^\r\n ^"x^"')).toBe('curl  "x"');
    expect(joinContinuedLines('curl `\n x')).toBe('curl  x');
  });

  it('tells options with values apart in a cluster', () => {
    const parsed = curlRequest(['curl', '-sXPUT', '-dbody', 'example.org/x']);
    expect(parsed).toMatchObject({
      ok: true,
      request: { method: 'PUT', body: 'body', url: 'http://example.org/x' },
    });
  });
});
