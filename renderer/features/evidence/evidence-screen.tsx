import { useState } from 'react';
import { formatPlural } from '#shared/util/format.ts';
import { useQuery } from '../../client/use-query.ts';
import { go, href } from '../../state/route.ts';
import { AuditNav } from '../../ui/audit-nav.tsx';
import { State } from '../../ui/glyph.tsx';
import { Matrix } from '../../ui/matrix.tsx';
import { Prose } from '../../ui/num.tsx';
import { Empty, ErrorNote, Note, Section, Skeleton } from '../../ui/page.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { EChart } from './e-chart.tsx';
import { Explanations, Reasons } from './explanations.tsx';
import { SuspectFacts } from './facts.tsx';
import { OtherScorers } from './other-scorers.tsx';
import { Explained, Sentence } from './sentence.tsx';
import { SuspectList } from './suspect-list.tsx';
import { TierBView } from './tier-b.tsx';
import { BEACON, type Evidence, LABEL, type Suspect, type TierA } from './words.ts';

interface TierAProps {
  readonly auditId: string;
  readonly evidence: Evidence;
  readonly tierA: TierA;
  readonly suspect: Suspect;
}

function TierAView({ auditId, evidence, tierA, suspect }: TierAProps) {
  const matrix = useQuery('audit.matrix', { auditId }, ['audit.changed']).data;
  const controls = tierA.others.filter(
    (other) => other.role === 'control' || other.role === 'temporal-control',
  );
  const open = (target: string, canaryId: string): void =>
    go('audits', auditId, 'sample', target, canaryId);
  const beacon = BEACON[evidence.beacon];
  const decided = suspect.reasons.at(-1);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-6 px-8 py-5">
      <header>
        <p className="text-13">
          <State name={LABEL[suspect.label].glyph} word={LABEL[suspect.label].word} />
        </p>
        <p className="mt-1 max-w-180 text-20 font-medium text-pretty" data-testid="sentence">
          <Sentence suspect={suspect} />
        </p>
        <p className="mt-1 max-w-180 text-ink-2">
          {decided && <Prose text={decided.text} />} <Explained suspect={suspect} />
        </p>
      </header>
      {beacon && <Note>{beacon}</Note>}
      {evidence.warnings.length > 0 && (
        <Note>
          <ul className="grid gap-1.5" aria-label="Warnings">
            {evidence.warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </Note>
      )}
      {evidence.state === 'running' && (
        <Note tone="plain">The run goes on; these numbers change as canaries are opened.</Note>
      )}
      <SuspectFacts suspect={suspect} tierA={tierA} />
      <EChart
        key={suspect.target}
        suspect={suspect}
        controls={controls}
        threshold={tierA.threshold}
        onOpen={(canaryId) => open(suspect.target, canaryId)}
      />
      <Section title={`Why ${LABEL[suspect.label].word}`}>
        <Reasons suspect={suspect} />
      </Section>
      <Section
        title="Explanations"
        note="What else could have brought the responses into the model, and how that was examined."
      >
        <Explanations suspect={suspect} tierA={tierA} />
      </Section>
      <Section
        title="Answers"
        note="Suspects and controls by canary. Enter or click opens a sample."
      >
        {matrix && <Matrix matrix={matrix} onOpen={open} />}
      </Section>
      <OtherScorers auditId={auditId} />
      <p className="max-w-180 border-t border-line pt-3 text-12 text-ink-3">
        E compares two explanations of the answers under a prior that was committed beforehand. It
        does not say how probable it is that a model was distilled, and measures neither intent nor
        breach of contract or copyright.
      </p>
    </div>
  );
}

export function EvidenceScreen({ auditId, target }: { auditId: string; target: string | null }) {
  const [tab, setTab] = useState('A');
  const {
    data: evidence,
    error,
    refetch,
  } = useQuery('evidence.get', { auditId }, ['audit.changed']);
  const audit = useQuery('audit.get', { auditId }, ['audit.changed']).data?.audit;
  if (!evidence) {
    return error ? (
      <div className="p-8">
        <ErrorNote error={error} onRetry={refetch} />
      </div>
    ) : (
      <Skeleton />
    );
  }
  const { tierA, tierB } = evidence;
  const suspect = tierA?.suspects.find((s) => s.target === target) ?? tierA?.suspects[0] ?? null;
  const empty = (
    <Empty title="Nothing is opened yet">
      <p>
        Answers stay sealed until the whole panel has answered a canary. Then the canary is opened
        for all at once, and E takes its step.
      </p>
    </Empty>
  );
  const viewA =
    tierA && suspect ? (
      <div className="h-full overflow-auto">
        <TierAView auditId={auditId} evidence={evidence} tierA={tierA} suspect={suspect} />
      </div>
    ) : (
      empty
    );
  return (
    <div className="flex h-full min-h-0 flex-col">
      <header className="flex items-baseline gap-3 px-8 pt-5 pb-1">
        <h1 className="truncate text-14 font-semibold">{audit?.name ?? 'Audit'}</h1>
        {tierA && (
          <span className="whitespace-nowrap text-12 text-ink-3">
            {formatPlural(tierA.suspects.length, 'suspect', 'suspects')},{' '}
            {formatPlural(tierA.controls.count, 'control', 'controls')}
          </span>
        )}
      </header>
      <AuditNav href={href} auditId={auditId} here="evidence" />
      <div className="flex min-h-0 flex-1">
        {tierA && (
          <aside
            aria-label="Suspects"
            className="w-60 shrink-0 overflow-auto border-r border-line bg-panel"
          >
            <SuspectList auditId={auditId} tierA={tierA} selected={suspect?.target ?? null} />
          </aside>
        )}
        <div className="min-w-0 flex-1">
          {tierB ? (
            <Tabs
              label="Tiers"
              className="h-full"
              value={tab}
              onChange={setTab}
              tabs={[
                { value: 'A', label: 'Tier A, drawn canaries', content: viewA },
                {
                  value: 'B',
                  label: 'Tier B, found canaries',
                  content: (
                    <div className="h-full overflow-auto px-8 py-5">
                      <TierBView tierB={tierB} />
                    </div>
                  ),
                },
              ]}
            />
          ) : (
            viewA
          )}
        </div>
      </div>
    </div>
  );
}
