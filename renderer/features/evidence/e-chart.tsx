// biome-ignore-all lint/a11y/useSemanticElements: a region that scrolls; a drawing that is walked
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { formatCount, formatE, formatPlural, formatPowerOfTen } from '#shared/util/format.ts';
import { Button } from '../../ui/button.tsx';
import {
  controlLabelY,
  envelopePath,
  type Frame,
  frameOf,
  log10,
  type Steps,
  stepPath,
  stride,
} from './e-chart-frame.ts';
import { Readout, StepTable } from './e-chart-steps.tsx';
import { LABEL, LEAD, type Suspect } from './words.ts';

interface Props {
  readonly suspect: Suspect;
  readonly controls: readonly Suspect[];
  readonly threshold: number;
  readonly onOpen: (canaryId: string) => void;
}

const HEIGHT = 320;

/** "10" with a raised exponent: an SVG text cannot hold <sup>. */
function Power({ x, y, exponent }: { x: number; y: number; exponent: number }) {
  return (
    <text x={x} y={y} textAnchor="end" fontSize="12" className="fill-ink-3">
      {exponent === 0 ? (
        '1'
      ) : exponent === 1 ? (
        '10'
      ) : (
        <>
          10
          <tspan dy="-4" fontSize="9">
            {exponent < 0 ? `\u2212${-exponent}` : exponent}
          </tspan>
        </>
      )}
    </text>
  );
}

function Axes({ frame }: { frame: Frame }) {
  const lines: number[] = [];
  const every = frame.high - frame.low > 10 ? 2 : 1;
  for (let exponent = frame.low; exponent <= frame.high; exponent += every) lines.push(exponent);
  const ticks: number[] = [];
  const gap = stride(frame.count);
  for (let step = gap; step <= frame.count; step += gap) ticks.push(step);
  return (
    <g>
      {lines.map((exponent) => (
        <g key={exponent}>
          <path
            d={`M${frame.left} ${frame.y(exponent)}H${frame.right}`}
            className={exponent === 0 ? 'stroke-line-strong' : 'stroke-grid'}
            strokeWidth="1"
          />
          <Power x={frame.left - 8} y={frame.y(exponent) + 4} exponent={exponent} />
        </g>
      ))}
      {ticks.map((step) => (
        <g key={step}>
          <path d={`M${frame.x(step)} ${frame.bottom}v4`} className="stroke-line-strong" />
          <text
            x={frame.x(step)}
            y={frame.bottom + 17}
            textAnchor="middle"
            fontSize="12"
            className="fill-ink-3"
          >
            {step}
          </text>
        </g>
      ))}
      <text x={frame.left - 44} y={12} fontSize="12" className="fill-ink-2" fontWeight="500">
        E
      </text>
      <text
        x={frame.right}
        y={frame.bottom + 31}
        textAnchor="end"
        fontSize="12"
        className="fill-ink-2"
      >
        canaries, in the committed order
      </text>
    </g>
  );
}

function Threshold({
  frame,
  e,
  label,
  dash,
}: {
  frame: Frame;
  e: number;
  label: string;
  dash: string;
}) {
  const y = frame.y(Math.log10(e));
  return (
    <g>
      <path
        d={`M${frame.left} ${y}H${frame.right + 6}`}
        className="stroke-ink-2"
        strokeWidth="1.25"
        strokeDasharray={dash}
      />
      <text x={frame.right + 10} y={y + 4} fontSize="12" className="fill-ink-2" fontWeight="500">
        {label}
      </text>
    </g>
  );
}

function Marks({ frame, steps }: { frame: Frame; steps: Steps }) {
  return (
    <g>
      {steps.map((step, index) => {
        const x = frame.x(index + 1);
        const from = frame.y(index === 0 ? 0 : log10(steps[index - 1]?.logE ?? 0));
        const to = frame.y(log10(step.logE));
        if (step.hit) {
          return (
            <g key={step.canaryId}>
              <path d={`M${x} ${from}V${to}`} className="stroke-hit-mark" strokeWidth="2.5" />
              <path
                d={`M${x} ${to - 5}L${x + 5} ${to}L${x} ${to + 5}L${x - 5} ${to}Z`}
                className="fill-hit-mark stroke-panel"
                strokeWidth="1"
              />
            </g>
          );
        }
        if (!step.administered) {
          return (
            <path
              key={step.canaryId}
              d={`M${x - 3} ${frame.bottom - 6}l6 6m0-6l-6 6`}
              className="stroke-failed-mark"
              strokeWidth="1.5"
            />
          );
        }
        return null;
      })}
    </g>
  );
}

export function EChart({ suspect, controls, threshold, onOpen }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(860);
  const [at, setAt] = useState<number | null>(null);
  const [table, setTable] = useState(false);
  const { steps } = suspect;

  useEffect(() => {
    const node = box.current;
    if (!node) return;
    const observer = new ResizeObserver(() => setWidth(Math.max(420, node.clientWidth)));
    observer.observe(node);
    return () => observer.disconnect();
  }, []);

  const controlSteps = useMemo(() => controls.map((control) => control.steps), [controls]);
  const frame = useMemo(
    () =>
      frameOf({
        width,
        height: HEIGHT,
        steps,
        controls: controlSteps,
        thresholds: [LEAD, threshold],
      }),
    [width, steps, controlSteps, threshold],
  );
  const line = useMemo(
    () =>
      stepPath(
        frame,
        steps.map((step) => log10(step.logE)),
      ),
    [frame, steps],
  );
  const band = useMemo(() => envelopePath(frame, controlSteps), [frame, controlSteps]);
  const stop = suspect.stoppedAt;
  const end = steps.at(-1);
  const current = at === null ? undefined : steps[at];

  const onKeyDown = (event: KeyboardEvent): void => {
    const from = at ?? -1;
    const seek = (by: 1 | -1): number => {
      for (let i = from + by; i >= 0 && i < steps.length; i += by) if (steps[i]?.hit) return i;
      return from;
    };
    let to: number;
    if (event.key === 'ArrowRight') to = event.shiftKey ? seek(1) : from + 1;
    else if (event.key === 'ArrowLeft') to = event.shiftKey ? seek(-1) : from - 1;
    else if (event.key === 'Home') to = 0;
    else if (event.key === 'End') to = steps.length - 1;
    else if (event.key === 'Enter' && current) {
      onOpen(current.canaryId);
      return;
    } else return;
    event.preventDefault();
    setAt(Math.max(0, Math.min(steps.length - 1, to)));
  };

  return (
    <div>
      <div className="mb-1 flex items-baseline gap-3">
        <h2 className="text-14 font-semibold">How E grew</h2>
        <p className="text-12 text-ink-3">
          {controls.length > 0 &&
            `The band is the range of ${formatPlural(controls.length, 'control', 'controls')}. `}
          Logarithmic.
        </p>
        <Button kind="quiet" size="small" className="ml-auto" onClick={() => setTable(!table)}>
          {table ? 'Show as chart' : 'Show as table'}
        </Button>
      </div>
      {table ? (
        <StepTable steps={steps} />
      ) : (
        <div ref={box} className="overflow-hidden">
          <svg
            role="img"
            tabIndex={0}
            width={width}
            height={HEIGHT}
            aria-label={`E of ${suspect.target} over ${formatPlural(steps.length, 'canary', 'canaries')}: ${formatPlural(suspect.hits, 'hit', 'hits')}, E at the end ${formatE(end?.logE ?? 0)}, label ${LABEL[suspect.label].word}. Report-grade at ${formatPowerOfTen(Math.round(Math.log10(threshold)))}. Arrow keys walk the steps; Show as table lists them.`}
            onKeyDown={onKeyDown}
            onPointerMove={(event) => {
              const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
              const index =
                Math.round(((x - frame.left) / (frame.right - frame.left)) * frame.count) - 1;
              setAt(index >= 0 && index < steps.length ? index : null);
            }}
            onDoubleClick={() => current && onOpen(current.canaryId)}
            className="block"
          >
            <Axes frame={frame} />
            {band && (
              <path
                d={band}
                className="fill-control-mark stroke-control-mark"
                fillOpacity="0.18"
                strokeOpacity="0.55"
                strokeWidth="1"
              />
            )}
            {band && (
              <text
                x={frame.right + 10}
                y={controlLabelY(frame, controlSteps)}
                fontSize="12"
                className="fill-control"
              >
                controls
              </text>
            )}
            <Threshold frame={frame} e={LEAD} label={`lead ${LEAD}`} dash="2 4" />
            <Threshold
              frame={frame}
              e={threshold}
              label={`report-grade ${formatCount(threshold)}`}
              dash="7 4"
            />
            <path
              d={line}
              fill="none"
              className="stroke-ink"
              strokeWidth="1.5"
              strokeLinejoin="round"
            />
            {stop !== null && (
              <g>
                <path
                  d={`M${frame.x(stop)} ${frame.top}V${frame.bottom}`}
                  className="stroke-accent"
                  strokeWidth="1.5"
                />
                <text
                  x={frame.x(stop) + (stop > frame.count * 0.8 ? -6 : 6)}
                  y={frame.top + 2}
                  textAnchor={stop > frame.count * 0.8 ? 'end' : 'start'}
                  fontSize="12"
                  fontWeight="500"
                  className="fill-accent stroke-ground"
                  strokeWidth="5"
                  paintOrder="stroke"
                >
                  stopped at {formatCount(stop)}
                </text>
              </g>
            )}
            <Marks frame={frame} steps={steps} />
            {current && at !== null && (
              <g>
                <path
                  d={`M${frame.x(at + 1)} ${frame.top}V${frame.bottom}`}
                  className="stroke-ink-3"
                  strokeDasharray="1 2"
                />
                <circle
                  cx={frame.x(at + 1)}
                  cy={frame.y(log10(current.logE))}
                  r="5"
                  fill="none"
                  className="stroke-accent"
                  strokeWidth="2"
                />
              </g>
            )}
          </svg>
          <div className="min-h-5 pl-13" aria-live="polite">
            <Readout steps={steps} at={at} />
          </div>
        </div>
      )}
    </div>
  );
}
