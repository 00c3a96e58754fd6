import type { Output } from '#shared/contract/index.ts';
import { formatPlural, formatUtc } from '#shared/util/format.ts';
import { useCommand } from '../../client/use-query.ts';
import { Button } from '../../ui/button.tsx';
import { formatDuration } from '../../ui/format.ts';
import { State } from '../../ui/glyph.tsx';
import { ErrorNote, Facts, Note } from '../../ui/page.tsx';
import { Bytes, Hash, Visible } from '../../ui/text.tsx';
import { FindingsTable } from './findings-table.tsx';
import { warningTexts } from './words.ts';

export type Tested = NonNullable<Output<'target.get'>['lastTest']>;

function Verdict({ tested: { result } }: { tested: Tested }) {
  if (result.ok) return <State name="ok" word="Answered" />;
  return (
    <State
      name="bad"
      word={
        result.code === null ? `Not a full answer: ${result.outcome}` : `Failed: ${result.code}`
      }
    />
  );
}

/** Everything that is known of the last test. */
export function TestResult({ tested }: { tested: Tested }) {
  const { result, atUtc } = tested;
  const { tls } = result;
  return (
    <div className="grid gap-3" data-testid="test-result">
      <div className="flex items-baseline justify-between gap-3">
        <Verdict tested={tested} />
        <span className="text-12 text-ink-3">{formatUtc(atUtc)}</span>
      </div>
      <p>
        <Visible text={result.route.sentence} />
      </p>
      {result.advice && <p className="text-ink-2">{result.advice}</p>}
      {result.warnings.length > 0 && (
        <Note>
          <ul className="grid gap-0.5">
            {warningTexts(result.warnings).map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </Note>
      )}
      <Facts
        rows={[
          ['Status', result.status ?? '–'],
          ['Took', formatDuration(result.ms)],
          ['Received', `${result.bytes} bytes`],
          ['Model said', <Visible key="m" text={result.model ?? '–'} />],
          ['Fingerprint', <Visible key="f" text={result.fingerprint ?? '–'} />],
          ['Address', result.address ?? '–'],
          ['Proxy', result.proxy ?? 'none'],
          ['TLS', tls === null ? 'none' : `${tls.protocol ?? '?'}, ${tls.cipher ?? '?'}`],
          ...(tls === null
            ? []
            : ([
                [
                  'Certificate',
                  <Hash key="c" value={tls.fingerprint} short label="certificate hash" />,
                ],
              ] as const)),
        ]}
      />
      {result.parameters.length > 0 && (
        <FindingsTable label="What this answer shows of the parameters" rows={result.parameters} />
      )}
      {result.text !== null && <Bytes text={result.text} label="Answer to the test question" />}
    </div>
  );
}

export function TestCall(props: {
  readonly name: string;
  readonly last: Tested | null;
  readonly onTested: () => void;
}) {
  const { run, busy, error } = useCommand('target.test');
  const test = async (): Promise<void> => {
    if (await run({ name: props.name })) props.onTested();
  };
  return (
    <section aria-label="Test call" className="grid gap-3">
      <div className="flex items-center gap-3">
        <Button busy={busy} onClick={() => void test()}>
          {busy ? 'Calling' : 'Test call'}
        </Button>
        {props.last ? (
          <>
            <Verdict tested={props.last} />
            {props.last.result.warnings.length > 0 && (
              <State
                name="warn"
                word={formatPlural(
                  warningTexts(props.last.result.warnings).length,
                  'warning',
                  'warnings',
                )}
              />
            )}
          </>
        ) : (
          <span className="text-12 text-ink-3">One harmless question. No canary is sent.</span>
        )}
      </div>
      <ErrorNote error={error} />
    </section>
  );
}
