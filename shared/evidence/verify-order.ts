import type { NotAskedReason } from './document.ts';
import { askOrder, compareServe, heldOutCount, serveKey } from './draw.ts';
import { assertEvidence } from './errors.ts';
import { nameOf, plannedUses, registryAt } from './registry-view.ts';
import type { CommonSubject, Subject } from './verify-subject.ts';

interface Split {
  readonly number: number;
  readonly use: 'evidence' | 'after-release';
  readonly held: number;
  readonly served: number;
  readonly out: number;
  readonly drawn: number;
}

/** A finished run has asked every twin the plan wants and every after-release canary: they can't be left out quietly. */
function checkComplete(subject: Subject, { number, use, held, served, out, drawn }: Split): void {
  const { document } = subject.bag;
  if (document.state !== 'complete') return;
  const used = document.undisclosed.filter(
    ({ registry, reason }) => registry === number && reason === 'used',
  ).length;
  assertEvidence(
    !subject.derived.plan.stop.allTwins || held + used >= out,
    `registry ${number}: the plan asks every twin, and only ${held} of ${out} were asked`,
  );
  assertEvidence(
    use !== 'after-release' || served + used >= drawn - out,
    `registry ${number}: canaries planted after the release were left out`,
  );
}

export function heldOutSplit(subject: Subject): string {
  const uses = plannedUses(subject);
  let twins = 0;
  for (const [number, use] of uses) {
    const registry = registryAt(subject, number);
    const own = subject.derived.canaries
      .filter(({ disclosed }) => disclosed.registry === number && disclosed.key !== null)
      .map((canary) => ({
        id: canary.record.id,
        twin: canary.disclosed.use === 'twin',
        use: canary.disclosed.use,
        serve: serveKey(registry.context, {
          id: canary.record.id,
          key: canary.disclosed.key as Uint8Array,
        }),
      }))
      .sort(compareServe);
    const held = own.filter(({ twin }) => twin).length;
    const drawn = registry.record.size - registry.found.size;
    const out = heldOutCount(registry.protocol.held_out_ppm, drawn);
    assertEvidence(
      own.every(({ twin }, index) => twin === index < held),
      `registry ${number}: a served canary sorts before a held-out one`,
    );
    assertEvidence(
      held <= out && own.length - held <= drawn - out,
      `registry ${number}: more twins or served canaries than the split has`,
    );
    checkComplete(subject, { number, use, held, served: own.length - held, out, drawn });
    assertEvidence(
      own.every((canary) => canary.twin || canary.use === use),
      `registry ${number}: a canary is used for something else than the plan says`,
    );
    twins += held;
  }
  return `${twins} twins, consistent with the split that the draw gives`;
}

export function coverage(subject: CommonSubject): string {
  const { document } = subject.bag;
  const uses = plannedUses(subject);
  const seen = new Set<string>();
  const asked = subject.derived.canaries.map(({ disclosed }) => disclosed);
  for (const { registry, leafIndex } of [...asked, ...document.undisclosed]) {
    const key = `${registry}-${leafIndex}`;
    assertEvidence(!seen.has(key), `leaf ${key} is listed twice`);
    assertEvidence(uses.has(registry), `leaf ${key} is of a registry that the plan does not name`);
    seen.add(key);
  }
  for (const number of uses.keys()) {
    const { record } = registryAt(subject, number);
    for (let leaf = 0; leaf < record.size; leaf++) {
      assertEvidence(
        seen.has(`${number}-${leaf}`),
        `leaf ${number}-${leaf} is neither asked nor accounted for`,
      );
    }
    assertEvidence(
      document.undisclosed.every(
        (canary) => canary.registry !== number || canary.leafIndex < record.size,
      ),
      `registry ${number}: a leaf beyond its size is listed`,
    );
  }
  checkFoundChoice(subject);
  const used = document.undisclosed.filter(({ reason }) => reason === 'used').length;
  const word = used === 0 ? '' : `; ${used} were asked in earlier audits, on the laboratory's word`;
  return `all ${seen.size} leaves of the planned registries are asked or accounted for, none twice${word}`;
}

function checkFoundChoice(subject: CommonSubject): void {
  const { found } = subject.derived.plan.canaries;
  for (const canary of subject.derived.canaries) {
    if (canary.disclosed.use !== 'found' || found === 'all') continue;
    assertEvidence(
      found !== 'none' && found.includes(canary.record.id),
      `${nameOf(canary)}: the plan does not choose this found canary`,
    );
  }
}

/** Place in asking order after which every suspect had stopped; null while one had not. */
function allStoppedAt(subject: CommonSubject): number | null {
  const places = new Map(
    subject.derived.canaries.map((canary, index) => [canary.record.id, index]),
  );
  let latest = -1;
  for (const suspect of subject.bag.document.evaluation.suspects) {
    const step = suspect.stoppedAt === null ? undefined : suspect.steps[suspect.stoppedAt - 1];
    const place = step === undefined ? undefined : places.get(step.canaryId);
    if (place === undefined) return null;
    latest = Math.max(latest, place);
  }
  return latest;
}

/** Whether the plan's limit of served evidence canaries was reached before a place in asking order. */
function limitReached(subject: CommonSubject, before: number): boolean {
  const { plan, canaries } = subject.derived;
  const served = canaries.filter(
    ({ disclosed }, place) => disclosed.use === 'evidence' && place < before,
  );
  return served.length >= plan.limits.canaries;
}

export function order(subject: CommonSubject): string {
  let skipped = 0;
  for (const number of plannedUses(subject).keys()) skipped += checkOrder(subject, number);
  return skipped === 0
    ? 'asked in the committed order without a gap'
    : `asked in the committed order; ${skipped} leaves before the last one not asked, each for a reason that holds`;
}

/** Leaves skipped before the last asked one. */
function checkOrder(subject: CommonSubject, number: number): number {
  const registry = registryAt(subject, number);
  const drawn = askOrder(registry.context, registry.commitments).filter(
    (leaf) => !registry.found.has(leaf),
  );
  const asked = subject.derived.canaries.flatMap(({ disclosed }, place) =>
    disclosed.registry === number && disclosed.use !== 'found'
      ? [{ leaf: disclosed.leafIndex, place }]
      : [],
  );
  const position = new Map(drawn.map((leaf, index) => [leaf, index]));
  const positions = asked.map(({ leaf }) => position.get(leaf) ?? -1);
  assertEvidence(
    positions.every((at, index) => index === 0 || at > (positions[index - 1] ?? at)),
    `registry ${number}: the canaries were not asked in the committed order`,
  );
  const reasons = new Map(
    subject.bag.document.undisclosed
      .filter((canary) => canary.registry === number)
      .map(({ leafIndex, reason }) => [leafIndex, reason]),
  );
  const placeOf = new Map(asked.map(({ leaf, place }) => [leaf, place]));
  const last = positions.at(-1) ?? -1;
  let nextPlace = Number.POSITIVE_INFINITY;
  let skipped = 0;
  for (let at = drawn.length - 1; at >= 0; at--) {
    const leaf = drawn[at] as number;
    const place = placeOf.get(leaf);
    if (place !== undefined) {
      nextPlace = place;
      continue;
    }
    if (at < last) skipped++;
    checkReason(subject, {
      leaf: `${number}-${leaf}`,
      reason: reasons.get(leaf),
      nextPlace,
    });
  }
  for (const leaf of registry.found) {
    const reason = reasons.get(leaf);
    assertEvidence(
      reason === undefined || reason === 'found' || reason === 'not-reached' || reason === 'used',
      `leaf ${number}-${leaf}: a found canary can't be ${reason}`,
    );
  }
  return skipped;
}

interface NotAsked {
  readonly leaf: string;
  readonly reason: NotAskedReason | undefined;
  /** Place of the next asked canary of the registry in asking order; infinite when there is none. */
  readonly nextPlace: number;
}

function checkReason(subject: CommonSubject, { leaf, reason, nextPlace }: NotAsked): void {
  switch (reason) {
    case 'used':
      return;
    case 'not-reached':
      assertEvidence(
        nextPlace === Number.POSITIVE_INFINITY,
        `leaf ${leaf} was skipped, a later one was asked`,
      );
      return;
    case 'stopped': {
      const stopped = allStoppedAt(subject);
      assertEvidence(
        stopped !== null && nextPlace > stopped,
        `leaf ${leaf} was skipped as stopped before every suspect had stopped`,
      );
      return;
    }
    case 'limit':
      assertEvidence(
        limitReached(subject, nextPlace),
        `leaf ${leaf} was skipped for a limit that was not reached`,
      );
      return;
    default:
      assertEvidence(false, `leaf ${leaf} has no reason that fits a drawn canary`);
  }
}
