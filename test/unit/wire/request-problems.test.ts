import { describe, expect, it } from 'vitest';
import type { Json, Parameters, Template } from '#shared/domain/target.ts';
import { buildRequest, unsupportedParameters } from '#shared/wire/adapters.ts';
import { extraClashes, requestProblems } from '#shared/wire/request-problems.ts';
import type { ChatMessage, OutboundRequest, WireTarget } from '#shared/wire/types.ts';
import { CHAT } from '../../helpers/wire.ts';

const target = (more: Partial<WireTarget> = {}): WireTarget => ({ ...CHAT, ...more });
const paths = (more: Partial<WireTarget>, parameters: Parameters = {}) =>
  requestProblems(target(more), parameters).map(({ path }) => path);

const build = (more: Partial<WireTarget>, parameters: Parameters = {}, messages = TALK) =>
  buildRequest(target(more), { messages, parameters, keyName: null });
const bodyOf = (request: OutboundRequest): unknown =>
  JSON.parse(new TextDecoder().decode(request.body ?? undefined));

const TALK: readonly ChatMessage[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Who?' },
  { role: 'assistant', content: 'Odo.' },
  { role: 'user', content: 'Where?' },
];

describe('requestProblems', () => {
  it('names every parameter that a format cannot send, and every value', () => {
    expect(paths({ format: 'openai-responses' }, { seed: 1, stop: ['x'], temperature: 0 })).toEqual(
      ['parameters.seed', 'parameters.stop'],
    );
    expect(paths({ format: 'gemini' }, { reasoning_effort: 'xhigh' })).toEqual([
      'parameters.reasoning_effort',
    ]);
    expect(paths({ format: 'gemini' }, { reasoning_effort: 'low' })).toEqual([]);
    expect(paths({ format: 'ollama' }, { thinking: 500 })).toEqual(['parameters.thinking']);
    expect(paths({ format: 'openai-chat' }, { thinking: true })).toEqual(['parameters.thinking']);
    expect(paths({ format: 'paste' }, { temperature: 0 })).toEqual(['parameters.temperature']);
  });

  it('asks for what the provider demands', () => {
    const anthropic = { format: 'anthropic-messages' } as const;
    expect(paths(anthropic)).toEqual(['parameters.max_tokens']);
    expect(paths(anthropic, { max_tokens: 5 })).toEqual([]);
    expect(paths(anthropic, { max_completion_tokens: 5 })).toEqual([]);
  });

  it('knows which version of Anthropic takes a temperature', () => {
    const asked = { max_tokens: 5, temperature: 0 };
    const version = (value: string) =>
      paths({ format: 'anthropic-messages', headers: { 'Anthropic-Version': value } }, asked);
    expect(version('2023-06-01')).toEqual([]);
    expect(version('2026-10-21')).toEqual(['parameters.temperature']);
  });

  it('sees two parameters that claim one field', () => {
    const both = { max_tokens: 5, max_completion_tokens: 6 };
    expect(paths({ format: 'openai-chat' }, both)).toEqual([]);
    expect(paths({ format: 'gemini' }, both)).toEqual(['parameters.max_completion_tokens']);
    const renamed = { renames: { max_tokens: 'max_completion_tokens' }, thinking: null };
    expect(paths({ dialect: renamed }, both)).toEqual(['parameters.max_completion_tokens']);
    expect(paths({ format: 'openai-responses' }, { logprobs: true, top_logprobs: 2 })).toEqual([]);
    expect(paths({ format: 'ollama' }, { thinking: true, reasoning_effort: 'low' })).toEqual([
      'parameters.thinking',
    ]);
  });

  it('sees what a vendor refuses together, and nothing that one of the same format takes', () => {
    const gemini = { format: 'gemini' } as const;
    for (const thinking of [true, false, 2_000])
      expect(paths(gemini, { reasoning_effort: 'low', thinking })).toEqual(['parameters.thinking']);
    expect(paths(gemini, { thinking: 2_000 })).toEqual([]);
    for (const format of ['gemini', 'openai-chat'] as const) {
      for (const wrong of [{}, { logprobs: false }])
        expect(paths({ format }, { ...wrong, top_logprobs: 2 })).toEqual([
          'parameters.top_logprobs',
        ]);
      for (const right of [{ logprobs: true, top_logprobs: 2 }, { top_logprobs: 0 }])
        expect(paths({ format }, right)).toEqual([]);
      const number = { renames: { top_logprobs: 'logprobs_count' }, thinking: null };
      expect(paths({ format, dialect: number }, { top_logprobs: 2 })).toEqual([]);
      const flag = { renames: { logprobs: 'with_logprobs' }, thinking: null };
      expect(paths({ format, dialect: flag }, { logprobs: true, top_logprobs: 2 })).toEqual([]);
    }
    for (const format of ['openai-responses', 'ollama'] as const)
      expect(paths({ format }, { top_logprobs: 2 })).toEqual([]);

    const both: Parameters = { max_tokens: 5, max_completion_tokens: 5 };
    expect(paths({ baseUrl: 'https://api.openai.com/v1' }, both)).toEqual([
      'parameters.max_tokens',
    ]);
    expect(paths({ baseUrl: 'https://api.openai.com.example.org/v1' }, both)).toEqual([]);

    const claude = (parameters: Parameters, more: Partial<WireTarget> = {}) =>
      paths(
        { format: 'anthropic-messages', baseUrl: 'https://api.anthropic.com/v1', ...more },
        { max_tokens: 4_000, ...parameters },
      );
    expect(claude({ thinking: 1_023 })).toEqual(['parameters.thinking']);
    expect(claude({ thinking: 1_024, temperature: 1 })).toEqual([]);
    expect(claude({ thinking: 4_000 })).toEqual(['parameters.max_tokens']);
    const headers = { 'anthropic-beta': 'interleaved-thinking-2025-05-14' };
    expect(claude({ thinking: 4_000 }, { headers })).toEqual([]);
    expect(claude({ thinking: 2_000, temperature: 0, top_k: 3 })).toEqual([
      'parameters.temperature',
      'parameters.top_k',
    ]);
    expect(claude({ thinking: false, temperature: 0, top_k: 3 })).toEqual([]);
    expect(claude({ thinking: 10, temperature: 0 }, { baseUrl: CHAT.baseUrl })).toEqual([]);
  });

  it('lets further fields add and never overwrite, at any depth', () => {
    const clash = (format: WireTarget['format'], extra: Record<string, Json>) =>
      extraClashes(target({ format, extra }));
    expect(clash('openai-chat', { user: 'x', temperature: 1, stream_options: {} })).toEqual([
      'temperature',
    ]);
    expect(clash('openai-chat', { model: 'other', messages: [] })).toEqual(['model', 'messages']);
    expect(
      clash('gemini', { generationConfig: { responseMimeType: 'text/plain', topK: 3 } }),
    ).toEqual(['generationConfig.topK']);
    expect(clash('ollama', { options: { num_ctx: 8192 }, keep_alive: '1m' })).toEqual([]);
    expect(clash('bedrock-converse', { additionalModelRequestFields: { top_k: 3 } })).toEqual([]);
    expect(clash('openai-responses', { store: true })).toEqual(['store']);
    expect(clash('openai-chat', JSON.parse('{"__proto__":{"x":1}}'))).toEqual(['__proto__']);
    const dialect = {
      renames: {},
      thinking: { on: { enable_thinking: true }, off: null, budget: null },
    };
    expect(extraClashes(target({ dialect, extra: { enable_thinking: false, top_a: 1 } }))).toEqual([
      'enable_thinking',
    ]);
    // What was refused is not sent either.
    const request = build({ extra: { model: 'other', user: 'x' } });
    expect(bodyOf(request)).toMatchObject({ model: 'suspect-1', user: 'x' });
  });

  it('refuses a dialect by which something would be lost', () => {
    const renames = (names: Record<string, string>) => ({
      dialect: { renames: names, thinking: null },
    });
    const both: Parameters = { temperature: 0.5, top_p: 0.9 };
    // One field inside the other: the later one would take the place of the earlier one.
    for (const [a, b] of [
      ['x', 'x.y'],
      ['x.y', 'x'],
      ['x', 'x'],
    ] as const)
      expect(paths(renames({ temperature: a, top_p: b }), both)).toEqual(['parameters.top_p']);
    expect(paths(renames({ temperature: 'x.y', top_p: 'x.z' }), both)).toEqual([]);
    for (const field of ['model', 'messages', 'stream', 'stream_options', 'model.name'])
      expect(paths(renames({ temperature: field }))).toEqual(['dialect.renames.temperature']);
    expect(paths(renames({ temperature: 'stream_options.heat' }))).toEqual([]);
    const thinking = (
      on: Record<string, Json> | null,
      budget: Record<string, Json> | null = null,
    ) => ({
      dialect: { renames: {}, thinking: { on, off: null, budget } },
    });
    expect(paths(thinking({}))).toEqual(['dialect.thinking.on']);
    expect(paths(thinking({ model: 'thinker' }))).toEqual(['dialect.thinking.on']);
    expect(paths(thinking(null, { tokens: 'at most {{budget}}' }))).toEqual([
      'dialect.thinking.budget',
    ]);
    expect(paths(thinking({ deep: {} }, { deep: [{ tokens: '{{budget}}' }] }))).toEqual([]);
  });

  it('refuses the one name that no object takes, however deep', () => {
    const hidden = JSON.parse('{"a":[{"__proto__":{"heat":"{{temperature}}"}}],"q":"{{prompt}}"}');
    expect(paths({ extra: hidden })).toEqual(['extra']);
    expect(paths(custom({ body: hidden, path: '' }), { temperature: 1 })).toEqual([
      'template.body',
    ]);
    const on = { thinking: hidden };
    expect(paths({ dialect: { renames: {}, thinking: { on, off: null, budget: null } } })).toEqual([
      'dialect',
    ]);
  });

  it('refuses text that holds half a character', () => {
    expect(paths({}, { stop: ['END', 'x\ud800'] })).toEqual(['parameters.stop.1']);
    expect(paths({ extra: { user: { name: '\udc00' } } })).toEqual(['extra.user.name']);
    expect(paths({ extra: { user: '🐕' } })).toEqual([]);
  });

  it('refuses a dialect where there are no fields that it could name otherwise', () => {
    const dialect = { renames: { seed: 'x' }, thinking: null };
    expect(paths({ format: 'paste', dialect })).toEqual(['dialect']);
    expect(paths(custom({}, { dialect }))).toEqual(['dialect']);
  });

  it('refuses a template for any other format', () => {
    expect(paths({ template: TEMPLATE })).toEqual(['template']);
  });

  it('agrees with the bytes: what is not named is in the body', () => {
    const formats = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const;
    const wishes: Parameters = {
      temperature: 0.125,
      top_p: 0.375,
      max_tokens: 77,
      seed: 4711,
      stop: ['HALT'],
      top_k: 13,
      top_logprobs: 3,
      thinking: 1_234,
    };
    for (const format of [...formats, 'bedrock-converse', 'ollama'] as const) {
      const unsupported = unsupportedParameters(target({ format }), wishes);
      const text = new TextDecoder().decode(build({ format }, wishes).body ?? undefined);
      for (const [name, value] of Object.entries(wishes)) {
        const shown = JSON.stringify(value).replace(/[[\]]/g, '');
        expect(text.includes(`:${shown}`) || text.includes(`[${shown}]`), `${format} ${name}`).toBe(
          !(unsupported as string[]).includes(name),
        );
      }
    }
  });
});

const TEMPLATE: Template = {
  method: 'POST',
  path: '/v2/{{model}}/ask?q={{seed}}',
  body: {
    system: '{{system}}',
    text: 'Q: {{prompt}}',
    all: '{{messages}}',
    heat: '{{temperature}}',
    stops: '{{stop}}',
    missing: '{{top_p}}',
    list: [1, '{{top_p}}', '{{seed}}'],
  },
  stream: 'none',
  read: {
    text: '$.a',
    reasoning: null,
    finish: null,
    model: null,
    error: null,
    promptTokens: null,
    completionTokens: null,
  },
  done: null,
  lengthValues: [],
  filterValues: [],
};
const custom = (
  template: Partial<Template>,
  more: Partial<WireTarget> = {},
): Partial<WireTarget> => ({
  format: 'custom',
  template: { ...TEMPLATE, ...template },
  ...more,
});

describe('custom', () => {
  it('fills placeholders by their type, and leaves out what has no value', () => {
    const request = build(custom({}, { model: 'a/b c' }), {
      seed: 7,
      temperature: 0.5,
      stop: ['x'],
    });
    expect(request.url).toBe('https://api.example.org/v1/v2/a%2Fb%20c/ask?q=7');
    expect(bodyOf(request)).toEqual({
      system: 'Be brief.',
      text: 'Q: user: Who?\n\nassistant: Odo.\n\nuser: Where?',
      all: TALK,
      heat: 0.5,
      stops: ['x'],
      list: [1, 7],
    });
  });

  it('puts text in once: an answer or a prompt cannot add placeholders', () => {
    const asked: ChatMessage[] = [{ role: 'user', content: '{{model}} "}, {{seed}} \\' }];
    const request = build(custom({ body: { a: '{{prompt}}', b: 'x{{prompt}}' } }), {}, asked);
    expect(bodyOf(request)).toEqual({
      a: '{{model}} "}, {{seed}} \\',
      b: 'x{{model}} "}, {{seed}} \\',
    });
  });

  it('never leaves its host, whatever the path and the model', () => {
    for (const path of [
      '@evil.example/x',
      '.evil.example',
      ':80@evil.example',
      '//evil.example',
      '\\evil',
    ])
      for (const model of ['@evil.example/', '../../x', 'a?b#c'])
        expect(new URL(build(custom({ path: `${path}{{model}}` }, { model })).url).host).toBe(
          'api.example.org',
        );
  });

  it('keeps what is put into a header printable', () => {
    const headers = { 'X-Model': 'm={{model}}' };
    const request = build(custom({}, { headers, model: 'a\r\nX-Evil: 1é' }));
    expect(request.headers.at(-1)).toEqual(['X-Model', 'm=a%0D%0AX-Evil: 1%C3%A9']);
  });

  it('sends no body and no type of one with GET', () => {
    const request = build(custom({ method: 'GET', body: null, path: '/ask?q={{prompt}}' }));
    expect(request).toMatchObject({ method: 'GET', body: null });
    expect(request.headers.map(([name]) => name)).toEqual(['accept', 'accept-encoding']);
    expect(request.url).toContain('q=system%3A%20Be%20brief.');
  });

  it('can send the parameters it has a place for, and no other', () => {
    expect(paths(custom({}), { seed: 1, temperature: 0 })).toEqual([]);
    expect(paths(custom({}), { top_k: 1 })).toEqual(['parameters.top_k']);
  });

  it('says what is wrong with a template', () => {
    const read = (more: Partial<Template['read']>) => ({ read: { ...TEMPLATE.read, ...more } });
    expect(paths({ format: 'custom', template: null })).toEqual(['template']);
    expect(paths(custom({ body: { a: '{{nothing}} {{prompt}}' }, path: '' }))).toEqual([
      'template',
    ]);
    expect(paths(custom({ body: { a: 1 } }))).toEqual(['template.body']);
    expect(paths(custom({ method: 'GET' }))).toEqual(['template.body']);
    for (const stream of [true, false])
      for (const kind of ['none', 'sse', 'jsonl'] as const)
        expect(paths(custom({ stream: kind }, { stream }))).toEqual(
          stream === (kind !== 'none') ? [] : ['stream'],
        );
    expect(paths(custom({}, { extra: { a: 1 } }))).toEqual(['extra']);
    expect(paths(custom({}, { headers: { 'X-Q': '{{prompt}}' } }))).toEqual(['headers.X-Q']);
    for (const path of ['$..a', '$[?@.a]', '$[?match(@.a, "(a+)+$")]', 'a', '$.', '', '$[0:2]'])
      expect(paths(custom(read({ text: path }))), path).toEqual(['template.read.text']);
    for (const path of ['$', '$.a.b_c[0][-1]', "$['a b'][*].c", '$.*'])
      expect(paths(custom(read({ text: path }))), path).toEqual([]);
  });
});

describe('the bytes of a target', () => {
  it('do not depend on the order in which its fields stand', () => {
    const reversed = (value: Json): Json => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([name, inner]) => [name, reversed(inner)]),
      );
    };
    const turn = <T>(value: T): T => reversed(value as Json) as T;
    const extra = { user: 'x', provider: { only: ['a'], allow_fallbacks: false } };
    const headers = { 'X-B': '1', 'X-A': '2' };
    const on = { z: { b: 1, a: 2 }, 'y.q': true };
    const dialect = { renames: {}, thinking: { on, off: null, budget: null } };
    const chat = target({ extra, headers, dialect });
    const own = target(custom({}, { headers }));
    for (const [whole, parameters] of [
      [chat, { thinking: true, seed: 1 }],
      [own, { seed: 1 }],
    ] as const) {
      const question = { messages: TALK, parameters, keyName: null };
      expect(buildRequest(turn(whole), question)).toEqual(buildRequest(whole, question));
    }
  });
});

describe('the shape of other requests', () => {
  it('moves system messages to where each format keeps them', () => {
    expect(bodyOf(build({ format: 'anthropic-messages' }))).toMatchObject({
      system: 'Be brief.',
      messages: TALK.slice(1),
    });
    const two: ChatMessage[] = [{ role: 'developer', content: 'And kind.' }, ...TALK];
    expect(bodyOf(build({ format: 'anthropic-messages' }, {}, two))).toMatchObject({
      system: [
        { type: 'text', text: 'And kind.' },
        { type: 'text', text: 'Be brief.' },
      ],
    });
    expect(bodyOf(build({ format: 'gemini' }, {}, two))).toMatchObject({
      systemInstruction: { parts: [{ text: 'And kind.' }, { text: 'Be brief.' }] },
      contents: [{ role: 'user' }, { role: 'model' }, { role: 'user' }],
    });
    expect(bodyOf(build({ format: 'ollama' }, {}, two))).toMatchObject({
      messages: [{ role: 'system' }, { role: 'system' }, { role: 'user' }, {}, {}],
    });
  });

  it('never puts a key into a URL', () => {
    for (const format of ['gemini', 'bedrock-converse', 'custom'] as const) {
      const whole = target({ format, ...(format === 'custom' ? { template: TEMPLATE } : {}) });
      const request = buildRequest(whole, { messages: TALK, parameters: {}, keyName: 'lab-key' });
      expect(request.auth).toMatchObject({ kind: 'header', keyName: 'lab-key' });
      expect(request.url).not.toContain('lab-key');
    }
  });

  it('names a model with odd characters in one segment of the path', () => {
    const url = (format: WireTarget['format'], model: string) => build({ format, model }).url;
    expect(url('gemini', 'gemini-x')).toMatch(/\/v1\/models\/gemini-x:generateContent$/);
    expect(url('gemini', 'tunedModels/a b')).toMatch(/\/v1\/tunedModels\/a%20b:generateContent$/);
    expect(url('bedrock-converse', "a'/b(c)!*")).toMatch(
      /\/model\/a%27%2Fb%28c%29%21%2A\/converse$/,
    );
  });

  it('refuses a model that would lead to another path', () => {
    expect(paths({ format: 'gemini', model: '../x' })).toEqual(['model']);
    expect(paths({ format: 'bedrock-converse', model: '..' })).toEqual(['model']);
    expect(paths({ format: 'gemini', model: 'gemini-2.5..x' })).toEqual([]);
  });

  it('streams Gemini as events, after a query of the base URL', () => {
    const base = {
      format: 'gemini',
      stream: true,
      baseUrl: 'https://g.example.org/v1?a=b',
    } as const;
    expect(build(base).url).toBe(
      'https://g.example.org/v1/models/suspect-1:streamGenerateContent?a=b&alt=sse',
    );
  });

  it('signs Bedrock only when asked', () => {
    const auth = { kind: 'sigv4', region: 'eu-central-1', service: 'bedrock' } as const;
    const signed = buildRequest(target({ format: 'bedrock-converse', auth }), {
      messages: TALK,
      parameters: {},
      keyName: 'aws',
    });
    expect(signed.auth).toEqual({ ...auth, keyName: 'aws' });
  });

  it('shows a person the whole conversation', () => {
    const text = (messages: readonly ChatMessage[]) => {
      const request = build({ format: 'paste' }, {}, messages);
      expect(request).toMatchObject({ url: 'paste:', auth: null });
      return new TextDecoder().decode(request.body ?? undefined);
    };
    expect(text([{ role: 'user', content: 'Who?\n' }])).toBe('Who?\n');
    expect(text(TALK)).toBe('system: Be brief.\n\nuser: Who?\n\nassistant: Odo.\n\nuser: Where?');
  });
});
