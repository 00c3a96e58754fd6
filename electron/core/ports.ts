/** What a host supplies. Everything is asynchronous or cheap; nothing here knows a host. */

/** The time: wall clock for the record, monotonic for durations. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  nowMs(): number;
  /** Nanoseconds since an arbitrary start; never goes back. */
  monotonicNs(): bigint;
}

/** Cryptographic randomness. */
export interface Random {
  bytes(length: number): Uint8Array;
  uuid(): string;
}

/** Folders of this installation. */
export interface Paths {
  /** The folder `resources` of the project. */
  readonly resources: string;
  /** The workspace that this process serves. */
  readonly workspace: string;
}

/** Lines for a developer. Fields are ids, codes and counts, never texts. */
export interface Logger {
  info(message: string, fields?: Readonly<Record<string, string | number | boolean>>): void;
  error(message: string, fields?: Readonly<Record<string, string | number | boolean>>): void;
}

/** Tells the analyst that something changed while another window is in front. */
export interface Notifier {
  notify(title: string, body: string): void;
}

/** Facts about the process that go into the record. */
export interface Runtime {
  readonly version: string;
  readonly node: string;
  readonly openssl: string;
  readonly platform: string;
  readonly host: 'desktop' | 'loopback' | 'cli';
  /** Who uses it, for the custody log: the name of the operating-system account. */
  readonly actor: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly paths: Paths;
  readonly logger: Logger;
  readonly notifier: Notifier;
  readonly runtime: Runtime;
}
