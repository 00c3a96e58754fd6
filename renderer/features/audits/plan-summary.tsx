import type { Output } from '#shared/contract/index.ts';
import { formatCount, formatPercent, formatPlural } from '#shared/util/format.ts';
import type { Failed } from '../../client/client.ts';
import { Glyph, State } from '../../ui/glyph.tsx';
import { ErrorNote } from '../../ui/page.tsx';

export type Summary = NonNullable<Output<'plan.check'>['summary']>;

import { asSentence, type PlanError } from './plan-group.tsx';

interface Props {
  readonly summary: Summary | null;
  readonly errors: readonly PlanError[];
  readonly failed: Failed | null;
  readonly onShowError: () => void;
}

const BEACON: Readonly<Record<Summary['beacon'], string>> = {
  given: 'Drawn with a public beacon.',
  unverified:
    'Drawn with a value that nobody can check. The report will say that it rests on your word.',
  none: 'Drawn without a public beacon. The report will say that the draw rests on your word.',
  mixed: 'Some registries were drawn without a public beacon. The report will say which.',
  'not-needed': 'No draw is needed for found canaries.',
};

/** Chance of report-grade evidence, drawn as a bar against 1. */
function Power({ power }: { power: Summary['power'] }) {
  if (power.length === 0) return null;
  return (
    <section>
      <h2 className="mb-1 font-semibold">Chance of report-grade evidence</h2>
      <p className="mb-2 text-12 text-ink-3">
        If a suspect gives the drawn response to this share of the canaries:
      </p>
      <table aria-label="Power" className="w-full">
        <thead className="sr-only">
          <tr>
            <th>Share</th>
            <th>Chance, drawn</th>
            <th>Chance</th>
          </tr>
        </thead>
        <tbody>
          {power.map(({ q, chance }) => (
            <tr key={q} className="h-6">
              <td className="w-14 text-right tabular-nums">{formatPercent(q)}</td>
              <td className="px-3">
                <svg width="100%" height="8" aria-hidden="true">
                  <rect width="100%" height="8" className="fill-line" rx="1" />
                  <rect width={`${chance * 100}%`} height="8" className="fill-accent" rx="1" />
                </svg>
              </td>
              <td className="w-16 text-right tabular-nums">{formatPercent(chance)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const usd = (value: number): string => `${value.toFixed(value < 1 ? 4 : 2)} USD`;

/** What it may cost and how long it takes, each said to be an estimate, with the day of the prices. */
function Cost({ summary: { cost, time } }: { summary: Summary }) {
  const days = [...new Set(cost.targets.flatMap(({ asOf }) => asOf ?? []))].sort();
  const unknown = cost.targets.filter((at) => at.usd === null);
  return (
    <section>
      <h2 className="mb-1 font-semibold">Cost and time, by estimate</h2>
      <p>
        {cost.usd === null
          ? `Cost unknown: ${formatPlural(unknown.length, 'target', 'targets')} without a price or a longest answer.`
          : `At most ${usd(cost.usd)}.`}
        {days.length > 0 && ` Prices of ${days.join(', ')}.`}
      </p>
      <p className="text-ink-2">
        {time.seconds === null
          ? 'No target has a rate, so the time depends on the servers.'
          : `At least ${formatPlural(Math.ceil(time.seconds / 60), 'minute', 'minutes')}, the pace of ${time.slowest}.`}
      </p>
    </section>
  );
}

export function PlanSummaryCard({ summary, errors, failed, onShowError }: Props) {
  return (
    <div className="grid gap-5" data-testid="plan-summary">
      <ErrorNote error={failed} kept="The plan is kept as you wrote it." />
      {errors.length > 0 && (
        <section>
          <h2 className="mb-2 text-14 font-semibold">Before it can be sealed</h2>
          <ul className="grid gap-1.5" aria-label="What is missing">
            {errors.slice(0, 8).map((error, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two errors can be equal
              <li key={index} className="flex items-baseline gap-2">
                <Glyph name="bad" />
                <span>{asSentence(error)}</span>
              </li>
            ))}
          </ul>
          <button
            type="button"
            className="mt-2 rounded-sm text-accent underline"
            onClick={onShowError}
          >
            Show in the YAML
          </button>
        </section>
      )}
      {summary && (
        <>
          <section>
            <p className="text-20 font-medium">
              Ask {formatPlural(summary.calls, 'question', 'questions')}
            </p>
            <p className="text-ink-2">
              {formatPlural(summary.canaries.evidence, 'canary', 'canaries')}
              {summary.canaries.twins > 0 &&
                `, ${formatPlural(summary.canaries.twins, 'twin', 'twins')}`}
              {summary.canaries.afterRelease > 0 &&
                `, ${formatCount(summary.canaries.afterRelease)} planted after the release`}
              {summary.canaries.found > 0 && `, ${formatCount(summary.canaries.found)} found`} to{' '}
              {formatPlural(summary.panel.length, 'target', 'targets')}
              {summary.samples > 1 && `, ${formatCount(summary.samples)} samples each`}. Retries not
              counted.
            </p>
          </section>
          <section>
            <p className="text-20 font-medium">
              Discloses{' '}
              {formatPlural(
                summary.exposures.reduce((most, e) => Math.max(most, e.secrets), 0),
                'secret',
                'secrets',
              )}{' '}
              to {formatPlural(summary.exposures.length, 'operator', 'operators')}
            </p>
            <ul className="mt-1">
              {summary.exposures.map((exposure) => (
                <li
                  key={exposure.host}
                  className="flex justify-between gap-3 border-b border-line py-1"
                >
                  <span className="truncate" title={exposure.host}>
                    {exposure.host}
                  </span>
                  <span className="whitespace-nowrap text-ink-2 tabular-nums">
                    {formatCount(exposure.secrets)} secrets, {formatCount(exposure.requests)}{' '}
                    requests
                  </span>
                </li>
              ))}
            </ul>
          </section>
          <section>
            <h2 className="mb-1 font-semibold">What counts as evidence</h2>
            <p>
              Report-grade from E ={' '}
              <b className="font-semibold tabular-nums">{formatCount(summary.threshold)}</b>, for{' '}
              {formatPlural(summary.suspects, 'suspect', 'suspects')}.
            </p>
            <p className="text-ink-2">
              {summary.rule === 'label'
                ? 'Stops for a suspect when it has its label.'
                : 'Asks every canary; the number is fixed beforehand.'}{' '}
              {BEACON[summary.beacon]}
            </p>
          </section>
          <Power power={summary.power} />
          <Cost summary={summary} />
          {summary.warnings.length > 0 && (
            <section>
              <h2 className="mb-1 font-semibold">Warnings</h2>
              <ul className="grid gap-1.5">
                {summary.warnings.map((warning) => (
                  <li key={warning} className="flex items-baseline gap-2">
                    <Glyph name="warn" />
                    <span>{warning}</span>
                  </li>
                ))}
              </ul>
            </section>
          )}
        </>
      )}
      {!summary && errors.length === 0 && !failed && (
        <State name="empty" word="Checking the plan" />
      )}
    </div>
  );
}
