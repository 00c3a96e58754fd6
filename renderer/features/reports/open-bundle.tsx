import { useState } from 'react';
import type { Output } from '#shared/contract/index.ts';
import { formatUtc } from '#shared/util/format.ts';
import { useCommand } from '../../client/use-query.ts';
import { Button } from '../../ui/button.tsx';
import { TextArea, TextField } from '../../ui/field.tsx';
import { ErrorNote, Section } from '../../ui/page.tsx';
import { download } from '../../ui/text.tsx';
import { Verdict } from './check-bundle.tsx';

/** A bundle of somebody else, read-only: verified here, and its report drawn anew from its data. */
export function OpenBundle() {
  const [path, setPath] = useState('');
  const [pem, setPem] = useState('');
  const [roots, setRoots] = useState('');
  const [opened, setOpened] = useState<Output<'bundle.open'> | null>(null);
  const { run, busy, error } = useCommand('bundle.open');
  const open = async (): Promise<void> => {
    setOpened(null);
    const key = pem.trim();
    const tsaRoots = roots.trim();
    setOpened(
      await run({
        path: path.trim(),
        publicKeyPem: key === '' ? null : `${key}\n`,
        tsaRootsPem: tsaRoots === '' ? null : `${tsaRoots}\n`,
      }),
    );
  };
  const report = opened?.report;
  return (
    <Section title="Open a bundle of somebody else" className="max-w-300 px-8 pb-8">
      <div className="grid max-w-180 gap-3">
        <TextField
          label="Folder of the bundle"
          mono
          value={path}
          onChange={(event) => setPath(event.target.value)}
          hint="It is read and never changed. Nothing in it is run."
        />
        <TextArea
          label="Public key"
          mono
          rows={3}
          value={pem}
          onChange={(event) => setPem(event.target.value)}
          hint="As it reached you by another way. Empty: only consistency is shown, not who signed."
        />
        <TextArea
          label="Roots of time-stamping authorities"
          mono
          rows={3}
          value={roots}
          onChange={(event) => setRoots(event.target.value)}
          hint="PEM, as the authorities publish them. Empty: no time stamp is proven. Given: the report must carry a stamp under one of them."
        />
        <div>
          <Button busy={busy} disabled={path.trim() === ''} onClick={() => void open()}>
            Verify and open
          </Button>
        </div>
        <ErrorNote error={error} />
      </div>
      {opened && <Verdict data={opened.verification} own={false} />}
      {report && (
        <p className="mt-3 flex flex-wrap items-baseline gap-3">
          <span>
            Report {report.reportId.slice(0, 8)} of {report.lab}, {report.caseTitle},{' '}
            {formatUtc(report.createdUtc)}.
          </span>
          <Button
            size="small"
            onClick={() =>
              download(`report-${report.reportId.slice(0, 8)}.html`, report.html, 'text/html')
            }
          >
            Download HTML
          </Button>
        </p>
      )}
    </Section>
  );
}
