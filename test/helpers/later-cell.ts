// Writes a cell into the table `later`, changes the key, reads the cell back: node later-cell.ts FOLDER
import { unlockFolder } from './child-workspace.ts';
import { PASSPHRASE } from './workspace.ts';

const [folder = ''] = process.argv.slice(2);
const workspace = await unlockFolder(folder);
const before = workspace.session();
const { cell, sha256 } = before.cells.sealJson('later', 'x/1', 'note_cell', 'a later secret');
before.db.prepare("INSERT INTO later VALUES ('x', 1, ?, ?)").run(cell, sha256);
await workspace.rotate(PASSPHRASE);
const after = workspace.session();
const row = after.db.prepare('SELECT note_cell AS cell FROM later').get() as { cell: Buffer };
const text = after.cells.openJson('later', 'x/1', 'note_cell', row.cell);
process.stdout.write(text === 'a later secret' ? 'rotated and read back\n' : 'lost\n');
await workspace.close();
