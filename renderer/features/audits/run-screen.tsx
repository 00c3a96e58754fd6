import { Pause, Play, Square } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import type { Output } from '#shared/contract/index.ts';
import { formatCount, formatPlural, formatUtc } from '#shared/util/format.ts';
import { useCommand, useQuery } from '../../client/use-query.ts';
import { go, href } from '../../state/route.ts';
import { AuditNav } from '../../ui/audit-nav.tsx';
import { Button, ICON } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { formatDuration } from '../../ui/format.ts';
import { State } from '../../ui/glyph.tsx';
import { Matrix } from '../../ui/matrix.tsx';
import { ErrorNote, Note, Page, Section, Skeleton } from '../../ui/page.tsx';
import { Lanes } from './lanes.tsx';
import { PasteRound } from './paste-round.tsx';
import { RaiseCaps } from './raise-caps.tsx';
import { Segments } from './segments.tsx';
import { STATE } from './words.ts';

type Status = Output<'audit.get'>;

function Reading({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="min-w-0 border-l border-line pl-4 first:border-l-0 first:pl-0">
      <dt className="text-12 text-ink-3">{label}</dt>
      {children}
    </div>
  );
}

function Value({ children }: { children: ReactNode }) {
  return <dd className="text-16 font-medium whitespace-nowrap tabular-nums">{children}</dd>;
}

/** How many of how many, in words and as a bar. */
function Share({ label, count, of }: { label: string; count: number; of: number }) {
  const share = Math.min(1, count / Math.max(1, of));
  return (
    <Reading label={label}>
      <Value>
        {formatCount(count)}
        <span className="text-13 font-normal text-ink-3"> of {formatCount(of)}</span>
      </Value>
      <svg width="100%" height="3" aria-hidden="true" className="mt-1 block">
        <rect width="100%" height="3" className="fill-line" />
        <rect width={`${share * 100}%`} height="3" className="fill-accent" />
      </svg>
    </Reading>
  );
}

function Readings({ status }: { status: Status }) {
  const running = status.audit.state === 'running';
  return (
    <dl className="grid grid-cols-[repeat(6,minmax(0,auto))] gap-x-4" data-testid="readings">
      <Share label="Canaries" count={status.canariesDone} of={status.canariesPlanned} />
      <Share label="Requests" count={status.requestsDone} of={status.requestsPlanned} />
      <Reading label="Rate">
        <Value>
          {running ? (
            <>
              {status.ratePerSecond.toFixed(1)}
              <span className="text-13 font-normal text-ink-3"> per s</span>
            </>
          ) : (
            '–'
          )}
        </Value>
      </Reading>
      <Reading label="Time left">
        <Value>
          {running && status.remainingMs !== null ? formatDuration(status.remainingMs) : '–'}
        </Value>
      </Reading>
      <Share label="Requests of limit" count={status.requestsDone} of={status.requestLimit} />
      <Share label="Exposures of limit" count={status.exposures} of={status.exposureLimit} />
    </dl>
  );
}

function sentenceOf(status: Status): string {
  const { audit } = status;
  const done = `${formatCount(status.canariesDone)} of ${formatPlural(status.canariesPlanned, 'canary', 'canaries')}`;
  switch (audit.state) {
    case 'running':
      return `Running: the panel has answered ${done}.`;
    case 'paused':
      return `Paused after ${done}.`;
    case 'interrupted':
      return `Interrupted after ${done}. Every stored answer is kept.`;
    case 'complete':
      return `Complete: the plan was carried out to its end, ${done} asked.`;
    case 'stopped':
      return `Stopped for good after ${done}.`;
    case 'budget':
      return `A limit of the plan ended the run after ${done}.`;
    default:
      return `Failed after ${done}. What was answered is kept.`;
  }
}

const pasteSentence = (status: Status): string =>
  `Waiting for you: ${formatPlural(status.pasteWaiting, 'answer', 'answers')} to bring back, then it goes on.`;

function Recovery({ status }: { status: Status }) {
  const { recovery, audit } = status;
  if (recovery) {
    return (
      <Note>
        <p data-testid="recovery">
          <b className="font-semibold">
            {formatPlural(recovery.kept, 'answer', 'answers')} kept,{' '}
            {formatCount(recovery.interrupted)} interrupted, {formatCount(recovery.remaining)} to
            ask.
          </b>{' '}
          The process ended while this ran. No answered sample is asked again; an interrupted one is
          asked once more, as a new attempt and a second exposure.
        </p>
      </Note>
    );
  }
  if (audit.state === 'interrupted') {
    return (
      <Note>
        <p data-testid="recovery">
          The process ended while this ran. Every stored answer is kept; Resume asks only what has
          none.
        </p>
      </Note>
    );
  }
  return null;
}

/** What must be known before a number is read. */
function Warnings({ status: { warnings } }: { status: Status }) {
  if (warnings.length === 0) return null;
  return (
    <Note>
      <ul className="grid gap-1.5" aria-label="Warnings">
        {warnings.map((warning) => (
          <li key={warning}>{warning}</li>
        ))}
      </ul>
    </Note>
  );
}

export function RunScreen({ auditId }: { auditId: string }) {
  const events = ['audit.changed'] as const;
  const { data: status, error, refetch } = useQuery('audit.get', { auditId }, events);
  const matrix = useQuery('audit.matrix', { auditId }, events);
  const pause = useCommand('audit.pause');
  const resume = useCommand('audit.resume');
  const stop = useCommand('audit.stop');
  const [stopping, setStopping] = useState(false);
  const [raising, setRaising] = useState(false);
  const state = status?.audit.state;

  // Rate and time left go on while no event comes.
  useEffect(() => {
    if (state !== 'running') return;
    const timer = setInterval(refetch, 2_000);
    return () => clearInterval(timer);
  }, [state, refetch]);

  if (!status) {
    return error ? (
      <Page eyebrow="Audit" sentence="This audit cannot be shown.">
        <div className="px-8">
          <ErrorNote error={error} onRetry={refetch} />
        </div>
      </Page>
    ) : (
      <Skeleton />
    );
  }
  const { audit } = status;
  const running = audit.state === 'running';
  const pasting = audit.state === 'paused' && status.pasteWaiting > 0;
  const resumable = (audit.state === 'paused' && !pasting) || audit.state === 'interrupted';
  const raisable =
    audit.state === 'budget' &&
    status.canariesDone < status.canariesPlanned &&
    status.lanes.some((lane) => lane.capUsd !== null || lane.capExposures !== null);

  return (
    <Page
      eyebrow={
        <span className="inline-flex items-center gap-3">
          {audit.name}
          <State name={STATE[audit.state].glyph} word={STATE[audit.state].word} />
        </span>
      }
      sentence={pasting ? pasteSentence(status) : sentenceOf(status)}
      reason={
        (pasting ? null : status.message) ??
        `Started ${formatUtc(audit.startedUtc)}${audit.endedUtc ? `, ended ${formatUtc(audit.endedUtc)}` : ''}. Case ${audit.caseId}.`
      }
      actions={
        <>
          {running && (
            <Button
              size="large"
              icon={<Pause {...ICON} />}
              busy={pause.busy}
              title="Finishes the requests in flight and asks nothing new"
              onClick={() => void pause.run({ auditId })}
            >
              Pause
            </Button>
          )}
          {resumable && (
            <Button
              kind="primary"
              size="large"
              icon={<Play {...ICON} />}
              busy={resume.busy}
              onClick={() => void resume.run({ auditId, raise: [] })}
            >
              Resume
            </Button>
          )}
          {(running || resumable || pasting) && (
            <Button
              kind="danger"
              size="large"
              icon={<Square {...ICON} />}
              onClick={() => setStopping(true)}
            >
              Stop
            </Button>
          )}
          {raisable && (
            <Button size="large" onClick={() => setRaising(true)}>
              Raise caps
            </Button>
          )}
          {!running && !resumable && !pasting && (
            <Button kind="primary" size="large" onClick={() => go('audits', auditId, 'evidence')}>
              See the evidence
            </Button>
          )}
        </>
      }
    >
      <AuditNav href={href} auditId={auditId} here="run" />
      <div className="grid max-w-340 grid-cols-[minmax(0,1fr)] gap-6 px-8 py-5">
        <ErrorNote error={pause.error ?? resume.error ?? stop.error ?? error} />
        <Recovery status={status} />
        <Warnings status={status} />
        {pasting && <PasteRound auditId={auditId} waiting={status.pasteWaiting} />}
        <Readings status={status} />
        <Section title="Targets" note="All answer a canary before any answer to it is opened.">
          <Lanes lanes={status.lanes} running={running} />
        </Section>
        <Segments lanes={status.lanes} />
        <Section title="Answers" note="One column a canary, in the order that the draw fixed.">
          {matrix.data && matrix.data.columns.length > 0 ? (
            <Matrix
              matrix={matrix.data}
              onOpen={(target, canaryId) => go('audits', auditId, 'sample', target, canaryId)}
            />
          ) : (
            <ErrorNote error={matrix.error} onRetry={matrix.refetch} />
          )}
        </Section>
      </div>
      {raising && (
        <RaiseCaps auditId={auditId} lanes={status.lanes} onClose={() => setRaising(false)} />
      )}
      <Dialog
        open={stopping}
        onClose={() => setStopping(false)}
        width="narrow"
        title={`Stop “${audit.name}” for good`}
        description="It finishes the requests in flight, then asks nothing more, and it cannot be resumed. What was answered is kept and evaluated."
        footer={
          <>
            <Button onClick={() => setStopping(false)}>Go on</Button>
            <Button
              kind="danger"
              busy={stop.busy}
              onClick={() => {
                void stop.run({ auditId }).then((done) => done && setStopping(false));
              }}
            >
              Stop for good
            </Button>
          </>
        }
      >
        <ErrorNote error={stop.error} />
        <p>
          {formatPlural(status.requestsDone, 'answer', 'answers')} so far. To go on later, use Pause
          instead: it keeps everything and can be resumed at any time.
        </p>
      </Dialog>
    </Page>
  );
}
