import { client } from './client.ts';

const EVENTS = ['keydown', 'pointerdown', 'wheel'] as const;
/** Far below the shortest auto-lock. */
const EVERY_MS = 20_000;

/** Tells the core that a person is here, now and then while one is: screens that refresh themselves do not count. */
export function tellPresence(): () => void {
  let lastMs = Number.NEGATIVE_INFINITY;
  const tell = (): void => {
    if (performance.now() - lastMs < EVERY_MS) return;
    lastMs = performance.now();
    client.call('vault.touch', {}).catch(() => {});
  };
  for (const event of EVENTS) window.addEventListener(event, tell, { passive: true });
  return () => {
    for (const event of EVENTS) window.removeEventListener(event, tell);
  };
}
