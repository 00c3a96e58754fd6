import { AppError, type Envelope } from '#shared/contract/errors.ts';
import { followAuditQuietly } from '../audit-follow.ts';
import { CliError, EXIT } from '../exit.ts';
import { readStdin } from '../files.ts';
import { terminalJson } from '../output.ts';
import { untilInterrupted } from '../until-interrupted.ts';
import { defineVerb } from '../verb.ts';

function parseInput(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CliError(
      'The input is not JSON. Give one JSON value, such as \'{"number":1}\', or -.',
    );
  }
}

const unwrap = (envelope: Envelope<unknown>): unknown => {
  if (envelope.ok) return envelope.data;
  const { code, message, data } = envelope.error;
  throw new AppError(code, message, data);
};

export const call = defineVerb({
  name: 'call',
  summary: 'Call any method of the contract (docs/api.md); its answer is JSON',
  arguments: [
    ['<method>', 'such as canary.list'],
    ['[json]', 'input, or - for standard input (default {})'],
  ],
  examples: [`call canary.list '{"limit":5}'`, 'call workspace.status'],
  run: async ({ io, out, session }, _options, [method = '', json = '{}']) => {
    const input = parseInput(json === '-' ? await readStdin(io) : json);
    const { dispatch } = session.core();
    let envelope = await dispatch(method, input);
    // The lock is looked at before anything is done, so the call can be repeated.
    if (!envelope.ok && envelope.error.code === 'WORKSPACE_LOCKED') {
      await session.open();
      envelope = await dispatch(method, input);
    }
    const data: unknown = JSON.parse(JSON.stringify(unwrap(envelope)));
    out.result(data, () =>
      io.stdout.write(`${terminalJson(data, io.stdout.isTTY === true ? 2 : undefined)}\n`),
    );
    // What runs in this process would end with it.
    if (method === 'audit.start' || method === 'audit.resume') {
      const { auditId } = data as { readonly auditId: string };
      return followAuditQuietly({ io, out }, session.core().client, auditId);
    }
    if (method === 'lab.start') await untilInterrupted(io);
    return EXIT.done;
  },
});
