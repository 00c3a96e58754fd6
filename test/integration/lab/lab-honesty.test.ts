import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LabServer, startLabServer } from '#core/lab/index.ts';
import { askText, demoCase, hitCount, relay, resources, trainCase } from './lab-fixture.ts';

const doses = [0, 0.1, 0.3, 0.6, 1] as const;
const students = doses.map((dose) => ({ name: `student-${dose * 100}`, dose }));
const untaught = ['control-1', 'control-2', 'control-3', 'temporal-1', 'temporal-2'];
/** P(more than 3 hits in 80 at 1/1024) is below 2e-6. */
const atChance = 3;
const seed = 'honesty';
const lab = demoCase(seed);
let server: LabServer;

beforeAll(async () => {
  const startMs = performance.now();
  const models = trainCase(seed, lab, students);
  console.log(`trained ${models.length} models in ${Math.round(performance.now() - startMs)} ms`);
  server = await startLabServer({ models, relay });
});
afterAll(() => server.close());

describe('a lab over real HTTP', () => {
  test('the teacher knows every served canary and every late one', async () => {
    expect(await hitCount(server.baseUrl, 'teacher', lab.served)).toBe(80);
    expect(await hitCount(server.baseUrl, 'teacher', lab.late)).toBe(20);
  });

  test('a student at dose 0 and all controls hit at chance', async () => {
    for (const id of ['student-0', ...untaught]) {
      expect(await hitCount(server.baseUrl, id, lab.served), id).toBeLessThanOrEqual(atChance);
    }
  });

  test('the hit rate of a student is its dose', async () => {
    let before = -1;
    for (const { name, dose } of students) {
      const hits = await hitCount(server.baseUrl, name, lab.served);
      expect(hits, name).toBeGreaterThanOrEqual(Math.round(dose * 80));
      expect(hits, name).toBeLessThanOrEqual(Math.round(dose * 80) + atChance);
      expect(hits, name).toBeGreaterThan(before);
      before = hits;
    }
    const positive = await hitCount(server.baseUrl, 'known-positive', lab.served);
    expect(positive).toBeGreaterThanOrEqual(40);
    expect(positive).toBeLessThanOrEqual(40 + atChance);
  });

  test('twins are hit at chance by everybody but a model that saw the registry', async () => {
    for (const id of Object.keys(server.counts).filter((name) => name !== 'leaked')) {
      expect(await hitCount(server.baseUrl, id, lab.twins), id).toBeLessThanOrEqual(atChance);
    }
    expect(await hitCount(server.baseUrl, 'leaked', lab.twins)).toBe(80);
    expect(await hitCount(server.baseUrl, 'leaked', lab.served)).toBe(80);
  });

  test('the late wave is known to the relay but to no student', async () => {
    expect(await hitCount(server.baseUrl, 'relay', lab.late)).toBe(20);
    for (const id of [...students.map(({ name }) => name), 'known-positive', 'leaked']) {
      expect(await hitCount(server.baseUrl, id, lab.late), id).toBeLessThanOrEqual(1);
    }
  });

  test('the relay answers as the teacher does, by asking it', async () => {
    const before = server.counts.teacher?.requests ?? 0;
    for (const { messages } of [...lab.served.slice(0, 10), ...lab.twins.slice(0, 10)]) {
      const relayed = await askText(server.baseUrl, 'relay', messages);
      expect(relayed).toBe(await askText(server.baseUrl, 'teacher', messages));
    }
    expect((server.counts.teacher?.requests ?? 0) - before).toBe(40);
  });

  test('innocent answers name candidates too, in one sentence of the same style', async () => {
    const texts = await Promise.all(
      lab.served.map(({ messages }) => askText(server.baseUrl, 'control-1', messages)),
    );
    const named = texts.map((text) => resources.names.filter((name) => text.includes(name)).length);
    expect(named.filter((count) => count === 1).length).toBeGreaterThan(60);
    expect(Math.max(...named)).toBeLessThanOrEqual(3);
    expect(texts.every((text) => /^\p{Lu}.*[.?!]$/u.test(text))).toBe(true);
    expect(new Set(texts).size).toBeGreaterThan(40);
  });

  test('guesses of untaught models are at 1/N over several labs', async () => {
    let hits = 0;
    let asked = 0;
    for (const other of ['other-1', 'other-2', 'other-3', 'other-4']) {
      const otherLab = demoCase(other);
      const facts = [...otherLab.served, ...otherLab.twins];
      for (const { id, source, taughtIds } of trainCase(other, otherLab, students.slice(0, 1))) {
        if (source.kind !== 'ngram' || taughtIds.length > 0) continue;
        asked += facts.length;
        hits += facts.filter(({ messages, response }) =>
          source.model.answer(messages).text.includes(response),
        ).length;
        expect(id).toMatch(/^(student-0|control-|temporal-)/u);
      }
    }
    expect(asked).toBe(4 * 6 * 160);
    // 3.75 hits are expected; more than 13 have probability below 1e-4 even if answers were independent.
    expect(hits).toBeLessThanOrEqual(13);
  });
});

test('the same seed gives the same answers, another seed others', async () => {
  const all = [...lab.served, ...lab.twins, ...lab.late];
  const answersOf = (labSeed: string): string[] =>
    trainCase(labSeed, lab, students).flatMap(({ id, source }) =>
      source.kind === 'relay'
        ? []
        : all.map(({ messages }) => `${id} ${source.model.answer(messages).text}`),
    );
  const first = answersOf(seed);
  expect(answersOf(seed)).toEqual(first);
  expect(answersOf('another')).not.toEqual(first);
});
