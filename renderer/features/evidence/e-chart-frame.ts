import type { Suspect } from './words.ts';

export type Steps = Suspect['steps'];

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly low: number;
  readonly high: number;
  readonly count: number;
  readonly x: (step: number) => number;
  readonly y: (log10: number) => number;
}

const MARGIN = { top: 18, right: 124, bottom: 34, left: 52 } as const;
export const log10 = (ln: number): number => ln / Math.LN10;

interface Shape {
  readonly width: number;
  readonly height: number;
  readonly steps: Steps;
  readonly controls: readonly Steps[];
  readonly thresholds: readonly number[];
}

/** Powers of ten from 1/100 or lower to the highest threshold and a bit, never beyond 10^-6 to 10^14. */
export function frameOf({ width, height, steps, controls, thresholds }: Shape): Frame {
  let low = -2;
  let high = 1;
  for (const step of [steps, ...controls].flat()) {
    low = Math.min(low, log10(step.logE));
    high = Math.max(high, log10(step.logE));
  }
  for (const threshold of thresholds) high = Math.max(high, Math.log10(threshold));
  low = Math.max(-6, Math.floor(low));
  high = Math.min(14, Math.ceil(high + 0.35));
  const left = MARGIN.left;
  const right = width - MARGIN.right;
  const top = MARGIN.top;
  const bottom = height - MARGIN.bottom;
  const count = Math.max(1, steps.length, ...controls.map((control) => control.length));
  const round = (value: number): number => Math.round(value * 10) / 10;
  return {
    width,
    height,
    left,
    right,
    top,
    bottom,
    low,
    high,
    count,
    x: (step) => round(left + ((right - left) * step) / count),
    y: (value) => {
      const inside = Math.min(high, Math.max(low, value));
      return round(bottom - ((bottom - top) * (inside - low)) / (high - low));
    },
  };
}

/** E is 1 before the first canary and changes at each. */
export function stepPath(frame: Frame, values: readonly number[]): string {
  let d = `M${frame.x(0)} ${frame.y(0)}`;
  for (const [index, value] of values.entries()) d += `H${frame.x(index + 1)}V${frame.y(value)}`;
  return d;
}

/** Lowest to highest control at every step; a control that has ended keeps its last value. */
export function envelopePath(frame: Frame, controls: readonly Steps[]): string | null {
  const series = controls.filter((control) => control.length > 0);
  if (series.length === 0) return null;
  const length = Math.max(...series.map((control) => control.length));
  const bounds = Array.from({ length }, (_, index) => {
    const values = series.map((s) => log10(s[Math.min(index, s.length - 1)]?.logE ?? 0));
    return [Math.min(...values), Math.max(...values)] as const;
  });
  let d = stepPath(
    frame,
    bounds.map(([, top]) => top),
  );
  for (let index = bounds.length - 1; index >= 0; index -= 1) {
    d += `V${frame.y(bounds[index]?.[0] ?? 0)}H${frame.x(index)}`;
  }
  return `${d}Z`;
}

/** Every which label of a numbered axis is shown so that about eight stand. */
export function stride(count: number): number {
  for (const step of [1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1_000, 2_000, 5_000]) {
    if (count / step <= 9) return step;
  }
  return 10_000;
}

/** Where the word "controls" stands: at the middle of the band's end. */
export function controlLabelY(frame: Frame, controls: readonly Steps[]): number {
  const ends = controls.map((control) => log10(control.at(-1)?.logE ?? 0));
  const middle = ends.reduce((sum, end) => sum + end, 0) / Math.max(1, ends.length);
  return Math.min(frame.bottom, frame.y(middle) + 4);
}
