import type { z } from 'zod';
import type { ErrorCode } from './errors.ts';

export type HostName = 'desktop' | 'loopback' | 'cli';

/** One method of the system: everything that the dispatcher, the client, the routes and the documents need to know. */
export interface Method<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly kind: 'query' | 'command';
  readonly summary: string;
  readonly input: I;
  readonly output: O;
  /** Dotted paths of input and output that must never be logged. */
  readonly sensitive: readonly string[];
  /** Codes it may answer with, beside BAD_INPUT, WORKSPACE_LOCKED and INTERNAL. */
  readonly errors: readonly ErrorCode[];
  /** Hosts that offer it. */
  readonly hosts: readonly HostName[];
}

interface Options<I extends z.ZodType, O extends z.ZodType> {
  readonly summary: string;
  readonly input: I;
  readonly output: O;
  readonly sensitive?: readonly string[];
  readonly errors?: readonly ErrorCode[];
  readonly hosts?: readonly HostName[];
}

const EVERYWHERE: readonly HostName[] = ['desktop', 'loopback', 'cli'];

const method =
  (kind: 'query' | 'command') =>
  <I extends z.ZodType, O extends z.ZodType>(options: Options<I, O>): Method<I, O> => ({
    kind,
    summary: options.summary,
    input: options.input,
    output: options.output,
    sensitive: options.sensitive ?? [],
    errors: options.errors ?? [],
    hosts: options.hosts ?? EVERYWHERE,
  });

/** Reads; may be repeated freely. */
export const query = method('query');
/** Changes something. */
export const command = method('command');
