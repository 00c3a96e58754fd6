import { NumberField } from './number-field.tsx';
import { errorAt, Group, type PlanError } from './plan-group.tsx';
import type { PlanForm } from './plan-yaml.ts';

interface Props {
  readonly plan: PlanForm;
  readonly errors: readonly PlanError[];
  readonly onChange: (plan: PlanForm) => void;
}

/** How often and after what wait a failed sample is asked again. */
export function Retries({ plan, errors, onChange }: Props) {
  const setRetry = (change: Partial<PlanForm['retry']>): void =>
    onChange({ ...plan, retry: { ...plan.retry, ...change } });
  return (
    <Group
      title="Retries"
      note="Each is a new attempt that every report shows, and a new disclosure of the canary."
    >
      <div className="grid grid-cols-2 gap-3">
        <NumberField
          label="Retries of a sample"
          value={plan.retry.attempts}
          error={errorAt(errors, 'retry.attempts')}
          onChange={(value) => setRetry({ attempts: value ?? 0 })}
          hint="After a rate limit, a timeout or a failed connection."
        />
        {plan.retry.attempts > 0 && (
          <>
            <NumberField
              label="First wait, ms"
              value={plan.retry.waitMs}
              error={errorAt(errors, 'retry.waitMs')}
              onChange={(value) => setRetry({ waitMs: value ?? 1_000 })}
              hint="Doubled with each further retry."
            />
            <NumberField
              label="Random share of a wait"
              value={plan.retry.jitter}
              error={errorAt(errors, 'retry.jitter')}
              onChange={(value) => setRetry({ jitter: value ?? 0.5 })}
              hint="Jitter, 0 to 1; the plan seeds it."
            />
            <NumberField
              label="Longest wait a server may ask, ms"
              value={plan.retry.maxRetryAfterMs}
              error={errorAt(errors, 'retry.maxRetryAfterMs')}
              onChange={(value) => setRetry({ maxRetryAfterMs: value ?? 60_000 })}
              hint="A longer one pauses its target."
            />
          </>
        )}
      </div>
    </Group>
  );
}
