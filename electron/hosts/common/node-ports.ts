import { randomBytes, randomFillSync, randomUUIDv7 } from 'node:crypto';
import { userInfo } from 'node:os';
import type { Keychain, Logger, Notifier, Ports, Runtime, SystemProxy } from '#core/ports.ts';
import { redact } from '#shared/util/redact.ts';
import { visible } from '#shared/util/visible.ts';

export interface NodePortsOptions {
  readonly workspace: string;
  readonly resources: string;
  readonly host: Runtime['host'];
  readonly version: string;
  /** Writes one JSON line a call to standard error. */
  readonly verbose?: boolean;
  readonly notifier?: Notifier;
  readonly keychain?: Keychain;
  readonly systemProxy?: SystemProxy;
  /** Options of the runtime, where they are another's: those that a test runner starts its processes with. */
  readonly execArgv?: readonly string[];
}

function stderrLogger(verbose: boolean): Logger {
  const write = (
    level: string,
    message: string,
    fields: Readonly<Record<string, unknown>> = {},
  ): void => {
    // Fields are ids, codes and counts by contract; what slipped in all the same is masked, and shown without control characters.
    const clean = (value: unknown): unknown =>
      typeof value === 'string' ? visible(redact(value)) : value;
    const line = Object.entries({ level, message, ...fields }).map(([name, value]) => [
      name,
      clean(value),
    ]);
    process.stderr.write(`${JSON.stringify(Object.fromEntries(line))}\n`);
  };
  return {
    info: (message, fields) => {
      if (verbose) write('info', message, fields);
    },
    error: (message, fields) => write('error', message, fields),
  };
}

const actor = (): string => {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
};

/** Random bytes, drawn many at a time; what was handed out is wiped here, for salts and keys come from it. */
function pooledRandom(): (length: number) => Uint8Array {
  const pool = new Uint8Array(4_096);
  let next = pool.length;
  return (length) => {
    if (length > pool.length) return new Uint8Array(randomBytes(length));
    if (next + length > pool.length) {
      randomFillSync(pool);
      next = 0;
    }
    const drawn = pool.slice(next, next + length);
    pool.fill(0, next, next + length);
    next += length;
    return drawn;
  };
}

/** The ports as Node itself supplies them. */
export function nodePorts(options: NodePortsOptions): Ports {
  return {
    clock: { nowMs: () => Date.now(), monotonicNs: () => process.hrtime.bigint() },
    random: { bytes: pooledRandom(), uuid: () => randomUUIDv7() },
    paths: { resources: options.resources, workspace: options.workspace },
    logger: stderrLogger(options.verbose ?? false),
    notifier: options.notifier ?? { notify: () => {} },
    runtime: {
      version: options.version,
      node: process.versions.node,
      openssl: process.versions.openssl,
      platform: `${process.platform} ${process.arch}`,
      host: options.host,
      actor: actor(),
      env: process.env,
      execArgv: options.execArgv ?? process.execArgv,
    },
    keychain: options.keychain ?? null,
    systemProxy: options.systemProxy ?? null,
  };
}
