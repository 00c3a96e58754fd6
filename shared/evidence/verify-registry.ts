import { equalBytes, fromHex, sha256Hex, toHex } from './bytes.ts';
import {
  commitment,
  commitmentLeaf,
  commitmentsRoot,
  keyCommitment,
  parseCommitments,
} from './commit.ts';
import type { DerivedCanary } from './derive.ts';
import type { NotAskedReason, Registration } from './document.ts';
import {
  askOrder,
  compareServe,
  type DrawContext,
  drawIndex,
  heldOutCount,
  serveKey,
} from './draw.ts';
import { openBundle } from './dsse.ts';
import { assertEvidence } from './errors.ts';
import { verifyInclusion } from './merkle.ts';
import {
  type ProtocolRecord,
  type RegistrationRecord,
  readProtocol,
  readRegistration,
} from './registration.ts';
import { assertSubjects, PREDICATE, readStatement, registrationSubjects } from './statements.ts';
import type { Subject } from './verify-subject.ts';

interface Registry {
  readonly number: number;
  readonly files: Registration;
  readonly record: RegistrationRecord;
  readonly protocol: ProtocolRecord;
  readonly commitments: readonly Uint8Array[];
  readonly found: ReadonlySet<number>;
  readonly context: DrawContext;
}

// Every check asks for the same few registries; reading one means parsing all its commitments.
const registriesRead = new WeakMap<Registration, Registry>();

function registryAt(subject: Subject, number: number): Registry {
  const files = subject.bag.document.registrations[number - 1];
  assertEvidence(files !== undefined, `registry ${number} is not in the bag`);
  const known = registriesRead.get(files);
  if (known !== undefined) return known;
  const registry = readRegistry(files, number);
  registriesRead.set(files, registry);
  return registry;
}

function readRegistry(files: Registration, number: number): Registry {
  const record = readRegistration(files.registration);
  const beacon = files.draw?.beacon ?? null;
  return {
    number,
    files,
    record,
    protocol: readProtocol(files.protocol),
    commitments: parseCommitments(files.commitments),
    found: new Set(record.found),
    context: { root: fromHex(record.root), beacon: beacon === null ? null : fromHex(beacon) },
  };
}

function numbers(subject: Subject): number[] {
  return subject.bag.document.registrations.map((_, index) => index + 1);
}

function nameOf(canary: DerivedCanary): string {
  return `canary ${canary.disclosed.registry}-${canary.disclosed.leafIndex}`;
}

export function signatures(subject: Subject): string {
  for (const number of numbers(subject)) {
    const { files } = registryAt(subject, number);
    const payload = openBundle(files.registrationSigstore, subject.key);
    const statement = readStatement(payload, PREDICATE.registration);
    assertEvidence(
      statement.predicate.schemaVersion === 1,
      `registration ${number}: unknown version`,
    );
    assertSubjects(statement, registrationSubjects(files));
  }
  return `${numbers(subject).length} registrations signed with the same key`;
}

export function chain(subject: Subject): string {
  let previous: string | null = null;
  for (const number of numbers(subject)) {
    const { record, files } = registryAt(subject, number);
    assertEvidence(
      record.registration_number === number,
      `registration ${number} has number ${record.registration_number}: a gap`,
    );
    assertEvidence(
      record.previous_registration_sha256 === previous,
      `registration ${number} does not name the one before it`,
    );
    previous = sha256Hex(files.registration);
  }
  return `numbers 1 to ${numbers(subject).length} without a gap`;
}

export function commitments(subject: Subject): string {
  let total = 0;
  for (const number of numbers(subject)) {
    const registry = registryAt(subject, number);
    const { record } = registry;
    assertEvidence(
      registry.commitments.length === record.size,
      `registry ${number}: commitments.txt does not have ${record.size} lines`,
    );
    assertEvidence(
      toHex(commitmentsRoot(registry.commitments)) === record.root,
      `registry ${number}: the root of commitments.txt is another one`,
    );
    assertEvidence(
      sha256Hex(registry.files.protocol) === record.protocol_sha256,
      `registry ${number}: protocol.json is another one`,
    );
    assertEvidence(
      record.found.every(
        (leaf, index) =>
          leaf < record.size && (index === 0 || leaf > (record.found[index - 1] ?? leaf)),
      ),
      `registry ${number}: the list of found canaries is not ascending`,
    );
    total += record.size;
  }
  return `${total} commitments give the registered roots`;
}

export function records(subject: Subject): string {
  for (const canary of subject.derived.canaries) {
    const { disclosed, record } = canary;
    const registry = registryAt(subject, disclosed.registry);
    const c = commitment(disclosed.salt, disclosed.record);
    const registered = registry.commitments[disclosed.leafIndex];
    assertEvidence(
      registered !== undefined && equalBytes(c, registered),
      `${nameOf(canary)}: record and salt do not give the registered commitment`,
    );
    const isFound = registry.found.has(disclosed.leafIndex);
    assertEvidence(
      isFound === (record.kind === 'found') && isFound === (disclosed.use === 'found'),
      `${nameOf(canary)}: drawn and found are mixed up`,
    );
    assertEvidence(
      record.n === record.responses.length,
      `${nameOf(canary)}: n is not the length of its list`,
    );
  }
  return `${subject.derived.canaries.length} records are the committed ones`;
}

export function inclusion(subject: Subject): string {
  const trees = new Map(numbers(subject).map((number) => [number, registryAt(subject, number)]));
  for (const row of subject.bag.disclosures) {
    const registry = trees.get(row.registry);
    const c = registry?.commitments[row.leaf_index];
    const ok =
      registry !== undefined &&
      c !== undefined &&
      verifyInclusion({
        leaf: commitmentLeaf(c),
        index: row.leaf_index,
        size: registry.record.size,
        path: row.path.map(fromHex),
        root: registry.context.root,
      });
    assertEvidence(
      ok,
      `canary ${row.registry}-${row.leaf_index}: the inclusion path does not lead to the root`,
    );
  }
  return `${subject.bag.disclosures.length} inclusion paths lead to their roots`;
}

export function keyCommitments(subject: Subject): string {
  let drawn = 0;
  for (const canary of subject.derived.canaries) {
    const { key } = canary.disclosed;
    const { record } = canary;
    if (record.kind === 'found') {
      assertEvidence(
        key === null && record.keycommit === null,
        `${nameOf(canary)}: a found canary has a key`,
      );
      continue;
    }
    assertEvidence(
      key !== null && record.keycommit === toHex(keyCommitment(record.id, key)),
      `${nameOf(canary)}: the key is not the committed one`,
    );
    drawn++;
  }
  return `${drawn} drawing keys are the committed ones`;
}

export function draws(subject: Subject): string {
  for (const number of numbers(subject)) {
    const { files, record, protocol } = registryAt(subject, number);
    assertEvidence(
      files.draw === null || files.draw.drawnUtc >= record.created_utc,
      `registry ${number} was drawn before it was committed`,
    );
    assertEvidence(
      files.draw === null || protocol.beacon === null || files.draw.beacon !== null,
      `registry ${number} announced a beacon and was drawn without one`,
    );
  }
  let drawn = 0;
  for (const [index, canary] of subject.derived.canaries.entries()) {
    const { key, registry } = canary.disclosed;
    const claimed = subject.bag.disclosures[index]?.draw_index ?? null;
    if (key === null) {
      assertEvidence(claimed === null, `${nameOf(canary)}: a found canary has a draw`);
      continue;
    }
    const { context } = registryAt(subject, registry);
    const again = drawIndex(context, { id: canary.record.id, key }, canary.record.responses.length);
    assertEvidence(
      again === claimed && again === canary.trueIndex,
      `${nameOf(canary)}: the draw gives another response`,
    );
    drawn++;
  }
  return `${drawn} draws computed again`;
}

/** Uses the plan gives to registries, by number. */
function plannedUses(subject: Subject): Map<number, 'evidence' | 'after-release'> {
  return new Map(subject.derived.plan.canaries.registries.map(({ number, use }) => [number, use]));
}

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

export function coverage(subject: Subject): string {
  const { document } = subject.bag;
  const uses = plannedUses(subject);
  const seen = new Set<string>();
  for (const { registry, leafIndex } of [...document.canaries, ...document.undisclosed]) {
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

function checkFoundChoice(subject: Subject): void {
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
function allStoppedAt(subject: Subject): number | null {
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
function limitReached(subject: Subject, before: number): boolean {
  const { plan, canaries } = subject.derived;
  const served = canaries.filter(
    ({ disclosed }, place) => disclosed.use === 'evidence' && place < before,
  );
  return served.length >= plan.limits.canaries;
}

export function order(subject: Subject): string {
  let skipped = 0;
  for (const number of plannedUses(subject).keys()) skipped += checkOrder(subject, number);
  return skipped === 0
    ? 'asked in the committed order without a gap'
    : `asked in the committed order; ${skipped} leaves before the last one not asked, each for a reason that holds`;
}

/** Leaves skipped before the last asked one. */
function checkOrder(subject: Subject, number: number): number {
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

function checkReason(subject: Subject, { leaf, reason, nextPlace }: NotAsked): void {
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
