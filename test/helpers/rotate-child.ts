// Changes the data key in a process of its own and kills itself at a step: node rotate-child.ts FOLDER STEP
import { unlockFolder } from './child-workspace.ts';
import { PASSPHRASE } from './workspace.ts';

const [folder = '', stop = ''] = process.argv.slice(2);
const workspace = await unlockFolder(folder);
await workspace.rotate(PASSPHRASE, (step) => {
  if (step === stop) process.kill(process.pid, 'SIGKILL');
});
await workspace.close();
