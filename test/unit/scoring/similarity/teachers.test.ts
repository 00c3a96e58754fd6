import { describe, expect, it } from 'vitest';
import { similarityMatrix, similarityTeachers } from '#shared/scoring/similarity/result.ts';
import {
  corpus,
  decoy,
  jsonLines,
  laboratories,
  lineage,
  stranger,
  student,
  type Writer,
} from './corpus.ts';

function teachers(writers: readonly Writer[], suspect: string, prompts = 120, seed = 1) {
  return similarityTeachers({
    outputs: jsonLines(corpus(writers, prompts, seed)),
    lineage: lineage(writers),
    suspect,
  });
}

describe('teachers', () => {
  const writers = [...laboratories(), student, stranger, decoy];
  it('names the laboratory of the teacher, with a margin over the closest other', () => {
    // Without the decoy: it is a second student, and the two resemble each other as much as their teacher.
    const result = teachers([...laboratories(), student, stranger], 'student');
    expect(result.verdict).toBe('stands-out');
    expect(result.candidates[0]?.model).toBe('north-0');
    expect(result.decoy?.low).toBeGreaterThan(0);
    expect(result.sentence).toMatch(/^north-0 stands out/);
    const scores = result.candidates.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
  });
  it('puts an unpublished reference below the documented teacher that explains it', () => {
    const { candidates } = teachers(writers, 'student');
    const at = (name: string) => candidates.findIndex(({ model }) => model === name);
    expect(at('north-0')).toBe(0);
    expect(at('decoy')).toBeGreaterThan(at('north-1'));
    expect(candidates[at('decoy')]?.isDocumented).toBe(false);
  });
  it('says that no teacher stands out for strangers, nearly always', () => {
    let named = 0;
    for (let seed = 1; seed <= 40; seed += 1) {
      const unrelated = { ...stranger, style: 300 + seed };
      const { verdict, sentence } = teachers([...laboratories(), unrelated], 'stranger', 60, seed);
      if (verdict === 'stands-out') named += 1;
      else expect(sentence).toMatch(/^No teacher stands out/);
    }
    // By luck a stranger is the closest of eight to one of eight references: a lead may be false (docs/similarity.md).
    expect(named).toBeLessThanOrEqual(8);
  });
  it('does not decide with too little', () => {
    const few = [...laboratories().filter(({ lab }) => lab !== 'west' && lab !== 'south'), student];
    expect(teachers(few, 'student').verdict).toBe('too-little');
    expect(teachers([...laboratories(), student], 'student', 4).verdict).toBe('too-little');
  });
  it('refuses a suspect that is not in the file', () => {
    expect(() => teachers(writers, 'nobody')).toThrow(/no model of the suspect/);
  });
});

describe('the map', () => {
  it('puts a student nearer to its teacher’s laboratory than to the others, the same every time', () => {
    const writers = [...laboratories(), student];
    const files = { outputs: jsonLines(corpus(writers, 120)), lineage: lineage(writers) };
    const { models, mapShown } = similarityMatrix(files);
    const place = (name: string) => models.find((model) => model.name === name) ?? { x: 0, y: 0 };
    const distance = (a: string, b: string) =>
      Math.hypot(place(a).x - place(b).x, place(a).y - place(b).y);
    for (const lab of ['east', 'south', 'west'])
      expect(distance('student', 'north-0')).toBeLessThan(distance('student', `${lab}-0`));
    expect(mapShown).toBeGreaterThan(0.2);
    expect(mapShown).toBeLessThanOrEqual(1);
    expect(similarityMatrix(files).models).toEqual(models);
  });
});
