import type { Output } from '#shared/contract/index.ts';
import { formatCount, formatInterval, formatUtc } from '#shared/util/format.ts';
import { useQuery } from '../../client/use-query.ts';
import { State } from '../../ui/glyph.tsx';
import { E, P, Prose } from '../../ui/num.tsx';
import { ErrorNote, Note } from '../../ui/page.tsx';

type Audit = Output<'audit.list'>['audits'][number];

/** What the report will say, as a page. The file itself is a static HTML document of its own. */
export function ReportPreview({ audit }: { audit: Audit }) {
  const { data, error } = useQuery('evidence.get', { auditId: audit.auditId }, ['audit.changed']);
  const tierA = data?.tierA;
  return (
    <article
      aria-label="Findings preview"
      className="min-w-0 self-start rounded-md border border-line bg-raised px-10 py-8"
    >
      <p className="text-12 text-ink-3">Findings of this audit, as the report states them</p>
      <h2 className="mt-1 text-20 font-semibold break-words">{audit.name}</h2>
      <p className="text-ink-2">
        Case {audit.caseId}. Started {formatUtc(audit.startedUtc)}
        {audit.endedUtc ? `, ended ${formatUtc(audit.endedUtc)}` : ', not ended'}.
      </p>
      <ErrorNote error={error} />
      {tierA && (
        <>
          <ol className="mt-5 border-t border-line-strong">
            {tierA.suspects.map((suspect) => (
              <li key={suspect.target} className="border-b border-line py-4">
                <div className="flex flex-wrap items-baseline gap-x-4">
                  <h3 className="text-16 font-semibold break-all">{suspect.target}</h3>
                  <State
                    name={suspect.label === 'report-grade' ? 'report' : suspect.label}
                    word={suspect.label}
                  />
                </div>
                <p className="mt-1">
                  {formatCount(suspect.hits)} of {formatCount(suspect.asked)} canaries hit, 95
                  {'\u202f'}%{' '}
                  {formatInterval(suspect.fixed?.clopperPearson ?? suspect.confidenceSequence)}. E =
                  <span> </span>
                  <b className="font-semibold">
                    <E ln={suspect.logE} />
                  </b>
                  , anytime p <P value={suspect.anytimeP} />.
                </p>
                <p className="text-ink-2">
                  <Prose text={suspect.reasons.at(-1)?.text ?? ''} />
                </p>
              </li>
            ))}
          </ol>
          <p className="mt-4 text-ink-2">
            {formatCount(tierA.controls.count)} controls had {formatCount(tierA.controls.hits)} hits
            where {tierA.controls.expected.toFixed(2)} are expected by chance, p{' '}
            <P value={tierA.controls.p} />.
          </p>
        </>
      )}
      {data?.beacon === 'none' && (
        <div className="mt-4">
          <Note>
            The draw used no public beacon. The report says that the draw rests on the word of the
            laboratory.
          </Note>
        </div>
      )}
      {data && !tierA && <p className="mt-4 text-ink-2">No canary is opened yet.</p>}
      <p className="mt-4 text-12 text-ink-3">
        The report adds the plan, every disclosed canary with its proof, all attempts, the method
        and its limits. Download HTML shows it as readers see it.
      </p>
    </article>
  );
}
