import { randomBytes, randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import type { Keychain, Logger, Notifier, Ports, Runtime } from '#core/ports.ts';
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

/** The ports as Node itself supplies them. */
export function nodePorts(options: NodePortsOptions): Ports {
  return {
    clock: { nowMs: () => Date.now(), monotonicNs: () => process.hrtime.bigint() },
    random: { bytes: (length) => new Uint8Array(randomBytes(length)), uuid: () => randomUUID() },
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
    },
    keychain: options.keychain ?? null,
  };
}
