import type { Io } from './io.ts';

/** Resolves at the first Ctrl-C or request to end. Called before what it guards starts, so that no signal is missed. */
export function untilInterrupted(io: Io): Promise<void> {
  return new Promise((done) => {
    const off = io.onInterrupt(() => {
      off();
      done();
    });
  });
}
