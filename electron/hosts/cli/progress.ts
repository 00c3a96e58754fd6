import type { AuditStatus } from '#shared/contract/audit.ts';
import { visible } from '#shared/util/visible.ts';
import type { Io } from './io.ts';

const PLAIN_EVERY_MS = 5_000;

export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export const formatUsd = (usd: number): string => `${usd.toFixed(usd < 1 ? 4 : 2)} USD`;

/** Spend of one target against its cap; `unknown` without a price, estimates marked as such. */
export function laneSpend({ spend, capUsd }: AuditStatus['lanes'][number]): string {
  const cap = capUsd === null ? '' : ` of ${formatUsd(capUsd)}`;
  if (spend === null) return 'unknown';
  const estimated = spend.estimated > 0 ? ` + about ${formatUsd(spend.estimatedUsd)}` : '';
  return `${formatUsd(spend.usd)}${estimated}${cap}`;
}

/** Spend of all targets with a known price; null where none has one. */
function spendLine({ lanes }: AuditStatus): string | null {
  const known = lanes.flatMap(({ spend }) => spend ?? []);
  if (known.length === 0) return null;
  const usd = known.reduce((sum, spend) => sum + spend.usd + spend.estimatedUsd, 0);
  const mark = known.some((spend) => spend.estimated > 0) ? 'about ' : '';
  const rest = known.length < lanes.length ? ' + unknown' : '';
  return `spent ${mark}${formatUsd(usd)}${rest}`;
}

export function progressLine(status: AuditStatus): string {
  const parts = [
    `${status.requestsDone}/${status.requestsPlanned} requests`,
    `${status.canariesDone}/${status.canariesPlanned} canaries`,
    `${status.ratePerSecond.toFixed(1)}/s`,
    status.remainingMs === null ? 'time left unknown' : `${duration(status.remainingMs)} left`,
    `exposures ${status.exposures}/${status.exposureLimit}`,
  ];
  const spend = spendLine(status);
  if (spend !== null) parts.push(spend);
  const waiting = status.lanes.filter((lane) => lane.waiting !== null);
  for (const lane of waiting.slice(0, 3)) parts.push(`${lane.target}: ${lane.waiting}`);
  return visible(parts.join('  ')).replace(/[\n\t]/g, ' ');
}

export interface Progress {
  show(status: AuditStatus): void;
  /** Leaves the cursor on a fresh line. */
  end(): void;
}

/** On standard error: one line that is rewritten on a terminal, else a line every few seconds. */
export function createProgress(io: Io, nowMs: () => number): Progress {
  const isLive = io.stderr.isTTY === true;
  let last = '';
  let lastMs = Number.NEGATIVE_INFINITY;
  return {
    show: (status) => {
      const line = progressLine(status);
      if (line === last) return;
      if (isLive) {
        const width = (io.stderr.columns ?? 80) - 1;
        io.stderr.write(`\r\u001b[K${[...line].slice(0, width).join('')}`);
      } else {
        if (nowMs() - lastMs < PLAIN_EVERY_MS) return;
        io.stderr.write(`${line}\n`);
      }
      last = line;
      lastMs = nowMs();
    },
    end: () => {
      if (isLive && last !== '') io.stderr.write('\r\u001b[K');
      last = '';
    },
  };
}
