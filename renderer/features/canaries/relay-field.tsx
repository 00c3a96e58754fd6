import { useState } from 'react';
import { useCommand, useQuery } from '../../client/use-query.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { ErrorNote } from '../../ui/page.tsx';

/** The drand relays that may be asked; nothing is asked before one is allowed here. */
export function RelayField({ chain }: { chain: 'quicknet' | 'default' }) {
  const list = useQuery('beacon.list', {}, ['library.changed']).data;
  const { run, busy, error } = useCommand('beacon.configure');
  const known = list?.chains.find(({ name }) => name === chain)?.knownRelays ?? [];
  const [url, setUrl] = useState('');
  const relays = list?.relays ?? [];

  const allow = async (): Promise<void> => {
    const next = { url: (url || known[0] || '').trim(), allowPrivate: false, allowHttp: false };
    if (await run({ relays: [...relays, next] })) setUrl('');
  };
  const forget = (gone: string): void => {
    void run({ relays: relays.filter((relay) => relay.url !== gone) });
  };

  return (
    <div className="grid gap-2">
      <ErrorNote error={error} kept="The relays are unchanged." />
      {relays.map((relay) => (
        <div key={relay.url} className="flex items-center gap-3">
          <code className="min-w-0 truncate font-mono text-12">{relay.url}</code>
          <Button size="small" kind="quiet" onClick={() => forget(relay.url)}>
            Do not ask {new URL(relay.url).host}
          </Button>
        </div>
      ))}
      {relays.length === 0 && (
        <>
          <TextField
            label="Relay to ask"
            mono
            placeholder={known[0] ?? 'https://'}
            value={url}
            onChange={(event) => setUrl(event.target.value)}
            hint="It learns that somebody asked for this round, and nothing else."
          />
          <div>
            <Button busy={busy} onClick={() => void allow()}>
              Allow this relay
            </Button>
          </div>
        </>
      )}
    </div>
  );
}
