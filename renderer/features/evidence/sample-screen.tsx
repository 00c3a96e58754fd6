import { ArrowLeft } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import type { Output } from '#shared/contract/index.ts';
import { formatCount, formatPlural, formatUtc } from '#shared/util/format.ts';
import { useCommand } from '../../client/use-query.ts';
import { href } from '../../state/route.ts';
import { ICON } from '../../ui/button.tsx';
import { type GlyphName, State } from '../../ui/glyph.tsx';
import { ErrorNote, Facts, Skeleton } from '../../ui/page.tsx';
import { Block, HoldButton, useHold } from '../../ui/secret.tsx';
import { Hash, Visible } from '../../ui/text.tsx';
import { Adjudication } from './adjudication.tsx';
import { Marked } from './marked.tsx';
import { Proof } from './proof.tsx';

type Sample = Output<'evidence.sample'>;
type Attempt = Sample['attempts'][number];

const OUTCOME: Readonly<Record<NonNullable<Attempt['outcome']>, GlyphName>> = {
  answered: 'ok',
  refused: 'refused',
  filtered: 'refused',
  truncated: 'truncated',
  'rate-limited': 'failed',
  'timed-out': 'failed',
  'transport-failed': 'failed',
  malformed: 'failed',
  interrupted: 'failed',
};
const USE = {
  evidence: 'evidence',
  twin: 'twin, never served',
  'after-release': 'planted after the release',
  found: 'found, tier B',
} as const;

function Pane({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section
      aria-label={title}
      className="min-w-0 overflow-auto border-l border-line px-6 py-5 first:border-l-0 first:pl-8"
    >
      <h2 className="mb-3 text-14 font-semibold">{title}</h2>
      {children}
    </section>
  );
}

function Expected({ sample }: { sample: Sample }) {
  const hold = useHold();
  if (sample.prompt === null) {
    return (
      <p className="text-ink-2">
        Still sealed. It is opened for the whole panel at once, when all have answered.
      </p>
    );
  }
  return (
    <div className="grid gap-4">
      <HoldButton hold={hold} />
      <div>
        <h3 className="mb-1 text-12 text-ink-3">Question</h3>
        {hold.held ? (
          sample.prompt.map((message, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: turns have no identity but their place
            <p key={index} className="font-mono text-12 leading-5 break-words whitespace-pre-wrap">
              {(sample.prompt?.length ?? 0) > 1 && (
                <span className="text-ink-3">{message.role}: </span>
              )}
              <Visible text={message.content} />
            </p>
          ))
        ) : (
          <Block lines={4} />
        )}
      </div>
      <div>
        <h3 className="mb-1 text-12 text-ink-3">
          {sample.n > 0 ? `Drawn response, one of ${formatCount(sample.n)}` : 'Expected response'}
        </h3>
        {hold.held ? (
          (sample.expected ?? []).map((text) => (
            <p key={text} className="font-mono text-12 leading-5 font-semibold break-words">
              <Visible text={text} />
            </p>
          ))
        ) : (
          <Block lines={1} />
        )}
      </div>
    </div>
  );
}

/** What an extraction rule means for the score. */
const RULES: Readonly<Record<string, string>> = {
  echo: 'The answer repeats the question and names no candidate: a miss.',
  'prompt-leak': 'Candidates that stand in the question were left out.',
  'refusal-phrase-v1': 'The answer opens like a refusal and names no candidate: a miss.',
  'look-alike-v1': 'Some letters look like others; matching does not equate them.',
};

function Answer({ attempt, opened }: { attempt: Attempt; opened: boolean }) {
  return (
    <article className="border-t border-line py-3 first:border-t-0 first:pt-0">
      <div className="mb-2 flex flex-wrap items-center gap-x-4 gap-y-1">
        {attempt.outcome ? (
          <State name={OUTCOME[attempt.outcome]} word={attempt.outcome} />
        ) : (
          <State name="running" word="in flight" />
        )}
        {opened && attempt.outcome === 'answered' && (
          <State name={attempt.hit ? 'hit' : 'miss'} word={attempt.hit ? 'hit' : 'no hit'} />
        )}
        <span className="text-12 text-ink-3">
          sample {attempt.k}, attempt {attempt.number}
          {attempt.retryOf && ', a retry'}
        </span>
      </div>
      {attempt.answer !== null ? (
        <p className="text-14 leading-6 break-words whitespace-pre-wrap">
          <Marked text={attempt.answer} found={attempt.found} />
        </p>
      ) : (
        <p className="text-ink-3">No answer{attempt.errorCode && `: ${attempt.errorCode}`}.</p>
      )}
      {attempt.found.length > 0 && (
        <p className="mt-2 text-12 text-ink-2">
          {formatPlural(attempt.found.length, 'candidate', 'candidates')} found, marked above.
        </p>
      )}
      {attempt.rules.map((rule) => (
        <p key={rule} className="mt-2 text-12 text-ink-2">
          {RULES[rule] ?? rule} <span className="font-mono text-ink-3">{rule}</span>
        </p>
      ))}
      {attempt.reasoning !== null && attempt.reasoning !== '' && (
        <details className="mt-2">
          <summary className="text-12 text-ink-2">Reasoning, not scored</summary>
          <p className="mt-1 text-ink-2 break-words whitespace-pre-wrap">
            <Visible text={attempt.reasoning} />
          </p>
        </details>
      )}
    </article>
  );
}

interface Props {
  readonly auditId: string;
  readonly target: string;
  readonly canaryId: string;
}

export function SampleScreen({ auditId, target, canaryId }: Props) {
  const { run, error } = useCommand('evidence.sample');
  const [sample, setSample] = useState<Sample | null>(null);
  useEffect(() => {
    let here = true;
    void run({ auditId, target, canaryId }).then((answer) => here && setSample(answer));
    return () => {
      here = false;
    };
  }, [run, auditId, target, canaryId]);

  const hit = sample?.attempts.some((attempt) => attempt.hit) ?? false;
  const opened = sample !== null && sample.prompt !== null;
  return (
    <div className="flex h-full min-h-0 flex-col">
      <header className="shrink-0 border-b border-line px-8 pt-5 pb-4">
        <a
          href={href('audits', auditId, 'evidence', target)}
          className="inline-flex items-center gap-1 rounded-sm text-12 text-ink-2 hover:text-ink"
        >
          <ArrowLeft {...ICON} size={14} /> Evidence
        </a>
        <h1 className="mt-1 text-20 font-medium break-words" data-testid="sentence">
          {sample === null
            ? `${target}, ${canaryId}`
            : opened
              ? `${target} ${hit ? 'gave the drawn response to' : 'did not give the drawn response to'} ${canaryId}.`
              : `${target} has answered ${canaryId}; the canary is still sealed.`}
        </h1>
        {sample && (
          <p className="mt-1 text-ink-2">
            Use: {USE[sample.use]}. {formatPlural(sample.attempts.length, 'attempt', 'attempts')},
            all kept. Opening this page is written to the custody log.
          </p>
        )}
      </header>
      {error && (
        <div className="p-8">
          <ErrorNote error={error} />
        </div>
      )}
      {!sample && !error && <Skeleton />}
      {sample && (
        <div className="grid min-h-0 flex-1 grid-cols-[minmax(0,3fr)_minmax(0,4fr)_minmax(0,5fr)]">
          <Pane title="What we expected">
            <Expected sample={sample} />
            <div className="mt-5 border-t border-line pt-4">
              <Facts
                rows={[
                  [
                    'Seal',
                    sample.sealSha256 ? (
                      <Hash key="s" value={sample.sealSha256} label="seal hash" />
                    ) : (
                      'not sealed yet'
                    ),
                  ],
                  ['Sealed', sample.sealedUtc ? formatUtc(sample.sealedUtc) : '–'],
                  ['Opened', sample.openedUtc ? formatUtc(sample.openedUtc) : 'not yet'],
                ]}
              />
            </div>
          </Pane>
          <Pane title="What came back">
            {sample.attempts.length === 0 && <p className="text-ink-3">Not asked.</p>}
            {sample.attempts.map((attempt) => (
              <Answer key={attempt.attemptId} attempt={attempt} opened={opened} />
            ))}
          </Pane>
          <Pane title="The proof">
            {sample.attempts.map((attempt, index) => (
              <Proof
                key={attempt.attemptId}
                attempt={attempt}
                open={index === sample.attempts.length - 1}
              />
            ))}
          </Pane>
        </div>
      )}
      {sample && opened && sample.attempts.length > 0 && (
        <Adjudication
          auditId={auditId}
          target={target}
          canaryId={canaryId}
          samples={[...new Set(sample.attempts.map(({ k }) => k))]}
        />
      )}
    </div>
  );
}
