// Starts the program named after it, and writes a line for whatever the process does with the network. No --import: the
// product refuses to run with code that the runtime was told to load.
import dgram from 'node:dgram';
import dns from 'node:dns';
import { appendFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { pathToFileURL } from 'node:url';

const file = process.env.NETWORK_OBSERVER_FILE;
const note = (kind, what) => appendFileSync(file, `${JSON.stringify({ kind, what })}\n`);

const watch = (object, name, kind, whatOf) => {
  const original = object[name];
  object[name] = function (...args) {
    note(kind, whatOf(args));
    return original.apply(this, args);
  };
};

const addressOf = ([first, second]) => {
  const options = Array.isArray(first) ? first[0] : first;
  if (typeof options !== 'object' || options === null) return `${second ?? 'localhost'}:${first}`;
  return options.path ?? `${options.host ?? 'localhost'}:${options.port}`;
};

watch(net.Socket.prototype, 'connect', 'connect', addressOf);
watch(net.Server.prototype, 'listen', 'listen', ([options]) => JSON.stringify(options));
watch(dgram, 'createSocket', 'datagram', ([options]) => JSON.stringify(options));
for (const name of Object.keys(dns).filter((key) => /^(?:lookup|resolve|reverse)/.test(key)))
  watch(dns, name, 'dns', ([host]) => String(host));
for (const name of Object.keys(dns.promises).filter((key) =>
  /^(?:lookup|resolve|reverse)/.test(key),
))
  watch(dns.promises, name, 'dns', ([host]) => String(host));
syncBuiltinESMExports();

process.argv.splice(1, 1);
await import(pathToFileURL(process.argv[1]));
