import { useState } from 'react';
import { formatPlural, formatUtc } from '#shared/util/format.ts';
import { useCommand, useQuery } from '../../client/use-query.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { SelectField } from '../../ui/field.tsx';
import { ErrorNote, Facts, Note } from '../../ui/page.tsx';
import { FindingsTable } from './findings-table.tsx';
import { type ProbeResult, warningTexts } from './words.ts';

function Findings({ probe }: { probe: ProbeResult }) {
  const { latency } = probe;
  return (
    <div className="grid gap-3" data-testid="probe-result">
      <p>
        {probe.repeatsDiffer === null
          ? 'Whether identical calls answer alike is not known.'
          : probe.repeatsDiffer
            ? 'Two identical calls gave different answers: score distributions, not single answers.'
            : 'Two identical calls gave the same answer.'}
      </p>
      {probe.warnings.length > 0 && (
        <Note>
          {warningTexts(probe.warnings).map((text) => (
            <p key={text}>{text}</p>
          ))}
        </Note>
      )}
      {probe.findings.length > 0 && (
        <FindingsTable label="Findings of the probe" rows={probe.findings} />
      )}
      <Facts
        rows={[
          ['When', formatUtc(probe.atUtc)],
          ['Calls', `${probe.calls}, of which ${probe.answered} were answered`],
          [
            'Time',
            latency === null
              ? '–'
              : `${latency.leastMs} to ${latency.mostMs} ms, median ${latency.medianMs} ms`,
          ],
          ['Models', probe.models.join(', ') || '–'],
          ['Fingerprints', probe.fingerprints.join(', ') || '–'],
          ['Failed', probe.failures.map(({ id, code }) => `${id}: ${code}`).join(', ') || 'none'],
          ['Not tried', probe.untried.join(', ') || 'none'],
        ]}
      />
    </div>
  );
}

const CHOICES = [4, 8, 12, 16];

/** Shows every call before any is made; making them is the consent. */
function ProbeDialog(props: { name: string; open: boolean; onClose: () => void }) {
  const { name, open, onClose } = props;
  const [calls, setCalls] = useState(12);
  const plan = useQuery('target.probePlan', open ? { name, calls } : null);
  const probe = useCommand('target.probe');
  const run = async (): Promise<void> => {
    if (await probe.run({ name, calls })) onClose();
  };
  const planned = plan.data?.calls ?? [];
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={`Probe ${name}`}
      description="A few harmless questions about the sea. No canary is sent."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            kind="primary"
            busy={probe.busy}
            disabled={planned.length === 0}
            onClick={() => void run()}
          >
            {probe.busy
              ? 'Calling'
              : `Make at most ${formatPlural(planned.length, 'call', 'calls')}`}
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        <SelectField
          label="At most"
          value={String(calls)}
          onChange={(event) => setCalls(Number(event.target.value))}
          options={CHOICES.map((count) => ({ value: String(count), label: `${count} calls` }))}
        />
        <ol className="grid list-decimal gap-1 pl-5" aria-label="Calls">
          {planned.map(({ id, asks }) => (
            <li key={id}>{asks}</li>
          ))}
        </ol>
        {plan.data && plan.data.untried.length > 0 && (
          <p className="text-12 text-ink-3">Not tried: {plan.data.untried.join(', ')}.</p>
        )}
        <ErrorNote error={plan.error ?? probe.error} />
      </div>
    </Dialog>
  );
}

export function Probe({ name, last }: { name: string; last: ProbeResult | null }) {
  const [open, setOpen] = useState(false);
  return (
    <section aria-label="Probe" className="grid gap-3">
      <div className="flex items-center gap-3">
        <Button onClick={() => setOpen(true)}>Probe parameters</Button>
        <span className="text-12 text-ink-3">
          Which parameters are obeyed; the calls are shown first.
        </span>
      </div>
      {last ? (
        <Findings probe={last} />
      ) : (
        <p className="text-ink-3">Not probed since it was last changed.</p>
      )}
      <ProbeDialog name={name} open={open} onClose={() => setOpen(false)} />
    </section>
  );
}
