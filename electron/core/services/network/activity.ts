import { connectionReason } from '#shared/contract/activity.ts';
import type { Output, ParsedInput } from '#shared/contract/index.ts';
import type { ConnectionRow } from '../../db/activity-store.ts';
import type { Connection } from '../../endpoints/types.ts';
import type { Session } from '../workspace/session.ts';

const KEPT_IN_MEMORY = 1_000;
const FLUSH_AFTER_MS = 250;
const FLUSH_AT = 500;

/** The workspace of this process, as far as this service needs it. */
export interface ActivityWorkspace {
  isOpen(): boolean;
  session(): Session;
}

type Listed = Output<'activity.list'>;

/**
 * The list of connections. They are written together a moment after they ended, so that the list costs the run no sync of
 * its own: a kill can lose the last quarter of a second of it, while each attempt keeps its own facts durably. Without an
 * open workspace the latest 1,000 stay in memory and are stored when one is opened.
 */
export function createActivityService(workspace: ActivityWorkspace) {
  let waiting: ConnectionRow[] = [];
  let timer: NodeJS.Timeout | null = null;

  const flush = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (waiting.length === 0 || !workspace.isOpen()) return;
    const session = workspace.session();
    const rows = waiting;
    session.transaction(() => {
      for (const row of rows) session.connections.add(row);
    });
    waiting = [];
  };

  /** A database that refuses the rows must not end the exchange they are about: they wait. */
  const tryFlush = (): void => {
    try {
      flush();
    } catch {
      keepLatest();
    }
  };

  const keepLatest = (): void => {
    if (waiting.length > KEPT_IN_MEMORY) waiting = waiting.slice(-KEPT_IN_MEMORY);
  };

  const record = (connection: Connection): void => {
    const { startedMs, durationMs, ...rest } = connection;
    waiting.push({
      ...rest,
      startedUtc: new Date(startedMs).toISOString(),
      durationMs: Math.max(0, durationMs),
    });
    if (!workspace.isOpen()) keepLatest();
    else if (waiting.length >= FLUSH_AT) tryFlush();
    else timer ??= setTimeout(tryFlush, FLUSH_AFTER_MS).unref();
  };

  const list = (input: ParsedInput<'activity.list'>): Listed => {
    const filter = { host: input.host, reason: input.reason ?? '' };
    if (!workspace.isOpen()) return fromMemory(waiting, { ...input, ...filter });
    flush();
    const { connections: store } = workspace.session();
    return {
      stored: true,
      total: store.count(filter),
      connections: store
        .page({ ...filter, offset: input.offset, limit: input.limit })
        .map(({ seq, ...row }) => toItem(row, seq)),
      hosts: store.totals(filter),
    };
  };

  return { record, list, flush: tryFlush };
}
export type ActivityService = ReturnType<typeof createActivityService>;

const toItem = (row: ConnectionRow, seq: number | null): Listed['connections'][number] => {
  const { startedUtc, reason, ...rest } = row;
  return { ...rest, seq, at: startedUtc, reason: connectionReason.parse(reason) };
};

function fromMemory(
  rows: readonly ConnectionRow[],
  input: { host: string; reason: string; offset: number; limit: number },
): Listed {
  const wanted = rows.filter(
    (row) =>
      (input.host === '' || row.host === input.host) &&
      (input.reason === '' || row.reason === input.reason),
  );
  const hosts = [...Map.groupBy(wanted, (row) => row.host)].map(([host, own]) => ({
    host,
    connections: own.length,
    failed: own.filter(({ code }) => code !== null).length,
    bytesOut: own.reduce((sum, row) => sum + row.bytesOut, 0),
    bytesIn: own.reduce((sum, row) => sum + row.bytesIn, 0),
    firstUtc: own.map((row) => row.startedUtc).sort()[0] ?? '',
    lastUtc:
      own
        .map((row) => row.startedUtc)
        .sort()
        .at(-1) ?? '',
  }));
  return {
    stored: false,
    total: wanted.length,
    connections: wanted
      .toReversed()
      .slice(input.offset, input.offset + input.limit)
      .map((row) => toItem(row, null)),
    hosts: hosts.toSorted((a, b) => (a.host < b.host ? -1 : 1)),
  };
}
