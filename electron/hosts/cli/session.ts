import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Core, createCore } from '#core/compose.ts';
import { AppError } from '#shared/contract/errors.ts';
import type { Client } from '#shared/contract/index.ts';
import { nodePorts } from '../common/node-ports.ts';
import type { Io } from './io.ts';
import { givenRecoveryCode, passphraseToUnlock } from './passphrase.ts';

const DEFAULT_WORKSPACE = 'trapstreet-workspace';

export interface GlobalOptions {
  readonly workspace?: string;
  readonly json?: boolean;
  readonly passphraseFile?: string;
  readonly recoveryCodeFile?: string;
  readonly keychain?: boolean;
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
  /** The passphrase, asked for once, for what needs it beside an open workspace. */
  passphrase(): Promise<string>;
  close(): Promise<void>;
}

/** False, and said so, when the keychain does not open it: then the passphrase is asked for. */
async function opensWithKeychain(io: Io, client: Client): Promise<boolean> {
  try {
    await client.call('vault.unlockWithKeychain', {});
    return true;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    io.stderr.write(`trapstreet: ${error.message}\n`);
    return false;
  }
}

export function createCliSession(
  io: Io,
  options: GlobalOptions,
  host: 'cli' | 'loopback' = 'cli',
): CliSession {
  const workspace = workspaceFolder(io, options);
  let made: Core | null = null;
  let typed: Promise<string> | null = null;
  const passphrase = (): Promise<string> => {
    typed ??= passphraseToUnlock(io, options.passphraseFile);
    return typed;
  };
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
    passphrase,
    open: async () => {
      const { client } = core();
      const { state } = await client.call('workspace.status', {});
      if (state === 'unlocked') return client;
      // Of an absent workspace the core tells better what to do than a prompt for its passphrase.
      if (state === 'absent') await client.call('workspace.unlock', { passphrase: '-' });
      if (options.recoveryCodeFile !== undefined)
        await client.call('vault.unlockWithRecovery', {
          code: givenRecoveryCode(io, options.recoveryCodeFile),
        });
      else if (options.keychain !== true || !(await opensWithKeychain(io, client)))
        await client.call('workspace.unlock', { passphrase: await passphrase() });
      return client;
    },
    close: async () => {
      await made?.close();
      made = null;
    },
  };
}
