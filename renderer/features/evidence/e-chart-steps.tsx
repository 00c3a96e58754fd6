// biome-ignore-all lint/a11y/useSemanticElements: a region that scrolls
import { formatCount } from '#shared/util/format.ts';
import { State } from '../../ui/glyph.tsx';
import { E } from '../../ui/num.tsx';
import { Table } from '../../ui/table.tsx';
import type { Steps } from './e-chart-frame.ts';

/** The step under the pointer or the arrow keys, in words. */
export function Readout({ steps, at }: { steps: Steps; at: number | null }) {
  const step = at === null ? undefined : steps[at];
  if (!step || at === null) {
    return (
      <p className="text-ink-3">
        Point at the chart, or walk it with the arrow keys; Shift walks the hits, Enter opens the
        sample.
      </p>
    );
  }
  const before = at === 0 ? 0 : (steps[at - 1]?.logE ?? 0);
  return (
    <p className="flex flex-wrap items-center gap-x-3" data-testid="step">
      <span className="font-medium tabular-nums">Canary {formatCount(at + 1)}</span>
      <code className="font-mono text-12">{step.canaryId}</code>
      {step.administered ? (
        <State name={step.hit ? 'hit' : 'miss'} word={step.hit ? 'hit' : 'miss'} />
      ) : (
        <State name="failed" word="not administered" />
      )}
      {step.administered && (
        <span className="text-ink-2">
          {formatCount(step.found)} found of {formatCount(step.n)}
        </span>
      )}
      <span className="text-ink-2">
        E <E ln={before} /> →{' '}
        <b className="font-semibold text-ink">
          <E ln={step.logE} />
        </b>
      </span>
    </p>
  );
}

/** The chart as a table. */
export function StepTable({ steps }: { steps: Steps }) {
  return (
    <div
      className="max-h-80 overflow-auto"
      tabIndex={0}
      role="region"
      aria-label="E chart as a table"
    >
      <Table
        label="Steps of E"
        compact
        rows={steps.map((step, index) => ({ ...step, number: index + 1 }))}
        rowKey={(step) => step.canaryId}
        columns={[
          { key: 'n', title: 'No.', align: 'right', width: '56px', cell: (step) => step.number },
          {
            key: 'id',
            title: 'Canary',
            cell: (step) => <code className="font-mono text-12">{step.canaryId}</code>,
          },
          {
            key: 'result',
            title: 'Result',
            cell: (step) =>
              step.administered ? (
                <State name={step.hit ? 'hit' : 'miss'} word={step.hit ? 'hit' : 'miss'} />
              ) : (
                <State name="failed" word="not administered" />
              ),
          },
          { key: 'found', title: 'Found', align: 'right', cell: (step) => formatCount(step.found) },
          { key: 'of', title: 'Candidates', align: 'right', cell: (step) => formatCount(step.n) },
          { key: 'e', title: 'E after it', align: 'right', cell: (step) => <E ln={step.logE} /> },
        ]}
      />
    </div>
  );
}
