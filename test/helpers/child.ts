import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';

export interface AuditChild {
  readonly process: ChildProcess;
  /** The audit's id, once it is started or resumed; rejects when the process ends before. */
  readonly started: Promise<string>;
  /** State at the end, or `killed`. */
  readonly ended: Promise<string>;
  /** Everything it wrote to standard output and standard error. */
  output(): string;
  kill(): Promise<void>;
}

interface Told {
  readonly auditId: string;
  readonly state?: string;
}

/** An audit in a process of its own. */
export function auditChild(
  folder: string,
  mode: 'start' | 'resume',
  id: string,
  env: Readonly<Record<string, string>> = {},
): AuditChild {
  const child = fork(join(import.meta.dirname, 'audit-child.ts'), [folder, mode, id], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, ...env },
    execArgv: [],
  });
  const written: Buffer[] = [];
  child.stdout?.on('data', (bytes: Buffer) => written.push(bytes));
  child.stderr?.on('data', (bytes: Buffer) => written.push(bytes));
  const output = (): string => Buffer.concat(written).toString('utf8');
  let state = 'killed';
  const exited = new Promise<void>((done) => child.once('close', () => done()));
  const started = new Promise<string>((done, fail) => {
    child.on('message', (told: Told) => {
      done(told.auditId);
      state = told.state ?? state;
    });
    child.once('close', () => fail(new Error(`the child ended early: ${output()}`)));
  });
  // Whoever does not await it must not be struck by it.
  started.catch(() => {});
  return {
    process: child,
    started,
    ended: exited.then(() => state),
    output,
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
