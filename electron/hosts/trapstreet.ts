// The entry of the command line, and the one place that knows two hosts: it hands browser mode to `trapstreet serve`.
import { main } from './cli/main.ts';
import { startLoopback } from './loopback/server.ts';

process.exitCode = await main({ argv: process.argv.slice(2), startServing: startLoopback });
