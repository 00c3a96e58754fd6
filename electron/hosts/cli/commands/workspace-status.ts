import type { Output as MethodOutput } from '#shared/contract/index.ts';
import { EXIT } from '../exit.ts';
import type { Output } from '../output.ts';
import { givenPassphrase } from '../passphrase.ts';
import { defineVerb } from '../verb.ts';

export function printWorkspace(out: Output, status: MethodOutput<'workspace.status'>): void {
  const { counts } = status;
  out.facts([
    ['state', status.state],
    ['folder', status.path],
    ...(status.name === null ? [] : ([['name', status.name]] as const)),
    ...(status.createdUtc === null ? [] : ([['created', status.createdUtc]] as const)),
    ...(status.keyid === null ? [] : ([['signing key', status.keyid]] as const)),
    ...(counts === null
      ? []
      : ([
          ['canaries', String(counts.canaries)],
          ['targets', String(counts.targets)],
          ['audits', String(counts.audits)],
          ['exposures', String(counts.exposures)],
        ] as const)),
    ['version', status.version],
  ]);
  for (const { name, refuse } of status.hazards)
    out.note(
      `trapstreet: ${name} in the environment weakens the record${refuse ? '; audits refuse to start while it is set' : ''}. Unset it.`,
    );
}

export const workspaceStatus = defineVerb({
  name: 'workspace status',
  summary: 'Whether a workspace is there, and, with a passphrase, what it holds',
  examples: ['workspace status --workspace ./lab'],
  run: async ({ io, out, options, session }) => {
    const { client } = session.core();
    let status = await client.call('workspace.status', {});
    // Never asks: a status is for scripts too.
    const passphrase = givenPassphrase(io, options.passphraseFile);
    if (status.state === 'locked' && passphrase !== null)
      status = await client.call('workspace.unlock', { passphrase });
    out.result(status, () => printWorkspace(out, status));
    return EXIT.done;
  },
});
