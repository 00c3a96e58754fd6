import { AppError } from '#shared/contract/errors.ts';
import type { Output, ParsedInput } from '#shared/contract/index.ts';
import type { Message } from '#shared/domain/canary.ts';
import { csvLine } from '../library/csv-table.ts';
import { openLeaf, openLeafDraw } from '../library/library.ts';
import type { Session } from '../workspace/session.ts';
import { mustFindRegistry } from './item.ts';

interface Entry {
  readonly id: string;
  readonly registry: number;
  readonly type: string;
  readonly cohort: string | null;
  readonly from: string | null;
  readonly messages: readonly Message[];
  readonly response: string | null;
}

const COLUMNS = ['id', 'registry', 'type', 'cohort', 'from', 'messages', 'response'];

function csv(entries: readonly Entry[]): string {
  const rows = entries.map((entry) =>
    csvLine([
      entry.id,
      String(entry.registry),
      entry.type,
      entry.cohort ?? '',
      entry.from ?? '',
      entry.messages.length === 1
        ? (entry.messages[0]?.content ?? '')
        : JSON.stringify(entry.messages),
      entry.response ?? '',
    ]),
  );
  return [csvLine(COLUMNS), ...rows].join('');
}

const jsonLines = (entries: readonly Entry[]): string =>
  entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');

/** The earlier of two days; a cohort that is planted later does not move the registry's day. */
function plantingDay(before: string | null, day: string, cohort: string | null): string {
  return cohort !== null && before !== null && before < day ? before : day;
}

/** What to serve, to whom, from when: the served canaries by id; twins never appear. Errors: CONFLICT, NOT_FOUND. */
export function plantingKit(
  session: Session,
  input: ParsedInput<'registry.kit'>,
): Output<'registry.kit'> {
  const row = mustFindRegistry(session, input.number);
  if (row.drawnUtc === null)
    throw new AppError('CONFLICT', `Registry ${input.number} is not drawn yet. Draw it first.`);
  const from = input.plantedFrom ?? row.plantedFrom;
  const entries = session.library
    .leaves(input.number)
    .filter((leaf) => leaf.use === 'served')
    .flatMap((leaf): Entry[] => {
      const { record } = openLeaf(session, input.number, leaf.leafIndex);
      if (input.cohort !== null && record.cohort !== input.cohort) return [];
      const index = openLeafDraw(session, input.number, leaf.leafIndex);
      return [
        {
          id: record.id,
          registry: input.number,
          type: record.type,
          cohort: record.cohort,
          from,
          messages: record.messages,
          response: index === null ? null : (record.responses[index] ?? null),
        },
      ];
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  if (input.cohort !== null && entries.length === 0)
    throw new AppError(
      'NOT_FOUND',
      `Registry ${input.number} has no served canary of the cohort ${input.cohort}.`,
    );
  const counts = new Map<string | null, number>();
  for (const { cohort } of entries) counts.set(cohort, (counts.get(cohort) ?? 0) + 1);
  session.transaction(() => {
    if (input.plantedFrom !== null) {
      const day = plantingDay(row.plantedFrom, input.plantedFrom, input.cohort);
      session.library.plant(input.number, day, input.cohort);
    }
    session.record('registry.kit-exported', {
      registry: input.number,
      count: entries.length,
      cohort: input.cohort,
      planted_from: input.plantedFrom,
    });
  });
  return {
    text: input.format === 'csv' ? csv(entries) : jsonLines(entries),
    count: entries.length,
    cohorts: [...counts].map(([cohort, count]) => ({ cohort, count })),
  };
}
