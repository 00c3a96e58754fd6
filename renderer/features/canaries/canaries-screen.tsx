import { Upload } from 'lucide-react';
import { useEffect, useState } from 'react';
import { formatCount, formatPlural } from '#shared/util/format.ts';
import { useQuery } from '../../client/use-query.ts';
import { go, href } from '../../state/route.ts';
import { takeIntent, useView } from '../../state/view.ts';
import { Button, ICON } from '../../ui/button.tsx';
import { Page } from '../../ui/page.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { CanaryList } from './canary-list.tsx';
import { CheckDialog } from './check-dialog.tsx';
import { CommitDialog } from './commit-dialog.tsx';
import { DrawDialog } from './draw-dialog.tsx';
import { ExposureDialog } from './exposure-dialog.tsx';
import { GenerateDialog } from './generate-dialog.tsx';
import { ImportDialog } from './import-dialog.tsx';
import { KitDialog } from './kit-dialog.tsx';
import { RegistryList } from './registry-list.tsx';
import type { Registry } from './words.ts';

type Open =
  | { readonly what: 'import' | 'commit' | 'generate' | 'check' }
  | { readonly what: 'draw' | 'kit' | 'exposure'; readonly registry: Registry }
  | null;

const LIBRARY = ['library.changed', 'audit.changed'] as const;

export function CanariesScreen({ tab, selected }: { tab: string; selected: string | null }) {
  const [open, setOpen] = useState<Open>(null);
  const intent = useView((view) => view.intent);
  const all = useQuery('canary.list', { limit: 1 }, LIBRARY).data?.total;
  const drafts = useQuery('canary.list', { limit: 1, status: 'draft' }, LIBRARY).data?.total;
  const registries = useQuery('registry.list', {}, LIBRARY).data?.registries;

  useEffect(() => {
    if (intent === 'canaries.import' && takeIntent('canaries.import')) setOpen({ what: 'import' });
    if (intent === 'canaries.commit' && takeIntent('canaries.commit')) setOpen({ what: 'commit' });
  }, [intent]);

  const waiting = registries?.find((registry) => registry.state === 'committed');
  const close = (): void => setOpen(null);

  const sentence =
    all === undefined || registries === undefined
      ? '\u00a0'
      : all === 0
        ? 'No canary yet.'
        : `${formatPlural(all, 'canary', 'canaries')}, ${
            drafts ? `${formatCount(drafts)} not committed` : 'all committed'
          }, ${formatPlural(registries.length, 'registry', 'registries')}.`;

  return (
    <Page
      fixed
      eyebrow="Canaries"
      sentence={sentence}
      reason={
        drafts ? (
          <>
            Only what is committed before it is drawn can become evidence of tier A.{' '}
            {formatPlural(drafts, 'draft waits', 'drafts wait')} for that.
          </>
        ) : waiting ? (
          <>
            Registry {waiting.number} is committed and waits for its draw: responses, twins and
            order are not chosen yet.
          </>
        ) : (
          'Text is hidden. Reveals are written to the custody log.'
        )
      }
      actions={
        <>
          {waiting && !drafts && (
            <Button kind="primary" onClick={() => setOpen({ what: 'draw', registry: waiting })}>
              Draw registry {waiting.number}
            </Button>
          )}
          {drafts ? (
            <Button kind="primary" onClick={() => setOpen({ what: 'commit' })}>
              Commit registry
            </Button>
          ) : null}
          {drafts ? <Button onClick={() => setOpen({ what: 'check' })}>Check drafts</Button> : null}
          <Button onClick={() => setOpen({ what: 'generate' })}>From a template</Button>
          <Button
            kind={all === 0 ? 'primary' : 'plain'}
            icon={<Upload {...ICON} />}
            onClick={() => setOpen({ what: 'import' })}
          >
            Import canaries
          </Button>
        </>
      }
    >
      <Tabs
        label="Canaries"
        className="flex-1"
        value={tab === 'registries' ? 'registries' : 'list'}
        onChange={(value) => go('canaries', value)}
        tabs={[
          {
            value: 'list',
            label: 'Canaries',
            content: (
              <CanaryList
                selected={selected}
                total={all ?? null}
                onImport={() => setOpen({ what: 'import' })}
              />
            ),
          },
          {
            value: 'registries',
            label: 'Registries',
            content: (
              <RegistryList
                registries={registries}
                drafts={drafts ?? 0}
                onCommit={() => setOpen({ what: 'commit' })}
                onDraw={(registry) => setOpen({ what: 'draw', registry })}
                onKit={(registry) => setOpen({ what: 'kit', registry })}
                onExposure={(registry) => setOpen({ what: 'exposure', registry })}
              />
            ),
          },
        ]}
      />
      {open?.what === 'import' && <ImportDialog onClose={close} />}
      {open?.what === 'commit' && (
        <CommitDialog
          drafts={drafts ?? 0}
          onClose={close}
          onDone={() => {
            close();
            window.location.hash = href('canaries', 'registries');
          }}
        />
      )}
      {open?.what === 'draw' && <DrawDialog registry={open.registry} onClose={close} />}
      {open?.what === 'exposure' && <ExposureDialog registry={open.registry} onClose={close} />}
      {open?.what === 'generate' && <GenerateDialog onClose={close} />}
      {open?.what === 'check' && <CheckDialog onClose={close} />}
      {open?.what === 'kit' && <KitDialog registry={open.registry} onClose={close} />}
    </Page>
  );
}
