import { useState } from 'react';
import type { Output } from '#shared/contract/index.ts';
import { formatCount, formatPlural } from '#shared/util/format.ts';
import { useCommand } from '../../client/use-query.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNote } from '../../ui/page.tsx';

export function ScanPart() {
  const [found, setFound] = useState<Output<'vault.scan'> | null>(null);
  const scan = useCommand('vault.scan');
  const run = async (): Promise<void> => setFound(await scan.run({}));
  return (
    <>
      <Button busy={scan.busy} onClick={() => void run()}>
        {scan.busy ? 'Searching' : 'Search files'}
      </Button>
      <ErrorNote error={scan.error} />
      {found && (
        <div role="status" className="grid w-full gap-2">
          <p>
            {found.ok
              ? 'No secret stands in clear in the files of the workspace.'
              : 'Secrets stand in clear in these files:'}{' '}
            <span className="text-ink-2">
              {formatPlural(found.files, 'file', 'files')} ({formatCount(found.bytes)} bytes)
              searched for {formatPlural(found.secrets, 'secret', 'secrets')}
              {found.tooShort > 0 &&
                `; ${formatCount(found.tooShort)} under 10 bytes were left out`}
              .
            </span>
          </p>
          {found.findings.length > 0 && (
            <ul className="grid gap-1">
              {found.findings.map(({ path, kinds }) => (
                <li key={path} className="flex gap-3 border-b border-line py-1">
                  <span className="min-w-0 flex-1 font-mono text-12 break-all">{path}</span>
                  <span className="text-hit">
                    {kinds.map(({ kind, count }) => `${formatCount(count)} ${kind}`).join(', ')}
                  </span>
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
    </>
  );
}
