import { formatCount, formatPercent, formatPlural, formatUtc } from '#shared/util/format.ts';
import { Button } from '../../ui/button.tsx';
import { State } from '../../ui/glyph.tsx';
import { Prose } from '../../ui/num.tsx';
import { Empty, Facts, Skeleton } from '../../ui/page.tsx';
import { Hash } from '../../ui/text.tsx';
import type { Registry } from './words.ts';

interface Props {
  readonly registries: readonly Registry[] | undefined;
  readonly drafts: number;
  readonly onCommit: () => void;
  readonly onDraw: (registry: Registry) => void;
  readonly onKit: (registry: Registry) => void;
  readonly onExposure: (registry: Registry) => void;
}

const beaconText = (registry: Registry): string => {
  if (registry.beaconState === 'none') return 'none; every report says so';
  if (registry.beaconState === 'verified') return `${registry.beaconSource}, signature verified`;
  if (registry.beaconState === 'unverified')
    return `${registry.beaconSource}, unverified; every report says so`;
  return registry.announced
    ? `announced: ${registry.announced.chain} round ${registry.announced.round}, out ${formatUtc(registry.announced.publishedUtc)}`
    : 'none announced; the cost stands in every report';
};

const share = (heldOut: string): string => {
  const value = Number(heldOut);
  return Number.isFinite(value) && heldOut.trim() !== '' ? formatPercent(value) : heldOut;
};

export function RegistryList({ registries, drafts, onCommit, onDraw, onKit, onExposure }: Props) {
  if (!registries) return <Skeleton />;
  if (registries.length === 0) {
    return (
      <Empty
        title="No registry is committed"
        actions={
          drafts > 0 && (
            <Button kind="primary" onClick={onCommit}>
              Commit registry
            </Button>
          )
        }
      >
        <p>
          A registry fixes a set of canaries before anything is drawn or served: one Merkle root,
          signed, that a reader can check later. Then the draw chooses responses, twins and order.
        </p>
        <p>
          {drafts > 0
            ? `${formatPlural(drafts, 'draft waits', 'drafts wait')} to be committed.`
            : 'Import canaries first; they become drafts.'}
        </p>
      </Empty>
    );
  }
  return (
    <ol className="h-full overflow-auto px-8 py-2" aria-label="Registries">
      {[...registries].reverse().map((registry) => (
        <li
          key={registry.number}
          className="grid grid-cols-[88px_minmax(0,1fr)_auto] gap-x-6 border-b border-line py-5"
        >
          <div>
            <div className="text-12 text-ink-3">Registry</div>
            <div className="text-28 font-medium tabular-nums">{registry.number}</div>
          </div>
          <div className="grid gap-3">
            <p className="text-14">
              <State
                name={registry.state === 'drawn' ? 'ok' : 'committed'}
                word={registry.state === 'drawn' ? 'Drawn' : 'Committed, not drawn'}
              />
              <span className="text-ink-3">{' · '}</span>
              {formatPlural(registry.size, 'canary', 'canaries')}
              {registry.served !== null && (
                <>
                  <span className="text-ink-3">{': '}</span>
                  {formatCount(registry.served)} served, {formatCount(registry.twins ?? 0)} twins
                  {registry.found > 0 && `, ${formatCount(registry.found)} found`}
                </>
              )}
            </p>
            <Facts
              rows={[
                ['Merkle root', <Hash key="r" value={registry.root} label="Merkle root" />],
                ['Held out', share(registry.heldOut)],
                ['Committed', formatUtc(registry.createdUtc)],
                ['Drawn', registry.drawnUtc ? formatUtc(registry.drawnUtc) : 'not yet'],
                ['Beacon', beaconText(registry)],
                ...(registry.beacon
                  ? ([
                      ['Value', <Hash key="b" value={registry.beacon} label="beacon value" />],
                    ] as const)
                  : []),
                ...(registry.grinding && registry.beaconState !== 'pending'
                  ? ([
                      ['Cost of choosing', <Prose key="c" text={registry.grinding.sentence} />],
                    ] as const)
                  : []),
                ['Planted from', registry.plantedFrom ?? 'not marked'],
              ]}
            />
          </div>
          <div className="flex flex-col items-stretch gap-2">
            {registry.state === 'committed' ? (
              <Button kind="primary" onClick={() => onDraw(registry)}>
                Draw registry {registry.number}
              </Button>
            ) : (
              <>
                <Button onClick={() => onKit(registry)}>Planting kit</Button>
                <Button onClick={() => onExposure(registry)}>Exposure</Button>
              </>
            )}
          </div>
        </li>
      ))}
    </ol>
  );
}
