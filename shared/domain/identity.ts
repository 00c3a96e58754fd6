/**
 * Who answered, as far as the answer itself says: the model id, the backend fingerprint, the provider a gateway passed the
 * question to, and its region. Null: not said. What the connection says (the certificate) is not part of it: fleets have
 * several, and it is not in the bundle; a change of that is told apart.
 */
export interface Identity {
  readonly model: string | null;
  readonly fingerprint: string | null;
  readonly upstream: string | null;
  readonly region: string | null;
}
export const IDENTITY_FIELDS = ['model', 'fingerprint', 'upstream', 'region'] as const;
export type IdentityField = (typeof IDENTITY_FIELDS)[number];

/** Longer than any real one; a server may write what it likes there. */
const LONGEST = 200;
const clipped = (value: string | null): string | null =>
  value?.toWellFormed().slice(0, LONGEST) ?? null;

/** All names that an answer gives, in one text: a second one in the middle of a stream does not stay unseen. */
const named = (first: string | null, also: readonly string[] = []): string | null =>
  clipped(first === null ? null : [first, ...also].join(', then '));

/** The identity in an answer that was read. */
export const identityOf = (answer: {
  readonly model: string | null;
  readonly fingerprint: string | null;
  readonly route: { readonly upstream: string | null; readonly region: string | null };
  readonly alsoNamed?: Readonly<
    Partial<Record<'model' | 'fingerprint' | 'upstream', readonly string[]>>
  >;
}): Identity => ({
  model: named(answer.model, answer.alsoNamed?.model),
  fingerprint: named(answer.fingerprint, answer.alsoNamed?.fingerprint),
  upstream: named(answer.route.upstream, answer.alsoNamed?.upstream),
  region: clipped(answer.route.region),
});

/** Sets an answer against what the segment has said so far. Silence contradicts nothing, and what was silent may be filled in. */
export function joinIdentity(
  known: Identity,
  seen: Identity,
): { readonly changed: readonly IdentityField[]; readonly identity: Identity } {
  const changed = IDENTITY_FIELDS.filter(
    (field) => known[field] !== null && seen[field] !== null && known[field] !== seen[field],
  );
  if (changed.length > 0) return { changed, identity: seen };
  return {
    changed,
    identity: {
      model: known.model ?? seen.model,
      fingerprint: known.fingerprint ?? seen.fingerprint,
      upstream: known.upstream ?? seen.upstream,
      region: known.region ?? seen.region,
    },
  };
}

/** A stretch of a run in which a target gave one identity. */
export interface Segment {
  readonly target: string;
  /** From 1 for each target. */
  readonly number: number;
  readonly identity: Identity;
  /** What differs from the segment before; empty for the first. */
  readonly changed: readonly IdentityField[];
}

/**
 * Splits a run wherever a target's identity changes. `answers` in the order in which they came; null: an exchange without
 * an answer, which belongs to no segment. Returns the segments, and for each entry the number of its own.
 */
export function identitySegments(
  answers: readonly { readonly target: string; readonly identity: Identity | null }[],
): { readonly segments: readonly Segment[]; readonly numbers: readonly (number | null)[] } {
  const current = new Map<string, Segment>();
  const closed: Segment[] = [];
  const numbers = answers.map(({ target, identity }) => {
    if (identity === null) return null;
    const before = current.get(target);
    if (before === undefined) {
      current.set(target, { target, number: 1, identity, changed: [] });
      return 1;
    }
    const joined = joinIdentity(before.identity, identity);
    if (joined.changed.length > 0) closed.push(before);
    const next =
      joined.changed.length === 0
        ? { ...before, identity: joined.identity }
        : { target, number: before.number + 1, ...joined };
    current.set(target, next);
    return next.number;
  });
  const segments = [...closed, ...current.values()].sort(
    (a, b) => (a.target < b.target ? -1 : a.target > b.target ? 1 : 0) || a.number - b.number,
  );
  return { segments, numbers };
}

/** One opened served canary that was put to a target and counts. */
export interface SegmentAnswer {
  readonly target: string;
  /** Segment of the last sample that was answered; null where none was. */
  readonly segment: number | null;
  readonly hit: boolean;
}

/** Canaries and hits of each segment, never added up across them: the key is `target/number`. */
export function countBySegment(
  answers: readonly SegmentAnswer[],
): ReadonlyMap<string, { readonly asked: number; readonly hits: number }> {
  const counts = new Map<string, { asked: number; hits: number }>();
  for (const { target, segment, hit } of answers) {
    if (segment === null) continue;
    const key = `${target}/${segment}`;
    const count = counts.get(key) ?? { asked: 0, hits: 0 };
    counts.set(key, { asked: count.asked + 1, hits: count.hits + (hit ? 1 : 0) });
  }
  return counts;
}

/** An answer that is the same to fewer questions than this shows nothing. */
const DEGENERATE_LEAST = 5;
const DEGENERATE_SHARE = 0.95;

/**
 * Whether an endpoint says the same to whatever it is asked: at least 5 different canaries answered, and 19 of 20 answers
 * equal. It is told, and changes no number: such a target is not tested by its answers.
 * @param answers any value that is equal for equal texts.
 */
export function isDegenerate(
  answers: readonly { readonly canaryId: string; readonly tag: string }[],
): boolean {
  const canaries = new Set(answers.map(({ canaryId }) => canaryId));
  if (canaries.size < DEGENERATE_LEAST) return false;
  const counts = new Map<string, number>();
  for (const { tag } of answers) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return Math.max(...counts.values()) >= answers.length * DEGENERATE_SHARE;
}

/** A server's clock that is further off than this is worth a warning. */
export const CLOCK_WARNING_MS = 300_000;
