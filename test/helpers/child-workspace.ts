import { createEventBus } from '#core/events.ts';
import {
  createWorkspaceService,
  type WorkspaceService,
} from '#core/services/workspace/workspace.ts';
import { nodePorts } from '../../electron/hosts/common/node-ports.ts';
import { memoryKeychain } from './keychain.ts';
import { PASSPHRASE, ROOT } from './workspace.ts';

/** The workspace service alone, unlocked, for a process that a test starts. */
export async function unlockFolder(folder: string): Promise<WorkspaceService> {
  const ports = nodePorts({
    workspace: folder,
    resources: `${ROOT}/resources`,
    host: 'cli',
    version: '0.0.0-test',
    // Those of the test runner are no hazards of the product.
    execArgv: [],
    keychain: memoryKeychain(),
  });
  const workspace = createWorkspaceService(ports, createEventBus(), {
    untilIdle: () => null,
    flush: () => {},
  });
  await workspace.unlock({ kind: 'passphrase', passphrase: PASSPHRASE });
  return workspace;
}
