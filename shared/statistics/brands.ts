/**
 * Numbers that must not be mixed up. Each is a plain number at run time; the brand exists for the compiler only, and a
 * branded number can be used wherever a number can. The functions below are the doors through which a bare number gets
 * its brand, and they refuse what cannot be one.
 */
declare const kind: unique symbol;
type Branded<K extends string> = number & { readonly [kind]: K };

/** A chance, 0 to 1. */
export type Probability = Branded<'probability'>;
/** A p-value of tier A: P(p <= x) <= x under the null. 0 to 1. */
export type PValue = Branded<'p-value'>;
/** A rank p-value of tier B. Not a PValue: tiers are never combined (METHOD 0.6). */
export type TierBPValue = Branded<'tier-B p-value'>;
/** An e-value at one time: mean at most 1 under the null. Never negative. */
export type EValue = Branded<'e-value'>;
/** Running maximum of an e-process. Ville's bound holds for it, but its mean under the null is not 1: no e-value. */
export type EMaximum = Branded<'maximum of an e-process'>;
/** Natural logarithm of an EValue. */
export type LogE = Branded<'ln e-value'>;
/** Natural logarithm of an EMaximum. */
export type LogEMaximum = Branded<'ln maximum of an e-process'>;

export function probability(value: number): Probability {
  if (!(value >= 0 && value <= 1)) throw new RangeError('a probability lies between 0 and 1');
  return value as Probability;
}

export function pValue(value: number): PValue {
  if (!(value >= 0 && value <= 1)) throw new RangeError('a p-value lies between 0 and 1');
  return value as PValue;
}

export function eValue(value: number): EValue {
  if (!(value >= 0)) throw new RangeError('an e-value is not negative');
  return value as EValue;
}

export function logE(value: number): LogE {
  if (Number.isNaN(value)) throw new RangeError('the logarithm of an e-value is a number');
  return value as LogE;
}

/** The e-value of its logarithm. */
export function eOfLog(value: LogE): EValue {
  return Math.exp(value) as EValue;
}

/** The maximum of its logarithm. */
export function eMaximumOfLog(value: LogEMaximum): EMaximum {
  return Math.exp(value) as EMaximum;
}
