import { join } from 'node:path';
import { CliError, EXIT } from '../exit.ts';
import { wholeNumber } from '../ids.ts';
import { givenPassphrase } from '../passphrase.ts';
import { installation } from '../session.ts';
import { untilInterrupted } from '../until-interrupted.ts';
import { defineVerb, type Served } from '../verb.ts';

const isTaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';

export const serve = defineVerb<{ readonly port: string }>({
  name: 'serve',
  summary: 'Open the app in a browser on this machine, until Ctrl-C',
  examples: ['serve --workspace ./lab', 'serve --port 8080 --passphrase-file ./passphrase.txt'],
  host: 'loopback',
  options: (command) => command.option('--port <n>', '0 = any free port', '0'),
  run: async ({ io, out, options, session, startServing }, { port }) => {
    const wanted = wholeNumber(port, '--port');
    const core = session.core();
    const { state } = await core.client.call('workspace.status', {});
    // Where no passphrase is at hand, the page asks for it.
    const passphrase = givenPassphrase(io, options.passphraseFile);
    if (state === 'locked' && passphrase !== null)
      await core.client.call('workspace.unlock', { passphrase });
    const interrupted = untilInterrupted(io);
    let served: Served;
    try {
      const rendererDir = join(installation().root, 'out/renderer');
      served = await startServing({ core, rendererDir, port: wanted });
    } catch (error) {
      throw isTaken(error)
        ? new CliError(`Port ${wanted} is in use. Choose another one, or leave --port out.`)
        : new CliError('The pages are not built. Run `npm run build` in the project first.', {
            exit: EXIT.internal,
            code: 'INTERNAL',
          });
    }
    try {
      const { url, origin } = served;
      out.result({ url, origin, port: served.port, workspace: session.workspace }, () => {
        out.line(`Open ${url}`);
        out.line(`Workspace: ${session.workspace}`);
      });
      out.note('The address opens once and is a secret. Press Ctrl-C to end.');
      await interrupted;
    } finally {
      await served.close();
    }
    return EXIT.done;
  },
});
