import { useCallback, useEffect, useMemo, useReducer, useRef } from 'react';
import type { EventName } from '#shared/contract/index.ts';
import { type Failed, onEvents, toFailed } from './client.ts';

export interface Windows<T> {
  /** Null until the first window came. */
  readonly total: number | null;
  readonly error: Failed | null;
  readonly at: (index: number) => T | undefined;
  /** Asks for the windows that hold these rows. */
  readonly show: (first: number, last: number) => void;
  /** Asks again for what is on screen, after an error. */
  readonly retry: () => void;
}

export interface WindowSource<T> {
  readonly key: string;
  readonly size: number;
  readonly events: readonly EventName[];
  readonly fetch: (
    offset: number,
    limit: number,
  ) => Promise<{ total: number; items: readonly T[] }>;
}

interface Store<T> {
  key: string;
  pages: Map<number, readonly T[]>;
  pending: Set<number>;
  stale: Set<number>;
  total: number | null;
  error: Failed | null;
  range: [number, number];
}

/** Pages a long list in windows; keeps the rows on screen while they are asked again. */
export function useWindows<T>(source: WindowSource<T>): Windows<T> {
  const [version, redraw] = useReducer((n: number) => n + 1, 0);
  const store = useRef<Store<T> | null>(null);
  const latest = useRef(source);
  latest.current = source;
  if (store.current === null || store.current.key !== source.key) {
    store.current = {
      key: source.key,
      pages: new Map(),
      pending: new Set(),
      stale: new Set(),
      total: null,
      error: null,
      range: [0, 0],
    };
  }

  const load = useCallback((page: number) => {
    const mine = store.current;
    if (!mine || mine.pending.has(page)) return;
    if (mine.pages.has(page) && !mine.stale.has(page)) return;
    mine.pending.add(page);
    mine.stale.delete(page);
    const { fetch, size } = latest.current;
    fetch(page * size, size)
      .then(
        ({ total, items }) => {
          mine.pages.set(page, items);
          mine.total = total;
          mine.error = null;
        },
        (error: unknown) => {
          mine.error = toFailed(error);
        },
      )
      .finally(() => {
        mine.pending.delete(page);
        if (store.current === mine) redraw();
      });
  }, []);

  const show = useCallback(
    (first: number, last: number) => {
      const mine = store.current;
      if (!mine) return;
      mine.range = [first, last];
      const { size } = latest.current;
      for (let page = Math.floor(first / size); page <= Math.floor(last / size); page += 1)
        load(page);
    },
    [load],
  );

  const retry = useCallback(() => {
    const mine = store.current;
    if (!mine) return;
    for (const page of mine.pages.keys()) mine.stale.add(page);
    show(...mine.range);
  }, [show]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the source
  useEffect(() => {
    show(0, 0);
    return onEvents(latest.current.events, retry);
  }, [source.key, show, retry]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the source
  return useMemo(() => {
    const mine = store.current as Store<T>;
    void version;
    return {
      total: mine.total,
      error: mine.error,
      at: (index: number) =>
        mine.pages.get(Math.floor(index / latest.current.size))?.[index % latest.current.size],
      show,
      retry,
    };
  }, [version, show, retry, source.key]);
}
