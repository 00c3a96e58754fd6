import { useState } from 'react';
import type { Output } from '#shared/contract/index.ts';
import { formatCount, formatPlural } from '#shared/util/format.ts';
import { useQuery } from '../../client/use-query.ts';
import { Check, Radios, SelectField, TextField } from '../../ui/field.tsx';
import { NewCase } from './new-case.tsx';
import { NumberField } from './number-field.tsx';
import { errorAt, Group, type PlanError } from './plan-group.tsx';
import { Retries } from './plan-retries.tsx';
import type { PlanForm, RegistryUse, Role } from './plan-yaml.ts';

type Target = Output<'target.list'>['targets'][number];
type Registry = Output<'registry.list'>['registries'][number];

interface Props {
  readonly plan: PlanForm;
  readonly targets: readonly Target[];
  readonly registries: readonly Registry[];
  readonly errors: readonly PlanError[];
  readonly onChange: (plan: PlanForm) => void;
}

const ROLE_OPTIONS = [
  { value: '', label: 'Not in the panel' },
  { value: 'suspect', label: 'Suspect' },
  { value: 'control', label: 'Control' },
  { value: 'temporal-control', label: 'Temporal control' },
  { value: 'known-positive', label: 'Known positive' },
  { value: 'reference', label: 'Reference' },
] as const;

const USE_OPTIONS = [
  { value: '', label: 'Not asked' },
  { value: 'evidence', label: 'Evidence' },
  { value: 'after-release', label: 'Planted after the release' },
] as const;

/** An error of a whole list, right under it. */
function GroupError({ message }: { message: string | null }) {
  if (message === null) return null;
  return (
    <p role="alert" className="text-12 text-hit">
      {message}
    </p>
  );
}

function Panel({ plan, targets, onChange }: Props) {
  const roleOf = (name: string): string => plan.panel.find((m) => m.target === name)?.role ?? '';
  const unknown = plan.panel.filter((m) => !targets.some((t) => t.target.name === m.target));
  const setRole = (name: string, role: string): void => {
    const known = plan.panel.some((member) => member.target === name);
    const panel =
      role === ''
        ? plan.panel.filter((member) => member.target !== name)
        : known
          ? plan.panel.map((m) => (m.target === name ? { target: name, role: role as Role } : m))
          : [...plan.panel, { target: name, role: role as Role }];
    onChange({ ...plan, panel });
  };
  const rows = targets.filter((item) => item.active || roleOf(item.target.name) !== '');
  if (rows.length === 0 && unknown.length === 0) {
    return (
      <p className="text-ink-2">
        No target to choose from.{' '}
        <a className="text-accent underline" href="#/targets/new">
          Add a target
        </a>{' '}
        and come back; this plan is kept.
      </p>
    );
  }
  return (
    <ul aria-label="Panel" className="border-t border-line-strong">
      {rows.map(({ target }) => (
        <li
          key={target.name}
          className="grid grid-cols-[minmax(0,1fr)_minmax(0,1fr)_176px] items-center gap-4 border-b border-line py-1"
        >
          <span
            className={`truncate ${roleOf(target.name) ? 'font-medium' : 'text-ink-3'}`}
            title={target.name}
          >
            {target.name}
          </span>
          <span className="truncate font-mono text-12 text-ink-3" title={target.model}>
            {target.model}
          </span>
          <SelectField
            label={`Role of ${target.name}`}
            hideLabel
            className="h-7"
            value={roleOf(target.name)}
            onChange={(event) => setRole(target.name, event.target.value)}
            options={ROLE_OPTIONS}
          />
        </li>
      ))}
      {unknown.map((member) => (
        <li key={member.target} className="border-b border-line py-1 text-hit">
          {member.target} is in the plan but not among the targets.
        </li>
      ))}
    </ul>
  );
}

function Registries({ plan, registries, onChange }: Props) {
  const chosenUse = (n: number): string =>
    plan.canaries.registries.find((registry) => registry.number === n)?.use ?? '';
  const setUse = (number: number, use: string): void => {
    const others = plan.canaries.registries.filter((registry) => registry.number !== number);
    const next = use === '' ? others : [...others, { number, use: use as RegistryUse }];
    onChange({
      ...plan,
      canaries: { ...plan.canaries, registries: next.sort((a, b) => a.number - b.number) },
    });
  };
  const drawn = registries.filter((registry) => registry.state === 'drawn');
  if (drawn.length === 0) {
    return (
      <p className="text-ink-2">
        No registry is drawn yet.{' '}
        <a className="text-accent underline" href="#/canaries/registries">
          Commit and draw one
        </a>{' '}
        first; this plan is kept.
      </p>
    );
  }
  return (
    <ul aria-label="Registries" className="border-t border-line-strong">
      {drawn.map((registry) => (
        <li
          key={registry.number}
          className="grid grid-cols-[96px_minmax(0,1fr)_208px] items-center gap-4 border-b border-line py-1"
        >
          <span className="font-medium">Registry {registry.number}</span>
          <span className="truncate text-ink-2">
            {formatCount(registry.served ?? 0)} served, {formatCount(registry.twins ?? 0)} twins
            {registry.found > 0 && `, ${formatPlural(registry.found, 'found', 'found')}`}
            {registry.beaconState === 'none' && ', no beacon'}
          </span>
          <SelectField
            label={`Use of registry ${registry.number}`}
            hideLabel
            className="h-7"
            value={chosenUse(registry.number)}
            onChange={(event) => setUse(registry.number, event.target.value)}
            options={USE_OPTIONS}
          />
        </li>
      ))}
    </ul>
  );
}

const PARAMETERS = [
  ['temperature', 'Temperature'],
  ['top_p', 'Top p'],
  ['max_tokens', 'Max tokens'],
  ['seed', 'Seed'],
] as const;

export function PlanFormView(props: Props) {
  const { plan, onChange, registries, errors } = props;
  const cases = useQuery('case.list', {}).data?.cases ?? [];
  const [making, setMaking] = useState(false);
  const found = registries.some((registry) => registry.found > 0);
  const listed = Array.isArray(plan.canaries.found);
  const setLimit = (change: Partial<PlanForm['limits']>): void =>
    onChange({ ...plan, limits: { ...plan.limits, ...change } });

  return (
    <div className="grid max-w-180 gap-6 pb-8">
      <div className="grid grid-cols-[minmax(0,1fr)_minmax(0,208px)] gap-4">
        <TextField
          label="Plan name"
          value={plan.name}
          error={errorAt(errors, 'name')}
          onChange={(event) => onChange({ ...plan, name: event.target.value })}
          autoFocus={plan.name === ''}
        />
        <SelectField
          label="Case"
          value={plan.case}
          onChange={(event) =>
            event.target.value === '+'
              ? setMaking(true)
              : onChange({ ...plan, case: event.target.value })
          }
          options={[
            ...cases.map((item) => ({ value: item.id, label: item.name })),
            ...(cases.some((item) => item.id === plan.case)
              ? []
              : [{ value: plan.case, label: plan.case }]),
            { value: '+', label: 'New case…' },
          ]}
        />
        <div className="col-span-2">
          <TextField
            label="Question"
            placeholder="Was this model trained on outputs of ours?"
            value={plan.question}
            error={errorAt(errors, 'question')}
            onChange={(event) => onChange({ ...plan, question: event.target.value })}
          />
        </div>
      </div>
      <Group
        title="Panel"
        note="Suspects, and the controls that show what chance does. All answer the same canaries."
      >
        <Panel {...props} />
        <GroupError message={errorAt(errors, 'panel')} />
      </Group>
      <Group title="Canaries">
        <Registries {...props} />
        <GroupError message={errorAt(errors, 'canaries')} />
        {(found || plan.canaries.found !== 'none') && (
          <SelectField
            label="Found canaries (tier B)"
            className="max-w-80"
            value={listed ? 'list' : String(plan.canaries.found)}
            onChange={(event) => {
              if (event.target.value === 'list') return;
              onChange({
                ...plan,
                canaries: { ...plan.canaries, found: event.target.value as 'all' | 'none' },
              });
            }}
            options={[
              { value: 'none', label: 'None' },
              { value: 'all', label: 'All in these registries' },
              ...(listed ? [{ value: 'list', label: 'Those listed in the YAML' }] : []),
            ]}
          />
        )}
        <NumberField
          label="Samples per canary and target"
          value={plan.samples}
          error={errorAt(errors, 'samples')}
          hint="Repeats of a canary count as one canary; one is enough for evidence."
          onChange={(samples) => onChange({ ...plan, samples: samples ?? 1 })}
        />
      </Group>
      <Group
        title="Parameters"
        note="Laid over each target's own. What is empty is left as the target has it."
      >
        <div className="grid grid-cols-4 gap-3">
          {PARAMETERS.map(([name, label]) => (
            <NumberField
              key={name}
              label={label}
              value={plan.parameters[name] ?? null}
              error={errorAt(errors, `parameters.${name}`)}
              onChange={(value) => {
                const { [name]: _old, ...rest } = plan.parameters;
                onChange({
                  ...plan,
                  parameters: (value === null
                    ? rest
                    : { ...rest, [name]: value }) as PlanForm['parameters'],
                });
              }}
            />
          ))}
        </div>
      </Group>
      <Group title="When to stop">
        <Radios
          label="Rule"
          value={plan.stop.rule}
          onChange={(rule) => onChange({ ...plan, stop: { ...plan.stop, rule } })}
          options={[
            {
              value: 'label',
              label: 'As soon as each suspect has its label',
              hint: 'Spends the fewest secrets. Evidence stays valid under stopping.',
            },
            {
              value: 'fixed',
              label: 'After all canaries',
              hint: 'The number is fixed beforehand, so exact p-values and intervals are printed too.',
            },
          ]}
        />
        <Check
          label="Ask every twin even when all suspects have stopped"
          checked={plan.stop.allTwins}
          onChange={(allTwins) => onChange({ ...plan, stop: { ...plan.stop, allTwins } })}
        />
        <Check
          label="Refuse to run without a time stamp"
          hint="The registries and the seal must carry the stamp of a time-stamping authority."
          checked={plan.requireStamp ?? false}
          onChange={(wanted) => {
            const { requireStamp: _old, ...rest } = plan;
            onChange(wanted ? { ...rest, requireStamp: true } : rest);
          }}
        />
      </Group>
      <Group title="Limits">
        <div className="grid grid-cols-2 items-start gap-3 xl:grid-cols-3">
          <NumberField
            label="Canaries to one target"
            value={plan.limits.canaries}
            error={errorAt(errors, 'limits.canaries')}
            onChange={(value) => setLimit({ canaries: value ?? 60 })}
            hint="Served ones; 60 for a campaign."
          />
          <NumberField
            label="Requests in all"
            value={plan.limits.requests}
            error={errorAt(errors, 'limits.requests')}
            onChange={(value) => setLimit({ requests: value ?? 100_000 })}
          />
          <NumberField
            label="At the same time"
            value={plan.limits.concurrency}
            error={errorAt(errors, 'limits.concurrency')}
            onChange={(value) => setLimit({ concurrency: value ?? 16 })}
          />
          <NumberField
            label="Timeout, ms"
            value={plan.limits.timeoutMs}
            error={errorAt(errors, 'limits.timeoutMs')}
            onChange={(value) => setLimit({ timeoutMs: value ?? 120_000 })}
          />
          <NumberField
            label="Same failures in a row"
            value={plan.limits.breaker}
            error={errorAt(errors, 'limits.breaker')}
            onChange={(value) => setLimit({ breaker: value ?? 5 })}
            hint="Then the target is paused."
          />
        </div>
      </Group>
      <Retries {...props} />
      {making && (
        <NewCase
          onClose={() => setMaking(false)}
          onDone={(id) => {
            setMaking(false);
            onChange({ ...plan, case: id });
          }}
        />
      )}
    </div>
  );
}
