import { findChain, roundTimeMs, verifyBeaconRound } from './beacon.ts';
import { equalBytes, fromHex, sha256Hex, toHex } from './bytes.ts';
import { commitment, commitmentLeaf, commitmentsRoot, keyCommitment } from './commit.ts';
import type { RegistryDraw } from './document.ts';
import { drawIndex } from './draw.ts';
import { openBundle } from './dsse.ts';
import { assertEvidence } from './errors.ts';
import { verifyInclusion } from './merkle.ts';
import { nameOf, numbers, type Registry, registryAt } from './registry-view.ts';
import { assertSubjects, PREDICATE, readStatement, registrationSubjects } from './statements.ts';
import type { CommonSubject, Places, Texts } from './verify-subject.ts';

export function signatures(subject: CommonSubject): string {
  for (const number of numbers(subject)) {
    const { files } = registryAt(subject, number);
    const payload = openBundle(files.registrationSigstore, subject.keys);
    const statement = readStatement(payload, PREDICATE.registration);
    assertEvidence(
      statement.predicate.schemaVersion === 1,
      `registration ${number}: unknown version`,
    );
    assertSubjects(statement, registrationSubjects(files));
  }
  return `${numbers(subject).length} registrations signed with the same key`;
}

export function chain(subject: CommonSubject): string {
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

export function commitments(subject: CommonSubject): string {
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

export function records(subject: Texts): string {
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

export function inclusion(subject: Places): string {
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

export function keyCommitments(subject: Texts): string {
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

/** Every draw against its registration and its beacon, without the keys; what each beacon is worth, in words. */
export function beacons(subject: Places): string[] {
  return numbers(subject).flatMap((number) => {
    const registry = registryAt(subject, number);
    return registry.files.draw === null ? [] : [checkBeacon(registry, registry.files.draw)];
  });
}

export function draws(subject: Texts): string {
  const words = beacons(subject);
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
  return `${drawn} draws computed again; ${words.join('; ')}`;
}

/** The value of a draw against its published round and what the registration announced; what it is worth, in words. */
function checkBeacon({ number, record, protocol }: Registry, draw: RegistryDraw): string {
  const { beacon, drand } = draw;
  const announced = protocol.beacon;
  assertEvidence(
    draw.drawnUtc >= record.created_utc,
    `registry ${number} was drawn before it was committed`,
  );
  assertEvidence(
    announced === null || beacon !== null,
    `registry ${number} announced a beacon and was drawn without one`,
  );
  if (drand === undefined) {
    assertEvidence(
      announced === null,
      `registry ${number} announced a beacon round and its draw shows no signature of it`,
    );
    return `registry ${number}: ${beacon === null ? 'no beacon' : 'a beacon value without a signature'}`;
  }
  assertEvidence(
    announced === null || (announced.chain === drand.chain && announced.round === drand.round),
    `registry ${number} was drawn with another beacon round than it announced`,
  );
  const chain = findChain(drand.chain);
  assertEvidence(
    verifyBeaconRound(drand) === beacon && chain !== null,
    `registry ${number}: the beacon value is not the hash of the round's signature`,
  );
  const publishedMs = roundTimeMs(chain, drand.round);
  assertEvidence(
    publishedMs > Date.parse(record.created_utc),
    `registry ${number}: the beacon round was published before the registration`,
  );
  assertEvidence(
    Date.parse(draw.drawnUtc) >= publishedMs,
    `registry ${number} was drawn before its beacon round was published`,
  );
  return `registry ${number}: drand ${chain.name} round ${drand.round}, signature verified${announced === null ? ', not announced beforehand' : ', announced beforehand'}`;
}
