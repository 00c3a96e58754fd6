import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { type Core, createCore } from '#core/compose.ts';
import type { Ports } from '#core/ports.ts';
import type { Client } from '#shared/contract/index.ts';
import { nodePorts } from '../../electron/hosts/common/node-ports.ts';

export const ROOT = resolve(import.meta.dirname, '../..');
export const PASSPHRASE = 'correct horse battery staple';

export interface OpenCore extends Core {
  readonly folder: string;
  readonly database: string;
  readonly keysFile: string;
}

export interface CoreOptions {
  readonly host?: Ports['runtime']['host'];
  readonly verbose?: boolean;
  /** Replaces ports of the host: a clock that runs fast, a logger that remembers. */
  readonly ports?: Partial<Ports>;
}

/** The real core over the real Node ports on a workspace folder. */
export function coreOn(folder: string, options: CoreOptions = {}): OpenCore {
  const ports = nodePorts({
    workspace: folder,
    resources: join(ROOT, 'resources'),
    host: options.host ?? 'cli',
    version: '0.0.0-test',
    // Those of the test runner are no hazards of the product.
    execArgv: [],
    verbose: options.verbose ?? false,
  });
  return {
    ...createCore({ ...ports, ...options.ports }),
    folder,
    database: join(folder, 'workspace.sqlite'),
    keysFile: join(folder, 'workspace.keys.json'),
  };
}

const folders: string[] = [];

/** A fresh temporary folder; `removeTempFolders` deletes them all. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'trapstreet-test-'));
  folders.push(folder);
  return folder;
}

export function removeTempFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** A new, unlocked workspace in a temporary folder. */
export async function newWorkspace(options: CoreOptions = {}): Promise<OpenCore> {
  const core = coreOn(join(tempFolder(), 'workspace'), options);
  await core.client.call('workspace.create', { name: 'Test laboratory', passphrase: PASSPHRASE });
  return core;
}

/** Opens an existing workspace folder. */
export async function openWorkspace(folder: string, options: CoreOptions = {}): Promise<OpenCore> {
  const core = coreOn(folder, options);
  await core.client.call('workspace.unlock', { passphrase: PASSPHRASE });
  return core;
}

/** A copy of a closed workspace, in its own temporary folder. */
export function copyWorkspace(folder: string): string {
  const copy = join(tempFolder(), 'workspace');
  cpSync(folder, copy, { recursive: true });
  return copy;
}

/** Looks into or changes a workspace's database behind the back of the core. */
export function withDatabase<T>(file: string, work: (db: Database.Database) => T): T {
  const db = new Database(file, { fileMustExist: true });
  try {
    return work(db);
  } finally {
    db.close();
  }
}

/** The failure of a call that must fail. */
export async function failureOf(
  core: Pick<Core, 'dispatch'>,
  name: Parameters<Client['call']>[0],
  input: unknown,
): Promise<{ code: string; message: string; data?: unknown }> {
  const envelope = await core.dispatch(name, input);
  if (envelope.ok) throw new Error(`${name} was expected to fail`);
  return envelope.error;
}
