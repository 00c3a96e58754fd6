import type { EvaluationResult } from '../domain/evaluation.ts';
import { fromUtf8 } from './bytes.ts';
import { CHECK_LIMITS } from './check-limits.ts';
import { type Files, fullContent, withheldContent } from './content.ts';
import { derive, parsePlan } from './derive.ts';
import type { Profile, ReportHead, TierBResult } from './document.ts';
import { readBundle } from './dsse.ts';
import { EvidenceError } from './errors.ts';
import { assertSuccession, type HistoricKey, readKeyHistory } from './key-history.ts';
import { ATTACHED, ATTACHMENTS, BAGIT, BAGIT_TEXT, PUBLIC_KEY, STATEMENT } from './layout.ts';
import { profileOf, readBag } from './read-bag.ts';
import { opensshFingerprint, spkiFromPem, spkiToPem } from './spki.ts';
import { adjudicationCounts, adjudications } from './verify-adjudications.ts';
import * as container from './verify-container.ts';
import * as log from './verify-log.ts';
import * as order from './verify-order.ts';
import * as registry from './verify-registry.ts';
import * as results from './verify-results.ts';
import * as run from './verify-run.ts';
import { NotCheckable, type Subject, type WithheldSubject } from './verify-subject.ts';
import * as withheld from './verify-withheld.ts';
import type { WithheldDocument } from './withheld.ts';
import { readWithheld } from './withheld-files.ts';

/**
 * `withheld`: the profile discloses too little to check it. `unproven`: nothing is wrong, and nothing shows it: no time
 * stamp, or none under a root that whoever checks trusts. Neither is ever shown as passed.
 */
export type CheckStatus = 'passed' | 'failed' | 'withheld' | 'unproven';

export interface VerifyCheck {
  readonly name: string;
  readonly status: CheckStatus;
  readonly detail: string;
  /** What a pass does not prove. */
  readonly limit: string;
}

export interface VerifyReport {
  /** No check failed. Checks that the profile does not allow are no failures, and no passes. */
  readonly ok: boolean;
  readonly profile: Profile | null;
  readonly checks: readonly VerifyCheck[];
  /** OpenSSH fingerprint of the key in the bag; null when it can't be read. Compare it with one received by another way. */
  readonly fingerprint: string | null;
  /** True when the caller gave the key; otherwise only consistency is shown, not who signed. */
  readonly keyGiven: boolean;
  /** What the bag says; only to be believed when `ok`. */
  readonly results: VerifiedResults | null;
}

export interface VerifiedResults {
  readonly reportId: string;
  readonly createdUtc: string;
  readonly lab: string;
  readonly evaluation: EvaluationResult;
  readonly tierB: TierBResult | null;
}

/** Checks that a reader of a public bag cannot make. */
export const NOT_IN_PUBLIC: readonly string[] = [
  'transcript reading',
  'records',
  'key commitments',
  'draws',
  'held-out split',
  'seals',
  'attempt hashes',
  'requests',
  'outcomes',
  'answers',
  'found candidates',
];

export interface VerifyOptions {
  /** The public key as received outside the bag. */
  readonly publicKeyPem?: string;
}

class Checklist {
  readonly checks: VerifyCheck[] = [];

  private add(name: string, status: CheckStatus, detail: string): void {
    this.checks.push({ name, status, detail, limit: CHECK_LIMITS[name] ?? '' });
  }

  /** Runs one check; its words are the detail. Any exception is a failed check, never more. */
  run(name: string, body: () => string | NotCheckable): void {
    try {
      const result = body();
      if (result instanceof NotCheckable) this.add(name, 'withheld', result.detail);
      else this.add(name, 'passed', result);
    } catch (error) {
      this.add(name, 'failed', problemOf(error));
    }
  }

  /** A check that yields something later checks need; null when it failed. */
  value<T>(name: string, body: () => { readonly value: T; readonly detail: string }): T | null {
    let found: T | null = null;
    this.run(name, () => {
      const { value, detail } = body();
      found = value;
      return detail;
    });
    return found;
  }

  /** Checks that need what an earlier one did not give. */
  skip(names: readonly string[], because: string): void {
    for (const name of names)
      this.add(name, 'failed', `could not be checked, because ${because} failed`);
  }
}

function problemOf(error: unknown): string {
  if (error instanceof EvidenceError) return error.message;
  if (error instanceof Error) return `unexpected: ${error.name}: ${error.message}`.slice(0, 300);
  return 'unexpected problem';
}

type ContentCheck<S> = readonly [name: string, body: (subject: S) => string | NotCheckable];

const CONTENT_CHECKS: readonly ContentCheck<Subject>[] = [
  ['plan seal', run.planSeal],
  ['panel', run.panel],
  ['registration signatures', registry.signatures],
  ['registration chain', registry.chain],
  ['commitments', registry.commitments],
  ['records', registry.records],
  ['inclusion', registry.inclusion],
  ['key commitments', registry.keyCommitments],
  ['draws', registry.draws],
  ['held-out split', order.heldOutSplit],
  ['coverage', order.coverage],
  ['order', order.order],
  ['seals', run.seals],
  ['samples and retries', run.samples],
  ['attempt hashes', run.hashes],
  ['requests', run.requests],
  ['outcomes', run.outcomes],
  ['answers', run.answers],
  ['found candidates', run.found],
  ['evaluation', results.evaluation],
  ['tier B', results.tierB],
  ['predicate', results.predicate],
  ['custody chain', results.custodyChain],
  ['custody and transcripts', results.custodyAgreement],
  ['custody and registries', log.custodyHistory],
  ['adjudications', adjudications],
  ['checkpoint', results.checkpoint],
  ['report page', results.reportPage],
  ['file contents', results.fileContents],
];

const { withheldBy } = withheld;

/** The same names in the same order: a reader sees what a public bag does not show. */
const WITHHELD_CHECKS: readonly ContentCheck<WithheldSubject>[] = [
  ['plan seal', withheld.planSeal],
  ['panel', withheld.panel],
  ['registration signatures', registry.signatures],
  ['registration chain', registry.chain],
  ['commitments', registry.commitments],
  ['records', withheld.records],
  ['inclusion', registry.inclusion],
  ['key commitments', withheldBy('records and keys are')],
  ['draws', withheld.draws],
  ['held-out split', withheldBy('the drawing keys are')],
  ['coverage', order.coverage],
  ['order', order.order],
  ['seals', withheld.seals],
  ['samples and retries', withheld.samples],
  ['attempt hashes', withheldBy('the exchanges are')],
  ['requests', withheldBy('prompts and requests are')],
  ['outcomes', withheldBy('the responses are')],
  ['answers', withheldBy('the answers are')],
  ['found candidates', withheld.scores],
  ['evaluation', withheld.evaluation],
  ['tier B', withheld.tierB],
  ['predicate', results.predicate],
  ['custody chain', results.custodyChain],
  ['custody and transcripts', withheld.custodyAgreement],
  ['custody and registries', log.custodyHistory],
  ['adjudications', adjudicationCounts],
  ['checkpoint', results.checkpoint],
  ['report page', results.reportPage],
  ['file contents', results.fileContents],
];

function historyOf(files: Files): HistoricKey[] {
  const bytes = files.get(ATTACHED.keys);
  return bytes === undefined ? [] : readKeyHistory(bytes);
}

/** The keys that may have signed what the bag holds; without a history only the one that signs the bag. */
function signerKeys(files: Files, key: Uint8Array, options: VerifyOptions) {
  const keys = historyOf(files);
  if (keys.length === 0) return { value: [key], detail: 'one key, no history' };
  const known = options.publicKeyPem === undefined ? null : spkiFromPem(options.publicKeyPem);
  assertSuccession(keys, key, known);
  return {
    value: keys.map(({ publicKeySpkiDer }) => publicKeySpkiDer),
    detail: `${keys.length} ${keys.length === 1 ? 'key' : 'keys, each signed by the one before it'}`,
  };
}

function trustedKey(files: Files, options: VerifyOptions) {
  const pem = fromUtf8(container.file(files, PUBLIC_KEY));
  const key = spkiFromPem(pem);
  if (spkiToPem(key) !== pem) throw new EvidenceError(`${PUBLIC_KEY} is not in its canonical form`);
  const fingerprint = opensshFingerprint(key);
  if (options.publicKeyPem === undefined) {
    return { value: key, detail: `${fingerprint}, from the bag itself: compare it by another way` };
  }
  const given = opensshFingerprint(spkiFromPem(options.publicKeyPem));
  if (given !== fingerprint && historyOf(files).some(({ keyid }) => keyid === given))
    return { value: key, detail: `${fingerprint}, to which the key history leads from ${given}` };
  if (given !== fingerprint) {
    throw new EvidenceError(`the bag holds key ${fingerprint}, the key given is ${given}`);
  }
  return { value: key, detail: `${fingerprint}, the key given` };
}

/**
 * Checks a bag and computes every number in it again: layout, manifests, signature, plan seal, registrations, commitments,
 * draws, order, seals, every request and response, the scores, the evaluation and the report page. Pure, and it never
 * throws: what goes wrong is a failed check with a name.
 */
export function verifyBag(files: Files, options: VerifyOptions = {}): VerifyReport {
  const list = new Checklist();
  const profile = profileOf(files);
  list.run('layout', () => container.layout(files, profile));
  list.run('bag declaration', () => {
    if (fromUtf8(container.file(files, BAGIT)) !== BAGIT_TEXT)
      throw new EvidenceError('bagit.txt is another one');
    return 'BagIt 1.0';
  });
  list.run('manifest', () => container.manifest(files));
  list.run('tag manifest', () => container.tagManifest(files));
  const key = list.value('public key', () => trustedKey(files, options));
  const keys = key && list.value('key history', () => signerKeys(files, key, options));
  const signed = list.value('envelope', () => ({
    value: readBundle(container.file(files, STATEMENT)),
    detail: 'canonical, one signature, low s',
  }));
  if (key === null || signed === null) list.skip(['signature'], 'the public key or the envelope');
  else list.run('signature', () => container.signature(files, key));
  if (signed === null) list.skip(['statement'], 'the envelope');
  else list.run('statement', () => container.statement(files, signed));
  const trusted = key === null || signed === null ? null : { key, keys: keys ?? [key], signed };
  const head =
    profile === 'public' ? publicChecks(list, files, trusted) : fullChecks(list, files, trusted);
  return {
    ok: list.checks.every(({ status }) => status !== 'failed'),
    profile,
    checks: list.checks,
    fingerprint: key === null ? null : opensshFingerprint(key),
    keyGiven: options.publicKeyPem !== undefined,
    results: head === null ? null : resultsOf(head),
  };
}

type Trusted = Pick<Subject, 'key' | 'keys' | 'signed'> | null;

const FORMAT = 'every file and line in its canonical form';

function attachedOf(files: Files): Files {
  return new Map([...files].filter(([path]) => ATTACHMENTS.includes(path)));
}

function runAll<S>(list: Checklist, checks: readonly ContentCheck<S>[], subject: S | null): void {
  if (subject === null) {
    list.skip(
      checks.map(([name]) => name),
      'reading the bag',
    );
    return;
  }
  for (const [name, body] of checks) list.run(name, () => body(subject));
}

function fullChecks(list: Checklist, files: Files, trusted: Trusted): ReportHead | null {
  const bag = list.value('data format', () => ({ value: readBag(files), detail: FORMAT }));
  const derived =
    bag &&
    list.value('transcript reading', () => {
      const value = derive(bag.document);
      return { value, detail: `${value.attempts.length} attempts read again from their bytes` };
    });
  const content =
    bag &&
    derived &&
    list.value('writing again', () => ({
      value: fullContent(bag.document, derived),
      detail: 'the data can be written again',
    }));
  runAll(
    list,
    CONTENT_CHECKS,
    bag && derived && content && trusted
      ? { files, bag, derived, content, attached: attachedOf(files), ...trusted }
      : null,
  );
  return bag?.document ?? null;
}

function publicChecks(list: Checklist, files: Files, trusted: Trusted): ReportHead | null {
  const document = list.value('data format', () => ({
    value: readWithheld(files),
    detail: FORMAT,
  }));
  list.run(
    'transcript reading',
    () => new NotCheckable('the exchanges are withheld in this profile'),
  );
  const subject =
    document &&
    trusted &&
    list.value('writing again', () => ({
      value: publicSubject(files, document, trusted),
      detail: 'the data can be written again',
    }));
  runAll(list, WITHHELD_CHECKS, subject);
  return document;
}

function publicSubject(
  files: Files,
  document: WithheldDocument,
  trusted: NonNullable<Trusted>,
): WithheldSubject {
  return {
    files,
    document,
    content: withheldContent(document),
    attached: attachedOf(files),
    bag: {
      document,
      disclosures: document.canaries.map(({ registry: number, leafIndex, path }) => ({
        registry: number,
        leaf_index: leafIndex,
        path: [...path],
      })),
    },
    derived: {
      plan: parsePlan(document.plan.yaml),
      canaries: document.canaries.map(({ id, registry: number, leafIndex, use }) => ({
        record: { id },
        disclosed: { registry: number, leafIndex, use },
      })),
    },
    ...trusted,
  };
}

function resultsOf(document: ReportHead): VerifiedResults {
  return {
    reportId: document.reportId,
    createdUtc: document.createdUtc,
    lab: document.lab,
    evaluation: document.evaluation,
    tierB: document.tierB,
  };
}
