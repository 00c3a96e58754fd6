import { PassThrough } from 'node:stream';
import type { Io } from '../../../electron/hosts/cli/io.ts';

export interface FakeTerminal {
  readonly io: Io;
  readonly stdin: PassThrough & { isTTY?: boolean; setRawMode(on: boolean): void };
  readonly raw: boolean[];
  stdout(): string;
  stderr(): string;
}

/** Streams that keep what was written, with or without a terminal at the other end. */
export function fakeIo(options: {
  readonly isTerminal: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}): FakeTerminal {
  const written = { stdout: '', stderr: '' };
  const raw: boolean[] = [];
  const stdin = Object.assign(new PassThrough(), {
    isTTY: options.isTerminal,
    setRawMode: (on: boolean) => {
      raw.push(on);
    },
  });
  const sink = (name: 'stdout' | 'stderr') => ({
    isTTY: options.isTerminal,
    columns: 80,
    write: (text: string) => {
      written[name] += text;
    },
  });
  return {
    io: {
      stdin,
      stdout: sink('stdout'),
      stderr: sink('stderr'),
      env: options.env ?? {},
      cwd: options.cwd ?? '/',
      onInterrupt: () => () => {},
    },
    stdin,
    raw,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
  };
}
