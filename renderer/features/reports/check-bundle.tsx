import { useEffect, useState } from 'react';
import type { Output } from '#shared/contract/index.ts';
import { formatPlural } from '#shared/util/format.ts';
import { useCommand } from '../../client/use-query.ts';
import { State } from '../../ui/glyph.tsx';
import { ErrorNote } from '../../ui/page.tsx';
import { Hash } from '../../ui/text.tsx';

type Bundle = Output<'bundle.list'>['bundles'][number];

const RANK = { failed: 0, withheld: 1, unproven: 1, passed: 2 } as const;
const GLYPH = {
  failed: 'bad',
  withheld: 'sealed',
  unproven: 'undetermined',
  passed: 'ok',
} as const;
const WORD = {
  failed: 'failed',
  withheld: 'withheld',
  unproven: 'unproven',
  passed: 'passed',
} as const;

/** The verdict and every check by name, as glyph and word, with what a pass does not prove. */
export function Verdict({ data, own }: { data: Output<'bundle.check'>; own: boolean }) {
  const failed = data.checks.filter(({ status }) => status === 'failed').length;
  const open = data.checks.filter(({ status }) => status === 'withheld').length;
  const word = !data.ok
    ? `The bundle is refused: ${formatPlural(failed, 'check', 'checks')} failed`
    : open === 0
      ? 'The bundle is verified'
      : `The bundle is verified as far as its profile allows: ${formatPlural(open, 'check', 'checks')} not checkable`;
  return (
    <>
      <p className="text-16 font-medium">
        <State name={data.ok ? 'ok' : 'bad'} word={word} />
      </p>
      <p className="mt-1 text-ink-2">
        {data.keyGiven
          ? `Checked against the key ${own ? 'of this workspace' : 'given'}.`
          : 'Checked against the key in the bundle: this shows that the bundle agrees with itself.'}{' '}
        A reader compares the fingerprint with one received by another way.
      </p>
      {data.keyid && (
        <p className="mt-1">
          <span className="text-ink-3">Signing key </span>
          <Hash value={data.keyid} label="fingerprint" />
        </p>
      )}
      <ul className="mt-3 grid gap-1 border-t border-line pt-3" aria-label="Checks">
        {[...data.checks]
          .sort((a, b) => RANK[a.status] - RANK[b.status])
          .map((check) => (
            <li
              key={check.name}
              className="grid grid-cols-[120px_minmax(0,200px)_minmax(0,1fr)] gap-3"
            >
              <State name={GLYPH[check.status]} word={WORD[check.status]} />
              <span className="font-medium break-words">{check.name}</span>
              <span className="break-words text-ink-2">
                {check.detail}
                {check.limit !== '' && (
                  <span className="block text-12 text-ink-3">Does not prove: {check.limit}</span>
                )}
              </span>
            </li>
          ))}
      </ul>
    </>
  );
}

/** Verifies a bundle of this workspace and shows every check. */
export function CheckBundle({ bundle }: { bundle: Bundle }) {
  // Asked anew each time and never kept: an old verdict must not stand for a bundle that has changed since.
  const { run, error } = useCommand('bundle.check');
  const [data, setData] = useState<Output<'bundle.check'> | null>(null);
  const { bundleId } = bundle;
  useEffect(() => {
    let here = true;
    void run({ bundleId }).then((answer) => here && setData(answer));
    return () => {
      here = false;
    };
  }, [run, bundleId]);
  return (
    <div
      className="mt-4 rounded-md border border-line-strong bg-panel px-5 py-4"
      data-testid="verdict"
      aria-live="polite"
    >
      {error && <ErrorNote error={error} />}
      {!data && !error && <p className="text-ink-2">Checking every hash, signature and proof.</p>}
      {data && <Verdict data={data} own />}
    </div>
  );
}
