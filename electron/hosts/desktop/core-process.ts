import type {} from 'electron';
import { createCore } from '#core/compose.ts';
import { nodePorts } from '../common/node-ports.ts';
import { relayedKeychain } from './keychain-relay.ts';
import { type Port, serveRelay } from './relay.ts';
import { relayedSystemProxy } from './system-proxy-relay.ts';

interface CoreOptions {
  readonly workspace: string;
  readonly resources: string;
  readonly version: string;
  readonly verbose: boolean;
}

const PREFIX = '--core=';
const argument = process.argv.find((candidate) => candidate.startsWith(PREFIX));
if (argument === undefined) throw new Error('The core process is started by the app.');
const options = JSON.parse(argument.slice(PREFIX.length)) as CoreOptions;

const parent = process.parentPort;
const port: Port = {
  postMessage: (message) => parent.postMessage(message),
  onMessage: (listener) => void parent.on('message', (event) => listener(event.data)),
};
const core = createCore(
  nodePorts({
    ...options,
    host: 'desktop',
    keychain: relayedKeychain(port),
    systemProxy: relayedSystemProxy(port),
  }),
);
serveRelay(port, core, () => process.exit(0));
