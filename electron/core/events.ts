import type { EventName, Events } from '#shared/contract/index.ts';

type AnyListener = (event: EventName, data: Events[EventName]) => void;

/** Publish and subscribe inside one process. */
export interface EventBus {
  emit<E extends EventName>(event: E, data: Events[E]): void;
  on(listener: AnyListener): () => void;
}

export function createEventBus(): EventBus {
  const listeners = new Set<AnyListener>();
  return {
    emit: (event, data) => {
      for (const listener of [...listeners]) listener(event, data);
    },
    on: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
