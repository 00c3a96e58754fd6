// biome-ignore-all lint/a11y/useSemanticElements: a region that scrolls
import { formatPlural } from '#shared/util/format.ts';
import { useQuery } from '../../client/use-query.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { State } from '../../ui/glyph.tsx';
import { ErrorNote, Skeleton } from '../../ui/page.tsx';
import { Table } from '../../ui/table.tsx';

const MOST_SHOWN = 500;

/** Guessability and duplicates of the drafts. */
export function CheckDialog({ onClose }: { onClose: () => void }) {
  const { data, error } = useQuery('canary.check', {}, ['library.changed']);
  const errors = data?.findings.filter(({ severity }) => severity === 'error').length ?? 0;
  return (
    <Dialog
      open
      onClose={onClose}
      width="wide"
      title="Check drafts"
      description="Canaries that may be guessed without having seen your outputs, or that stand twice."
      footer={<Button onClick={onClose}>Close</Button>}
    >
      <ErrorNote error={error} />
      {!data && !error && <Skeleton rows={4} />}
      {data && (
        <div className="grid gap-3">
          <p className="flex flex-wrap gap-6 text-14">
            <State
              name={errors > 0 ? 'bad' : 'ok'}
              word={errors > 0 ? formatPlural(errors, 'error', 'errors') : 'No errors'}
            />
            <span>
              {formatPlural(data.findings.length, 'finding', 'findings')} in{' '}
              {formatPlural(data.checked, 'draft', 'drafts')}, compared with{' '}
              {formatPlural(data.controlAnswers, 'answer', 'answers')} of controls
            </span>
          </p>
          {data.findings.length > 0 && (
            <div
              className="max-h-100 overflow-auto"
              tabIndex={0}
              role="region"
              aria-label="Findings"
            >
              <Table
                label="Findings"
                compact
                rows={data.findings.slice(0, MOST_SHOWN)}
                rowKey={(row, index) => `${row.id} ${row.code} ${index}`}
                columns={[
                  { key: 'id', title: 'Canary', cell: (row) => row.id },
                  {
                    key: 'code',
                    title: 'Code',
                    cell: (row) => <code className="font-mono text-12">{row.code}</code>,
                  },
                  { key: 'message', title: 'What was found', cell: (row) => row.message },
                  { key: 'fix', title: 'What to do', cell: (row) => row.fix },
                ]}
              />
            </div>
          )}
        </div>
      )}
    </Dialog>
  );
}
