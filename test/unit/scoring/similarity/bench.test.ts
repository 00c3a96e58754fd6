import { describe, expect, it } from 'vitest';
import { run } from '../../../../scripts/bench/lineage.ts';
import {
  auc,
  figuresOf,
  type LineagePair,
  pairKey,
} from '../../../../scripts/bench/lineage-figures.ts';

/** Two teachers A and B of two laboratories; a taught by A; six others taught by nobody; one decoy reference D. */
const OTHERS = ['u', 'v', 'w', 'x', 'y', 'z'];
const row = (reference: string, suspect: string, relation: string): LineagePair => ({
  reference,
  suspect,
  relation,
  kind: relation === 'derived' ? 'outputs' : '',
  confidence: 'high',
  ref_lab: `lab ${reference}`,
  ref_family: `family ${reference}`,
  ref_origin: reference === 'D' ? 'unpublished' : 'lab',
  sus_origin: '',
  truth_group: suspect === 'a' ? 'student' : '',
  truth_labs: suspect === 'a' ? 'lab A' : '',
  truth_families: suspect === 'a' ? 'family A' : '',
  sus_words: '100',
});
const pairs = ['A', 'B', 'D'].flatMap((reference) => [
  row(reference, 'a', reference === 'A' ? 'derived' : 'independent'),
  ...OTHERS.map((suspect) => row(reference, suspect, 'independent')),
]);
const scores = (of: (reference: string, suspect: string) => number) =>
  new Map(pairs.map((p) => [pairKey(p.reference, p.suspect), of(p.reference, p.suspect)]));

describe('the figures of the bench', () => {
  it('count ties as half', () => {
    expect(auc([2], [1, 2, 3])).toBe(0.5);
    expect(auc([3, 1], [2])).toBe(0.5);
    expect(auc([], [1])).toBeNull();
  });
  it('are 1 for a score that knows, and 1/2 for one that knows only the reference or the suspect', () => {
    const knowing = figuresOf(
      pairs,
      scores((r, s) => (r === 'A' && s === 'a' ? 1 : 0)),
    );
    expect(knowing).toMatchObject({
      perFam: 1,
      perPos: 1,
      lenFam: 1,
      tpr05: 1,
      top1_student_family: 1,
    });
    const byReference = figuresOf(
      pairs,
      scores((r) => (r === 'A' ? 1 : 0)),
    );
    expect(byReference).toMatchObject({ perFam: 0.5, perPos: 0.5, tpr05: 0, top1_student_lab: 1 });
    expect(byReference.pool).toBeGreaterThan(0.5);
    const bySuspect = figuresOf(
      pairs,
      scores((_, s) => (s === 'a' ? 1 : 0)),
    );
    expect(bySuspect).toMatchObject({ perFam: 1, perS: null });
  });
  it('have a contrast that is blind to how close a reference or a suspect is to everybody', () => {
    const more = [...pairs, ...['a', ...OTHERS].map((suspect) => row('C', suspect, 'independent'))];
    const table = (of: (reference: string, suspect: string) => number) =>
      new Map(more.map((p) => [pairKey(p.reference, p.suspect), of(p.reference, p.suspect)]));
    const generic = (r: string, s: string) => (r === 'A' ? 5 : 0) + (s === 'a' ? 3 : 0);
    expect(figuresOf(more, table(generic)).tetrad).toBe(0.5);
    const own = (r: string, s: string) => generic(r, s) + (r === 'A' && s === 'a' ? 1 : 0);
    expect(figuresOf(more, table(own)).tetrad).toBe(1);
  });
  it('are skipped aloud without the data', async () => {
    const written: string[] = [];
    const original = process.stderr.write;
    process.stderr.write = (text: string | Uint8Array) => {
      written.push(String(text));
      return true;
    };
    try {
      expect(await run(['--data', '/nowhere'])).toBe(0);
      expect(await run([])).toBe(0);
    } finally {
      process.stderr.write = original;
    }
    expect(written.join('')).toMatch(/SKIPPED: .*pairs\.csv.*Nothing was measured\.\nSKIPPED/);
  });
});
