import type { z } from 'zod';
import type { Method } from '#shared/contract/define.ts';
import { AppError, type Envelope, type Failure } from '#shared/contract/errors.ts';
import {
  contract,
  type MethodName,
  type Output,
  type ParsedInput,
} from '#shared/contract/index.ts';
import { illFormedAt } from '#shared/util/well-formed.ts';
import type { Logger, Runtime } from '../ports.ts';

/** One function a method, exhaustive and closed: the list of handlers is the security inventory. */
export type Handlers = {
  readonly [N in MethodName]: (input: ParsedInput<N>) => Output<N> | Promise<Output<N>>;
};

export type Dispatch = (name: string, input: unknown) => Promise<Envelope<unknown>>;

const failure = (code: Failure['code'], message: string, data?: unknown): Envelope<never> => ({
  ok: false,
  error: data === undefined ? { code, message } : { code, message, data },
});

// A sensitive value must not come back inside a message, nor one that slipped into the place of a name.
function messageOf(issue: z.core.$ZodIssue, method: Method): string {
  if (method.sensitive.includes(issue.path.join('.'))) return 'this value cannot be used';
  if (issue.code !== 'unrecognized_keys') return issue.message;
  const names = issue.keys.filter((key) => /^[a-z][a-z0-9]{0,31}$/i.test(key));
  return names.length === issue.keys.length
    ? `not known: ${names.join(', ')}`
    : 'a field is not known';
}

/** Parses in, runs, parses out, logs a line without any text, and never throws. */
export function createDispatch(handlers: Handlers, logger: Logger, runtime: Runtime): Dispatch {
  return async (name, input) => {
    if (typeof name !== 'string' || !Object.hasOwn(contract, name))
      return failure('NOT_FOUND', 'There is no such method.', {
        method: typeof name === 'string' ? name.slice(0, 64) : typeof name,
      });
    const key = name as MethodName;
    const method: Method = contract[key];
    if (!method.hosts.includes(runtime.host))
      return failure('NOT_AVAILABLE_HERE', `${key} is not available in this mode.`);
    let parsed: ReturnType<typeof method.input.safeParse>;
    try {
      parsed = method.input.safeParse(input);
    } catch {
      // An accessor that throws: no transport lets one through, a caller in this process may.
      return failure('BAD_INPUT', 'The input cannot be read.');
    }
    if (parsed.success && illFormedAt(parsed.data) !== null)
      return failure('BAD_INPUT', 'A text holds half a character (a lone surrogate). Remove it.');
    if (!parsed.success) {
      const issues = parsed.error.issues.slice(0, 20).map((issue) => ({
        path: issue.path.join('.'),
        message: messageOf(issue, method),
      }));
      const first = issues[0];
      return failure(
        'BAD_INPUT',
        first ? `${first.path === '' ? key : first.path}: ${first.message}` : 'The input is wrong.',
        { issues },
      );
    }
    try {
      const run = handlers[key] as (input: unknown) => unknown;
      const result = await run(parsed.data);
      const output = method.output.safeParse(result);
      if (!output.success) {
        const paths = output.error.issues.slice(0, 5).map((issue) => issue.path.join('.'));
        logger.error('output refused by its schema', { method: key, paths: paths.join(' ') });
        return failure('INTERNAL', 'The answer did not have the agreed form. Please report this.', {
          method: key,
          paths,
        });
      }
      logger.info('call', { method: key, ok: true });
      return { ok: true, data: output.data };
    } catch (error) {
      if (error instanceof AppError) {
        logger.info('call', { method: key, ok: false, code: error.code });
        return failure(error.code, error.message, error.data);
      }
      // The message of an unexpected error may quote a secret: only its kind and place are logged.
      const kind = error instanceof Error ? error.name : typeof error;
      const place =
        error instanceof Error ? (/\n\s+at (.+)/.exec(error.stack ?? '')?.[1] ?? '') : '';
      logger.error('unexpected', { method: key, kind, place: place.slice(0, 200) });
      return failure(
        'INTERNAL',
        'Something unexpected went wrong; nothing was lost. The log names the place.',
        {
          kind,
        },
      );
    }
  };
}
