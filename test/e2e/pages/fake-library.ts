import { AppError } from '#shared/contract/errors.ts';
import {
  AT,
  committedRegistry,
  type Emit,
  type FakeHandlers,
  type FakeState,
} from './fake-state.ts';
import { sha } from './fixtures.ts';

export function libraryHandlers(state: FakeState, emit: Emit): FakeHandlers {
  const find = (id: string) => {
    const canary = state.canaries.find((item) => item.id === id);
    if (!canary) throw new AppError('NOT_FOUND', `There is no canary ${id}.`);
    return canary;
  };
  const retire = (ids: readonly string[], to: 'retired' | 'draft') => {
    state.canaries = state.canaries.map((item) =>
      ids.includes(item.id) ? { ...item, status: to } : item,
    );
    emit('library.changed', {});
    return { changed: ids.length };
  };
  return {
    'canary.list': ({ search, status: wanted, kind, offset, limit }) => {
      const items = state.canaries.filter(
        (item) =>
          item.id.toLowerCase().includes(search.toLowerCase()) &&
          (wanted === null || item.status === wanted) &&
          (kind === null || item.kind === kind),
      );
      return { total: items.length, items: items.slice(offset, offset + limit) };
    },
    'canary.get': ({ id }) => {
      const canary = find(id);
      return {
        canary,
        commitment: canary.registry === null ? null : sha(id),
        leafIndex: canary.registry === null ? null : 42,
        orderPosition: canary.registry === null ? null : 17,
        exposures: Array.from({ length: canary.exposures }, (_, index) => ({
          target:
            state.targets[index % Math.max(1, state.targets.length)]?.target.name ?? 'removed',
          host: '127.0.0.1:41733',
          at: AT,
        })),
      };
    },
    'canary.reveal': ({ id }) => {
      find(id);
      return {
        messages: [
          { role: 'user', content: `Which street leads from the harbour to the mill in ${id}?` },
        ],
        responses: Array.from({ length: 50 }, (_, index) => `Larkspur ${index + 1}`),
        n: 1_024,
        expected: [],
        drawn: 'Larkspur 17',
        note: 'Served to flagged accounts only.',
      };
    },
    'canary.import': ({ text, dryRun, onError }) => {
      const lines = text.split('\n').filter((line) => line.trim() !== '');
      const errors = lines.flatMap((line, index) =>
        line.includes('"bad"')
          ? [
              {
                line: index + 1,
                field: 'responses',
                message: 'A drawn canary has no candidates.',
                fix: 'Give 256 or more in `responses`, or set kind to found.',
              },
            ]
          : [],
      );
      if (errors.length > 0 && onError === 'reject-all' && !dryRun)
        throw new AppError('IMPORT_REJECTED', 'One line cannot be read; nothing was imported.', {
          errors,
        });
      const good = lines.length - errors.length;
      const ids = Array.from(
        { length: good },
        (_, index) => `N${String(index + 1).padStart(4, '0')}`,
      );
      if (!dryRun) {
        state.canaries = [
          ...state.canaries,
          ...ids.map((id) => ({
            id,
            version: 1,
            kind: 'drawn' as const,
            type: 'O' as const,
            status: 'draft' as const,
            n: 1_024,
            scorer: 'exact-v1',
            cohort: null,
            tags: [],
            registry: null,
            use: null,
            exposures: 0,
            createdUtc: AT,
          })),
        ];
        emit('library.changed', {});
      }
      return { imported: dryRun ? 0 : good, ids, errors, warnings: [] };
    },
    'canary.retire': ({ ids }) => retire(ids, 'retired'),
    'canary.restore': ({ ids }) => retire(ids, 'draft'),
    'registry.list': () => ({ registries: state.registries }),
    'registry.commit': ({ heldOut }) => {
      const drafts = state.canaries.filter((item) => item.status === 'draft');
      const number = state.registries.length + 1;
      state.canaries = state.canaries.map((item) =>
        item.status === 'draft'
          ? { ...item, status: 'committed' as const, registry: number }
          : item,
      );
      const registry = { ...committedRegistry(number, drafts.length), heldOut: String(heldOut) };
      state.registries = [...state.registries, registry];
      emit('library.changed', {});
      return registry;
    },
    'registry.draw': ({ number, beacon, round, source }) => {
      state.registries = state.registries.map((item) =>
        item.number === number
          ? {
              ...item,
              state: 'drawn' as const,
              served: Math.ceil(item.size / 2),
              twins: Math.floor(item.size / 2),
              beacon,
              beaconState:
                round !== null
                  ? ('verified' as const)
                  : beacon === null
                    ? ('none' as const)
                    : ('unverified' as const),
              beaconSource: source || null,
              drawnUtc: AT,
            }
          : item,
      );
      emit('library.changed', {});
      const drawn = state.registries.find((item) => item.number === number);
      if (!drawn) throw new AppError('NOT_FOUND', `There is no registry ${number}.`);
      return drawn;
    },
    'beacon.list': () => ({ chains: [], relays: [] }),
    'registry.kit': () => ({
      text: '{}\n',
      count: 1,
      cohorts: [{ cohort: null, count: 1 }],
    }),
  };
}
