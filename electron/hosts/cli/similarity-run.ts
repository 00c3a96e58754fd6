import type { Client } from '#shared/contract/index.ts';
import { CliError } from './exit.ts';
import { readText } from './files.ts';
import type { Io } from './io.ts';
import type { Context } from './verb.ts';

const POLL_MS = 500;

export interface SimilarityOptions {
  readonly outputs: string;
  readonly lineage?: string;
}

export async function readSimilarityFiles(io: Io, options: SimilarityOptions) {
  const { outputs, lineage } = options;
  if (outputs === '-' && lineage === '-')
    throw new CliError('Only one of --outputs and --lineage can be standard input.');
  return {
    outputs: await readText(io, outputs),
    lineage: lineage === undefined ? '' : await readText(io, lineage),
  };
}

/** Runs a comparison, shows on a terminal how far it is, and cancels it at Ctrl-C. */
export async function compare<T>(
  { io, session }: Context,
  start: (client: Client) => Promise<T>,
): Promise<T> {
  const { client } = session.core();
  const isLive = io.stderr.isTTY === true;
  const off = io.onInterrupt(() => {
    client.call('similarity.cancel', {}).catch(() => {});
  });
  const timer = setInterval(() => {
    if (!isLive) return;
    client
      .call('similarity.progress', {})
      .then(({ running }) => {
        if (running) io.stderr.write(`\r\u001b[K${running.done}/${running.total} prompts`);
      })
      .catch(() => {});
  }, POLL_MS);
  try {
    return await start(client);
  } finally {
    clearInterval(timer);
    off();
    if (isLive) io.stderr.write('\r\u001b[K');
  }
}
