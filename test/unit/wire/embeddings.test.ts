import { describe, expect, it } from 'vitest';
import { buildEmbeddings, EMBEDDING_BATCH, readEmbeddings } from '#shared/wire/embeddings.ts';
import { CHAT } from '../../helpers/wire.ts';

const JSON_TYPE = [['content-type', 'application/json']] as const;
const read = (value: unknown, count: number) =>
  readEmbeddings(
    { headers: JSON_TYPE, body: new TextEncoder().encode(JSON.stringify(value)) },
    count,
  );
const entry = (embedding: unknown, index?: unknown) => ({ embedding, index });

describe('the embeddings format', () => {
  it('makes exactly these bytes', () => {
    const request = buildEmbeddings(
      { ...CHAT, baseUrl: 'https://a.test/v1/?api-version=2' },
      { texts: ['ä', 'b'], keyName: 'k' },
    );
    expect(request.url).toBe('https://a.test/v1/embeddings?api-version=2');
    expect(request.auth).toEqual({
      kind: 'header',
      header: 'authorization',
      prefix: 'Bearer ',
      keyName: 'k',
    });
    expect(new TextDecoder().decode(request.body ?? undefined)).toBe(
      '{"model":"suspect-1","input":["ä","b"],"encoding_format":"float"}',
    );
  });

  it('refuses other formats and too many texts', () => {
    const texts = new Array<string>(EMBEDDING_BATCH + 1).fill('x');
    expect(() => buildEmbeddings(CHAT, { texts, keyName: null })).toThrow(RangeError);
    expect(() => buildEmbeddings(CHAT, { texts: [], keyName: null })).toThrow(RangeError);
    expect(() =>
      buildEmbeddings({ ...CHAT, format: 'ollama' }, { texts: ['x'], keyName: null }),
    ).toThrow(RangeError);
  });

  it('puts the vectors into the order of the texts', () => {
    expect(read({ data: [entry([2, 0], 1), entry([1, 0], 0)] }, 2)).toEqual({
      ok: true,
      vectors: [
        [1, 0],
        [2, 0],
      ],
    });
    expect(read({ data: [entry([1])] }, 1)).toEqual({ ok: true, vectors: [[1]] });
  });

  it('refuses what is not one vector a text', () => {
    const wrong: readonly unknown[] = [
      null,
      [],
      {},
      { data: [] },
      { data: [entry([1], 0), entry([1], 0)] },
      { data: [entry([1], 0), entry([1], 7)] },
      { data: [entry([1], 0), entry([1], -1)] },
      { data: [entry([1], 0), entry([1, 2], 1)] },
      { data: [entry([1], 0), entry(['1'], 1)] },
      { data: [entry([1], 0), entry({ length: 2 }, 1)] },
      { data: [entry([1], 0), entry([null], 1)] },
      { data: { length: 2 } },
      { data: [entry([1], '0'), entry([1], 1)] },
      { data: [null, null] },
    ];
    for (const value of wrong)
      expect(read(value, 2), JSON.stringify(value)).toMatchObject({ ok: false, code: 'SCHEMA' });
    expect(read({ error: { type: 'server_error' } }, 1)).toMatchObject({ code: 'PROVIDER_ERROR' });
    expect(readEmbeddings({ headers: [], body: new Uint8Array() }, 1)).toMatchObject({
      code: 'CONTENT_TYPE',
    });
  });
});
