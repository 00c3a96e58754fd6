import { describe, expect, it } from 'vitest';
import type { Template } from '#shared/domain/target.ts';
import type { ChatMessage } from '#shared/wire/types.ts';
import { bodyOf, build, custom, problemPaths, TALK, TEMPLATE } from '../../helpers/wire-request.ts';

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
    expect(problemPaths(custom({}), { seed: 1, temperature: 0 })).toEqual([]);
    expect(problemPaths(custom({}), { top_k: 1 })).toEqual(['parameters.top_k']);
  });

  it('says what is wrong with a template', () => {
    const read = (more: Partial<Template['read']>) => ({ read: { ...TEMPLATE.read, ...more } });
    expect(problemPaths({ format: 'custom', template: null })).toEqual(['template']);
    expect(problemPaths(custom({ body: { a: '{{nothing}} {{prompt}}' }, path: '' }))).toEqual([
      'template',
    ]);
    expect(problemPaths(custom({ body: { a: 1 } }))).toEqual(['template.body']);
    expect(problemPaths(custom({ method: 'GET' }))).toEqual(['template.body']);
    for (const stream of [true, false])
      for (const kind of ['none', 'sse', 'jsonl'] as const)
        expect(problemPaths(custom({ stream: kind }, { stream }))).toEqual(
          stream === (kind !== 'none') ? [] : ['stream'],
        );
    expect(problemPaths(custom({}, { extra: { a: 1 } }))).toEqual(['extra']);
    expect(problemPaths(custom({}, { headers: { 'X-Q': '{{prompt}}' } }))).toEqual(['headers.X-Q']);
    for (const path of ['$..a', '$[?@.a]', '$[?match(@.a, "(a+)+$")]', 'a', '$.', '', '$[0:2]'])
      expect(problemPaths(custom(read({ text: path }))), path).toEqual(['template.read.text']);
    for (const path of ['$', '$.a.b_c[0][-1]', "$['a b'][*].c", '$.*'])
      expect(problemPaths(custom(read({ text: path }))), path).toEqual([]);
  });
});
