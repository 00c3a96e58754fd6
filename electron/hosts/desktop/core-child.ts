import { join } from 'node:path';
import { app, utilityProcess } from 'electron';
import type { CoreChild } from './supervisor.ts';

/** Starts the core in a process of its own: hostile bytes are parsed there, away from the windows. */
export function forkCore(workspace: string): CoreChild {
  const options = JSON.stringify({
    workspace,
    resources: join(app.getAppPath(), 'resources'),
    version: app.getVersion(),
    verbose: !app.isPackaged,
  });
  const child = utilityProcess.fork(
    join(import.meta.dirname, 'core-process.js'),
    [`--core=${options}`],
    { serviceName: 'Trapstreet core', stdio: 'inherit' },
  );
  return {
    postMessage: (message) => child.postMessage(message),
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => void child.on('exit', listener),
    kill: () => void child.kill(),
  };
}
