import { CliError, EXIT } from '../exit.ts';
import { defineVerb } from '../verb.ts';

interface Options {
  readonly allowPrivate?: boolean;
  readonly allowHttp?: boolean;
  readonly none?: boolean;
}

export const beaconConfigure = defineVerb<Options>({
  name: 'beacon configure',
  summary: 'Set the drand relays that may be asked, in this order',
  arguments: [['[urls...]', 'their addresses']],
  examples: [
    'beacon configure https://api.drand.sh https://drand.cloudflare.com',
    'beacon configure --none',
  ],
  options: (command) =>
    command
      .option('--allow-private', 'consent to addresses of this machine or a private network')
      .option('--allow-http', 'consent to connections without TLS')
      .option('--none', 'ask nobody'),
  run: async (
    { out, session },
    { allowPrivate = false, allowHttp = false, none = false },
    urls,
  ) => {
    if ((urls.length === 0) !== none)
      throw new CliError('Give the addresses of the relays, or --none to ask nobody.');
    const client = await session.open();
    const relays = urls.map((url) => ({ url, allowPrivate, allowHttp }));
    const result = await client.call('beacon.configure', { relays });
    out.result(result, () => {
      for (const { url } of result.relays) out.line(`asked: ${url}`);
      if (result.relays.length === 0) out.line('Nobody is asked.');
    });
    return EXIT.done;
  },
});
