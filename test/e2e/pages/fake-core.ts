import type { Envelope } from '#shared/contract/errors.ts';
import { AppError } from '#shared/contract/errors.ts';
import { contract, type EventName, type Events, type MethodName } from '#shared/contract/index.ts';
import { handlersOf } from './fake-handlers.ts';
import type { FakeState } from './fake-state.ts';

export interface FakeCore {
  readonly state: FakeState;
  /** Every call that was made, by name. */
  readonly calls: readonly string[];
  dispatch(name: string, input: unknown): Promise<Envelope<unknown>>;
  readonly events: {
    on(listener: (event: EventName, data: Events[EventName]) => void): () => void;
  };
  emit<E extends EventName>(event: E, data: Events[E]): void;
}

/**
 * Stands in for the core while a page is looked at: answers from fixtures, in and out through the schemas of the contract,
 * so a fixture that the real core could not give fails the test.
 */
export function createFakeCore(state: FakeState): FakeCore {
  const listeners = new Set<(event: EventName, data: Events[EventName]) => void>();
  const calls: string[] = [];
  const core: FakeCore = {
    state,
    calls,
    events: {
      on: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    emit: (event, data) => {
      for (const listener of listeners) listener(event, data);
    },
    dispatch: async (name, input) => {
      calls.push(name);
      const method = contract[name as MethodName];
      const parsed = method.input.safeParse(input);
      if (!parsed.success) {
        const issues = parsed.error.issues.map((issue) => ({
          path: issue.path.join('.'),
          message: issue.message,
        }));
        return {
          ok: false,
          error: {
            code: 'BAD_INPUT',
            message: `${issues[0]?.path}: ${issues[0]?.message}`,
            data: { issues },
          },
        };
      }
      try {
        const handler = handlers[name as MethodName] as ((input: unknown) => unknown) | undefined;
        if (!handler) throw new AppError('NOT_AVAILABLE_HERE', `${name} has no fixture.`);
        const output = await handler(parsed.data);
        return { ok: true, data: method.output.parse(output) };
      } catch (error) {
        if (error instanceof AppError)
          return {
            ok: false,
            error: { code: error.code, message: error.message, data: error.data },
          };
        throw error;
      }
    },
  };
  const handlers = handlersOf(state, core.emit);
  return core;
}
