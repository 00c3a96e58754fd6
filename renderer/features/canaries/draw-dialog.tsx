import { useState } from 'react';
import { formatUtc } from '#shared/util/format.ts';
import { client, type Failed, toFailed } from '../../client/client.ts';
import { useQuery } from '../../client/use-query.ts';
import { toast } from '../../state/view.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Radios, SelectField, TextArea, TextField } from '../../ui/field.tsx';
import { ErrorNote, Note } from '../../ui/page.tsx';
import { RelayField } from './relay-field.tsx';
import type { Registry } from './words.ts';

type Chain = 'quicknet' | 'default';
type Mode = 'fetch' | 'round' | 'beacon' | 'none';

const FETCH = {
  value: 'fetch' as const,
  label: 'Fetch the announced round',
  hint: 'Asks the relays that you allowed. The signature is checked here; no relay is believed.',
};
const ROUND = {
  value: 'round' as const,
  label: 'Signed round, pasted',
  hint: 'What a drand relay answers for the round. The signature is checked.',
};
const OTHERS = [
  {
    value: 'beacon' as const,
    label: 'Beacon value',
    hint: 'Thirty-two published bytes that nobody can check. Every report says so.',
  },
  { value: 'none' as const, label: 'No beacon' },
];

const ACTION: Readonly<Record<Mode, string>> = {
  fetch: 'Fetch and draw',
  round: 'Draw with this round',
  beacon: 'Draw with this beacon',
  none: 'Draw without a beacon',
};

export function DrawDialog({ registry, onClose }: { registry: Registry; onClose: () => void }) {
  const { announced, grinding } = registry;
  const [mode, setMode] = useState<Mode>(announced ? 'fetch' : 'beacon');
  const [beacon, setBeacon] = useState('');
  const [source, setSource] = useState('');
  const [answer, setAnswer] = useState('');
  const [chain, setChain] = useState<Chain>(announced?.chain ?? 'quicknet');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Failed | null>(null);
  const relays = useQuery('beacon.list', {}, ['library.changed']).data?.relays.length ?? 0;
  const value = beacon.trim().toLowerCase();
  const validValue = /^[0-9a-f]{64}$/.test(value);
  const ready: Readonly<Record<Mode, boolean>> = {
    fetch: relays > 0,
    round: answer.trim() !== '',
    beacon: validValue && source.trim() !== '',
    none: true,
  };

  const roundOf = async () => {
    if (mode !== 'fetch' && mode !== 'round') return null;
    const found =
      mode === 'fetch' && announced
        ? await client.call('beacon.fetch', { chain: announced.chain, round: announced.round })
        : await client.call('beacon.check', { chain, text: answer });
    const { round, signature, previousSignature } = found;
    return { chain: found.chain, round, signature, previousSignature };
  };

  const draw = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const result = await client.call('registry.draw', {
        number: registry.number,
        round: await roundOf(),
        beacon: mode === 'beacon' ? value : null,
        source: mode === 'beacon' ? source.trim() : '',
      });
      toast(
        `Registry ${registry.number} drawn: ${result.served ?? 0} to serve, ${result.twins ?? 0} twins.`,
      );
      onClose();
    } catch (failure) {
      setError(toFailed(failure));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog
      open
      onClose={onClose}
      title={`Draw registry ${registry.number}`}
      description="Chooses each response, the twins and the order, once, from your committed keys and a public random value. It cannot be repeated."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" busy={busy} disabled={!ready[mode]} onClick={() => void draw()}>
            {busy ? 'Drawing' : ACTION[mode]}
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        <ErrorNote error={error} kept="Nothing was drawn; the commitment stands." />
        {announced && (
          <p>
            The registration announced {announced.chain} round {announced.round}, published{' '}
            {formatUtc(announced.publishedUtc)}. Only that round can be used.
          </p>
        )}
        <Radios<Mode>
          label="Public randomness"
          value={mode}
          onChange={setMode}
          options={announced ? [FETCH, ROUND] : [ROUND, ...OTHERS]}
        />
        {mode === 'fetch' && <RelayField chain={chain} />}
        {mode === 'round' && (
          <>
            <TextArea
              label="Round, as a relay answers it"
              mono
              rows={4}
              placeholder='{"round":1000,"randomness":"…","signature":"…"}'
              value={answer}
              onChange={(event) => setAnswer(event.target.value)}
            />
            {!announced && (
              <SelectField
                label="Chain"
                value={chain}
                onChange={(event) => setChain(event.target.value as Chain)}
                options={[
                  { value: 'quicknet', label: 'quicknet' },
                  { value: 'default', label: 'default (chained mainnet)' },
                ]}
              />
            )}
          </>
        )}
        {mode === 'beacon' && (
          <>
            <TextField
              label="Beacon value"
              mono
              placeholder="64 hexadecimal digits"
              value={beacon}
              maxLength={80}
              onChange={(event) => setBeacon(event.target.value)}
              error={
                beacon === '' || validValue
                  ? null
                  : /[^0-9a-f]/.test(value)
                    ? 'Use only the digits 0-9 and a-f.'
                    : `Use 64 digits; this has ${value.length}.`
              }
            />
            <TextField
              label="Source"
              placeholder="where it was published"
              value={source}
              maxLength={200}
              onChange={(event) => setSource(event.target.value)}
              hint="Where a reader can look the value up."
            />
          </>
        )}
        {(mode === 'none' || mode === 'beacon') && (
          <Note>
            <p className="font-medium">What this costs</p>
            <p>
              Without public randomness that can be checked a sceptical reader must believe that you
              did not try many keys and keep the luckiest. {grinding?.sentence} Every report from
              this registry says so in plain words.
            </p>
          </Note>
        )}
      </div>
    </Dialog>
  );
}
