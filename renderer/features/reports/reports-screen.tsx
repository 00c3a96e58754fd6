import { useState } from 'react';
import type { Output } from '#shared/contract/index.ts';
import { formatCount, formatPlural } from '#shared/util/format.ts';
import { useCommand, useQuery } from '../../client/use-query.ts';
import { go, href } from '../../state/route.ts';
import { toast } from '../../state/view.ts';
import { Button } from '../../ui/button.tsx';
import { SelectField } from '../../ui/field.tsx';
import { Utc } from '../../ui/num.tsx';
import { Empty, ErrorNote, Page, Section, Skeleton } from '../../ui/page.tsx';
import { Table } from '../../ui/table.tsx';
import { download, Hash } from '../../ui/text.tsx';
import { CheckBundle } from './check-bundle.tsx';
import { downloadBase64 } from './download.ts';
import { OpenBundle } from './open-bundle.tsx';
import { Disclosure, FIRST_CHOICE, ReportOptions } from './report-options.tsx';
import { ReportPreview } from './report-preview.tsx';

type Audit = Output<'audit.list'>['audits'][number];
type Bundle = Output<'bundle.list'>['bundles'][number];

const ENDED = ['complete', 'stopped', 'budget', 'failed'];

function MakeReport({ audit, onBundle }: { audit: Audit; onBundle: (bundle: Bundle) => void }) {
  const [choice, setChoice] = useState(FIRST_CHOICE);
  const report = useCommand('report.get');
  const bundle = useCommand('bundle.export');
  const ended = ENDED.includes(audit.state);
  const { auditId } = audit;
  const name = `report-${auditId.slice(0, 8)}`;
  const save = async (format: 'html' | 'pdf'): Promise<void> => {
    const made = await report.run({ auditId, ...choice, format });
    if (!made) return;
    if (format === 'html') download(`${name}.html`, made.content, 'text/html');
    else downloadBase64(`${name}.pdf`, made.content, 'application/pdf');
    const secret =
      choice.profile === 'public' ? '' : ' Its text holds secrets that the audit has burned.';
    toast(`Report downloaded.${secret} ${made.warnings.join(' ')}`.trim());
  };
  const exportBundle = async (): Promise<void> => {
    const made = await bundle.run({ auditId, ...choice });
    if (!made) return;
    toast(
      `Bundle exported: ${formatPlural(made.files, 'file', 'files')}. ${made.warnings.join(' ')}`.trim(),
    );
    onBundle(made);
  };
  return (
    <div className="grid gap-4">
      <ReportOptions choice={choice} onChange={setChoice} />
      {!ended && (
        <p className="text-ink-2">
          This audit has not ended. A report of it says so and shows what is opened so far.
        </p>
      )}
      <Disclosure auditId={auditId} profile={choice.profile} />
      <ErrorNote
        error={report.error ?? bundle.error}
        kept="The audit and its answers are unchanged."
      />
      <div className="grid gap-2">
        <Button kind="primary" size="large" busy={bundle.busy} onClick={() => void exportBundle()}>
          {bundle.busy ? 'Exporting' : 'Export bundle'}
        </Button>
        <p className="text-12 text-ink-3">
          Statement, transcripts and proofs, signed. Others check it without this program. Written
          below the workspace folder.
        </p>
        <div className="grid grid-cols-2 gap-2">
          <Button busy={report.busy} onClick={() => void save('html')}>
            Download HTML
          </Button>
          <Button busy={report.busy} onClick={() => void save('pdf')}>
            Download PDF
          </Button>
        </div>
      </div>
    </div>
  );
}

function Bundles(props: {
  readonly bundles: readonly Bundle[];
  readonly audits: readonly Audit[];
  readonly onCheck: (bundle: Bundle) => void;
}) {
  const nameOf = (id: string): string => props.audits.find((a) => a.auditId === id)?.name ?? id;
  return (
    <Table
      label="Bundles"
      rows={props.bundles}
      rowKey={(bundle) => bundle.bundleId}
      columns={[
        {
          key: 'audit',
          title: 'Audit',
          width: '22%',
          cell: (bundle) => <span className="break-words">{nameOf(bundle.auditId)}</span>,
        },
        {
          key: 'created',
          title: 'Exported',
          width: '184px',
          cell: (bundle) => <Utc value={bundle.createdUtc} />,
        },
        {
          key: 'profile',
          title: 'Profile',
          width: '88px',
          cell: (bundle) => bundle.profile,
        },
        {
          key: 'files',
          title: 'Files',
          align: 'right',
          width: '56px',
          cell: (bundle) => formatCount(bundle.files),
        },
        {
          key: 'path',
          title: 'Folder',
          cell: (bundle) => <code className="font-mono text-12 break-all">{bundle.path}</code>,
        },
        {
          key: 'manifest',
          title: 'Manifest',
          width: '184px',
          cell: (bundle) => <Hash short value={bundle.manifestSha256} label="manifest hash" />,
        },
        {
          key: 'check',
          title: <span className="sr-only">Verify</span>,
          align: 'right',
          width: '88px',
          cell: (bundle) => (
            <Button
              size="small"
              aria-label={`Verify bundle of ${nameOf(bundle.auditId)}`}
              onClick={() => props.onCheck(bundle)}
            >
              Verify
            </Button>
          ),
        },
      ]}
    />
  );
}

export function ReportsScreen({ auditId }: { auditId: string | null }) {
  const audits = useQuery('audit.list', {}, ['audit.changed']);
  const bundles = useQuery('bundle.list', {}, ['audit.changed', 'workspace.changed']);
  const [checking, setChecking] = useState<{
    readonly bundle: Bundle;
    readonly turn: number;
  } | null>(null);
  const check = (bundle: Bundle): void =>
    setChecking((before) => ({ bundle, turn: (before?.turn ?? 0) + 1 }));
  const list = audits.data?.audits;
  const audit = list?.find((item) => item.auditId === auditId) ?? list?.[0];
  const made = bundles.data?.bundles;

  return (
    <Page
      eyebrow="Reports"
      sentence={
        !list || !made
          ? '\u00a0'
          : list.length === 0
            ? 'No audit to report on yet.'
            : `${formatPlural(made.length, 'bundle', 'bundles')} exported${audit ? `; ready to report on ${audit.name}` : ''}.`
      }
      reason="A bundle holds the signed evidence. A sceptical reader checks it and computes E again without you."
    >
      <div className="px-8">
        <ErrorNote error={audits.error ?? bundles.error} />
      </div>
      {!list && !audits.error && <Skeleton />}
      {list?.length === 0 && (
        <Empty
          title="A report needs an audit"
          actions={
            <Button kind="primary" onClick={() => go('audits', 'new')}>
              New plan
            </Button>
          }
        >
          <p>When an audit has answers, its findings can be read here and exported as a bundle.</p>
        </Empty>
      )}
      {list && audit && (
        <div className="grid gap-8 px-8 pb-8">
          {made && made.length > 0 && (
            <Section title="Bundles" className="max-w-300">
              <Bundles bundles={made} audits={list} onCheck={check} />
              {checking && <CheckBundle key={checking.turn} bundle={checking.bundle} />}
            </Section>
          )}
          <div className="grid max-w-300 grid-cols-[320px_minmax(0,1fr)] gap-8">
            <div>
              <div className="mb-4">
                <SelectField
                  label="Audit"
                  value={audit.auditId}
                  onChange={(event) => {
                    window.location.hash = href('reports', event.target.value);
                  }}
                  options={list.map((item) => ({ value: item.auditId, label: item.name }))}
                />
              </div>
              <MakeReport
                key={audit.auditId}
                audit={audit}
                onBundle={(bundle) => {
                  bundles.refetch();
                  check(bundle);
                }}
              />
            </div>
            <ReportPreview audit={audit} />
          </div>
        </div>
      )}
      <OpenBundle />
    </Page>
  );
}
