import {
  countBySegment,
  identitySegments,
  isDegenerate,
  type Segment,
  type SegmentAnswer,
} from '../domain/identity.ts';
import type { Derived, DerivedCanary } from './derive.ts';
import type { EvidenceDocument } from './document.ts';

/** A stretch of the run in which a target gave one identity, and its opened served canaries. */
export interface CountedSegment extends Segment {
  readonly asked: number;
  readonly hits: number;
}

export interface TargetIdentity {
  readonly target: string;
  /** One: it never changed what it says of itself. None: it never answered. */
  readonly segments: readonly CountedSegment[];
  /** The same answer to whatever it was asked. */
  readonly degenerate: boolean;
}

/**
 * Place in the custody log at which each answer was recorded: of two in one millisecond only the log knows the first. A
 * line that is damaged is found by those who check the log.
 */
function recordedAt(lines: EvidenceDocument['custody']['lines']): ReadonlyMap<string, number> {
  return new Map(
    lines.flatMap((line, place): [string, number][] => {
      const text = line instanceof Uint8Array ? new TextDecoder().decode(line) : '';
      if (!text.includes('"kind":"attempt.recorded"')) return [];
      const [, attempt] = /"attempt":"([^"\\]+)"/.exec(text) ?? [];
      return attempt === undefined ? [] : [[attempt, place]];
    }),
  );
}

/** Who answered for each target, read from the response bytes and the log alone, so that a verifier comes to the same. */
export function targetIdentities(
  { panel, custody }: Pick<EvidenceDocument, 'panel' | 'custody'>,
  { attempts, canaries }: Pick<Derived, 'attempts' | 'canaries'>,
): readonly TargetIdentity[] {
  const placeOf = recordedAt(custody.lines);
  // In the order in which the answers came; attempts that never ended have none.
  const ordered = attempts
    .filter(({ attempt }) => attempt.endedUtc !== null)
    .toSorted(
      ({ attempt: a }, { attempt: b }) =>
        compare(a.endedUtc ?? '', b.endedUtc ?? '') ||
        (placeOf.get(a.id) ?? 0) - (placeOf.get(b.id) ?? 0),
    );
  const { segments, numbers } = identitySegments(
    ordered.map(({ attempt, reading }) => ({ target: attempt.target, identity: reading.identity })),
  );
  const numberOf = new Map(
    ordered.map(({ attempt }, index) => [attempt.id, numbers[index] ?? null]),
  );
  const counts = countBySegment(canaries.flatMap((canary) => answersOf(canary, numberOf)));
  return panel.map(({ name }) => ({
    target: name,
    segments: segments
      .filter(({ target }) => target === name)
      .map((segment) => ({
        ...segment,
        ...(counts.get(`${name}/${segment.number}`) ?? { asked: 0, hits: 0 }),
      })),
    degenerate: isDegenerate(
      ordered.flatMap(({ attempt, reading }) =>
        attempt.target === name && reading.text !== null
          ? [{ canaryId: attempt.canaryId, tag: reading.text }]
          : [],
      ),
    ),
  }));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What each target answered to an opened served canary, in the segment of its last answered sample. */
function answersOf(
  canary: DerivedCanary,
  numberOf: ReadonlyMap<string, number | null>,
): SegmentAnswer[] {
  if (canary.disclosed.use !== 'evidence' || !canary.opened) return [];
  return Object.entries(canary.answers)
    .filter(([, answer]) => answer.status === 'administered')
    .map(([target, answer]) => ({
      target,
      segment: canary.attempts
        .filter(({ attempt }) => attempt.target === target)
        .reduce<number | null>((last, { attempt }) => {
          const number = numberOf.get(attempt.id) ?? null;
          return number === null ? last : Math.max(last ?? 0, number);
        }, null),
      hit: canary.trueIndex !== null && answer.found.includes(canary.trueIndex),
    }));
}
