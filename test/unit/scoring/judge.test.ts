import { describe, expect, it } from 'vitest';
import { judgeMessages, readJudgement } from '#shared/scoring/rank/judge.ts';

describe('the question to the judge', () => {
  it('numbers the candidates in the given order, all of them', () => {
    const [system, user] = judgeMessages('the text', ['a', 'b', 'c'], [2, 0, 1]);
    expect(system?.role).toBe('system');
    expect(user?.content).toBe('Text:\n<<<\nthe text\n>>>\n\nCandidates:\n1. c\n2. a\n3. b');
  });
});

describe('the reading of the judge', () => {
  it('takes one whole number of the list', () => {
    expect(readJudgement('3', 3)).toBe(2);
    expect(readJudgement(' #2.\n', 3)).toBe(1);
    expect(readJudgement('1)', 3)).toBe(0);
  });

  it('takes everything else as none', () => {
    for (const reply of ['0', '4', '', 'two', '1 or 2', '1.5', '-1', 'I pick 2', '9'.repeat(50)])
      expect(readJudgement(reply, 3), reply).toBeNull();
  });
});
