import { describe, expect, it } from 'vitest';
import type { Json, Parameters } from '#shared/domain/target.ts';
import { unsupportedParameters } from '#shared/wire/adapters.ts';
import { extraClashes } from '#shared/wire/request-problems.ts';
import type { WireTarget } from '#shared/wire/types.ts';
import { CHAT } from '../../helpers/wire.ts';
import {
  bodyOf,
  build,
  custom,
  problemPaths,
  TEMPLATE,
  target,
} from '../../helpers/wire-request.ts';

describe('requestProblems', () => {
  it('names every parameter that a format cannot send, and every value', () => {
    expect(
      problemPaths({ format: 'openai-responses' }, { seed: 1, stop: ['x'], temperature: 0 }),
    ).toEqual(['parameters.seed', 'parameters.stop']);
    expect(problemPaths({ format: 'gemini' }, { reasoning_effort: 'xhigh' })).toEqual([
      'parameters.reasoning_effort',
    ]);
    expect(problemPaths({ format: 'gemini' }, { reasoning_effort: 'low' })).toEqual([]);
    expect(problemPaths({ format: 'ollama' }, { thinking: 500 })).toEqual(['parameters.thinking']);
    expect(problemPaths({ format: 'openai-chat' }, { thinking: true })).toEqual([
      'parameters.thinking',
    ]);
    expect(problemPaths({ format: 'paste' }, { temperature: 0 })).toEqual([
      'parameters.temperature',
    ]);
  });

  it('asks for what the provider demands', () => {
    const anthropic = { format: 'anthropic-messages' } as const;
    expect(problemPaths(anthropic)).toEqual(['parameters.max_tokens']);
    expect(problemPaths(anthropic, { max_tokens: 5 })).toEqual([]);
    expect(problemPaths(anthropic, { max_completion_tokens: 5 })).toEqual([]);
  });

  it('knows which version of Anthropic takes a temperature', () => {
    const asked = { max_tokens: 5, temperature: 0 };
    const version = (value: string) =>
      problemPaths(
        { format: 'anthropic-messages', headers: { 'Anthropic-Version': value } },
        asked,
      );
    expect(version('2023-06-01')).toEqual([]);
    expect(version('2026-10-21')).toEqual(['parameters.temperature']);
  });

  it('sees two parameters that claim one field', () => {
    const both = { max_tokens: 5, max_completion_tokens: 6 };
    expect(problemPaths({ format: 'openai-chat' }, both)).toEqual([]);
    expect(problemPaths({ format: 'gemini' }, both)).toEqual(['parameters.max_completion_tokens']);
    const renamed = { renames: { max_tokens: 'max_completion_tokens' }, thinking: null };
    expect(problemPaths({ dialect: renamed }, both)).toEqual(['parameters.max_completion_tokens']);
    expect(
      problemPaths({ format: 'openai-responses' }, { logprobs: true, top_logprobs: 2 }),
    ).toEqual([]);
    expect(problemPaths({ format: 'ollama' }, { thinking: true, reasoning_effort: 'low' })).toEqual(
      ['parameters.thinking'],
    );
  });

  it('sees what a vendor refuses together, and nothing that one of the same format takes', () => {
    const gemini = { format: 'gemini' } as const;
    for (const thinking of [true, false, 2_000])
      expect(problemPaths(gemini, { reasoning_effort: 'low', thinking })).toEqual([
        'parameters.thinking',
      ]);
    expect(problemPaths(gemini, { thinking: 2_000 })).toEqual([]);
    for (const format of ['gemini', 'openai-chat'] as const) {
      for (const wrong of [{}, { logprobs: false }])
        expect(problemPaths({ format }, { ...wrong, top_logprobs: 2 })).toEqual([
          'parameters.top_logprobs',
        ]);
      for (const right of [{ logprobs: true, top_logprobs: 2 }, { top_logprobs: 0 }])
        expect(problemPaths({ format }, right)).toEqual([]);
      const number = { renames: { top_logprobs: 'logprobs_count' }, thinking: null };
      expect(problemPaths({ format, dialect: number }, { top_logprobs: 2 })).toEqual([]);
      const flag = { renames: { logprobs: 'with_logprobs' }, thinking: null };
      expect(problemPaths({ format, dialect: flag }, { logprobs: true, top_logprobs: 2 })).toEqual(
        [],
      );
    }
    for (const format of ['openai-responses', 'ollama'] as const)
      expect(problemPaths({ format }, { top_logprobs: 2 })).toEqual([]);

    const both: Parameters = { max_tokens: 5, max_completion_tokens: 5 };
    expect(problemPaths({ baseUrl: 'https://api.openai.com/v1' }, both)).toEqual([
      'parameters.max_tokens',
    ]);
    expect(problemPaths({ baseUrl: 'https://api.openai.com.example.org/v1' }, both)).toEqual([]);

    const claude = (parameters: Parameters, more: Partial<WireTarget> = {}) =>
      problemPaths(
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
      expect(problemPaths(renames({ temperature: a, top_p: b }), both)).toEqual([
        'parameters.top_p',
      ]);
    expect(problemPaths(renames({ temperature: 'x.y', top_p: 'x.z' }), both)).toEqual([]);
    for (const field of ['model', 'messages', 'stream', 'stream_options', 'model.name'])
      expect(problemPaths(renames({ temperature: field }))).toEqual([
        'dialect.renames.temperature',
      ]);
    expect(problemPaths(renames({ temperature: 'stream_options.heat' }))).toEqual([]);
    const thinking = (
      on: Record<string, Json> | null,
      budget: Record<string, Json> | null = null,
    ) => ({
      dialect: { renames: {}, thinking: { on, off: null, budget } },
    });
    expect(problemPaths(thinking({}))).toEqual(['dialect.thinking.on']);
    expect(problemPaths(thinking({ model: 'thinker' }))).toEqual(['dialect.thinking.on']);
    expect(problemPaths(thinking(null, { tokens: 'at most {{budget}}' }))).toEqual([
      'dialect.thinking.budget',
    ]);
    expect(problemPaths(thinking({ deep: {} }, { deep: [{ tokens: '{{budget}}' }] }))).toEqual([]);
  });

  it('refuses the one name that no object takes, however deep', () => {
    const hidden = JSON.parse('{"a":[{"__proto__":{"heat":"{{temperature}}"}}],"q":"{{prompt}}"}');
    expect(problemPaths({ extra: hidden })).toEqual(['extra']);
    expect(problemPaths(custom({ body: hidden, path: '' }), { temperature: 1 })).toEqual([
      'template.body',
    ]);
    const on = { thinking: hidden };
    expect(
      problemPaths({ dialect: { renames: {}, thinking: { on, off: null, budget: null } } }),
    ).toEqual(['dialect']);
  });

  it('refuses text that holds half a character', () => {
    expect(problemPaths({}, { stop: ['END', 'x\ud800'] })).toEqual(['parameters.stop.1']);
    expect(problemPaths({ extra: { user: { name: '\udc00' } } })).toEqual(['extra.user.name']);
    expect(problemPaths({ extra: { user: '🐕' } })).toEqual([]);
  });

  it('refuses a dialect where there are no fields that it could name otherwise', () => {
    const dialect = { renames: { seed: 'x' }, thinking: null };
    expect(problemPaths({ format: 'paste', dialect })).toEqual(['dialect']);
    expect(problemPaths(custom({}, { dialect }))).toEqual(['dialect']);
  });

  it('refuses a template for any other format', () => {
    expect(problemPaths({ template: TEMPLATE })).toEqual(['template']);
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
