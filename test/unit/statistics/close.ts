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

export { seededRandom as seeded } from '#shared/statistics/seeded.ts';
