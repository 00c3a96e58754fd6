import { describe, expect, it } from 'vitest';
import type { Json } from '#shared/domain/target.ts';
import { buildRequest } from '#shared/wire/adapters.ts';
import type { ChatMessage, WireTarget } from '#shared/wire/types.ts';
import {
  bodyOf,
  build,
  custom,
  problemPaths,
  TALK,
  TEMPLATE,
  target,
} from '../../helpers/wire-request.ts';

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
    expect(problemPaths({ format: 'gemini', model: '../x' })).toEqual(['model']);
    expect(problemPaths({ format: 'bedrock-converse', model: '..' })).toEqual(['model']);
    expect(problemPaths({ format: 'gemini', model: 'gemini-2.5..x' })).toEqual([]);
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
