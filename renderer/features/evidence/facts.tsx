import type { ReactNode } from 'react';
import { formatCount, formatInterval, formatPercent, formatPlural } from '#shared/util/format.ts';
import { State } from '../../ui/glyph.tsx';
import { E, P } from '../../ui/num.tsx';
import { IntervalBar } from './interval-bar.tsx';
import { LogBar } from './log-bar.tsx';
import { LEAVE_ONE_OUT, type Suspect, type TierA } from './words.ts';

function Fact(props: {
  readonly title: string;
  readonly value: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <section className="min-w-0 border-line px-5 even:border-l max-xl:odd:pl-0 xl:border-l xl:first:border-l-0 xl:first:pl-0 xl:last:pr-0">
      <h2 className="text-12 text-ink-3">{props.title}</h2>
      <p className="text-28 font-medium whitespace-nowrap tabular-nums">{props.value}</p>
      <div className="text-12 text-ink-2">{props.children}</div>
    </section>
  );
}

/** The four facts: rate with its interval, E in words, what one hit carries, what the controls say. */
export function SuspectFacts({ suspect, tierA }: { suspect: Suspect; tierA: TierA }) {
  const { controls } = tierA;
  const loo = suspect.minLogLeaveOneOut;
  const interval = suspect.fixed?.clopperPearson ?? suspect.confidenceSequence;
  const twinsFine = suspect.twins.p >= 0.01;
  return (
    <div
      className="grid grid-cols-2 gap-y-5 border-y border-line py-4 xl:grid-cols-4"
      data-testid="facts"
    >
      <Fact
        title="Canaries hit"
        value={
          <>
            {formatCount(suspect.hits)}
            <span className="text-16 font-normal text-ink-3"> of {formatCount(suspect.asked)}</span>
          </>
        }
      >
        <IntervalBar
          low={interval.low}
          high={interval.high}
          value={suspect.rate}
          label={`Rate ${suspect.rate === null ? 'none' : formatPercent(suspect.rate)}, 95 % ${formatInterval(interval)}`}
        />
        <p>
          {suspect.rate === null ? 'No rate' : formatPercent(suspect.rate)},{' '}
          <span
            title={
              suspect.fixed
                ? 'Clopper-Pearson; the number was fixed beforehand'
                : 'Valid however the run was stopped'
            }
          >
            95{'\u202f'}% {formatInterval(interval)}
          </span>
        </p>
        <p className="text-ink-3">
          {suspect.fixed ? 'Exact interval, number fixed' : 'Confidence sequence'}
          {suspect.notAdministered > 0 &&
            `, ${formatCount(suspect.notAdministered)} not administered`}
        </p>
      </Fact>
      <Fact title="E" value={<E ln={suspect.logE} />}>
        <LogBar logE={suspect.logE} threshold={tierA.threshold} />
        <p>
          {suspect.verbal.startsWith('no ') ? suspect.verbal : `${suspect.verbal} support`}; anytime
          p <P value={suspect.anytimeP} />
        </p>
        <p className="text-ink-3">
          Largest <E ln={suspect.maxLogE} />
          {suspect.notAdministered > 0 && (
            <>
              , at worst <E ln={suspect.maxLogEWorst} />
            </>
          )}
        </p>
      </Fact>
      <Fact title="E with one hit left out" value={loo === null ? '–' : <E ln={loo} />}>
        <p>
          {loo === null ? (
            'No hit to leave out.'
          ) : (
            <State
              name={loo >= Math.log(LEAVE_ONE_OUT) ? 'ok' : 'miss'}
              word={
                loo >= Math.log(LEAVE_ONE_OUT) ? 'No single hit carries it' : 'One hit carries it'
              }
            />
          )}
        </p>
        <p className="text-ink-3">Report-grade needs {LEAVE_ONE_OUT} or more.</p>
      </Fact>
      <Fact
        title="Controls and twins"
        value={
          <span className="text-20">
            <State
              name={controls.frozen ? 'bad' : twinsFine ? 'ok' : 'bad'}
              word={controls.frozen ? 'Controls fail' : twinsFine ? 'Pass' : 'Twins fail'}
            />
          </span>
        }
      >
        <p>
          {formatPlural(controls.count, 'control', 'controls')}:{' '}
          {formatPlural(controls.hits, 'hit', 'hits')}, {controls.expected.toFixed(2)} expected, p{' '}
          <P value={controls.p} />
        </p>
        <p>
          {suspect.twins.asked === 0 ? (
            'No twin asked'
          ) : (
            <>
              Twins: {formatCount(suspect.twins.hits)} of {formatCount(suspect.twins.asked)}, p{' '}
              <P value={suspect.twins.p} />
            </>
          )}
        </p>
        <p className="text-ink-3">Below p 0.01 a check fails.</p>
      </Fact>
    </div>
  );
}
