import type { z } from 'zod';
import { activityMethods } from './activity.ts';
import { auditMethods } from './audit.ts';
import { bundleMethods } from './bundle.ts';
import { custodyMethods } from './custody.ts';
import type { Method } from './define.ts';
import { evidenceMethods } from './evidence.ts';
import { labMethods } from './lab.ts';
import { libraryMethods } from './library.ts';
import { presetMethods } from './preset.ts';
import { rescoreMethods } from './rescore.ts';
import { similarityMethods } from './similarity.ts';
import { statsMethods } from './stats.ts';
import { targetMethods } from './target.ts';
import { trustMethods } from './trust.ts';
import { vaultMethods } from './vault.ts';
import { workspaceMethods } from './workspace.ts';

/** Every method of the system, once. Handlers, clients, routes, `trapstreet call` and docs/api.md derive from it. */
export const contract = {
  ...workspaceMethods,
  ...vaultMethods,
  ...libraryMethods,
  ...presetMethods,
  ...targetMethods,
  ...activityMethods,
  ...auditMethods,
  ...evidenceMethods,
  ...bundleMethods,
  ...custodyMethods,
  ...rescoreMethods,
  ...trustMethods,
  ...labMethods,
  ...statsMethods,
  ...similarityMethods,
} as const satisfies Record<string, Method>;

export type Contract = typeof contract;
export type MethodName = keyof Contract;
/** What a caller passes (defaults may be left out). */
export type Input<N extends MethodName> = z.input<Contract[N]['input']>;
/** What a handler receives. */
export type ParsedInput<N extends MethodName> = z.output<Contract[N]['input']>;
export type Output<N extends MethodName> = z.output<Contract[N]['output']>;

export const methodNames = Object.keys(contract) as readonly MethodName[];

/** Events say that something changed, never what: the listener asks again. */
export interface Events {
  'workspace.changed': { readonly state: 'absent' | 'locked' | 'unlocked' };
  'library.changed': Record<string, never>;
  'target.changed': Record<string, never>;
  'audit.changed': { readonly auditId: string };
}
export type EventName = keyof Events;
export const EVENT_NAMES: readonly EventName[] = [
  'workspace.changed',
  'library.changed',
  'target.changed',
  'audit.changed',
];

/** The one way to reach the core, the same in every host. Rejects with AppError. */
export interface Client {
  call<N extends MethodName>(name: N, input: Input<N>): Promise<Output<N>>;
  on<E extends EventName>(event: E, listener: (data: Events[E]) => void): () => void;
}

/** What the preload offers to the renderer on `window.trapstreet`. */
export interface Bridge {
  call(name: string, input: unknown): Promise<unknown>;
  on(listener: (event: string, data: unknown) => void): () => void;
}
