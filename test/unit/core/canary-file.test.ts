import { describe, expect, it } from 'vitest';
import { parseCanaryFile } from '#core/services/library/canary-file.ts';

/** A word that stands in every secret text of these files, and must stand in no error. */
const SENTINEL = 'quxenzimmer';
const PROMPT = `What is the ${SENTINEL} of the house?`;
const good = (id: string, more: object = {}): string =>
  JSON.stringify({ id, prompt: `${PROMPT} ${id}`, responses: ['red fox', 'blue owl'], ...more });

/** Parses one bad line between two good ones. */
function bad(line: string) {
  const parsed = parseCanaryFile('jsonl', [good('A-1'), line, good('A-3')].join('\n'));
  expect(parsed.rows.map((row) => row.draft.id)).toEqual(['A-1', 'A-3']);
  expect(JSON.stringify([parsed.errors, parsed.warnings]).toLowerCase()).not.toContain(SENTINEL);
  for (const error of parsed.errors) {
    expect(error.line).toBe(2);
    expect(error.message.length).toBeGreaterThan(5);
    expect(error.fix.length).toBeGreaterThan(5);
  }
  return parsed.errors;
}

const of = (value: object) => bad(JSON.stringify(value));
const drawn = { id: 'B-1', prompt: PROMPT, responses: [`${SENTINEL} one`, `${SENTINEL} two`] };

describe('a bad row of a JSON lines file', () => {
  it.each([
    ['no JSON', `{"id": "B-1", "prompt": "${SENTINEL}`, 'line', /not a JSON object/],
    ['an array', `["${SENTINEL}"]`, 'line', /expected object/],
    ['no id', JSON.stringify({ ...drawn, id: undefined }), 'id', /expected string/],
    ['a bad id', JSON.stringify({ ...drawn, id: `a/${SENTINEL}` }), 'id', /letters, digits/],
    ['an unknown field', JSON.stringify({ ...drawn, respones: [] }), 'respones', /not known/],
    [
      'a text where a field name belongs',
      JSON.stringify({ ...drawn, [PROMPT]: 1 }),
      'line',
      /not known/,
    ],
    ['no prompt', JSON.stringify({ ...drawn, prompt: undefined }), 'prompt', /no prompt/],
    ['an empty prompt', JSON.stringify({ ...drawn, prompt: '' }), 'prompt', /small|at least/i],
    [
      'prompt and messages',
      JSON.stringify({ ...drawn, messages: [{ role: 'user', content: PROMPT }] }),
      'prompt',
      /both/,
    ],
    [
      'an unknown role',
      JSON.stringify({ ...drawn, prompt: undefined, messages: [{ role: SENTINEL, content: 'x' }] }),
      'messages',
      /option/i,
    ],
    [
      'a last message that is not the user’s',
      JSON.stringify({
        ...drawn,
        prompt: undefined,
        messages: [{ role: 'assistant', content: PROMPT }],
      }),
      'messages',
      /last message/,
    ],
    [
      'one candidate',
      JSON.stringify({ ...drawn, responses: [SENTINEL] }),
      'responses',
      /at least 2/,
    ],
    ['an empty candidate', JSON.stringify({ ...drawn, responses: ['a', ''] }), 'responses', /./],
    [
      'candidates that are equal after normalisation',
      JSON.stringify({
        ...drawn,
        responses: ['x', `The ${SENTINEL}!`, `the  ${SENTINEL.toUpperCase()}`],
      }),
      'responses',
      /entries 2 and 3 are equal/,
    ],
    [
      'a candidate without a letter',
      JSON.stringify({ ...drawn, responses: ['?!', `${SENTINEL} x`] }),
      'responses',
      /entry 1 has no letter/,
    ],
    [
      'a candidate in the prompt',
      JSON.stringify({ ...drawn, responses: ['other', SENTINEL] }),
      'responses',
      /entry 2 already stands in the prompt/,
    ],
    [
      'a drawn canary with expected',
      JSON.stringify({ ...drawn, expected: [SENTINEL] }),
      'expected',
      /drawn/,
    ],
    [
      'a found canary with candidates',
      JSON.stringify({ ...drawn, kind: 'found', expected: ['z'] }),
      'responses',
      /no candidate list/,
    ],
    [
      'a found canary without expected',
      JSON.stringify({ id: 'B-1', kind: 'found', prompt: PROMPT }),
      'expected',
      /at least one/,
    ],
    ['an unknown kind', JSON.stringify({ ...drawn, kind: SENTINEL }), 'kind', /option/i],
    ['an unknown type', JSON.stringify({ ...drawn, type: SENTINEL }), 'type', /option/i],
    ['an unknown scorer', JSON.stringify({ ...drawn, scorer: SENTINEL }), 'scorer', /exact-v1/],
    ['tags that are no list', JSON.stringify({ ...drawn, tags: SENTINEL }), 'tags', /array/],
    [
      'slots with too many candidates',
      JSON.stringify({
        ...drawn,
        responses: {
          slots: Array.from({ length: 3 }, () => Array.from({ length: 50 }, (_, at) => `w${at}`)),
        },
      }),
      'responses',
      /more than 65536/,
    ],
    ['an id that stands twice', good('A-1'), 'id', /line 1 too/],
  ])('%s gives line, field, message and fix', (_name, line, field, message) => {
    const [error] = bad(line);
    expect(error?.field).toBe(field);
    expect(error?.message).toMatch(message);
  });

  it('can have several errors at once', () => {
    const errors = of({ id: 'B-1', kind: 'found', responses: ['a', 'b'] });
    expect(errors.map((error) => error.field)).toEqual(['prompt', 'expected', 'responses']);
  });
});

describe('a JSON lines file', () => {
  it('may begin with a BOM, end its lines with CRLF, and hold empty lines', () => {
    const text = `\uFEFF${good('A-1')}\r\n\r\n${good('A-2')}\r\n`;
    const parsed = parseCanaryFile('jsonl', text);
    expect(parsed.errors).toEqual([]);
    expect(parsed.rows.map((row) => row.line)).toEqual([1, 3]);
  });

  it('keeps every character of a prompt, and puts the system message first', () => {
    const prompt = 'Grüße, 世界 — “quoted” \u{1F98A}\nsecond line';
    const parsed = parseCanaryFile('jsonl', good('A-1', { prompt, system: 'Be brief.' }));
    expect(parsed.rows[0]?.draft.messages).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: prompt },
    ]);
  });

  it('takes a canary without kind for found when it has expected only, and multiplies slots', () => {
    const parsed = parseCanaryFile(
      'jsonl',
      [
        JSON.stringify({ id: 'F-1', prompt: 'Say hello', expected: ['ahoy there'] }),
        JSON.stringify({
          id: 'D-1',
          prompt: 'Which?',
          responses: {
            slots: [
              ['red', 'blue'],
              ['fox', 'owl', 'hen'],
            ],
            join: '-',
          },
        }),
      ].join('\n'),
    );
    expect(parsed.errors).toEqual([]);
    expect(parsed.rows.map((row) => row.draft.kind)).toEqual(['found', 'drawn']);
    expect(parsed.rows[1]?.draft.responses).toEqual([
      'red-fox',
      'red-owl',
      'red-hen',
      'blue-fox',
      'blue-owl',
      'blue-hen',
    ]);
  });

  it('warns of a prompt that stands twice and of a short list', () => {
    const twice = JSON.stringify({ id: 'A-2', prompt: `${PROMPT} A-1`, responses: ['fox', 'owl'] });
    const { warnings } = parseCanaryFile('jsonl', `${good('A-1')}\n${twice}`);
    expect(warnings.map(({ line, field }) => [line, field])).toEqual([
      [1, 'responses'],
      [2, 'prompt'],
      [2, 'responses'],
    ]);
    expect(JSON.stringify(warnings)).not.toContain(SENTINEL);
  });

  it('without a canary is an error', () => {
    expect(parseCanaryFile('jsonl', '\n \n').errors[0]?.message).toMatch(/no canary/);
    expect(parseCanaryFile('csv', '').errors[0]?.message).toMatch(/no canary/);
    expect(parseCanaryFile('csv', 'id,prompt,responses\n').errors[0]?.message).toMatch(/no canary/);
  });
});

describe('a CSV file', () => {
  const parse = (text: string) => {
    const parsed = parseCanaryFile('csv', text);
    expect(JSON.stringify([parsed.errors, parsed.warnings])).not.toContain(SENTINEL);
    return parsed;
  };

  it('takes BOM, CRLF, quotes, commas and line breaks inside a field, and UTF-8', () => {
    const text = [
      '\uFEFFID, Prompt ,responses,tags,kind,expected',
      '"C-1","Which ""house"", please?","red fox| blue owl","a; b",,',
      '"C-2","first line\r\nsecond — 世界",x|y,,,',
      'C-3,Greet me,,,found,ahoy there|servus',
      '',
    ].join('\r\n');
    const { rows, errors } = parse(text);
    expect(errors).toEqual([]);
    expect(rows.map(({ line, draft }) => [line, draft.id])).toEqual([
      [2, 'C-1'],
      [3, 'C-2'],
      [5, 'C-3'],
    ]);
    expect(rows[0]?.draft).toMatchObject({
      messages: [{ role: 'user', content: 'Which "house", please?' }],
      responses: ['red fox', 'blue owl'],
      tags: ['a', 'b'],
    });
    expect(rows[1]?.draft.messages[0]?.content).toBe('first line\r\nsecond — 世界');
    expect(rows[2]?.draft).toMatchObject({ kind: 'found', expected: ['ahoy there', 'servus'] });
  });

  it('names each bad row and keeps the good ones', () => {
    const { rows, errors } = parse(
      [
        'id,prompt,responses',
        'C-1,Which?,a|b',
        `C-2,Which, ${SENTINEL}?,a|b`,
        'C-3,Which?,a',
        `C-4,"${SENTINEL}" and more,a|b`,
        'C-5,Which one?,a|b',
        `C-6,"${SENTINEL}`,
        'C-7,"two',
        'lines",a|b',
      ].join('\n'),
    );
    expect(rows.map((row) => row.draft.id)).toEqual(['C-1', 'C-5', 'C-7']);
    expect(errors.map(({ line, field }) => [line, field]).sort()).toEqual([
      [3, 'line'],
      [4, 'responses'],
      [5, 'line'],
      [7, 'line'],
    ]);
    expect(errors.find((error) => error.line === 3)?.message).toMatch(/4 columns, the header 3/);
    expect(errors.every((error) => error.fix.length > 5)).toBe(true);
  });

  it('refuses an unknown or repeated column, and a file without a header, without its words', () => {
    expect(parse('id,prompt,respones\nC-1,Which?,a|b').errors).toMatchObject([
      { line: 1, field: 'respones', message: 'this column is not known' },
    ]);
    expect(parse('id,prompt,prompt\nC-1,a,b').errors).toMatchObject([
      { line: 1, field: 'prompt', message: 'this column is there twice' },
    ]);
    const none = parse(`C-1,${SENTINEL},a|b\nC-2,${SENTINEL} again,a|b`);
    expect(none.rows).toEqual([]);
    expect(none.errors).toMatchObject([
      { line: 1, message: 'the first line does not name the columns' },
    ]);
  });
});
