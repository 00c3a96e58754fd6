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
  /** A new id; its order is that of time, and it is no secret. */
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
  /** Options that the runtime was started with. */
  readonly execArgv: readonly string[];
}

/**
 * A place of the operating system for one small secret. Opt-in, and never the only way in.
 * Errors: KEYCHAIN_UNAVAILABLE, KEYCHAIN_CHANGED.
 */
export interface Keychain {
  /** The store in use at present, or why there is none. */
  backend(): Promise<
    { readonly ok: true; readonly name: string } | { readonly ok: false; readonly reason: string }
  >;
  store(account: string, secret: Uint8Array): Promise<void>;
  /** Null when there is no such entry. */
  load(account: string): Promise<Uint8Array | null>;
  remove(account: string): Promise<void>;
}

/** What the operating system says of proxies. */
export interface SystemProxy {
  /** The ways to an origin in the words of a proxy script: `PROXY a.example:3128; DIRECT`. Rejects when it is not known. */
  resolve(origin: string): Promise<string>;
}

export interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly paths: Paths;
  readonly logger: Logger;
  readonly notifier: Notifier;
  readonly runtime: Runtime;
  /** Null: that of the operating system, reached without Electron. */
  readonly keychain: Keychain | null;
  /** Null: the proxy variables of the environment say it. */
  readonly systemProxy: SystemProxy | null;
}
