import { Plus } from 'lucide-react';
import type { Output } from '#shared/contract/index.ts';
import { formatPlural } from '#shared/util/format.ts';
import { useCommand, useQuery } from '../../client/use-query.ts';
import { go, href } from '../../state/route.ts';
import { Button, ICON } from '../../ui/button.tsx';
import { State } from '../../ui/glyph.tsx';
import { Utc } from '../../ui/num.tsx';
import { Empty, ErrorNote, Page, Section, Skeleton } from '../../ui/page.tsx';
import { Table } from '../../ui/table.tsx';
import { Hash } from '../../ui/text.tsx';
import { STATE } from './words.ts';

type Audit = Output<'audit.list'>['audits'][number];
type Plan = Output<'plan.list'>['plans'][number];

function sentenceOf(audits: readonly Audit[], waiting: readonly Plan[]): string {
  const running = audits.filter((audit) => audit.state === 'running');
  const broken = audits.filter((audit) => audit.state === 'interrupted');
  if (running[0]) return `${running[0].name} is running.`;
  if (broken[0]) return `${broken[0].name} was interrupted and can be resumed.`;
  if (waiting[0]) return `${waiting[0].name} is sealed and waits to be started.`;
  if (audits.length === 0) return 'No audit yet.';
  return `${formatPlural(audits.length, 'audit', 'audits')}, none running.`;
}

function AuditTable({ audits }: { audits: readonly Audit[] }) {
  return (
    <Table
      label="Audits"
      rows={audits}
      rowKey={(audit) => audit.auditId}
      columns={[
        {
          key: 'name',
          title: 'Audit',
          cell: (audit) => (
            <a
              className="font-medium break-words hover:underline"
              href={href('audits', audit.auditId)}
            >
              {audit.name}
            </a>
          ),
        },
        {
          key: 'state',
          title: 'State',
          width: '132px',
          cell: (audit) => <State name={STATE[audit.state].glyph} word={STATE[audit.state].word} />,
        },
        { key: 'case', title: 'Case', width: '128px', cell: (audit) => audit.caseId },
        {
          key: 'started',
          title: 'Started',
          width: '184px',
          cell: (audit) => <Utc value={audit.startedUtc} />,
        },
        {
          key: 'open',
          title: <span className="sr-only">Open</span>,
          width: '150px',
          align: 'right',
          cell: (audit) => (
            <span className="inline-flex gap-4">
              <a
                className="text-accent hover:underline"
                aria-label={`Run of ${audit.name}`}
                href={href('audits', audit.auditId)}
              >
                Run
              </a>
              <a
                className="text-accent hover:underline"
                aria-label={`Evidence of ${audit.name}`}
                href={href('audits', audit.auditId, 'evidence')}
              >
                Evidence
              </a>
            </span>
          ),
        },
      ]}
    />
  );
}

function Waiting({ plans }: { plans: readonly Plan[] }) {
  const start = useCommand('audit.start');
  const doStart = async (plan: Plan): Promise<void> => {
    const audit = await start.run({ planId: plan.planId });
    if (audit) go('audits', audit.auditId);
  };
  return (
    <Section title="Sealed, not started" note="A sealed plan cannot be changed, only started.">
      <ErrorNote error={start.error} kept="The seal stands; no request was made." />
      <ul className="border-t border-line-strong">
        {plans.map((plan) => (
          <li key={plan.planId} className="flex items-center gap-4 border-b border-line py-2">
            <span className="min-w-0 flex-1 font-medium break-words">{plan.name}</span>
            <Hash short value={plan.sha256} label={`hash of ${plan.name}`} />
            <span className="text-ink-3">
              sealed <Utc value={plan.sealedUtc} />
            </span>
            <Button
              kind="primary"
              size="small"
              busy={start.busy}
              aria-label={`Start ${plan.name}`}
              onClick={() => void doStart(plan)}
            >
              Start
            </Button>
          </li>
        ))}
      </ul>
    </Section>
  );
}

export function AuditsScreen() {
  const audits = useQuery('audit.list', {}, ['audit.changed']);
  const plans = useQuery('plan.list', {}, ['audit.changed']);
  const waiting = plans.data?.plans.filter((plan) => plan.auditId === null) ?? [];
  const list = audits.data?.audits;
  const ready = list !== undefined && plans.data !== undefined;
  return (
    <Page
      eyebrow="Audits"
      sentence={ready ? sentenceOf(list, waiting) : '\u00a0'}
      reason="A plan is sealed before the first request; the audit is that plan, carried out."
      actions={
        <Button kind="primary" icon={<Plus {...ICON} />} onClick={() => go('audits', 'new')}>
          New plan
        </Button>
      }
    >
      <div className="grid max-w-300 gap-8 px-8 pb-8">
        <ErrorNote error={audits.error ?? plans.error} onRetry={audits.refetch} />
        {waiting.length > 0 && <Waiting plans={waiting} />}
        {list && list.length > 0 && <AuditTable audits={list} />}
      </div>
      {!ready && !audits.error && <Skeleton />}
      {ready && list.length === 0 && waiting.length === 0 && (
        <Empty
          title="Write down what you will do, then do it"
          actions={
            <Button kind="primary" onClick={() => go('audits', 'new')}>
              New plan
            </Button>
          }
        >
          <p>
            A plan names the panel, the registries, how many samples and when to stop. You see how
            many questions it asks, which secrets it discloses to whom, and the chance that it finds
            what you look for. Then it is sealed: hashed and signed, before anybody is asked.
          </p>
        </Empty>
      )}
    </Page>
  );
}
