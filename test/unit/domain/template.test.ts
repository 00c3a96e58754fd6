import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  candidatesHoldingOthers,
  drawCandidates,
  drawPrompt,
  type Template,
  templateFileSchema,
  templateSize,
  wordListsSchema,
} from '#shared/domain/template.ts';
import { candidatesInPrompt, compileCandidates } from '#shared/scoring/exact.ts';
import { normaliseText, tokenise } from '#shared/scoring/normalise.ts';
import { seededRandom } from '#shared/statistics/seeded.ts';

const FOLDER = join(import.meta.dirname, '../../../resources/templates');
const read = (file: string): unknown => JSON.parse(readFileSync(join(FOLDER, file), 'utf8'));
const LISTS = wordListsSchema.parse(read('words.json'));
const { templates: TEMPLATES } = templateFileSchema.parse(read('templates.json'));

const randomOf = (seed: number) => {
  const random = seededRandom(seed);
  return (range: number): number => Math.floor(random() * range);
};

describe('the starter templates', () => {
  it('cover the families, and every word list has each word once', () => {
    expect(new Set(TEMPLATES.map(({ family }) => family))).toEqual(
      new Set([
        'facts about fictional things',
        'coding idioms',
        'tie-breaks',
        'formats',
        'multi-turn',
      ]),
    );
    for (const [name, list] of Object.entries(LISTS))
      expect(new Set(list.map(normaliseText)).size, name).toBe(list.length);
  });

  it.each(TEMPLATES.map((template) => [template.name, template] as const))(
    '%s says that its subject is invented, and gives 1,024 clean candidates for it',
    (_, template) => {
      expect(templateSize(template, LISTS).candidates).toBeGreaterThanOrEqual(4_096);
      for (const pattern of template.prompts) {
        const text = pattern.map(({ content }) => content).join(' ');
        expect(text).toMatch(/invented|made[- ]up|made up|fictional|story|tale|board game/i);
        expect(text).toContain('{name}');
        expect(pattern.at(-1)?.role).toBe('user');
      }
      const random = randomOf(7);
      for (let time = 0; time < 3; time++) {
        const messages = drawPrompt(template, LISTS, random);
        expect(JSON.stringify(messages)).not.toContain('{name}');
        const candidates = drawCandidates(template, LISTS, { messages, n: 1_024, random }) ?? [];
        expect(candidates).toHaveLength(1_024);
        expect(new Set(candidates.map(normaliseText)).size).toBe(1_024);
        expect(candidatesHoldingOthers(candidates)).toEqual([]);
        const contents = messages.map(({ content }) => content);
        expect(candidatesInPrompt(compileCandidates(candidates), contents)).toEqual([]);
        const asked = new Set(contents.flatMap(tokenise));
        expect(candidates.flatMap(tokenise).filter((token) => asked.has(token))).toEqual([]);
      }
    },
  );

  it('draw every candidate equally often', () => {
    const template: Template = {
      name: 'small',
      family: 'f',
      description: 'd',
      prompts: [[{ role: 'user', content: 'In the invented {name}?' }]],
      responses: { slots: ['a', 'b'], join: ' ' },
    };
    const lists = { ...LISTS, a: ['red', 'blue', 'green'], b: ['kite', 'owl'] };
    const random = randomOf(3);
    const messages = [{ role: 'user' as const, content: 'Which?' }];
    const counts = new Map<string, number>();
    const runs = 3_000;
    for (let run = 0; run < runs; run++)
      for (const [at, text] of (
        drawCandidates(template, lists, { messages, n: 2, random }) ?? []
      ).entries())
        counts.set(`${at} ${text}`, (counts.get(`${at} ${text}`) ?? 0) + 1);
    expect(counts.size).toBe(12);
    // Each of 6 in each of 2 places: mean 500, standard deviation 20.4; 5 of them are 102.
    for (const [, times] of counts) expect(Math.abs(times - runs / 6)).toBeLessThan(102);
  });

  it('give up when there are not as many, and never keep one that is a part of another', () => {
    const template: Template = {
      name: 'small',
      family: 'f',
      description: 'd',
      prompts: [[{ role: 'user', content: '{name}' }]],
      responses: { slots: ['a'], join: ' ' },
    };
    const lists = { ...LISTS, a: ['owl', 'Owl!', 'owlet', 'kite', 'gate'] };
    const draw = (n: number, content = 'Which?') =>
      drawCandidates(template, lists, {
        messages: [{ role: 'user', content }],
        n,
        random: randomOf(n),
      });
    expect(draw(4)).toBeNull();
    for (let n = 1; n <= 3; n++) expect(candidatesHoldingOthers(draw(n) ?? [])).toEqual([]);
    expect(draw(3, 'Who shut the gate?')).toBeNull();
    expect(draw(70_000)).toBeNull();
    expect(candidatesHoldingOthers(['owl', 'tawny owlet', 'kite'])).toEqual([1]);
  });
});
