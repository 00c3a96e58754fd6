import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { labCanaryDrafts, loadLabResources } from '#core/lab/index.ts';
import { cueWords } from '#core/lab/text.ts';
import { worldPassages } from '#core/lab/world.ts';
import { canaryDraftSchema } from '#shared/domain/canary.ts';

const resources = loadLabResources(fileURLToPath(new URL('../../../resources', import.meta.url)));
const make = (seed: string, count: number, prefix: string) =>
  labCanaryDrafts({ resources, seed, count, prefix });
const textOf = (draft: { messages: readonly { content: string }[] }): string =>
  draft.messages.map(({ content }) => content).join(' ');

describe('the candidates', () => {
  test('are 1,024 two-word names of which no word is in both lists', () => {
    expect(new Set(resources.names).size).toBe(1_024);
    const words = resources.names.map((name) => name.split(' '));
    expect(words.every((pair) => pair.length === 2)).toBe(true);
    const firsts = new Set(words.map(([first]) => first));
    const seconds = new Set(words.map(([, second]) => second));
    expect([firsts.size, seconds.size]).toEqual([32, 32]);
    expect([...firsts].filter((word) => seconds.has(word))).toEqual([]);
  });
});

describe('lab canaries', () => {
  test('are valid drawn drafts of type O with numbered ids', () => {
    const drafts = make('a', 160, 'wave-1');
    for (const draft of drafts) expect(canaryDraftSchema.safeParse(draft).success).toBe(true);
    expect(drafts[0]?.id).toBe('wave-1-0001');
    expect(drafts[159]?.id).toBe('wave-1-0160');
    expect(drafts.every(({ kind, type }) => kind === 'drawn' && type === 'O')).toBe(true);
    expect(drafts.every(({ responses }) => responses.length === 1_024)).toBe(true);
  });

  test('are the same for the same seed and prefix and different for others', () => {
    expect(make('a', 40, 'p')).toEqual(make('a', 40, 'p'));
    expect(make('a', 40, 'p').slice(0, 20)).toEqual(make('a', 20, 'p'));
    const texts = new Set(make('a', 40, 'p').map(textOf));
    expect(make('b', 40, 'p').some((draft) => texts.has(textOf(draft)))).toBe(false);
    expect(make('a', 40, 'q').some((draft) => texts.has(textOf(draft)))).toBe(false);
  });

  test('never repeat a question and hold no candidate in it', () => {
    const texts = make('a', 5_000, 'p').map(textOf);
    expect(new Set(texts).size).toBe(5_000);
    const holds = texts.filter((text) => resources.names.some((name) => text.includes(name)));
    expect(holds).toEqual([]);
  });

  test('ask about towns of which no background text knows', () => {
    const background = new Set<string>();
    for (const seed of ['a', 'a/teacher', 'b/control-1', 'c/student-a']) {
      for (const { cue, text } of worldPassages(resources, seed)) {
        for (const word of cueWords(`${cue} ${text}`)) background.add(word);
      }
    }
    for (const draft of make('a', 500, 'p')) {
      const unknown = [...cueWords(textOf(draft))].filter((word) => !background.has(word));
      expect(unknown.length).toBe(1);
    }
  });

  test('take a candidate list of their own, and refuse more than there are towns', () => {
    const responses = ['red', 'green', 'blue'];
    const [draft] = labCanaryDrafts({ resources, seed: 'a', count: 1, prefix: 'p', responses });
    expect(draft?.responses).toEqual(responses);
    expect(() => make('a', 100_000, 'p')).toThrow(/at most/u);
  });
});

describe('the background', () => {
  test('is tens of thousands of words with every slot filled', () => {
    const passages = worldPassages(resources, 'a');
    const words = passages.flatMap(({ text }) => text.split(' '));
    expect(words.length).toBeGreaterThan(25_000);
    expect(passages.filter(({ cue, text }) => /[{}]|undefined/u.test(cue + text))).toEqual([]);
    expect(worldPassages(resources, 'a')).toEqual(passages);
    expect(worldPassages(resources, 'b')).not.toEqual(passages);
  });
});

test('a folder without the data is refused', () => {
  expect(() => loadLabResources('/nonexistent')).toThrow(/ENOENT/u);
});
