import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { AppError } from '#shared/contract/errors.ts';
import type { Session } from '../workspace/session.ts';

export const LEASE_MS = 20_000;
/** How often a run renews its lease: a question may take longer to answer than the lease lasts. */
const RENEW_MS = 2_000;

/** Names a process on this machine, so that the lease of a killed one can be taken over at once. */
const holderOf = (session: Session): string => `${hostname()}/${process.pid}/${session.bootId}`;

function isAlive(holder: string): boolean {
  const [host, pid] = holder.split('/');
  if (host !== hostname()) return true;
  try {
    process.kill(Number(pid), 0);
    return !isDefunct(Number(pid));
  } catch (error) {
    return (error as { code?: unknown }).code === 'EPERM';
  }
}

/** A killed process that nobody has collected yet still answers to its number; on Linux its state tells. */
function isDefunct(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return /^[ZXx] /.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}

/** Whether a living process other than this one runs audits here. */
export function heldElsewhere(session: Session): boolean {
  const holder = session.workspaces.leaseHolder(session.ports.clock.nowMs());
  return holder !== null && holder !== holderOf(session) && isAlive(holder);
}

/** Takes or renews the one lease of whoever runs audits. Errors: WORKSPACE_BUSY. */
export function takeLease(session: Session): void {
  const now = session.ports.clock.nowMs();
  session.transaction(() => {
    const holder = session.workspaces.leaseHolder(now);
    if (holder !== null && holder !== holderOf(session) && !isAlive(holder))
      session.workspaces.dropLease(holder);
    if (!session.workspaces.takeLease(holderOf(session), now, now + LEASE_MS))
      throw new AppError(
        'WORKSPACE_BUSY',
        'Another Trapstreet process runs an audit in this workspace. Wait until it ends, or stop it there.',
      );
  });
}

/** Takes the lease for work that begins a run, and gives it back when that is refused. Errors: WORKSPACE_BUSY. */
export function underLease<T>(session: Session, work: () => T): T {
  takeLease(session);
  try {
    return work();
  } catch (error) {
    dropLease(session);
    throw error;
  }
}

export function dropLease(session: Session): void {
  session.transaction(() => session.workspaces.dropLease(holderOf(session)));
}

/** Renews the lease until stopped; `lost` is called when another process has it. */
export function keepTaking(session: Session, lost: () => void): { stop(): void } {
  const timer = setInterval(() => {
    try {
      takeLease(session);
    } catch {
      lost();
    }
  }, RENEW_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
