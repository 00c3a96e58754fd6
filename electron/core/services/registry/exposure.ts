import { AppError } from '#shared/contract/errors.ts';
import type { Output, ParsedInput } from '#shared/contract/index.ts';
import { expectedReach, KEPT_SHARES } from '#shared/domain/ledger.ts';
import type { ServingRow } from '../../db/ledger-store.ts';
import { findingsOf } from '../evidence/evidence.ts';
import { mustFindPlan, readSealed } from '../plan/plan.ts';
import type { Session } from '../workspace/session.ts';
import { mustFindRegistry } from './item.ts';

interface Sum {
  readonly served: number;
  readonly first: string | null;
  readonly last: string | null;
}

function sum(rows: readonly ServingRow[]): Sum {
  const days = rows.flatMap(({ first, last }) => [first, last]).sort();
  return {
    served: rows.reduce((total, { served }) => total + served, 0),
    first: days[0] ?? null,
    last: days.at(-1) ?? null,
  };
}

const reachOf = (served: readonly number[]): { kept: number; canaries: number }[] =>
  KEPT_SHARES.map((kept) => ({ kept, canaries: expectedReach(served, kept) }));

const grouped = <T>(rows: readonly T[], keyOf: (row: T) => string): Map<string, T[]> =>
  Map.groupBy(rows, keyOf);

/** How often known positives repeated what they were trained on, over the audits that asked this registry. */
function recallOf(session: Session, number: number): { asked: number; hits: number } | null {
  const known = session.audits
    .audits()
    .filter((audit) => {
      const { plan } = readSealed(mustFindPlan(session, audit.planId));
      return plan.canaries.registries.some((entry) => entry.number === number);
    })
    .flatMap((audit) => findingsOf(session, audit.auditId).tierA?.knownPositives ?? []);
  if (known.length === 0) return null;
  return {
    asked: known.reduce((total, { asked }) => total + asked, 0),
    hits: known.reduce((total, { hits }) => total + hits, 0),
  };
}

/** Exposure of a registry by canary and cohort, as the imported ledgers say (METHOD 2.4). Errors: NOT_FOUND, CONFLICT. */
export function registryExposure(
  session: Session,
  { number }: ParsedInput<'registry.exposure'>,
): Output<'registry.exposure'> {
  const row = mustFindRegistry(session, number);
  if (row.drawnUtc === null)
    throw new AppError('CONFLICT', `Registry ${number} is not drawn yet: nothing can be served.`);
  const rows = session.library.ledger.ofRegistry(number);
  const byCanary = grouped(rows, ({ canaryId }) => canaryId);
  const canaries = session.library.drawnOf(number).map(({ id, use, cohort }) => {
    const own = byCanary.get(id) ?? [];
    return {
      id,
      use: use === 'twin' ? ('twin' as const) : ('served' as const),
      cohort,
      ...sum(own),
      cohorts: [...grouped(own, (serving) => serving.cohort)].map(([name, list]) => ({
        cohort: name,
        ...sum(list),
      })),
    };
  });
  const cohorts = [...grouped(rows, ({ cohort }) => cohort)]
    .map(([cohort, list]) => {
      const counts = [...grouped(list, ({ canaryId }) => canaryId).values()].map(
        (own) => sum(own).served,
      );
      return { cohort, canaries: counts.length, ...sum(list), reach: reachOf(counts) };
    })
    .sort((a, b) => (a.cohort < b.cohort ? -1 : 1));
  const servedTwins = canaries.filter(({ use, served }) => use === 'twin' && served > 0).length;
  const strayed = canaries.filter(({ cohort, cohorts: names }) =>
    names.some((entry) => cohort !== null && entry.cohort !== cohort),
  ).length;
  const served = canaries.filter(({ use }) => use === 'served');
  return {
    number,
    canaries,
    cohorts,
    reach: reachOf(served.map((canary) => canary.served)),
    recall: recallOf(session, number),
    unserved: served.filter((canary) => canary.served === 0).length,
    problems: [
      ...(servedTwins === 0
        ? []
        : [
            `${servedTwins} of the twins were served: the twin check no longer tells a leak from training.`,
          ]),
      ...(strayed === 0
        ? []
        : [`${strayed} canaries were served to another cohort: their hits tell no cohort.`]),
    ],
  };
}
