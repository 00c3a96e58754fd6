import { useSyncExternalStore } from 'react';

/** The hash as path segments: `#/audits/1/evidence` -> ['audits', '1', 'evidence']. */
function read(): string {
  return window.location.hash.replace(/^#\/?/, '');
}

const subscribe = (listener: () => void): (() => void) => {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
};

export function useRoute(): readonly string[] {
  const path = useSyncExternalStore(subscribe, read);
  return path === '' ? [] : path.split('/').map(decodeURIComponent);
}

export const href = (...segments: readonly string[]): string =>
  `#/${segments.map(encodeURIComponent).join('/')}`;

export function go(...segments: readonly string[]): void {
  window.location.hash = href(...segments);
}

/** Changes the address without a step in the history: for what is selected on a screen. */
export function replace(...segments: readonly string[]): void {
  history.replaceState(null, '', href(...segments));
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}
