import type { EndpointErrorCode, Outcome } from '#shared/domain/outcome.ts';
import type { Trouble } from '../../../db/audit-store.ts';

/** Why a target is not asked any more in this run. */
export interface Halt extends Trouble {
  readonly message: string;
}

/** Failures of a target one after the other: the same one again and again, or one that will not go away, halts it. */
export function createHealth(breaker: number) {
  const failures = new Map<string, { code: string; count: number }>();
  const halts = new Map<string, Halt>();

  const halt = (target: string, code: EndpointErrorCode, message: string): void => {
    if (!halts.has(target)) halts.set(target, { target, code, message });
  };
  return {
    /** Notes an outcome; `code` null: an answer. */
    note: (target: string, outcome: Outcome, code: EndpointErrorCode | null): void => {
      if (code === null || outcome === 'interrupted') {
        failures.delete(target);
        return;
      }
      const known = failures.get(target);
      const count = known?.code === code ? known.count + 1 : 1;
      failures.set(target, { code, count });
      if (code === 'SECRET_ECHOED')
        halt(
          target,
          code,
          `${target} sent the API key back (SECRET_ECHOED); that answer was not stored. Revoke the key, set a new one, then resume, or stop the audit.`,
        );
      else if (code === 'AUTH_FAILED')
        halt(
          target,
          code,
          `${target} refused the key (AUTH_FAILED). Check the vault entry and resume.`,
        );
      else if (count >= breaker)
        halt(
          target,
          code,
          `${target} failed ${count} times in the same way (${code}). Check the target, then resume, or stop the audit.`,
        );
    },
    halt,
    isHalted: (target: string): boolean => halts.has(target),
    /** The first halt, in the order in which they came. */
    first: (): Halt | null => halts.values().next().value ?? null,
  };
}
