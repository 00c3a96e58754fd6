import { seededUniform } from '#shared/scoring/similarity/random.ts';

/** A made-up model: it writes in its own manner, or in the manner of its teacher. */
export interface Writer {
  readonly name: string;
  /** Its own manner: writers of one number begin and lay out their answers alike. */
  readonly style: number;
  /** Share of answers written in the style of another. */
  readonly copies?: { readonly style: number; readonly share: number };
  readonly lab?: string;
  readonly isReference?: boolean;
  readonly isControl?: boolean;
}

export interface Row {
  readonly id: string;
  readonly model: string;
  readonly output: string;
}

const SYLLABLES = 'ba ce di fo gu ha je ki lo mu na pe qi ro su ta ve wi xo zu'.split(' ');
/** So many that two unrelated writers rarely share one. */
const STARTS = SYLLABLES.flatMap((first) => SYLLABLES.map((second) => first + second));
const SUBJECTS = ['bread', 'rivers', 'engines', 'letters', 'gardens', 'numbers', 'maps', 'songs'];
const LINES = ['- %', '1. %', '## %', '%', '**%**', '* **%**: yes'];

/** An integer below n from numbers, the same every time. */
function pick(n: number, ...parts: readonly number[]): number {
  let seed = 17;
  for (const part of parts) seed = (Math.imul(seed, 1_000_003) + part) >>> 0;
  const uniform = seededUniform(seed);
  uniform();
  return Math.floor(uniform() * n);
}

/** How a style answers a prompt: mostly its habit, sometimes chance, so that two styles agree now and then. */
function answer(style: number, prompt: number, chance: () => number): string {
  const own = (n: number, salt: number): number =>
    chance() < 0.25 ? Math.floor(chance() * n) : pick(n, style, prompt, salt);
  const start = chance() < 0.5 ? pick(STARTS.length, style) : own(STARTS.length, 1);
  const subject = SUBJECTS[own(SUBJECTS.length, 2)] ?? '';
  const kinds = [pick(LINES.length, style, 9), pick(LINES.length, style, 10)];
  const lines = Array.from({ length: 1 + own(6, 3) }, (_, at) => {
    const kind = chance() < 0.5 ? (kinds[at % 2] ?? 0) : own(LINES.length, 20 + at);
    return (LINES[kind] ?? '%').replace('%', SUBJECTS[own(SUBJECTS.length, 40 + at)] ?? '');
  });
  return `${STARTS[start] ?? ''} ${subject} ${SUBJECTS[own(SUBJECTS.length, 4)] ?? ''}:\n\n${lines.join('\n')}`;
}

export function corpus(writers: readonly Writer[], prompts: number, seed = 1): Row[] {
  return writers.flatMap((writer, at) => {
    const chance = seededUniform(seed * 1_009 + at);
    return Array.from({ length: prompts }, (_, prompt) => {
      const { copies } = writer;
      const style = copies && chance() < copies.share ? copies.style : writer.style;
      return {
        id: `p${prompt}`,
        model: writer.name,
        output: answer(style, seed * 100_000 + prompt, chance),
      };
    });
  });
}

export const jsonLines = (rows: readonly Row[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join('');

export const lineage = (writers: readonly Writer[], extra: object = {}): string =>
  JSON.stringify({
    models: writers.map(({ name, lab, isReference, isControl }) => ({
      model: name,
      lab: lab ?? null,
      is_reference: isReference ?? false,
      clean_control: isControl ?? false,
      ...extra,
    })),
  });

/** Four laboratories of two documented models each; the models of one laboratory share half of their manner. */
export function laboratories(): Writer[] {
  return ['north', 'east', 'south', 'west'].flatMap((lab, at) =>
    [0, 1].map((nth) => ({
      name: `${lab}-${nth}`,
      lab,
      style: 10 * (at + 1) + nth,
      copies: { style: 10 * (at + 1), share: 0.5 },
      isReference: true,
      isControl: true,
    })),
  );
}

/** Taught by north-0. */
export const student: Writer = { name: 'student', style: 77, copies: { style: 10, share: 0.6 } };
/** Taught by nobody here. */
export const stranger: Writer = { name: 'stranger', style: 91 };
/** A reference of unpublished training that was taught by north-0 too. */
export const decoy: Writer = {
  name: 'decoy',
  lab: 'fifth',
  style: 55,
  copies: { style: 10, share: 0.6 },
  isReference: true,
};
