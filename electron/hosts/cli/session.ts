import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Core, createCore } from '#core/compose.ts';
import type { Client } from '#shared/contract/index.ts';
import { nodePorts } from '../common/node-ports.ts';
import type { Io } from './io.ts';
import { passphraseToUnlock } from './passphrase.ts';

const DEFAULT_WORKSPACE = 'trapstreet-workspace';

export interface GlobalOptions {
  readonly workspace?: string;
  readonly json?: boolean;
  readonly passphraseFile?: string;
  readonly verbose?: boolean;
}

/** The folder of this installation: the built entry and the sources lie at different depths below it. */
export function installation(): { readonly root: string; readonly version: string } {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    try {
      const about = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        readonly name?: unknown;
        readonly version?: unknown;
      };
      if (about.name === 'trapstreet') return { root: folder, version: String(about.version) };
    } catch {
      // No package.json here: look one folder up.
    }
    if (folder === dirname(folder)) throw new Error('the installation has no package.json');
  }
}

function workspaceFolder(io: Io, options: GlobalOptions): string {
  return resolve(io.cwd, options.workspace ?? (io.env.TRAPSTREET_WORKSPACE || DEFAULT_WORKSPACE));
}

/** The core of one command, made when it is first needed. */
export interface CliSession {
  readonly workspace: string;
  core(): Core;
  /** The client of the unlocked workspace; asks for the passphrase where it must. */
  open(): Promise<Client>;
  close(): Promise<void>;
}

export function createCliSession(
  io: Io,
  options: GlobalOptions,
  host: 'cli' | 'loopback' = 'cli',
): CliSession {
  const workspace = workspaceFolder(io, options);
  let made: Core | null = null;
  const core = (): Core => {
    if (made === null) {
      const { root, version } = installation();
      made = createCore(
        nodePorts({
          workspace,
          resources: join(root, 'resources'),
          host,
          version,
          verbose: options.verbose ?? false,
        }),
      );
    }
    return made;
  };
  return {
    workspace,
    core,
    open: async () => {
      const { client } = core();
      const { state } = await client.call('workspace.status', {});
      // Of an absent workspace the core tells better what to do than a prompt for its passphrase.
      const passphrase =
        state === 'locked' ? await passphraseToUnlock(io, options.passphraseFile) : '-';
      if (state !== 'unlocked') await client.call('workspace.unlock', { passphrase });
      return client;
    },
    close: async () => {
      await made?.close();
      made = null;
    },
  };
}
