import { describe, expect, it } from 'vitest';
import { costOf, estimatedTokens } from '#shared/domain/cost.ts';
import {
  countBySegment,
  type Identity,
  identityOf,
  identitySegments,
  isDegenerate,
} from '#shared/domain/identity.ts';
import { read } from '#shared/wire/openai-chat.ts';

const who = (change: Partial<Identity> = {}): Identity => ({
  model: 'm-1',
  fingerprint: null,
  upstream: null,
  region: null,
  ...change,
});
const of = (target: string, identity: Identity | null) => ({ target, identity });

describe('segments', () => {
  it('begin where a target says something else than before, each target by itself', () => {
    const { segments, numbers } = identitySegments([
      of('a', who()),
      of('b', who({ model: 'x' })),
      of('a', null),
      of('a', who({ model: 'm-2' })),
      of('b', who({ model: 'x' })),
      of('a', who()),
    ]);
    expect(numbers).toEqual([1, 1, null, 2, 1, 3]);
    expect(segments.map(({ target, number, changed }) => [target, number, changed])).toEqual([
      ['a', 1, []],
      ['a', 2, ['model']],
      ['a', 3, ['model']],
      ['b', 1, []],
    ]);
  });

  it('take silence for no contradiction, and remember what was said once', () => {
    const { segments, numbers } = identitySegments([
      of('a', who({ model: null })),
      of('a', who({ fingerprint: 'f1' })),
      of('a', who()),
      of('a', who({ fingerprint: 'f2', upstream: 'u' })),
      of('a', who({ upstream: 'v' })),
    ]);
    expect(numbers).toEqual([1, 1, 1, 2, 3]);
    expect(segments[0]?.identity).toEqual(who({ fingerprint: 'f1' }));
    expect(segments[1]?.changed).toEqual(['fingerprint']);
    expect(segments[2]?.changed).toEqual(['upstream']);
  });

  it('bound what a server writes into its names', () => {
    const { model } = identityOf({
      model: 'x'.repeat(10_000),
      fingerprint: null,
      route: { upstream: null, region: null },
    });
    expect(model).toHaveLength(200);
  });

  it('begin where an answer names a second model or backend in its middle', () => {
    const chunk = (names: object, content: string, finish: string | null) =>
      `data: ${JSON.stringify({ ...names, choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}\n\n`;
    const streamed = (middle: object) => {
      const first = { model: 'big', system_fingerprint: 'a', provider: 'p' };
      const body = [
        chunk(first, 'no', null),
        chunk({ ...first, ...middle }, ' idea', null),
        chunk(first, '', 'stop'),
        'data: [DONE]\n\n',
      ].join('');
      const reading = read({
        status: 200,
        headers: [['content-type', 'text/event-stream']],
        body: new TextEncoder().encode(body),
        stream: true,
      });
      if (!reading.ok) throw new Error(reading.code);
      return reading;
    };
    const same = streamed({});
    expect(identityOf(same)).toEqual(who({ model: 'big', fingerprint: 'a', upstream: 'p' }));
    expect(same).not.toHaveProperty('alsoNamed');
    // Azure names no model in the first piece of a stream.
    expect(streamed({ model: '' })).toEqual(same);
    for (const [middle, field, shown, warning] of [
      [{ model: 'small' }, 'model', 'big, then small', 'model-changed'],
      [{ system_fingerprint: 'b' }, 'fingerprint', 'a, then b', 'fingerprint-changed'],
      [{ provider: 'q' }, 'upstream', 'p, then q', 'upstream-changed'],
    ] as const) {
      const reading = streamed(middle);
      expect(identityOf(reading)).toEqual({ ...identityOf(same), [field]: shown });
      expect(reading.warnings).toEqual([warning]);
      const answers = [same, reading, same].map((one) => ({
        target: 't',
        identity: identityOf(one),
      }));
      expect(identitySegments(answers).segments.map(({ changed }) => changed)).toEqual([
        [],
        [field],
        [field],
      ]);
    }
  });

  it('read the region of Azure, which holds a space', () => {
    const region = (value: string) => {
      const reading = read({
        status: 200,
        headers: [
          ['content-type', 'application/json'],
          ['x-ms-region', value],
        ],
        body: new TextEncoder().encode(
          '{"choices":[{"index":0,"message":{"role":"assistant","content":"no"},"finish_reason":"stop"}]}',
        ),
        stream: false,
      });
      return reading.ok && reading.route.region;
    };
    expect(region('East US')).toBe('East US');
    expect(region('East\u200bUS')).toBeNull();
    expect(region('')).toBeNull();
  });

  it('count canaries and hits apart', () => {
    const counts = countBySegment([
      { target: 'a', segment: 1, hit: true },
      { target: 'a', segment: 2, hit: false },
      { target: 'a', segment: 1, hit: false },
      { target: 'a', segment: null, hit: true },
      { target: 'b', segment: 1, hit: true },
    ]);
    expect(Object.fromEntries(counts)).toEqual({
      'a/1': { asked: 2, hits: 1 },
      'a/2': { asked: 1, hits: 0 },
      'b/1': { asked: 1, hits: 1 },
    });
  });
});

describe('a degenerate endpoint', () => {
  const answers = (tags: readonly string[]) =>
    tags.map((tag, index) => ({ canaryId: `C-${index}`, tag }));
  it('says the same to five questions or more', () => {
    expect(isDegenerate(answers(['s', 's', 's', 's']))).toBe(false);
    expect(isDegenerate(answers(['s', 's', 's', 's', 's']))).toBe(true);
    expect(isDegenerate(answers(['s', 's', 's', 's', 't']))).toBe(false);
    expect(isDegenerate(answers([...Array(19).fill('s'), 't']))).toBe(true);
    expect(isDegenerate(Array(9).fill({ canaryId: 'C-1', tag: 's' }))).toBe(false);
    expect(isDegenerate([])).toBe(false);
  });
});

describe('cost', () => {
  it('is dollars per million tokens of each kind', () => {
    const price = { inputPerMillion: 3, outputPerMillion: 15, asOf: '2026-01-01', source: '' };
    expect(costOf(price, { prompt: 1_000_000, completion: 0 })).toBe(3);
    expect(costOf(price, { prompt: 200, completion: 100 })).toBeCloseTo(0.0021, 10);
    expect(estimatedTokens(10)).toBe(3);
  });
});
