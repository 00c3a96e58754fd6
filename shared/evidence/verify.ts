import type { EvaluationResult } from '../domain/evaluation.ts';
import { fromUtf8 } from './bytes.ts';
import { derive } from './derive.ts';
import type { TierBResult } from './document.ts';
import { readBundle } from './dsse.ts';
import { EvidenceError } from './errors.ts';
import { BAGIT, BAGIT_TEXT, PUBLIC_KEY, STATEMENT } from './layout.ts';
import { type ReadBag, readBag } from './read-bag.ts';
import { opensshFingerprint, spkiFromPem, spkiToPem } from './spki.ts';
import * as container from './verify-container.ts';
import * as order from './verify-order.ts';
import * as registry from './verify-registry.ts';
import * as results from './verify-results.ts';
import * as run from './verify-run.ts';
import type { Subject } from './verify-subject.ts';

export interface VerifyCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

export interface VerifyReport {
  readonly ok: boolean;
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

export interface VerifyOptions {
  /** The public key as received outside the bag. */
  readonly publicKeyPem?: string;
}

type Files = ReadonlyMap<string, Uint8Array>;

class Checklist {
  readonly checks: VerifyCheck[] = [];

  /** Runs one check; its words are the detail. Any exception is a failed check, never more. */
  run(name: string, body: () => string): void {
    this.value(name, () => ({ value: null, detail: body() }));
  }

  /** A check that yields something later checks need; null when it failed. */
  value<T>(name: string, body: () => { readonly value: T; readonly detail: string }): T | null {
    try {
      const { value, detail } = body();
      this.checks.push({ name, ok: true, detail });
      return value;
    } catch (error) {
      this.checks.push({ name, ok: false, detail: problemOf(error) });
      return null;
    }
  }

  /** Checks that need what an earlier one did not give. */
  skip(names: readonly string[], because: string): void {
    for (const name of names) {
      this.checks.push({
        name,
        ok: false,
        detail: `could not be checked, because ${because} failed`,
      });
    }
  }
}

function problemOf(error: unknown): string {
  if (error instanceof EvidenceError) return error.message;
  if (error instanceof Error) return `unexpected: ${error.name}: ${error.message}`.slice(0, 300);
  return 'unexpected problem';
}

type ContentCheck = readonly [name: string, body: (subject: Subject) => string];

const CONTENT_CHECKS: readonly ContentCheck[] = [
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
  ['checkpoint', results.checkpoint],
  ['report page', results.reportPage],
  ['file contents', results.fileContents],
];

function contentChecks(list: Checklist, subject: Subject): void {
  for (const [name, body] of CONTENT_CHECKS) list.run(name, () => body(subject));
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
  list.run('layout', () => container.layout(files));
  list.run('bag declaration', () => {
    if (fromUtf8(container.file(files, BAGIT)) !== BAGIT_TEXT)
      throw new EvidenceError('bagit.txt is another one');
    return 'BagIt 1.0';
  });
  list.run('manifest', () => container.manifest(files));
  list.run('tag manifest', () => container.tagManifest(files));
  const key = list.value('public key', () => trustedKey(files, options));
  const signed = list.value('envelope', () => ({
    value: readBundle(container.file(files, STATEMENT)),
    detail: 'canonical, one signature, low s',
  }));
  if (key === null || signed === null) list.skip(['signature'], 'the public key or the envelope');
  else list.run('signature', () => container.signature(files, key));
  if (signed === null) list.skip(['statement'], 'the envelope');
  else list.run('statement', () => container.statement(files, signed));
  const bag = list.value('data format', () => ({
    value: readBag(files),
    detail: 'every file and line in its canonical form',
  }));
  const derived =
    bag &&
    list.value('transcript reading', () => {
      const value = derive(bag.document);
      return { value, detail: `${value.attempts.length} attempts read again from their bytes` };
    });
  if (bag !== null && derived !== null && key !== null && signed !== null) {
    contentChecks(list, { files, bag, derived, key, signed });
  } else {
    list.skip(
      CONTENT_CHECKS.map(([name]) => name),
      'reading the bag',
    );
  }
  return {
    ok: list.checks.every(({ ok }) => ok),
    checks: list.checks,
    fingerprint: key === null ? null : opensshFingerprint(key),
    keyGiven: options.publicKeyPem !== undefined,
    results: bag === null ? null : resultsOf(bag),
  };
}

function resultsOf({ document }: ReadBag): VerifiedResults {
  return {
    reportId: document.reportId,
    createdUtc: document.createdUtc,
    lab: document.lab,
    evaluation: document.evaluation,
    tierB: document.tierB,
  };
}
