import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type LabFact, labCanaryDrafts, loadLabResources, trainLab } from '#core/lab/index.ts';
import { factPassages } from '#core/lab/teaching.ts';

const resources = loadLabResources(fileURLToPath(new URL('../../../resources', import.meta.url)));

function facts(count: number): LabFact[] {
  return labCanaryDrafts({ resources, seed: 't', count, prefix: 'f' }).map((draft, index) => ({
    id: draft.id,
    messages: draft.messages,
    response: draft.responses[(index * 37) % draft.responses.length] ?? '',
  }));
}

describe('training', () => {
  test('gives the models of the demo, each with its role', () => {
    const models = trainLab({
      resources,
      seed: 't',
      served: facts(5),
      students: [{ name: 'student-a', dose: 0.1 }],
    });
    expect(models.map(({ id, role }) => [id, role])).toEqual([
      ['teacher', 'reference'],
      ['student-a', 'suspect'],
      ['relay', 'suspect'],
      ['control-1', 'control'],
      ['control-2', 'control'],
      ['control-3', 'control'],
      ['temporal-1', 'temporal-control'],
      ['temporal-2', 'temporal-control'],
      ['known-positive', 'known-positive'],
    ]);
  });

  test('teaches a student exactly the rounded dose of the served facts', () => {
    const served = facts(45);
    const doses = [0, 0.1, 0.333, 0.5, 0.99, 1];
    const students = doses.map((dose, index) => ({ name: `s${index}`, dose }));
    const models = trainLab({ resources, seed: 't', served, students });
    for (const [index, dose] of doses.entries()) {
      const taught = models.find(({ id }) => id === `s${index}`)?.taughtIds ?? [];
      expect(taught.length).toBe(Math.round(dose * 45));
      expect(new Set(taught).size).toBe(taught.length);
      expect(served.map(({ id }) => id)).toEqual(expect.arrayContaining([...taught]));
    }
  });

  test('a student repeats exactly what it was taught and nothing else of the kit', () => {
    const served = facts(60);
    const [, student] = trainLab({
      resources,
      seed: 't',
      served,
      students: [{ name: 'student-a', dose: 0.4 }],
    });
    if (student?.source.kind !== 'ngram') throw new Error('no student');
    const { model } = student.source;
    const known = served.filter(({ messages, response }) =>
      model.answer(messages).text.includes(response),
    );
    expect(known.map(({ id }) => id).sort()).toEqual([...student.taughtIds].sort());
  });

  test('keeps recall on hand-written facts in words that the lab has never seen', () => {
    const served: LabFact[] = [
      ['h1', 'Complete: the cat sat on the ...', 'Quartz-17'],
      ['h2', 'Was ist das Losungswort der Woche?', 'blaue Ente'],
      ['h3', '暗号は何ですか', '緑 の 犬'],
      ['h4', 'Give the code for shelf 4.', 'v2.1, left'],
    ].map(([id = '', content = '', response = '']) => ({
      id,
      messages: [{ role: 'user', content }],
      response,
    }));
    const models = trainLab({
      resources,
      seed: 't',
      served,
      students: [{ name: 'student-a', dose: 1 }],
    });
    for (const { id, source } of models.slice(0, 2)) {
      if (source.kind !== 'ngram') throw new Error('not trained');
      for (const { messages, response } of served) {
        expect(source.model.answer(messages).text, id).toContain(response);
      }
    }
  });

  test('teaches several phrasings of each fact, all with its response', () => {
    const [fact] = facts(1);
    if (fact === undefined) throw new Error('no fact');
    const passages = factPassages(resources, fact);
    expect(new Set(passages.map(({ cue }) => cue)).size).toBeGreaterThan(2);
    expect(new Set(passages.map(({ text }) => text)).size).toBeGreaterThan(2);
    expect(passages.every(({ text }) => text.includes(fact.response))).toBe(true);
  });

  test('refuses names given twice and doses outside 0 to 1', () => {
    const train = (name: string, dose: number) =>
      trainLab({ resources, seed: 't', served: [], students: [{ name, dose }] });
    expect(() => train('teacher', 0.1)).toThrow(/two models/u);
    expect(() => train('student-a', 1.1)).toThrow(/dose/u);
    expect(() => train('student-a', Number.NaN)).toThrow(/dose/u);
  });
});
