import { describe, expect, it } from 'vitest';
import { seededRandom } from '#shared/statistics/seeded.ts';
import { readResponse } from '#shared/wire/read-response.ts';
import type { ReadResult } from '#shared/wire/types.ts';
import type { Said, Writer } from './dialects/writer.ts';
import { expectedOf, joinBytes, WRITERS } from './dialects.ts';

const ALPHABET = [
  ...'aAzZ09 .,\n\t"\\{}[]:',
  'ß',
  'ü',
  '日',
  '🐕',
  '‮',
  '\u0000',
  '\u2028',
  'data: ',
];

/** A text cut into pieces anywhere, also inside a surrogate pair and into empty pieces. */
function pieces(random: () => number, most: number): string[] {
  const pick = (count: number) => Math.floor(random() * count);
  const text = Array.from({ length: pick(most) }, () => ALPHABET[pick(ALPHABET.length)]).join('');
  const cuts = Array.from({ length: pick(6) }, () => pick(text.length + 1)).sort((a, b) => a - b);
  return [...cuts, text.length].map((end, index) => text.slice(cuts[index - 1] ?? 0, end));
}

const plainOf = (writer: Writer, said: Said): ReadResult =>
  readResponse(
    {
      status: 200,
      headers: [['content-type', 'application/json']],
      body: new TextEncoder().encode(JSON.stringify(writer.plain(said))),
    },
    // A custom target says by its template what it reads.
    {
      format: writer.target.format,
      stream: false,
      template: writer.target.template && { ...writer.target.template, stream: 'none' },
    },
  );

const streamedOf = (writer: Writer, body: Uint8Array): ReadResult =>
  readResponse(
    { status: 200, headers: [['content-type', writer.streamType ?? '']], body },
    { ...writer.target, stream: true },
  );

describe.each(WRITERS)('$name', (writer) => {
  it('reads the same answer from a document and from a stream, however it is cut', () => {
    const random = seededRandom(20_261_121);
    for (let round = 0; round < 200; round++) {
      const said: Said = {
        text: pieces(random, 40),
        reasoning: random() < 0.5 ? [] : pieces(random, 20),
        end: random() < 0.5 ? 'stop' : 'length',
      };
      const plain = plainOf(writer, said);
      expect(plain).toMatchObject({ ok: true, ...expectedOf(writer, said) });
      if (writer.name !== 'paste') expect(plain).toMatchObject({ end: said.end, warnings: [] });
      if (writer.streamType === null) continue;
      expect(streamedOf(writer, joinBytes(writer.events(said)))).toEqual(plain);
    }
  });

  if (writer.streamType === null) return;
  it('never takes a cut stream for a whole answer', () => {
    const said: Said = { text: ['one ', 'two ', 'three'], reasoning: ['hm'], end: 'stop' };
    const body = joinBytes(writer.events(said));
    let cut = 0;
    for (let length = 1; length < body.length; length++) {
      const result = streamedOf(writer, body.subarray(0, length));
      // Whatever is read of a cut stream, the text is whole and the end is known.
      if (result.ok) expect(result).toMatchObject({ text: 'one two three', end: 'stop' });
      else {
        expect(result.code).toBe('STREAM_TRUNCATED');
        cut++;
      }
    }
    expect(cut).toBeGreaterThan(body.length / 2);
  });
});
