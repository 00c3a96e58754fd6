import { evaluate } from '../statistics/evaluate.ts';
import { assertEvidence } from './errors.ts';
import { registryAt } from './registry-view.ts';
import { beacons } from './verify-registry.ts';
import { difference, sameRun } from './verify-results.ts';
import { checkSample, planSealed } from './verify-run.ts';
import { NotCheckable, type WithheldSubject } from './verify-subject.ts';
import { scoredInput, scoredTierB } from './withheld.ts';

// The checks of a public bag where they differ from those of a bag with its texts.

export function planSeal(subject: WithheldSubject): string {
  const first = subject.document.attempts[0]?.startedUtc;
  return `${planSealed(subject, first, null)}; targets.json is withheld, its hash stands in the seal`;
}

export function panel({ document, derived }: WithheldSubject): string {
  assertEvidence(
    document.panel.length === derived.plan.panel.length &&
      derived.plan.panel.every(
        ({ target, role }, index) =>
          document.panel[index]?.name === target && document.panel[index]?.role === role,
      ),
    'the panel is not the one of the plan',
  );
  return `${document.panel.length} targets with the roles of the plan; addresses and parameters are withheld`;
}

export function draws(subject: WithheldSubject): NotCheckable {
  for (const { registry, use, drawIndex, n } of subject.document.canaries) {
    const own = registryAt(subject, registry);
    assertEvidence(
      use === 'found'
        ? drawIndex === null
        : own.files.draw !== null && drawIndex !== null && drawIndex < n,
      'a drawn canary has no draw, or one outside its list',
    );
  }
  const words = beacons(subject).join('; ');
  return new NotCheckable(`the keys are withheld; ${words}`);
}

/** Found canaries are the ones that the registrations list, even where their records are withheld. */
export function records(subject: WithheldSubject): NotCheckable {
  for (const { registry, leafIndex, use } of subject.document.canaries)
    assertEvidence(
      registryAt(subject, registry).found.has(leafIndex) === (use === 'found'),
      `canary ${registry}-${leafIndex}: drawn and found are mixed up`,
    );
  return new NotCheckable('the records are withheld: their commitments stand in commitments.txt');
}

export function seals({ document }: WithheldSubject): NotCheckable {
  const places = new Map(document.canaries.map(({ id }, index) => [id, index]));
  let sequence = 0;
  let lastPlace = -1;
  for (const seal of document.seals) {
    const place = places.get(seal.canaryId);
    assertEvidence(place !== undefined, 'a seal names a canary that is not listed');
    assertEvidence(
      seal.sequence > sequence && place > lastPlace,
      `seal ${seal.sequence} is not in the order of asking`,
    );
    sequence = seal.sequence;
    lastPlace = place;
    assertEvidence(
      seal.sealedUtc <= seal.openedUtc,
      `seal ${seal.sequence}: opened before the answers were sealed`,
    );
    const late = document.attempts.some(
      ({ canaryId, startedUtc, endedUtc }) =>
        canaryId === seal.canaryId &&
        (startedUtc > seal.sealedUtc || (endedUtc ?? '') > seal.sealedUtc),
    );
    assertEvidence(!late, `seal ${seal.sequence}: an answer came after the seal`);
  }
  const sealed = new Set(document.seals.map(({ canaryId }) => canaryId));
  assertEvidence(
    document.canaries.every(({ id, opened }) => opened === sealed.has(id)),
    'a canary counts as opened without a seal, or not in spite of one',
  );
  return new NotCheckable(
    `${document.seals.length} seals in order, each before its opening; that they fit the answers needs the answers`,
  );
}

export function samples({ document, derived }: WithheldSubject): string {
  const { plan } = derived;
  const known = new Set(document.canaries.map(({ id }) => id));
  const ids = new Set(document.attempts.map(({ id }) => id));
  assertEvidence(ids.size === document.attempts.length, 'an attempt is listed twice');
  const bySample = Map.groupBy(
    document.attempts.map((attempt) => ({ attempt })),
    ({ attempt }) => `${attempt.canaryId}, ${attempt.target}, sample ${attempt.k}`,
  );
  for (const [name, own] of bySample) {
    const first = own[0]?.attempt;
    assertEvidence(
      first !== undefined && known.has(first.canaryId) && first.k <= plan.samples,
      `${name}: the plan has no such sample`,
    );
    checkSample(name, own, plan.retry.attempts);
  }
  return `${bySample.size} samples, ${document.attempts.length} attempts, retried only as planned`;
}

/** A target that was asked has a score and a target that has a score was asked. */
export function scores({ document }: WithheldSubject): NotCheckable {
  const asked = new Set(document.attempts.map(({ canaryId, target }) => `${canaryId} ${target}`));
  let listed = 0;
  for (const { id, n, use, answers } of document.canaries)
    for (const [target, { found, status }] of Object.entries(answers)) {
      listed++;
      assertEvidence(
        asked.has(`${id} ${target}`),
        `${id}: ${target} has a score and was not asked`,
      );
      assertEvidence(
        (status === 'administered' || found.length === 0) &&
          (use === 'found' || found.every((index) => index < n)),
        `${id}: the score of ${target} is outside the list`,
      );
    }
  assertEvidence(listed === asked.size, 'a target was asked and has no score');
  return new NotCheckable(
    `${listed} scores rest on the laboratory’s word: the answers are withheld`,
  );
}

export function evaluation({ document, derived }: WithheldSubject): string {
  const again = evaluate(scoredInput(document, derived.plan));
  const where = difference(document.evaluation, again, '');
  assertEvidence(where === null, `computed again from the scores, ${where} is another value`);
  return 'E, intervals, labels and explanations computed again from the scores';
}

export function tierB({ document }: WithheldSubject): string {
  const where = difference(document.tierB, scoredTierB(document), 'tier B');
  assertEvidence(where === null, `computed again from the scores, ${where} is another value`);
  return document.tierB === null ? 'no found canary was asked' : 'ranks computed again';
}

export function custodyAgreement(subject: WithheldSubject): string {
  const { words } = sameRun(subject, subject.document.attempts);
  return `${words}; the commitments of the exchanges can be opened by whoever holds the exchanges`;
}

/** A check that needs what a public bag does not hold. */
export const withheldBy =
  (what: string) =>
  (_subject: WithheldSubject): NotCheckable =>
    new NotCheckable(`${what} withheld in this profile`);
