import { OUTCOME_USE } from '../domain/outcome.ts';
import { RETRYABLE } from '../domain/retry.ts';
import { buildRequest } from '../wire/adapters.ts';
import { equalBytes, sha256Hex } from './bytes.ts';
import type { EvidenceAttempt, HeaderPair, PanelTarget } from './document.ts';
import { openBundle } from './dsse.ts';
import { assertEvidence } from './errors.ts';
import { sealDigest } from './seal.ts';
import {
  subject as about,
  assertSubjects,
  PREDICATE,
  planSealSchema,
  readStatement,
} from './statements.ts';
import { targetsBytes } from './targets.ts';
import type { CommonSubject, Subject, Texts } from './verify-subject.ts';

export function planSeal(subject: Subject): string {
  const { attempts, panel } = subject.bag.document;
  return planSealed(subject, attempts[0]?.startedUtc, sha256Hex(targetsBytes(panel)));
}

/** The seal over plan, registries and targets; a public bag shows no targets.json, only the hash that was sealed. */
export function planSealed(
  subject: CommonSubject,
  first: string | undefined,
  targetsSha256: string | null,
): string {
  const { plan, registrations } = subject.bag.document;
  const statement = readStatement(openBundle(plan.sealSigstore, subject.keys), PREDICATE.planSeal);
  const seal = planSealSchema.safeParse(statement.predicate);
  assertEvidence(seal.success, 'the plan seal has unknown fields or an unknown version');
  const targets = targetsSha256 ?? seal.data.targets_sha256;
  assertSubjects(statement, [
    about('plan.yaml', plan.yaml),
    { name: 'targets.json', digest: { sha256: targets } },
  ]);
  assertEvidence(seal.data.plan_sha256 === sha256Hex(plan.yaml), 'the seal is about another plan');
  assertEvidence(seal.data.targets_sha256 === targets, 'the seal is about other targets');
  const named = subject.derived.plan.canaries.registries.map(({ number }) => {
    const registration = registrations[number - 1];
    return registration === undefined ? '' : sha256Hex(registration.registration);
  });
  assertEvidence(
    named.length === seal.data.registrations.length &&
      named.every((hash, index) => hash === seal.data.registrations[index]),
    'the seal is about other registries',
  );
  assertEvidence(
    first === undefined || seal.data.sealed_utc <= first,
    'a request was sent before the plan was sealed',
  );
  return `sealed ${seal.data.sealed_utc}, before the first request`;
}

export function panel(subject: Subject): string {
  const { plan } = subject.derived;
  const { panel: members } = subject.bag.document;
  assertEvidence(
    members.length === plan.panel.length &&
      plan.panel.every(
        ({ target, role }, index) =>
          members[index]?.name === target && members[index]?.role === role,
      ),
    'the panel is not the one of the plan',
  );
  for (const member of members) {
    for (const [name, value] of Object.entries(plan.parameters)) {
      const sent = (member.parameters as Record<string, unknown>)[name];
      assertEvidence(
        JSON.stringify(sent) === JSON.stringify(value),
        `target ${member.name}: parameter ${name} is not the one of the plan`,
      );
    }
  }
  return `${members.length} targets with the roles and parameters of the plan`;
}

export function seals(subject: Subject): string {
  const { document } = subject.bag;
  const places = new Map(
    subject.derived.canaries.map((canary, index) => [canary.record.id, index]),
  );
  let sequence = 0;
  let lastPlace = -1;
  for (const seal of document.seals) {
    const place = places.get(seal.canaryId);
    const canary = place === undefined ? undefined : subject.derived.canaries[place];
    assertEvidence(
      place !== undefined && canary !== undefined,
      'a seal names a canary that is not disclosed',
    );
    assertEvidence(
      seal.sequence > sequence && place > lastPlace,
      `seal ${seal.sequence} is not in the order of asking`,
    );
    sequence = seal.sequence;
    lastPlace = place;
    const attempts = canary.attempts.map(({ attempt }) => attempt);
    assertEvidence(
      sealDigest(attempts) === seal.sha256,
      `seal ${seal.sequence}: the answers are not the sealed ones`,
    );
    const late = attempts.some(
      ({ startedUtc, endedUtc }) =>
        startedUtc > seal.sealedUtc || (endedUtc ?? '') > seal.sealedUtc,
    );
    assertEvidence(!late, `seal ${seal.sequence}: an answer came after the seal`);
    assertEvidence(
      seal.sealedUtc <= seal.openedUtc,
      `seal ${seal.sequence}: opened before the answers were sealed`,
    );
  }
  const sealed = document.seals.length;
  const unsealed = subject.derived.canaries.length - sealed;
  assertEvidence(
    unsealed === 0 || document.state !== 'complete',
    'a canary of a complete run was never sealed',
  );
  assertEvidence(lastPlace + 1 === sealed, 'a canary was opened without a seal, or passed over');
  return `${sealed} canaries sealed before they were opened${unsealed === 0 ? '' : `, ${unsealed} never opened`}`;
}

/** The attempts of one sample, in order, against the retries that the plan allows. */
export function checkSample(
  name: string,
  attempts: readonly {
    readonly attempt: Pick<EvidenceAttempt, 'id' | 'number' | 'retryOf' | 'outcome'>;
  }[],
  retries: number,
): void {
  let asked = 0;
  attempts.forEach(({ attempt }, index) => {
    assertEvidence(attempt.number === index + 1, `${name}: attempt ${index + 1} is missing`);
    const before = attempts[index - 1]?.attempt;
    assertEvidence(
      attempt.retryOf === (before?.id ?? null),
      `${name}: attempt ${index + 1} does not name the one it repeats`,
    );
    if (attempt.outcome !== 'interrupted') asked++;
    const last = index === attempts.length - 1;
    assertEvidence(
      last || attempt.outcome === 'interrupted' || RETRYABLE.has(attempt.outcome),
      `${name}: asked again although it was ${attempt.outcome}`,
    );
  });
  assertEvidence(asked <= retries + 1, `${name}: asked more often than the plan allows`);
}

export function samples(subject: Subject): string {
  const { attempts, plan } = subject.derived;
  const ids = new Set(attempts.map(({ attempt }) => attempt.id));
  assertEvidence(ids.size === attempts.length, 'an attempt is listed twice');
  const bySample = Map.groupBy(
    attempts,
    ({ attempt }) => `${attempt.canaryId}, ${attempt.target}, sample ${attempt.k}`,
  );
  for (const [name, own] of bySample) {
    const k = own[0]?.attempt.k ?? 0;
    assertEvidence(k <= plan.samples, `${name}: the plan has ${plan.samples} samples`);
    checkSample(name, own, plan.retry.attempts);
  }
  const open = missingSamples(subject);
  return `${bySample.size} samples, ${attempts.length} attempts, retried only as planned${open === 0 ? '' : `; ${open} samples of asked canaries were not asked`}`;
}

/** Samples that the plan has for an opened canary and that were never asked (a stopped suspect, a paused target). */
function missingSamples(subject: Subject): number {
  const { plan, canaries } = subject.derived;
  return canaries
    .filter(({ opened }) => opened)
    .reduce((sum, canary) => {
      const asked = new Set(canary.attempts.map(({ attempt }) => `${attempt.target}/${attempt.k}`));
      return sum + Math.max(0, plan.panel.length * plan.samples - asked.size);
    }, 0);
}

export function hashes(subject: Texts): string {
  let bytes = 0;
  for (const [index, { attempt }] of subject.derived.attempts.entries()) {
    const row = subject.bag.transcripts[index];
    assertEvidence(
      row?.request.sha256 === sha256Hex(attempt.request.body),
      `attempt ${index + 1}: the request has another hash`,
    );
    const response = attempt.response === null ? undefined : sha256Hex(attempt.response.body);
    assertEvidence(
      row.response?.sha256 === response,
      `attempt ${index + 1}: the response has another hash`,
    );
    bytes += attempt.request.body.length + (attempt.response?.body.length ?? 0);
  }
  return `${subject.derived.attempts.length} attempts, ${bytes} bytes`;
}

/** The headers we build must all have been sent, in order; the transport may add its own between and after them. */
function sentInOrder(sent: readonly HeaderPair[], built: readonly HeaderPair[]): boolean {
  let at = 0;
  for (const [name, value] of built) {
    while (
      at < sent.length &&
      !(sent[at]?.[0].toLowerCase() === name.toLowerCase() && sent[at]?.[1] === value)
    )
      at++;
    if (at === sent.length) return false;
    at++;
  }
  return true;
}

export function requests(subject: Texts): string {
  const targets = new Map(subject.bag.document.panel.map((target) => [target.name, target]));
  let checked = 0;
  for (const canary of subject.derived.canaries) {
    for (const { attempt } of canary.attempts) {
      const target = targets.get(attempt.target) as PanelTarget;
      const built = buildRequest(target, {
        messages: canary.record.messages,
        parameters: target.parameters,
        keyName: null,
      });
      const { request } = attempt;
      const name = `attempt ${attempt.id}`;
      assertEvidence(request.method === built.method, `${name}: another method was used`);
      assertEvidence(request.url === built.url, `${name}: another address was asked`);
      assertEvidence(
        equalBytes(request.body, built.body ?? new Uint8Array()),
        `${name}: the request is not the committed prompt with the sealed parameters`,
      );
      assertEvidence(sentInOrder(request.headers, built.headers), `${name}: headers are missing`);
      assertEvidence(
        request.headers.every(
          ([key, value]) => key.toLowerCase() !== 'authorization' || value === '[REDACTED]',
        ),
        `${name}: a secret stands in the headers`,
      );
      checked++;
    }
  }
  return `${checked} requests are the committed prompts, byte for byte`;
}

export function outcomes(subject: Texts): string {
  const { attempts, transportOutcomes, readableAnyway } = subject.derived;
  for (const [index, { attempt, reading }] of attempts.entries()) {
    assertEvidence(
      attempt.outcome === reading.outcome && attempt.errorCode === reading.errorCode,
      `attempt ${index + 1}: recorded as ${attempt.outcome}${attempt.errorCode === null ? '' : ` (${attempt.errorCode})`}, its bytes say ${reading.outcome}${reading.errorCode === null ? '' : ` (${reading.errorCode})`}`,
    );
  }
  return transportOutcomes === 0
    ? `${attempts.length} outcomes read from the bytes`
    : `${attempts.length - transportOutcomes} outcomes read from the bytes, ${transportOutcomes} rest on the transport's word, ${readableAnyway} of them with a readable answer in their bytes`;
}

export function answers(subject: Texts): string {
  let texts = 0;
  for (const [index, { reading }] of subject.derived.attempts.entries()) {
    const text = reading.text === null ? null : reading.text.toWellFormed();
    assertEvidence(
      subject.bag.transcripts[index]?.answer === text,
      `attempt ${index + 1}: the answer is not what its bytes hold`,
    );
    if (text !== null) texts++;
  }
  return `${texts} answers read again from the raw bytes`;
}

export function found(subject: Texts): string {
  let scored = 0;
  for (const [index, { found: again, reading }] of subject.derived.attempts.entries()) {
    const claimed = subject.bag.transcripts[index]?.found ?? null;
    const same =
      again === null || claimed === null
        ? again === claimed
        : again.length === claimed.length && again.every((at, place) => at === claimed[place]);
    assertEvidence(same, `attempt ${index + 1}: the scorer finds other candidates`);
    if (OUTCOME_USE[reading.outcome] === 'scored') scored++;
  }
  return `${scored} answers scored again`;
}
