import { EXIT } from '../exit.ts';
import { readText } from '../files.ts';
import { defineVerb } from '../verb.ts';

interface Options {
  readonly root: string;
  readonly key?: string;
  readonly allowPrivate?: boolean;
  readonly allowHttp?: boolean;
}

export const authorityAdd = defineVerb<Options>({
  name: 'authority add',
  summary:
    'Add a time-stamping authority (RFC 3161), or change the one of this name; nothing is sent',
  arguments: [
    ['<name>', 'your name for it'],
    ['<url>', 'where it answers'],
  ],
  examples: ['authority add acme https://tsa.example/tsr --root acme-root.pem'],
  options: (command) =>
    command
      .requiredOption('--root <file>', 'its root certificates (PEM), received by another way')
      .option('--key <name>', 'vault entry with base64 of user:password, sent as HTTP Basic')
      .option('--allow-private', 'consent to an address of this machine or a private network')
      .option('--allow-http', 'consent to plain http: the stamp is signed and checked in any case'),
  run: async ({ io, out, session }, options, [name = '', url = '']) => {
    const rootsPem = await readText(io, options.root);
    const client = await session.open();
    const item = await client.call('authority.add', {
      name,
      url,
      rootsPem,
      key: options.key ?? null,
      allowPrivate: options.allowPrivate ?? false,
      allowHttp: options.allowHttp ?? false,
    });
    out.result(item, () => {
      out.line(`${item.name} is asked for time stamps from now on.`);
      for (const root of item.roots) out.line(`  root ${root.subject}, until ${root.notAfter}`);
      out.note(
        `Try it: trapstreet authority test ${item.name}. Stamp what exists: trapstreet stamp add`,
      );
    });
    return EXIT.done;
  },
});
