// Changes the data key in a process of its own and kills itself at a step: node rotate-child.ts FOLDER STEP
import { createEventBus } from '#core/events.ts';
import { createWorkspaceService } from '#core/services/workspace.ts';
import { nodePorts } from '../../electron/hosts/common/node-ports.ts';
import { memoryKeychain } from './keychain.ts';
import { PASSPHRASE, ROOT } from './workspace.ts';

const [folder = '', stop = ''] = process.argv.slice(2);
const ports = nodePorts({
  workspace: folder,
  resources: `${ROOT}/resources`,
  host: 'cli',
  version: '0.0.0-test',
  keychain: memoryKeychain(),
});
const workspace = createWorkspaceService(ports, createEventBus(), {
  untilIdle: () => null,
  flush: () => {},
});
await workspace.unlock({ kind: 'passphrase', passphrase: PASSPHRASE });
await workspace.rotate(PASSPHRASE, (step) => {
  if (step === stop) process.kill(process.pid, 'SIGKILL');
});
await workspace.close();
