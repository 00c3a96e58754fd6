import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import type { EventName, Input, MethodName, Output } from '#shared/contract/index.ts';
import { client, type Failed, onEvents, toFailed } from './client.ts';

interface Entry {
  data: unknown;
  error: Failed | null;
  snapshot: { data: unknown; error: Failed | null; loading: boolean };
  busy: boolean;
  stale: boolean;
  lastStart: number;
  timer: ReturnType<typeof setTimeout> | null;
  readonly name: MethodName;
  readonly input: unknown;
  readonly listeners: Set<() => void>;
}

export interface Query<T> {
  readonly data: T | undefined;
  readonly error: Failed | null;
  readonly loading: boolean;
  readonly refetch: () => void;
}

/** Events come in bursts while an audit runs; a query is asked at most this often. */
const MIN_GAP_MS = 250;
const cache = new Map<string, Entry>();

function publish(entry: Entry): void {
  entry.snapshot = { data: entry.data, error: entry.error, loading: entry.busy };
  for (const listener of entry.listeners) listener();
}

function load(entry: Entry): void {
  if (entry.busy) {
    entry.stale = true;
    return;
  }
  const wait = entry.lastStart + MIN_GAP_MS - performance.now();
  if (wait > 0) {
    entry.timer ??= setTimeout(() => {
      entry.timer = null;
      load(entry);
    }, wait);
    return;
  }
  entry.busy = true;
  entry.stale = false;
  entry.lastStart = performance.now();
  publish(entry);
  const asked = generation;
  client
    .call(entry.name, entry.input as never)
    .then(
      (data) => {
        // Asked before the lock, answered after it: forgotten with the rest.
        if (asked !== generation) return;
        entry.data = data;
        entry.error = null;
      },
      (error: unknown) => {
        entry.error = toFailed(error);
      },
    )
    .finally(() => {
      entry.busy = false;
      publish(entry);
      if (entry.stale && entry.listeners.size > 0) load(entry);
    });
}

function entryOf(key: string, name: MethodName, input: unknown): Entry {
  const existing = cache.get(key);
  if (existing) return existing;
  const entry: Entry = {
    data: undefined,
    error: null,
    snapshot: { data: undefined, error: null, loading: true },
    busy: false,
    stale: false,
    lastStart: Number.NEGATIVE_INFINITY,
    timer: null,
    name,
    input,
    listeners: new Set(),
  };
  cache.set(key, entry);
  return entry;
}

let generation = 0;

/** Forgets everything that was read; called when the workspace is locked. */
export function clearQueries(): void {
  generation += 1;
  for (const [key, entry] of cache) {
    entry.data = undefined;
    entry.error = null;
    if (entry.listeners.size === 0) cache.delete(key);
    else publish(entry);
  }
}

/** Asks every query on screen again. */
export function refetchAll(): void {
  for (const entry of cache.values()) if (entry.listeners.size > 0) load(entry);
}

const NONE = { data: undefined, error: null, loading: false };

/**
 * The answer of a query, kept in place while it is asked again: on mount, and when one of the events arrives.
 * `input` null asks nothing.
 */
export function useQuery<N extends MethodName>(
  name: N,
  input: Input<N> | null,
  events: readonly EventName[] = [],
): Query<Output<N>> {
  const key = input === null ? null : `${name} ${JSON.stringify(input)}`;
  const eventKey = events.join(' ');
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for name and input
  const subscribe = useCallback(
    (listener: () => void) => {
      if (key === null) return () => {};
      const entry = entryOf(key, name, input);
      entry.listeners.add(listener);
      load(entry);
      const off = onEvents(eventKey.split(' ') as EventName[], () => load(entry));
      return () => {
        entry.listeners.delete(listener);
        off();
      };
    },
    [key, eventKey],
  );
  const snapshot = useSyncExternalStore(subscribe, () =>
    key === null ? NONE : entryOf(key, name, input).snapshot,
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for name and input
  const refetch = useCallback(() => {
    if (key !== null) load(entryOf(key, name, input));
  }, [key]);
  return {
    data: snapshot.data as Output<N> | undefined,
    error: snapshot.error,
    loading: snapshot.loading,
    refetch,
  };
}

export interface Command<N extends MethodName> {
  /** Resolves to the output, or null when it failed; the failure is in `error`. */
  readonly run: (input: Input<N>) => Promise<Output<N> | null>;
  readonly busy: boolean;
  readonly error: Failed | null;
  readonly reset: () => void;
}

export function useCommand<N extends MethodName>(name: N): Command<N> {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Failed | null>(null);
  const run = useCallback(
    async (input: Input<N>) => {
      setBusy(true);
      setError(null);
      try {
        return await client.call(name, input);
      } catch (failure) {
        setError(toFailed(failure));
        return null;
      } finally {
        setBusy(false);
      }
    },
    [name],
  );
  const reset = useCallback(() => setError(null), []);
  return { run, busy, error, reset };
}

/** A value that settles `delayMs` after it last changed. */
export function useDebounced<T>(value: T, delayMs: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), delayMs);
    return () => clearTimeout(timer);
  }, [value, delayMs]);
  return settled;
}
