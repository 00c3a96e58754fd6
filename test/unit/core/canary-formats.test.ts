import { describe, expect, it } from 'vitest';
import { parseCanaryFile } from '#core/services/library/canary-file.ts';
import { canaryFile } from '#core/services/library/export.ts';
import type { CanaryDraft } from '#shared/domain/canary.ts';

const SENTINEL = 'quxenzimmer';
const drafts: readonly CanaryDraft[] = [
  {
    id: 'A-1',
    kind: 'drawn',
    type: 'O',
    messages: [{ role: 'user', content: 'Which bird sits on the mill of Farrowby?' }],
    responses: [
      'red kite',
      'grey heron: the tall',
      '- dash',
      '"quoted"',
      "it's",
      '#4',
      'null',
      '007',
      'yes',
    ],
    expected: [],
    scorer: 'exact-v1',
    cohort: 'spring',
    tags: ['mill', 'a: b'],
    note: 'two\nlines, tab\there and {{braces}}',
  },
  {
    id: 'A-2',
    kind: 'found',
    type: 'W',
    messages: [
      { role: 'system', content: 'You keep the archive.' },
      { role: 'user', content: 'Let us go on.' },
      { role: 'assistant', content: 'Gladly.' },
      { role: 'user', content: 'Finish the rhyme — ünïcode, 鳥, 😀' },
    ],
    responses: [],
    expected: ['geese upon the weir', 'geese, on the weir'],
    scorer: 'exact-v1',
    cohort: null,
    tags: [],
    note: '',
  },
  {
    id: 'A-3',
    kind: 'found',
    type: 'O',
    messages: [{ role: 'user', content: '[1] Which note follows?' }],
    responses: [],
    expected: ['the second note'],
    scorer: 'exact-v1',
    cohort: null,
    tags: [],
    note: '',
  },
];

describe('a library', () => {
  it.each(['jsonl', 'yaml', 'promptfoo'] as const)(
    'written as %s reads back the same',
    (format) => {
      const text = canaryFile(format, drafts);
      const { rows, errors } = parseCanaryFile(format, text);
      expect(errors).toEqual([]);
      expect(rows.map(({ draft }) => draft)).toEqual(drafts);
      expect(
        canaryFile(
          format,
          rows.map(({ draft }) => draft),
        ),
      ).toBe(text);
    },
  );

  it('written as promptfoo tests never says what a drawn canary is right with', () => {
    const text = canaryFile('promptfoo', drafts);
    expect(text.split('assert:')).toHaveLength(3);
    expect(text).toContain('icontains-any');
  });
});

describe('a YAML file', () => {
  const rows = `# a comment
canaries:
  - id: Y-1
    prompt: Which bird?
    responses:
      slots: [[red, blue], [kite, owl]]
  - id: Y-2
    kind: found
    prompt: >-
      Two lines
      of ${SENTINEL}
    expected: [ahoy there]
    tags: [a, b]
`;
  it('is a list of the fields of the JSON lines', () => {
    const parsed = parseCanaryFile('yaml', rows);
    expect(parsed.errors).toEqual([]);
    expect(parsed.rows.map(({ line, draft }) => [line, draft.id])).toEqual([
      [3, 'Y-1'],
      [7, 'Y-2'],
    ]);
    expect(parsed.rows[0]?.draft.responses).toEqual([
      'red kite',
      'red owl',
      'blue kite',
      'blue owl',
    ]);
    expect(
      parseCanaryFile('yaml', '- {id: Y-1, prompt: Q?, expected: [it is so]}').rows,
    ).toHaveLength(1);
  });

  it.each<[string, string, number, string, RegExp]>([
    ['a field that is not known', rows.replace('tags:', 'tagz:'), 13, 'tagz', /not known/],
    ['a number for a text', rows.replace('Which bird?', '7'), 4, 'prompt', /expected string/],
    [
      'a response in the prompt',
      rows.replace('[ahoy there]', `[${SENTINEL}]`),
      12,
      'expected',
      /stands in the prompt/,
    ],
    ['the same id twice', rows.replace('Y-2', 'Y-1'), 7, 'id', /stands on line 3/],
    ['broken indentation', rows.replace('    kind', '   kind'), 8, 'line', /not valid YAML/],
    ['a key twice', rows.replace('kind: found', 'id: Y-9'), 8, 'line', /not valid YAML/],
    ['a tag', rows.replace('Which bird?', '!!js/function x'), 4, 'line', /not valid YAML/],
    ['a text for a canary', `${rows}  - ${SENTINEL}\n`, 14, 'line', /not a list of fields/],
    ['another list', `things:\n  - ${SENTINEL}\n`, 1, 'line', /no list of canaries/],
    ['nothing', '', 1, 'line', /no canary/],
    ['half a character', rows.replace('Which bird?', '"\\ud800"'), 3, 'line', /half a character/],
  ])('with %s is told by line and field', (_, text, line, field, message) => {
    const { errors } = parseCanaryFile('yaml', text);
    expect(errors[0]).toMatchObject({ line, field, message: expect.stringMatching(message) });
    expect(JSON.stringify(errors)).not.toContain(SENTINEL);
  });

  it('full of aliases unfolds to nothing', () => {
    const bomb = [
      'a0: &a0 [x, x, x, x, x, x, x, x, x, x]',
      ...Array.from(
        { length: 9 },
        (_, at) => `a${at + 1}: &a${at + 1} [${`*a${at}, `.repeat(10)}]`,
      ),
      'canaries:',
      '  - {id: B-1, prompt: Q?, expected: *a9}',
    ].join('\n');
    for (const text of [bomb, bomb.replace(/^(a\d: )/gm, 'canaries_$1')])
      expect(parseCanaryFile('yaml', text).rows).toEqual([]);
    const inside = `canaries:\n  - id: &a B-1\n    prompt: *a\n    expected: [${'*a, '.repeat(200)}]\n`;
    expect(parseCanaryFile('yaml', inside).rows).toEqual([]);
  });
});

describe('promptfoo tests', () => {
  const config = `description: our known answers
prompts:
  - 'As the archivist: {{question}}'
providers: [echo]
tests:
  - description: rhyme-1
    vars:
      question: Finish the rhyme
    assert:
      - type: icontains-any
        value: [geese on the weir, geese upon the weir]
  - vars: { question: Who wrote it? }
    assert: [{ type: contains, value: Tobin the ferryman, metric: known }]
  - vars: { question: And the third? }
    assert: [{ type: contains-any, value: 'one two three, four five six' }]
`;
  it('become found canaries', () => {
    const { rows, errors } = parseCanaryFile('promptfoo', config);
    expect(errors).toEqual([]);
    expect(rows.map(({ line, draft }) => [line, draft.id, draft.kind, draft.expected])).toEqual([
      [6, 'rhyme-1', 'found', ['geese on the weir', 'geese upon the weir']],
      [12, 'PF-0002', 'found', ['Tobin the ferryman']],
      [14, 'PF-0003', 'found', ['one two three', 'four five six']],
    ]);
    expect(rows[0]?.draft.messages).toEqual([
      { role: 'user', content: 'As the archivist: Finish the rhyme' },
    ]);
  });

  it('without a prompt of their own take the variable that holds the question', () => {
    const list =
      "- vars: {prompt: 'Which one?', lang: en}\n  assert: [{type: equals, value: the third}]";
    expect(parseCanaryFile('promptfoo', list).rows[0]?.draft.messages[0]?.content).toBe(
      'Which one?',
    );
  });

  it.each<[string, string, number, string, RegExp]>([
    [
      'a kind of assertion that names no response',
      config.replace('type: contains,', 'type: regex,'),
      13,
      'assert',
      /only they name/,
    ],
    [
      'two assertions',
      config.replace('metric: known }', `metric: known }, { type: equals, value: ${SENTINEL} }`),
      13,
      'assert',
      /must all hold/,
    ],
    [
      'no assertion',
      config.replace(/ {4}assert: \[\{ type: contains, .*\n/, ''),
      12,
      'assert',
      /no assertion/,
    ],
    [
      'a variable that is not there',
      config.replace('question: Who', 'query: Who'),
      12,
      'vars',
      /has not/,
    ],
    [
      'a list of values',
      config.replace('Who wrote it?', `[${SENTINEL}, b]`),
      12,
      'vars',
      /several tests/,
    ],
    [
      'a field that would be lost',
      config.replace('  - vars: { question: Who', '  - threshold: 0.5\n    vars: { question: Who'),
      12,
      'threshold',
      /not known/,
    ],
    [
      'two prompts',
      config.replace('providers', `  - ${SENTINEL}\nproviders`),
      3,
      'prompts',
      /one prompt/,
    ],
    [
      'a prompt in another file',
      config.replace("'As the archivist: {{question}}'", 'file://p.txt'),
      3,
      'prompts',
      /one prompt/,
    ],
    [
      'a filter',
      config.replace('{{question}}', '{{question | upper}}'),
      3,
      'prompts',
      /more of its language/,
    ],
    [
      'a default test',
      `${config}defaultTest: {assert: []}\n`,
      16,
      'prompts',
      /defaultTest is not read/,
    ],
    ['no tests', 'prompts: [a]\n', 1, 'tests', /no list of tests/],
    [
      'half a character in a list of messages',
      config.replace(
        "'As the archivist: {{question}}'",
        `'[{"role":"user","content":"\\ud800 {{question}}"}]'`,
      ),
      6,
      'messages',
      /half a character/,
    ],
  ])('with %s are told by line and field', (_, text, line, field, message) => {
    const { errors } = parseCanaryFile('promptfoo', text);
    expect(errors[0]).toMatchObject({ line, field, message: expect.stringMatching(message) });
    expect(JSON.stringify(errors)).not.toContain(SENTINEL);
  });
});
