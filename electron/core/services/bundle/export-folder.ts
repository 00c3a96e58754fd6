import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { AppError } from '#shared/contract/errors.ts';
import { makeFolders, storageError } from '../files.ts';
import type { Session } from '../workspace/session.ts';

/**
 * Where an export goes: a folder that does not exist yet, `out` or one of the name `id` below the workspace. The folders
 * above it are made. Errors: CONFLICT, and those of storage.
 */
export function exportFolder(session: Session, out: string | null, id: string): string {
  const path = out === null ? join(session.ports.paths.workspace, 'exports', id) : resolve(out);
  if (existsSync(path))
    throw new AppError('CONFLICT', 'This folder exists already. Choose one that does not.');
  try {
    makeFolders(dirname(path));
  } catch (error) {
    throw storageError(error);
  }
  return path;
}
