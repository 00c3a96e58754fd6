import type { EventName, Events, MethodName, Output, ParsedInput } from '#shared/contract/index.ts';
import { targetDraftSchema } from '#shared/domain/target.ts';
import { scenario, seeded, sha } from './fixtures.ts';

export type CanaryItem = Output<'canary.list'>['items'][number];
type RegistryItem = Output<'registry.list'>['registries'][number];
export type TargetItem = Output<'target.list'>['targets'][number];
export type AuditItem = Output<'audit.list'>['audits'][number];
export type Event = Output<'custody.list'>['events'][number];

/** What a picture shows; a test changes it and sends the event. */
export interface FakeState {
  workspace: 'absent' | 'locked' | 'unlocked';
  name: string;
  canaries: CanaryItem[];
  registries: RegistryItem[];
  targets: TargetItem[];
  secrets: Output<'secret.list'>['secrets'];
  audits: AuditItem[];
  plans: Output<'plan.list'>['plans'];
  bundles: Output<'bundle.list'>['bundles'];
  events: Event[];
  connections: Output<'activity.list'>['connections'];
  /** Canaries done of the one audit. */
  done: number;
  recovery: Output<'audit.get'>['recovery'];
  /** What the first lane has other than a plain one. */
  firstLane: Partial<Output<'audit.get'>['lanes'][number]>;
  beacon: Output<'evidence.get'>['beacon'];
  tierB: Output<'evidence.get'>['tierB'];
  bundleOk: boolean;
  rename: (target: string) => string;
  scenario: ReturnType<typeof scenario>;
  exposures: number;
}

/** What a page may ask of the stand-in; a method that is left out is NOT_AVAILABLE_HERE. */
export type FakeHandlers = {
  [N in MethodName]?: (input: ParsedInput<N>) => Output<N>;
};
export type Emit = <E extends EventName>(event: E, data: Events[E]) => void;

export const AT = '2026-11-21T09:17:22.000Z';
const PASSES = ['draft', 'committed', 'planted', 'exposed', 'burned', 'retired'] as const;

export function manyCanaries(count: number, long = false): CanaryItem[] {
  const random = seeded(3);
  return Array.from({ length: count }, (_, index) => {
    const roll = random();
    const drawn = roll < 0.95;
    const status =
      count <= 200
        ? index < 80
          ? 'exposed'
          : 'planted'
        : (PASSES[Math.floor(random() * 6)] ?? 'draft');
    const committed = status !== 'draft';
    return {
      id: long
        ? `campaign-2026-harbour-road-larkspur-close-variant-${String(index).padStart(6, '0')}`.slice(
            0,
            64,
          )
        : `P${String(index + 1).padStart(4, '0')}`,
      version: 1,
      kind: drawn ? 'drawn' : 'found',
      type: 'O',
      status,
      n: drawn ? 1_024 : 0,
      scorer: 'exact-v1',
      cohort: index % 3 === 0 ? 'flagged-accounts' : null,
      tags: index % 4 === 0 ? ['geography'] : [],
      registry: committed ? 1 : null,
      use: committed ? (drawn ? (index % 2 === 0 ? 'served' : 'twin') : 'found') : null,
      exposures: status === 'exposed' || status === 'burned' ? 1 + Math.floor(random() * 11) : 0,
      createdUtc: AT,
    } as const;
  });
}

/** A registry as it stands before its draw. */
export const committedRegistry = (number: number, size: number): RegistryItem => ({
  number,
  size,
  served: null,
  twins: null,
  found: 0,
  heldOut: '0',
  root: sha(`root ${number}`),
  sha256: sha(`registration ${number}`),
  previousSha256: null,
  createdUtc: AT,
  state: 'committed',
  beacon: null,
  beaconState: 'pending',
  beaconSource: null,
  announced: null,
  round: null,
  grinding: null,
  drawnUtc: null,
  plantedFrom: null,
  stamp: null,
});

export function target(
  name: string,
  role: TargetItem['target']['role'],
  extra: Partial<TargetItem['target']> = {},
): TargetItem {
  return {
    target: {
      ...targetDraftSchema.parse({
        name,
        baseUrl: 'http://127.0.0.1:41733/v1',
        model: name,
        parameters: { temperature: 0.7, max_tokens: 200 },
        allowPrivate: true,
        allowHttp: true,
      }),
      role,
      ...extra,
    },
    active: true,
    createdUtc: AT,
    attempts: 180,
  };
}

export function manyEvents(count: number): Event[] {
  const kinds = [
    ['workspace.unlocked', {}],
    ['canary.imported', { count: 160 }],
    ['registry.committed', { number: 1, size: 160, root: sha('root') }],
    ['registry.drawn', { number: 1, beacon: 'given' }],
    ['canary.revealed', { id: 'P0043' }],
    ['plan.sealed', { name: 'Recheck of three suspects', sha256: sha('plan') }],
    ['request.intended', { target: 'student-10', canary: 'P0043', k: 1 }],
    ['request.recorded', { target: 'student-10', canary: 'P0043', outcome: 'answered' }],
  ] as const;
  return Array.from({ length: count }, (_, index) => {
    const [kind, data] = kinds[index < 6 ? index : 6 + (index % 2)] ?? kinds[0];
    return {
      seq: index + 1,
      at: new Date(Date.parse(AT) + index * 731).toISOString(),
      actor: 'analyst',
      kind,
      data: { ...data },
      hash: sha(`event ${index}`),
    };
  });
}

export const emptyState = (): FakeState => ({
  workspace: 'unlocked',
  name: 'Harbour Road',
  canaries: [],
  registries: [],
  targets: [],
  secrets: [],
  audits: [],
  plans: [],
  bundles: [],
  events: manyEvents(1),
  connections: [],
  done: 0,
  recovery: null,
  firstLane: {},
  beacon: 'given',
  tierB: null,
  bundleOk: true,
  rename: (name) => name,
  scenario: scenario(),
  exposures: 0,
});
