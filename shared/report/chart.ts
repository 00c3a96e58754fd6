import type { EStep } from '../domain/evaluation.ts';
import { formatPowerOfTen } from '../util/format.ts';

/** A drawing as plain primitives, so that the report (SVG text) and the app (React) draw the very same chart. */
export interface Scene {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly description: string;
  readonly paths: readonly ScenePath[];
  readonly lines: readonly SceneLine[];
  readonly circles: readonly SceneCircle[];
  readonly texts: readonly SceneText[];
}

/** What a primitive means; the style sheet decides how it looks. */
export type SceneRole =
  | 'axis'
  | 'grid'
  | 'threshold'
  | 'envelope'
  | 'evidence'
  | 'hit'
  | 'stop'
  | 'tick'
  | 'label';

export interface ScenePath {
  readonly role: SceneRole;
  readonly d: string;
}
export interface SceneLine {
  readonly role: SceneRole;
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}
export interface SceneCircle {
  readonly role: SceneRole;
  readonly cx: number;
  readonly cy: number;
  readonly r: number;
  /** Index of the step it marks. */
  readonly step: number;
  readonly title: string;
}
export interface SceneText {
  readonly role: SceneRole;
  readonly x: number;
  readonly y: number;
  readonly anchor: 'start' | 'middle' | 'end';
  readonly text: string;
}

export interface EChartInput {
  readonly title: string;
  readonly steps: readonly EStep[];
  /** Steps of the presumed-innocent controls, for the faint envelope. */
  readonly controls: readonly (readonly EStep[])[];
  /** E values (not logarithms) with their words, such as 20 "lead". */
  readonly thresholds: readonly { readonly e: number; readonly label: string }[];
  /** 1-based step at which the committed rule stopped. */
  readonly stoppedAt: number | null;
  readonly width: number;
  readonly height: number;
}

const MARGIN = { top: 16, right: 132, bottom: 36, left: 52 } as const;

const round = (value: number) => Math.round(value * 100) / 100;
const log10 = (logE: number) => logE / Math.LN10;

interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly low: number;
  readonly high: number;
  x(step: number): number;
  y(exponent: number): number;
}

/** y range in powers of ten: at least 0.01 to the highest threshold and a bit, at most 10^-6 to 10^12. */
function frameOf(input: EChartInput, steps: number): Frame {
  const all = [...input.steps, ...input.controls.flat()].map((step) => log10(step.logE));
  const thresholds = input.thresholds.map(({ e }) => Math.log10(e));
  const low = Math.max(-6, Math.floor(all.reduce((a, b) => Math.min(a, b), -2)));
  const high = Math.min(
    12,
    Math.ceil([...all, ...thresholds].reduce((a, b) => Math.max(a, b), 1) + 0.4),
  );
  const left = MARGIN.left;
  const right = input.width - MARGIN.right;
  const top = MARGIN.top;
  const bottom = input.height - MARGIN.bottom;
  const clamp = (exponent: number) => Math.min(high, Math.max(low, exponent));
  return {
    left,
    right,
    top,
    bottom,
    low,
    high,
    x: (step) => round(left + ((right - left) * step) / Math.max(1, steps)),
    y: (exponent) => round(bottom - ((bottom - top) * (clamp(exponent) - low)) / (high - low)),
  };
}

/** Step path: E stands at 1 before the first canary and changes at each canary. */
function stepPath(frame: Frame, exponents: readonly number[]): string {
  let d = `M${frame.x(0)} ${frame.y(0)}`;
  for (const [index, exponent] of exponents.entries()) {
    d += `H${frame.x(index + 1)}V${frame.y(exponent)}`;
  }
  return d;
}

/** Lowest and highest control E at every step; a control that has ended keeps its last value. */
function envelope(frame: Frame, controls: EChartInput['controls'], steps: number): string | null {
  const series = controls.filter((control) => control.length > 0);
  if (series.length === 0) return null;
  const at = (control: readonly EStep[], index: number) =>
    log10(control[Math.min(index, control.length - 1)]?.logE ?? 0);
  const bounds = Array.from({ length: steps }, (_, index) => {
    const values = series.map((control) => at(control, index));
    return { low: Math.min(...values), high: Math.max(...values) };
  });
  const back = bounds
    .map(({ low }, index) => ({ x: frame.x(index + 1), y: frame.y(low) }))
    .reverse()
    .map(({ x, y }) => `L${x} ${y}`)
    .join('');
  return `${stepPath(
    frame,
    bounds.map(({ high }) => high),
  )}${back}Z`;
}

function axisTicks(frame: Frame): { lines: SceneLine[]; texts: SceneText[] } {
  const lines: SceneLine[] = [];
  const texts: SceneText[] = [];
  const stride = frame.high - frame.low > 10 ? 2 : 1;
  for (let exponent = frame.low; exponent <= frame.high; exponent += stride) {
    const y = frame.y(exponent);
    lines.push({
      role: exponent === 0 ? 'axis' : 'grid',
      x1: frame.left,
      y1: y,
      x2: frame.right,
      y2: y,
    });
    texts.push({
      role: 'tick',
      x: frame.left - 8,
      y: y + 4,
      anchor: 'end',
      text: formatPowerOfTen(exponent),
    });
  }
  return { lines, texts };
}

function stepTicks(frame: Frame, steps: number): SceneText[] {
  const stride = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((size) => steps / size <= 10) ?? 1000;
  const texts: SceneText[] = [];
  for (let step = 0; step <= steps; step += stride) {
    texts.push({
      role: 'tick',
      x: frame.x(step),
      y: frame.bottom + 16,
      anchor: 'middle',
      text: String(step),
    });
  }
  texts.push({
    role: 'label',
    x: round((frame.left + frame.right) / 2),
    y: frame.bottom + 32,
    anchor: 'middle',
    text: 'canaries asked, in committed order',
  });
  return texts;
}

/** Labels of thresholds that lie close together are pushed apart, top one first. */
function thresholdMarks(frame: Frame, thresholds: EChartInput['thresholds']) {
  const lines: SceneLine[] = [];
  const texts: SceneText[] = [];
  let lowest = Number.NEGATIVE_INFINITY;
  for (const { e, label } of thresholds.toSorted((a, b) => b.e - a.e)) {
    const y = frame.y(Math.log10(e));
    const textY = Math.max(y + 4, lowest + 14);
    lowest = textY;
    lines.push({ role: 'threshold', x1: frame.left, y1: y, x2: frame.right, y2: y });
    texts.push({
      role: 'threshold',
      x: frame.right + 6,
      y: round(textY),
      anchor: 'start',
      text: label,
    });
  }
  return { lines, texts };
}

/** The E-process of one target on a logarithmic scale: one step per canary, hits marked, thresholds labelled. */
export function eChart(input: EChartInput): Scene {
  const steps = Math.max(input.steps.length, ...input.controls.map((control) => control.length), 1);
  const frame = frameOf(input, steps);
  const area = envelope(frame, input.controls, steps);
  const ticks = axisTicks(frame);
  const marks = thresholdMarks(frame, input.thresholds);
  const hits = input.steps.flatMap((step, index) => (step.hit ? [{ step, index }] : []));
  const stop = input.stoppedAt;
  const stopLine: SceneLine[] =
    stop === null
      ? []
      : [{ role: 'stop', x1: frame.x(stop), y1: frame.top, x2: frame.x(stop), y2: frame.bottom }];
  return {
    width: input.width,
    height: input.height,
    title: input.title,
    description: `Evidence E on a logarithmic scale over ${input.steps.length} canaries with ${hits.length} hits${
      hits.length > 0 ? ` at ${hits.map(({ index }) => index + 1).join(', ')}` : ''
    }${stop === null ? '' : `; the rule stopped at ${stop}`}.`,
    paths: [
      ...(area === null ? [] : [{ role: 'envelope' as const, d: area }]),
      {
        role: 'evidence',
        d: stepPath(
          frame,
          input.steps.map((step) => log10(step.logE)),
        ),
      },
    ],
    lines: [...ticks.lines, ...marks.lines, ...stopLine],
    circles: hits.map(({ step, index }) => ({
      role: 'hit',
      cx: frame.x(index + 1),
      cy: frame.y(log10(step.logE)),
      r: 3.5,
      step: index,
      title: `canary ${index + 1}: hit`,
    })),
    texts: [
      ...ticks.texts,
      ...stepTicks(frame, steps),
      ...marks.texts,
      ...(stop === null
        ? []
        : [
            {
              role: 'stop' as const,
              x: frame.x(stop) - 4,
              y: frame.top + 10,
              anchor: 'end' as const,
              text: 'stop',
            },
          ]),
    ],
  };
}
