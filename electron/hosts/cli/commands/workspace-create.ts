import { EXIT } from '../exit.ts';
import { passphraseToCreate } from '../passphrase.ts';
import { defineVerb } from '../verb.ts';
import { printWorkspace } from './workspace-status.ts';

export const workspaceCreate = defineVerb<{ readonly name: string }>({
  name: 'workspace create',
  summary: 'Make a workspace: database, vault with a passphrase, signing key',
  examples: [
    'workspace create --name "Model security" --workspace ./lab',
    'workspace create --passphrase-file ./passphrase.txt --json',
  ],
  options: (command) =>
    command.option('--name <name>', 'name of the laboratory, as reports show it', 'Workspace'),
  run: async ({ io, out, options, session }, { name }) => {
    const { client } = session.core();
    const passphrase = await passphraseToCreate(io, options.passphraseFile);
    const status = await client.call('workspace.create', { name, passphrase });
    out.result(status, () => printWorkspace(out, status));
    return EXIT.done;
  },
});
