import { expect } from 'vitest';

/** Relative 1e-8, the tolerance of the method's vectors. */
export function expectClose(actual: number, expected: number, relative = 1e-8): void {
  if (expected === 0) expect(Math.abs(actual)).toBeLessThanOrEqual(relative);
  else
    expect(Math.abs(actual / expected - 1), `${actual} against ${expected}`).toBeLessThan(relative);
}

/** Half a unit of the last digit printed in `expected`. */
export function expectPrinted(actual: number, expected: string): void {
  const [mantissa = '', exponent = '0'] = expected.split('e');
  const decimals = mantissa.includes('.') ? mantissa.length - mantissa.indexOf('.') - 1 : 0;
  const unit = 10 ** (Number(exponent) - decimals);
  expect(Math.abs(actual - Number(expected)), `${actual} against ${expected}`).toBeLessThanOrEqual(
    unit * 0.500001,
  );
}

/** A small seeded generator (mulberry32) for simulations. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
