import { AppError } from '#shared/contract/errors.ts';
import type { Client, EventName, Events } from '#shared/contract/index.ts';
import { transport } from './transport.ts';

/** The typed way to the core; rejects with AppError. */
export const client: Client = {
  call: (name, input) => transport.call(name, input) as never,
  on: (event, listener) =>
    transport.on((name, data) => {
      if (name === event) listener(data as Events[typeof event]);
    }),
};

export type Failed = AppError;

export const toFailed = (error: unknown): Failed =>
  error instanceof AppError
    ? error
    : new AppError(
        'INTERNAL',
        'The screen could not read the answer. Reload the page; nothing was lost.',
      );

/** Calls `listener` for any of the events. */
export function onEvents(events: readonly EventName[], listener: () => void): () => void {
  return transport.on((name) => {
    if ((events as readonly string[]).includes(name)) listener();
  });
}
