import type { Output } from '#shared/contract/index.ts';
import { formatCount, formatUtc } from '#shared/util/format.ts';
import { E } from '../../ui/num.tsx';
import { Table } from '../../ui/table.tsx';
import { Visible } from '../../ui/text.tsx';

type Result = Output<'rescore.list'>['results'][number];

/** One finished re-scoring with its caveat, which stands by every number. */
export function RescoreResult({ result }: { result: Result }) {
  return (
    <article aria-label={`Result of ${result.scorer}`} className="border-t border-line pt-3">
      <h3 className="font-medium">
        {result.scorer}
        <span className="ml-3 text-12 font-normal text-ink-3">
          {formatUtc(result.createdUtc)}
          {result.endpointModel !== null && (
            <>
              , answered by <Visible text={result.endpointModel} />
            </>
          )}
        </span>
      </h3>
      <p className="mb-2 max-w-180 text-ink-2">{result.caveat}</p>
      <Table
        label={`Scores of ${result.scorer}`}
        compact
        rows={result.targets}
        rowKey={(row) => row.target}
        columns={[
          {
            key: 'target',
            title: 'Target',
            cell: (row) => <span className="break-words">{row.target}</span>,
          },
          {
            key: 'role',
            title: 'Role',
            width: '136px',
            cell: (row) => <span className="text-ink-2">{row.role}</span>,
          },
          {
            key: 'hits',
            title: 'Hits',
            align: 'right',
            width: '96px',
            cell: (row) => (
              <>
                {formatCount(row.hits)}
                <span className="text-ink-3"> of {formatCount(row.asked)}</span>
              </>
            ),
          },
          {
            key: 'bits',
            title: 'Mean bits (chance at most 1.44)',
            align: 'right',
            width: '208px',
            cell: (row) => row.meanBits.toFixed(2),
          },
          {
            key: 'e',
            title: 'E, exploratory',
            align: 'right',
            width: '136px',
            cell: (row) => <E ln={row.logE} />,
          },
        ]}
      />
    </article>
  );
}
