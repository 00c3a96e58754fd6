import { z } from 'zod';

/** A JSON value. Every number in it is finite. */
export type CaseValue =
  | number
  | string
  | boolean
  | null
  | readonly CaseValue[]
  | { readonly [name: string]: CaseValue };

/** One kind of case of `stats run`: an input that is checked, and a number that is computed from it. */
export interface CaseKind {
  /** Input and value in one line, for documents. */
  readonly about: string;
  /** An input that works, for documents and tests. */
  readonly example: unknown;
  /** Throws where the input is not one of this kind. */
  readonly run: (input: unknown) => CaseValue;
}

export function caseKind<S extends z.ZodType>(kind: {
  readonly about: string;
  readonly example: z.input<S>;
  readonly input: S;
  readonly run: (input: z.output<S>) => CaseValue;
}): CaseKind {
  return {
    about: kind.about,
    example: kind.example,
    run: (input) => kind.run(kind.input.parse(input)),
  };
}

/** What is wrong with a case, in one sentence that names the field. */
export function caseError(error: unknown): string {
  if (error instanceof z.ZodError) {
    const [issue] = error.issues;
    const path = (issue?.path ?? []).map(String).join('.');
    return `input${path === '' ? '' : `.${path}`}: ${issue?.message ?? 'not understood'}`;
  }
  return error instanceof Error ? error.message : 'failed';
}

/** JSON has no infinity: a value with one in it is an error that says so. */
export function checkFinite(value: CaseValue): CaseValue {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new RangeError('the value is outside the range of double precision');
  }
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(checkFinite);
  return value;
}

/** Larger inputs are refused, so that a case cannot hang the process. */
const MANY = 200_000;
const HUGE = 2 ** 53;

export const count = z.int().min(0).max(1_000_000_000);
export const listLength = z.int().min(1).max(HUGE);
export const level = z.number().gt(0).lt(1);
export const unit = z.number().min(0).max(1);
export const pList = z.array(unit).min(1).max(MANY);
export const eList = z.array(z.number().min(0)).min(1).max(MANY);
/** 0, 1, false or true. */
export const hitFlag = z
  .union([z.boolean(), z.literal(0), z.literal(1)])
  .transform((value) => value === true || value === 1);
/** [N, |A|, hit] */
export const step = z
  .tuple([listLength, z.int().min(0), hitFlag])
  .refine(([n, found]) => found <= n, 'no more than N candidates can be found')
  .refine(([, found, hit]) => !hit || found > 0, 'a hit needs a candidate that was found')
  .transform(([n, found, hit]) => ({ n, found, hit }));
export const steps = z.array(step).max(MANY);
export const grid = z.array(unit).min(1).max(1_000);
