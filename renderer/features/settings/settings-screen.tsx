import type { ReactNode } from 'react';
import { useQuery } from '../../client/use-query.ts';
import { ErrorNote, Page, Skeleton } from '../../ui/page.tsx';
import { AutoLock } from './auto-lock.tsx';
import { KeychainPart } from './keychain-part.tsx';
import { PassphraseForm } from './passphrase-form.tsx';
import { RecoveryPart } from './recovery-part.tsx';
import { RotatePart } from './rotate-part.tsx';
import { ScanPart } from './scan-part.tsx';

interface SectionProps {
  readonly title: string;
  readonly about: string;
  readonly children: ReactNode;
}

function Section({ title, about, children }: SectionProps) {
  return (
    <section
      aria-label={title}
      className="grid gap-x-10 gap-y-3 border-t border-line py-6 lg:grid-cols-[260px_minmax(0,520px)]"
    >
      <div>
        <h2 className="text-14 font-semibold">{title}</h2>
        <p className="mt-1 text-12 text-ink-2">{about}</p>
      </div>
      <div className="grid justify-items-start gap-3">{children}</div>
    </section>
  );
}

/** Settings of this workspace: who can open it, when it closes, what its files give away. */
export function SettingsScreen() {
  const vault = useQuery('vault.status', {}, ['workspace.changed']);
  const status = vault.data;
  if (!status) return vault.error ? <ErrorNote error={vault.error} /> : <Skeleton />;
  const ways = [
    'its passphrase',
    ...(status.recovery ? ['a recovery code'] : []),
    ...(status.keychains.length > 0 ? ['the keychain'] : []),
  ];
  const last = ways.at(-1) ?? '';
  return (
    <Page
      eyebrow="Settings · Security"
      sentence={`${
        ways.length > 1 ? `${ways.slice(0, -1).join(', ')} or ${last}` : last
      } opens this workspace.`.replace(/^./, (first) => first.toUpperCase())}
      reason="Each change is written to the custody log."
    >
      <div className="px-8 pb-12">
        <Section
          title="Passphrase"
          about="Wraps the key of this workspace. Backups open with the passphrase they were made with."
        >
          <PassphraseForm hasRecovery={status.recovery !== null} />
        </Section>
        <Section
          title="Recovery code"
          about="256 bits on paper, for the day the passphrase is forgotten. Whoever has it can open the workspace."
        >
          <RecoveryPart createdUtc={status.recovery?.createdUtc ?? null} onDone={vault.refetch} />
        </Section>
        <Section
          title="Keychain"
          about="Opens the workspace at a press of a button. Other programs of your account may be able to read it."
        >
          <KeychainPart status={status} onDone={vault.refetch} />
        </Section>
        <Section
          title="Auto-lock"
          about="Also locks with the screen, when the machine sleeps, and when another user takes over. An audit under way goes on behind the lock."
        >
          <AutoLock minutes={status.autoLockMinutes} onDone={vault.refetch} />
        </Section>
        <Section
          title="Data key"
          about="Encrypts every stored text anew and destroys the former key: for after a passphrase or a backup came into other hands."
        >
          <RotatePart
            keyId={status.keyId}
            hasRecovery={status.recovery !== null}
            onDone={vault.refetch}
          />
        </Section>
        <Section
          title="Residue"
          about="Searches the raw files of the workspace for every secret in it. Shows counts, never a text."
        >
          <ScanPart />
        </Section>
      </div>
    </Page>
  );
}
