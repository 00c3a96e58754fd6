import { useEffect, useRef, useState } from 'react';
import { formatPlural } from '#shared/util/format.ts';
import { useCommand, useDebounced, useQuery } from '../../client/use-query.ts';
import { go } from '../../state/route.ts';
import { setView, toast, useView } from '../../state/view.ts';
import { Button } from '../../ui/button.tsx';
import { Note, Page } from '../../ui/page.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { PlanFormView } from './plan-form.tsx';
import { PlanSummaryCard } from './plan-summary.tsx';
import { PlanText } from './plan-text.tsx';
import { fromYaml, NEW_PLAN, toYaml } from './plan-yaml.ts';
import { SealDialog } from './seal-dialog.tsx';

const EVENTS = ['library.changed', 'target.changed', 'audit.changed'] as const;

export function PlanEditor() {
  const targets = useQuery('target.list', {}, ['target.changed']).data?.targets;
  const registries = useQuery('registry.list', {}, ['library.changed']).data?.registries;
  const saved = useView((view) => view.planText);
  const [text, setText] = useState<string | null>(saved);
  const [mode, setMode] = useState('form');
  const [sealing, setSealing] = useState(false);
  const seal = useCommand('plan.seal');
  const started = useRef(saved !== null);

  // A new plan starts with everything that could be in it; the analyst takes away.
  useEffect(() => {
    if (started.current || !targets || !registries) return;
    started.current = true;
    const panel = targets
      .filter((item) => item.active)
      .map(({ target }) => ({ target: target.name, role: target.role }));
    const drawn = registries
      .filter((registry) => registry.state === 'drawn')
      .map((registry) => ({ number: registry.number, use: 'evidence' as const }));
    setText(toYaml({ ...NEW_PLAN, panel, canaries: { registries: drawn, found: 'none' } }));
  }, [targets, registries]);

  useEffect(() => setView({ planText: text }), [text]);

  const settled = useDebounced(text, 300);
  const check = useQuery('plan.check', settled === null ? null : { text: settled }, EVENTS);
  const last = useRef(check.data);
  if (check.data) last.current = check.data;
  const result = check.data ?? last.current;
  const current = settled === text && check.data !== undefined;
  const form = text === null ? null : fromYaml(text);
  const canSeal = current && (check.data?.ok ?? false);

  const doSeal = async (): Promise<void> => {
    if (text === null) return;
    const sealed = await seal.run({ text });
    if (!sealed) return;
    setView({ planText: null });
    setSealing(false);
    toast(`${sealed.plan.name} sealed.`);
    go('audits');
  };

  const errors = result?.errors ?? [];
  return (
    <Page
      fixed
      eyebrow="New plan"
      sentence={
        result?.ok && result.summary
          ? `Ready to seal: ${formatPlural(result.summary.calls, 'question', 'questions')} to ${formatPlural(result.summary.panel.length, 'target', 'targets')}.`
          : result
            ? `${formatPlural(errors.length, 'thing is', 'things are')} missing or wrong before this plan can be sealed.`
            : 'Checking the plan.'
      }
      reason="Nothing is asked before you seal, and nothing can be changed afterwards."
      actions={
        <>
          <Button
            kind="quiet"
            onClick={() => {
              setView({ planText: null });
              go('audits');
            }}
          >
            Discard
          </Button>
          <Button kind="primary" disabled={!canSeal} onClick={() => setSealing(true)}>
            Seal plan
          </Button>
        </>
      }
    >
      <div className="flex min-h-0 flex-1">
        <Tabs
          label="Plan"
          className="min-w-0 flex-1"
          value={mode}
          onChange={setMode}
          tabs={[
            {
              value: 'form',
              label: 'Form',
              content: (
                <div className="h-full overflow-auto px-8 py-5">
                  {form ? (
                    <PlanFormView
                      plan={form}
                      targets={targets ?? []}
                      registries={registries ?? []}
                      errors={errors}
                      onChange={(next) => setText(toYaml(next))}
                    />
                  ) : (
                    text !== null && (
                      <Note>
                        The text is not a plan that this form can show. Correct it in the YAML view;
                        nothing of it is lost.
                      </Note>
                    )
                  )}
                </div>
              ),
            },
            {
              value: 'yaml',
              label: 'YAML',
              content: <PlanText text={text ?? ''} errors={errors} onChange={setText} />,
            },
          ]}
        />
        <aside
          aria-label="Summary"
          className="w-104 shrink-0 overflow-auto border-t border-l border-line bg-panel p-6"
        >
          <PlanSummaryCard
            summary={result?.summary ?? null}
            errors={errors}
            failed={check.error}
            onShowError={() => setMode('yaml')}
          />
        </aside>
      </div>
      {sealing && result?.summary && (
        <SealDialog
          summary={result.summary}
          busy={seal.busy}
          error={seal.error}
          onClose={() => setSealing(false)}
          onSeal={() => void doSeal()}
        />
      )}
    </Page>
  );
}
