import { useState } from 'react';
import type { Output } from '#shared/contract/index.ts';
import { useCommand } from '../../client/use-query.ts';
import { toast } from '../../state/view.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNote } from '../../ui/page.tsx';
import { ConfirmPassphrase } from './confirm-passphrase.tsx';

interface Props {
  readonly status: Output<'vault.status'>;
  readonly onDone: () => void;
}

export function KeychainPart({ status, onDone }: Props) {
  const [asking, setAsking] = useState(false);
  const enable = useCommand('vault.enableKeychain');
  const disable = useCommand('vault.disableKeychain');
  const { keychain, keychains } = status;
  const isHere = keychains.some(({ here }) => here);

  const confirm = async (passphrase: string): Promise<boolean> => {
    if (!(await enable.run({ passphrase }))) return false;
    setAsking(false);
    toast('The keychain can open this workspace.');
    onDone();
    return true;
  };
  const doDisable = async (): Promise<void> => {
    if (!(await disable.run({}))) return;
    toast('No keychain opens this workspace any more.');
    onDone();
  };

  return (
    <>
      <p>
        {keychains.length === 0
          ? 'Not enabled.'
          : `Enabled with ${keychains.map(({ backend }) => backend).join(', ')}${isHere ? '.' : '; not with the keychain of this host.'}`}{' '}
        {!isHere && (
          <span className="text-ink-2">
            {keychain.available ? `This host has ${keychain.about}.` : keychain.about}
          </span>
        )}
      </p>
      <div className="flex gap-2">
        {!isHere && (
          <Button disabled={!keychain.available} onClick={() => setAsking(true)}>
            Enable keychain
          </Button>
        )}
        {keychains.length > 0 && (
          <Button busy={disable.busy} onClick={() => void doDisable()}>
            Disable keychain
          </Button>
        )}
      </div>
      <ErrorNote error={disable.error} />
      <ConfirmPassphrase
        open={asking}
        title="Enable the keychain"
        description="It gets a key of its own, which opens this workspace only. The passphrase keeps working."
        action="Enable keychain"
        busy={enable.busy}
        error={enable.error}
        onClose={() => {
          setAsking(false);
          enable.reset();
        }}
        onConfirm={confirm}
      />
    </>
  );
}
