import type { Lane } from '#shared/contract/audit.ts';
import {
  CLOCK_WARNING_MS,
  countBySegment,
  isDegenerate,
  type SegmentAnswer,
} from '#shared/domain/identity.ts';
import type { AttemptRow } from '../../db/attempt-store.ts';
import type { CapRow, PositionRow } from '../../db/audit-store.ts';
import { openLeafDraw } from '../library/library.ts';
import type { SealedPanelMember } from '../plan/panel.ts';
import { countingAttempts, panelAnswers } from '../scoring/scoring.ts';
import type { Session } from '../workspace/session.ts';
import { openIdentity } from './observe.ts';
import { spendOf } from './run/caps.ts';

/** Stretches of one target that are shown; a server can make as many as it gives answers. */
const SHOWN_SEGMENTS = 20;

/** What a target did beside answering. */
export type LaneFacts = Pick<
  Lane,
  | 'spend'
  | 'capUsd'
  | 'capExposures'
  | 'segmentCount'
  | 'segments'
  | 'certificateChanges'
  | 'degenerate'
  | 'clockOffsetMs'
>;

interface Audit {
  readonly auditId: string;
  readonly panel: readonly SealedPanelMember[];
  readonly attempts: readonly AttemptRow[];
  readonly positions: readonly PositionRow[];
}

/** The opened served canaries of each target, with the segment in which they were answered. */
function segmentAnswers(session: Session, { attempts, positions }: Audit): SegmentAnswer[] {
  const byPosition = Map.groupBy(attempts, (attempt) => attempt.position);
  return positions
    .filter((at) => at.use === 'evidence' && at.state === 'opened')
    .flatMap((at) => {
      const drawn = openLeafDraw(session, at.registry, at.leafIndex);
      const own = byPosition.get(at.position) ?? [];
      const answers = Object.entries(panelAnswers(own, at.use));
      return answers
        .filter(([, answer]) => answer.status === 'administered')
        .map(([target, answer]) => ({
          target,
          segment: lastSegmentOf(own, target),
          hit: drawn !== null && answer.found.includes(drawn),
        }));
    });
}

const lastSegmentOf = (attempts: readonly AttemptRow[], target: string): number | null =>
  countingAttempts(attempts)
    .filter((attempt) => attempt.target === target)
    .reduce<number | null>(
      (last, { segment }) => (segment === null ? last : Math.max(last ?? 0, segment)),
      null,
    );

const furthest = (offsets: readonly (number | null)[]): number | null =>
  offsets.reduce<number | null>(
    (far, one) => (one === null || Math.abs(one) <= Math.abs(far ?? 0) ? (far ?? one) : one),
    null,
  );

const raisedTo = (
  raised: readonly CapRow[],
  target: string,
  cap: 'costUsd' | 'exposures',
): number | null =>
  raised.findLast((entry) => entry.target === target && entry[cap] !== null)?.[cap] ?? null;

/** Spend, caps, identity, and what is odd about each target, from what is stored. */
export function laneFacts(session: Session, audit: Audit): ReadonlyMap<string, LaneFacts> {
  const { auditId, panel } = audit;
  const byTarget = Map.groupBy(audit.attempts, (attempt) => attempt.target);
  const segments = Map.groupBy(session.attempts.segments(auditId), (segment) => segment.target);
  const hasChanged = [...segments.values()].some((own) => own.length > 1);
  const counts = countBySegment(hasChanged ? segmentAnswers(session, audit) : []);
  const raised = session.audits.raisedCaps(auditId);
  return new Map(
    panel.map(({ target }): [string, LaneFacts] => {
      const own = byTarget.get(target.name) ?? [];
      const stretches = segments.get(target.name) ?? [];
      const last = stretches.at(-1);
      const shown = stretches.length > 1 ? stretches.slice(-SHOWN_SEGMENTS - 1) : [];
      const opened = shown.map((row) => ({
        ...row,
        ...openIdentity(session, { auditId, ...row }).identity,
      }));
      return [
        target.name,
        {
          spend: spendOf(target, own),
          capUsd: raisedTo(raised, target.name, 'costUsd') ?? target.limits.costUsd,
          capExposures: raisedTo(raised, target.name, 'exposures') ?? target.limits.exposures,
          segmentCount: stretches.length,
          segments: opened
            .map(({ number, model, fingerprint, upstream, region, startedUtc }, index) => ({
              number,
              model,
              fingerprint,
              upstream,
              region,
              changed: changedSince(opened[index - 1], { model, fingerprint, upstream, region }),
              startedUtc,
              ...(counts.get(`${target.name}/${number}`) ?? { asked: 0, hits: 0 }),
            }))
            .slice(-SHOWN_SEGMENTS),
          certificateChanges: last
            ? openIdentity(session, { auditId, ...last }).certificateChanges
            : 0,
          degenerate: isDegenerate(
            own.flatMap(({ canaryId, answerTag }) =>
              answerTag === null ? [] : [{ canaryId, tag: answerTag }],
            ),
          ),
          clockOffsetMs: furthest(own.map((attempt) => attempt.clockOffsetMs)),
        },
      ];
    }),
  );
}

type Said = Readonly<Record<'model' | 'fingerprint' | 'upstream' | 'region', string | null>>;

function changedSince(before: Said | undefined, now: Said): string[] {
  if (before === undefined) return [];
  return (['model', 'fingerprint', 'upstream', 'region'] as const).filter(
    (field) => before[field] !== null && now[field] !== null && before[field] !== now[field],
  );
}

/** What an analyst must know before reading a number, one plain sentence each. */
export function factWarnings(facts: ReadonlyMap<string, LaneFacts>): string[] {
  return [...facts].flatMap(([target, fact]) => {
    const warnings: string[] = [];
    if (fact.segmentCount > 1)
      warnings.push(
        `${target} changed its identity ${fact.segmentCount - 1} ${fact.segmentCount === 2 ? 'time' : 'times'} during the audit. Its answers may come from different models: read the segments apart.`,
      );
    if (fact.certificateChanges > 0)
      warnings.push(
        `${target} showed another certificate ${fact.certificateChanges} ${fact.certificateChanges === 1 ? 'time' : 'times'}; each is kept with its exchange.`,
      );
    if (fact.degenerate)
      warnings.push(
        `${target} gives the same answer to whatever it is asked (degenerate endpoint): its misses say nothing about its model.`,
      );
    if (fact.clockOffsetMs !== null && Math.abs(fact.clockOffsetMs) > CLOCK_WARNING_MS)
      warnings.push(
        `The clock of ${target} is ${Math.round(Math.abs(fact.clockOffsetMs) / 1_000)} s ${fact.clockOffsetMs > 0 ? 'ahead of' : 'behind'} ours; times of the record are ours.`,
      );
    return warnings;
  });
}
