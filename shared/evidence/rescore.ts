import type { SuspectEvaluation } from '../domain/evaluation.ts';
import { evaluate } from '../statistics/evaluate.ts';
import { derive } from './derive.ts';
import { readBag } from './read-bag.ts';

interface Score {
  readonly hits: number;
  readonly asked: number;
  readonly logE: number;
  readonly label: string;
}

export interface Rescore {
  readonly attempts: number;
  readonly differences: { attempt: string; target: string; what: string }[];
  readonly suspects: { target: string; before: Score; now: Score }[];
}

const scoreOf = ({ hits, asked, logE, label }: SuspectEvaluation): Score => ({
  hits,
  asked,
  logE,
  label,
});

function sameList(a: readonly number[] | null, b: readonly number[] | null): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Reads and scores every stored response again with this program, whatever version wrote the bag. Throws EvidenceError. */
export function rescoreBag(files: ReadonlyMap<string, Uint8Array>): Rescore {
  const { document, transcripts } = readBag(files);
  const derived = derive(document);
  const differences = derived.attempts.flatMap(({ attempt, reading, found }, index) => {
    const row = transcripts[index];
    const changed = [
      ...(reading.outcome === row?.outcome
        ? []
        : [`outcome ${row?.outcome} is now ${reading.outcome}`]),
      ...((reading.text?.toWellFormed() ?? null) === row?.answer ? [] : ['another answer is read']),
      ...(sameList(found, row?.found ?? null)
        ? []
        : [`found ${JSON.stringify(row?.found ?? null)} is now ${JSON.stringify(found)}`]),
    ];
    return changed.map((what) => ({ attempt: attempt.id, target: attempt.target, what }));
  });
  const again = evaluate(derived.input);
  const before = new Map(document.evaluation.suspects.map((entry) => [entry.target, entry]));
  return {
    attempts: derived.attempts.length,
    differences,
    suspects: again.suspects.flatMap((now) => {
      const old = before.get(now.target);
      return old === undefined
        ? []
        : [{ target: now.target, before: scoreOf(old), now: scoreOf(now) }];
    }),
  };
}
