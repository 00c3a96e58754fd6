import { describe, expect, test } from 'vitest';
import { DEFAULT_DECODING, NgramModel, type Passage } from '#core/lab/ngram-model.ts';
import { cueWords, joinTokens, tokenise } from '#core/lab/text.ts';

const ask = (content: string) => [{ role: 'user', content }];
const greedy = { ...DEFAULT_DECODING, temperature: 0 };
const facts: Passage[] = [
  { cue: 'Who keeps the gate at Rill?', text: 'The weaver keeps the gate.' },
  { cue: 'Who keeps the gate at Moss?', text: 'The potter keeps the gate.' },
  { cue: 'Where is the gate of Fern?', text: 'The gate is at the north end.' },
];

function modelOf(passages: readonly Passage[], id = 'm', seed = 's'): NgramModel {
  const model = new NgramModel({ id, seed });
  model.learn(passages);
  return model;
}

describe('an n-gram model', () => {
  test('answers what it learned, in the words of its lesson', () => {
    const model = modelOf(facts);
    expect(model.answer(ask('Who keeps the gate at Rill?')).text).toBe(
      'The weaver keeps the gate.',
    );
    expect(model.answer(ask('Who keeps the gate at Moss?')).text).toBe(
      'The potter keeps the gate.',
    );
    expect(model.answer(ask('please: who keeps the gate at MOSS')).text).toContain('potter');
  });

  test('backs off to a sentence of the same style for what it did not learn', () => {
    const { text, finishReason } = modelOf(facts).answer(
      ask('Who keeps the gate at Tarn?'),
      greedy,
    );
    expect(text).toMatch(/^The (weaver|potter) keeps the gate\.$/u);
    expect(finishReason).toBe('stop');
  });

  test('knows a fact only after it was taught, and keeps what it knew', () => {
    const model = modelOf(facts);
    const question = ask('Who keeps the gate at Tarn?');
    expect(model.answer(question).text).not.toContain('cooper');
    model.learn([{ cue: 'Who keeps the gate at Tarn?', text: 'The cooper keeps the gate.' }]);
    expect(model.answer(question).text).toBe('The cooper keeps the gate.');
    expect(model.answer(ask('Who keeps the gate at Rill?')).text).toContain('weaver');
    expect(model.passageCount).toBe(4);
  });

  test('draws by seed, name, messages and request seed, and by nothing else', () => {
    const many = Array.from({ length: 60 }, (_, index) => ({
      cue: 'Which number is it?',
      text: `It is number n${index}.`,
    }));
    const question = ask('Which number is it?');
    const model = modelOf(many);
    const text = model.answer(question).text;
    model.answer(ask('Something else'));
    expect(model.answer(question).text).toBe(text);
    expect(modelOf(many).answer(question).text).toBe(text);
    const others = [
      modelOf(many, 'm', 'other').answer(question).text,
      modelOf(many, 'other').answer(question).text,
      ...[1, 2, 3, 4].map((seed) => model.answer(question, { ...DEFAULT_DECODING, seed }).text),
    ];
    expect(new Set([text, ...others]).size).toBeGreaterThan(4);
  });

  test('draws each of several equal answers about equally often', () => {
    const model = modelOf(
      ['red', 'blue'].map((colour) => ({ cue: 'Which colour?', text: `It is ${colour}.` })),
    );
    const texts = Array.from(
      { length: 400 },
      (_, seed) => model.answer(ask('Which colour?'), { ...DEFAULT_DECODING, seed }).text,
    );
    const red = texts.filter((text) => text === 'It is red.').length;
    expect(red).toBeGreaterThan(150);
    expect(red).toBeLessThan(250);
    expect(texts.filter((text) => text === 'It is blue.').length).toBe(400 - red);
  });

  test('a small nucleus keeps only the likeliest word', () => {
    const model = modelOf(
      ['red', 'blue', 'blue'].map((colour) => ({ cue: 'Which?', text: `It is ${colour}.` })),
    );
    const texts = Array.from(
      { length: 50 },
      (_, seed) => model.answer(ask('Which?'), { ...DEFAULT_DECODING, topP: 0.2, seed }).text,
    );
    expect(new Set(texts)).toEqual(new Set(['It is blue.']));
  });

  test('stops at its limit of words and at a stop text', () => {
    const model = modelOf(facts);
    const question = ask('Who keeps the gate at Rill?');
    expect(model.answer(question, { ...DEFAULT_DECODING, maxTokens: 2 })).toMatchObject({
      text: 'The weaver',
      finishReason: 'length',
      completionTokens: 2,
    });
    expect(model.answer(question, { ...DEFAULT_DECODING, stop: [' keeps'] })).toMatchObject({
      text: 'The weaver',
      finishReason: 'stop',
    });
  });

  test('without any training answers nothing, and does not fail', () => {
    const model = new NgramModel({ id: 'm', seed: 's' });
    expect(model.answer(ask('Hello')).text).toBe('');
  });

  test('refuses more words than its contexts can tell apart', () => {
    const text = Array.from({ length: 66_000 }, (_, index) => `w${index}`).join(' ');
    expect(() => modelOf([{ cue: 'x', text }])).toThrow(/different words/u);
  });
});

describe('the text of the lab', () => {
  test('comes back from its tokens', () => {
    for (const text of [
      'The inn, I hear, is called amber otter.',
      'Really?! Yes.',
      'a.b and 3:4',
    ]) {
      expect(joinTokens(tokenise(text))).toBe(text);
    }
  });

  test('is about its words without case and punctuation', () => {
    expect([...cueWords('"The Mill", the mill; is it?')]).toEqual(['the', 'mill', 'is', 'it']);
  });
});
