// Writes a cell into the table `later`, changes the key, reads the cell back: node later-cell.ts FOLDER
import { createEventBus } from '#core/events.ts';
import { createWorkspaceService } from '#core/services/workspace.ts';
import { nodePorts } from '../../electron/hosts/common/node-ports.ts';
import { memoryKeychain } from './keychain.ts';
import { PASSPHRASE, ROOT } from './workspace.ts';

const [folder = ''] = process.argv.slice(2);
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
const before = workspace.session();
const { cell, sha256 } = before.cells.sealJson('later', 'x/1', 'note_cell', 'a later secret');
before.db.prepare("INSERT INTO later VALUES ('x', 1, ?, ?)").run(cell, sha256);
await workspace.rotate(PASSPHRASE);
const after = workspace.session();
const row = after.db.prepare('SELECT note_cell AS cell FROM later').get() as { cell: Buffer };
const text = after.cells.openJson('later', 'x/1', 'note_cell', row.cell);
process.stdout.write(text === 'a later secret' ? 'rotated and read back\n' : 'lost\n');
await workspace.close();
