import { beforeAll, describe, expect, it } from 'vitest';
import { buildBag } from '#shared/evidence/bag.ts';
import { canonicalJsonFile, fromUtf8, utf8 } from '#shared/evidence/bytes.ts';
import { custodyLineBytes } from '#shared/evidence/custody.ts';
import { derive } from '#shared/evidence/derive.ts';
import type { EvidenceAttempt, EvidenceDocument } from '#shared/evidence/document.ts';
import type { CustodyEntry } from '#shared/evidence/excerpt.ts';
import { sealDigest } from '#shared/evidence/seal.ts';
import { verifyBag } from '#shared/evidence/verify.ts';
import { evaluate } from '#shared/statistics/evaluate.ts';
import { custodyExtract } from './honest-custody.ts';
import { type Honest, honestDocument } from './honest-document.ts';

// Here the laboratory itself cheats and signs the result with its own key: only the proofs can show it.

let honest: Honest;

beforeAll(async () => {
  honest = await honestDocument();
});

async function failedChecks(
  given: EvidenceDocument | Promise<EvidenceDocument>,
): Promise<string[]> {
  const document = await given;
  const { signer } = honest;
  const report = verifyBag(await buildBag(document, signer), { publicKeyPem: signer.pem });
  expect(report.checks.find(({ name }) => name === 'signature')?.status).toBe('passed');
  return report.checks.filter(({ status }) => status === 'failed').map(({ name }) => name);
}

/** Computes seals, results and the custody log again, as a careful cheat would. */
async function settled(document: EvidenceDocument): Promise<EvidenceDocument> {
  return settledBy(document, honest);
}

async function settledBy(
  document: EvidenceDocument,
  { signer }: Honest,
): Promise<EvidenceDocument> {
  const seals = document.seals.map((seal) => ({
    ...seal,
    sha256: sealDigest(document.attempts.filter(({ canaryId }) => canaryId === seal.canaryId)),
  }));
  const resealed = { ...document, seals };
  const derived = derive(resealed);
  const custody = await custodyExtract(resealed, signer);
  return { ...resealed, custody, evaluation: evaluate(derived.input), tierB: derived.tierB };
}

const isMiss = (document: EvidenceDocument, target: string) => {
  const steps =
    document.evaluation.suspects.find((suspect) => suspect.target === target)?.steps ?? [];
  return steps.find((step) => step.administered && !step.hit)?.canaryId ?? '';
};

function without(document: EvidenceDocument, canaryId: string): EvidenceDocument {
  const keep = document.canaries.filter(
    ({ record }) => !fromUtf8(record).includes(`"id":"${canaryId}"`),
  );
  expect(keep.length).toBe(document.canaries.length - 1);
  return {
    ...document,
    canaries: keep,
    attempts: document.attempts.filter((attempt) => attempt.canaryId !== canaryId),
    seals: document.seals.filter((seal) => seal.canaryId !== canaryId),
  };
}

function dropped(document: EvidenceDocument, canaryId: string) {
  const place = document.canaries.findIndex(({ record }) =>
    fromUtf8(record).includes(`"id":"${canaryId}"`),
  );
  const { registry, leafIndex } = document.canaries[place] as EvidenceDocument['canaries'][number];
  return { registry, leafIndex };
}

function editAttempt(
  document: EvidenceDocument,
  choose: (attempt: EvidenceAttempt) => boolean,
  edit: (attempt: EvidenceAttempt) => EvidenceAttempt,
): EvidenceDocument {
  const index = document.attempts.findIndex(choose);
  expect(index).toBeGreaterThanOrEqual(0);
  return {
    ...document,
    attempts: document.attempts.with(index, edit(document.attempts[index] as EvidenceAttempt)),
  };
}

describe('a signed bag of a laboratory that cheats', () => {
  it('is refused when E is raised', async () => {
    const [first, ...rest] = honest.document.evaluation.suspects;
    const evaluation = {
      ...honest.document.evaluation,
      suspects: [{ ...first, logE: (first?.logE ?? 0) + 3 }, ...rest],
    } as EvidenceDocument['evaluation'];
    expect(await failedChecks({ ...honest.document, evaluation })).toEqual(['evaluation']);
  });
  it('is refused when a label or an explanation is another one', async () => {
    const { evaluation } = honest.document;
    const suspects = evaluation.suspects.map((suspect) => ({ ...suspect, label: 'none' as const }));
    expect(
      await failedChecks({ ...honest.document, evaluation: { ...evaluation, suspects } }),
    ).toEqual(['evaluation']);
  });
  it('is refused when a missed canary is left out, with or without an excuse', async () => {
    const id = isMiss(honest.document, 'clean');
    const leaf = dropped(honest.document, id);
    const left = without(honest.document, id);
    expect(await failedChecks(settled(left))).toEqual(['coverage', 'order']);
    for (const reason of ['not-reached', 'stopped', 'limit', 'found'] as const) {
      const excused = { ...left, undisclosed: [...left.undisclosed, { ...leaf, reason }] };
      expect(await failedChecks(settled(excused)), reason).toContain('order');
    }
  });
  it('is refused when canaries are asked in another order', async () => {
    const { document } = honest;
    const at = document.canaries.findIndex(
      ({ use }, index) => use !== 'found' && document.canaries[index + 1]?.use !== 'found',
    );
    const canaries = document.canaries.toSpliced(
      at,
      2,
      ...document.canaries.slice(at, at + 2).reverse(),
    );
    const seals = document.seals
      .toSpliced(at, 2, ...document.seals.slice(at, at + 2).reverse())
      .map((seal, index) => ({ ...seal, sequence: index + 1 }));
    expect(await failedChecks(settled({ ...document, canaries, seals }))).toContain('order');
  });
  it('is refused when a twin is passed off as served, or the reverse', async () => {
    const swap = { twin: 'evidence', evidence: 'twin' } as const;
    for (const from of ['twin', 'evidence'] as const) {
      const index = honest.document.canaries.findIndex(({ use }) => use === from);
      const canary = honest.document.canaries[index] as EvidenceDocument['canaries'][number];
      const canaries = honest.document.canaries.with(index, { ...canary, use: swap[from] });
      expect(await failedChecks(settled({ ...honest.document, canaries }))).toContain(
        'held-out split',
      );
    }
  });
  it('is refused when the drawing key, the salt or the record is another one', async () => {
    const index = honest.document.canaries.findIndex(({ use }) => use === 'evidence');
    const canary = honest.document.canaries[index] as EvidenceDocument['canaries'][number];
    const record = utf8(fromUtf8(canary.record).replace('fixture', 'fixturE'));
    const cases = [
      [{ ...canary, key: new Uint8Array(32).fill(1) }, 'key commitments'],
      [{ ...canary, salt: new Uint8Array(32).fill(1) }, 'records'],
      [{ ...canary, record }, 'records'],
    ] as const;
    for (const [changed, check] of cases) {
      const document = {
        ...honest.document,
        canaries: honest.document.canaries.with(index, changed),
      };
      expect(await failedChecks(settled(document))).toContain(check);
    }
  });
  it('is refused when another beacon is claimed', async () => {
    const registrations = honest.document.registrations.map((registration) => ({
      ...registration,
      draw: registration.draw && { ...registration.draw, beacon: '22'.repeat(32) },
    }));
    const failed = await failedChecks(settled({ ...honest.document, registrations }));
    expect(failed.some((name) => name === 'order' || name === 'held-out split')).toBe(true);
    const none = registrations.map((registration) => ({
      ...registration,
      draw: registration.draw && { ...registration.draw, beacon: null },
    }));
    const unsaid = await failedChecks(settled({ ...honest.document, registrations: none }));
    expect(unsaid.some((name) => name === 'order' || name === 'held-out split')).toBe(true);
  });
  it('is refused when an answer is put into a target’s mouth after the seal', async () => {
    const document = editAttempt(
      honest.document,
      ({ target, response }) => target === 'control-a' && response?.status === 200,
      (attempt) => ({
        ...attempt,
        response: attempt.response && {
          ...attempt.response,
          body: utf8(fromUtf8(attempt.response.body).replace('It is ', 'It was ')),
        },
      }),
    );
    expect(await failedChecks(document)).toEqual(['seals', 'custody and transcripts']);
  });
  it('is refused when an outcome is not what the bytes say', async () => {
    const document = editAttempt(
      honest.document,
      ({ target, outcome }) => target === 'guilty' && outcome === 'answered',
      (attempt) => ({ ...attempt, outcome: 'refused' }),
    );
    expect(await failedChecks(settled(document))).toEqual(['outcomes']);
  });
  it('is refused when the request is not the committed prompt', async () => {
    const edits: ((attempt: EvidenceAttempt) => EvidenceAttempt)[] = [
      (attempt) => ({
        ...attempt,
        request: {
          ...attempt.request,
          body: utf8(fromUtf8(attempt.request.body).replace('Which', 'What')),
        },
      }),
      (attempt) => ({
        ...attempt,
        request: { ...attempt.request, url: 'http://127.0.0.1:9/v2/chat/completions' },
      }),
      (attempt) => ({ ...attempt, request: { ...attempt.request, headers: [] } }),
      (attempt) => ({
        ...attempt,
        request: {
          ...attempt.request,
          headers: [...attempt.request.headers, ['Authorization', 'Bearer x']],
        },
      }),
    ];
    for (const edit of edits) {
      const document = editAttempt(honest.document, ({ target }) => target === 'old', edit);
      expect(await failedChecks(settled(document))).toEqual(['requests']);
    }
  });
  it('is refused when a sample was asked again without need, or an attempt is hidden', async () => {
    const { attempts } = honest.document;
    const retried = attempts.findIndex(({ number }) => number === 2);
    const hidden = { ...honest.document, attempts: attempts.toSpliced(retried - 1, 1) };
    expect(await failedChecks(settled(hidden))).toEqual(['samples and retries']);
    const asked = attempts[0] as EvidenceAttempt;
    const again = { ...asked, id: 'a-again', number: 2, retryOf: asked.id };
    const repeated = { ...honest.document, attempts: attempts.toSpliced(1, 0, again) };
    expect(await failedChecks(settled(repeated))).toEqual(['samples and retries']);
  });
  it('is refused when a canary was opened before its answers were sealed', async () => {
    const [seal, ...rest] = honest.document.seals;
    const early = {
      ...seal,
      openedUtc: '2026-05-01T08:00:00.000Z',
    } as EvidenceDocument['seals'][number];
    expect(await failedChecks({ ...honest.document, seals: [early, ...rest] })).toEqual(['seals']);
  });
  it('is refused when the plan was changed after the seal', async () => {
    const yaml = utf8(fromUtf8(honest.document.plan.yaml).replace('rule: label', 'rule: fixed'));
    const plan = { ...honest.document.plan, yaml };
    expect(await failedChecks(settled({ ...honest.document, plan }))).toContain('plan seal');
    const panel = honest.document.panel.map((target) => ({ ...target, released: '2020-01-01' }));
    expect(await failedChecks({ ...honest.document, panel })).toEqual(['plan seal']);
  });
  it('is refused when the first registration is left out', async () => {
    const other = await honestDocument({ drawn: 4 });
    const registrations = [
      other.document.registrations[0],
      ...honest.document.registrations.slice(1),
    ];
    const document = { ...honest.document, registrations } as EvidenceDocument;
    const failed = await failedChecks(document);
    expect(failed).toEqual(
      expect.arrayContaining(['registration signatures', 'registration chain', 'records']),
    );
  });
  it('is refused when the custody log is edited or cut', async () => {
    const { lines } = honest.document.custody;
    const edited = lines.with(
      1,
      custodyLineBytes({ ...JSON.parse(fromUtf8(lines[1] as Uint8Array)), actor: 'nobody' }),
    );
    const custody = (changed: readonly CustodyEntry[]) => ({
      ...honest.document,
      custody: { ...honest.document.custody, lines: changed },
    });
    expect(await failedChecks(custody(edited))).toEqual(['custody chain', 'checkpoint']);
    // The last line is an adjudication.
    const cut = await failedChecks(custody(lines.slice(0, -1)));
    expect(cut).toEqual(['adjudications', 'checkpoint']);
  });
  it('shows a readable answer that was given out as a timeout', async () => {
    const cheat = await settled(
      editAttempt(
        honest.document,
        ({ target, canaryId }) =>
          target === 'clean' && canaryId === isMiss(honest.document, 'clean'),
        (attempt) => ({ ...attempt, outcome: 'timed-out', errorCode: 'TIMEOUT_IDLE' }),
      ),
    );
    const report = verifyBag(await buildBag(cheat, honest.signer));
    const detail = report.checks.find(({ name }) => name === 'outcomes')?.detail;
    expect(detail).toContain('1 of them with a readable answer in their bytes');
  });
  it('is refused when the custody log knows an attempt or a seal that the bag does not show', async () => {
    const { custody } = honest.document;
    const left = await settled(without(honest.document, isMiss(honest.document, 'clean')));
    expect(await failedChecks({ ...left, custody })).toContain('custody and transcripts');
    const attempts = honest.document.attempts.map((attempt, index) =>
      index === 0 ? { ...attempt, outcome: 'refused' as const } : attempt,
    );
    const changed = await settled({ ...honest.document, attempts });
    expect(await failedChecks({ ...changed, custody })).toContain('custody and transcripts');
  });
  it('is refused when a twin or an after-release canary is left out as stopped', async () => {
    const early = await honestDocument({ oneSuspect: true, drawn: 24 });
    for (const use of ['twin', 'after-release'] as const) {
      const { document } = early;
      const canary = document.canaries.findLast((entry) => entry.use === use);
      if (canary === undefined) throw new Error('the fixture has no such canary');
      const id = JSON.parse(fromUtf8(canary.record)).id as string;
      const { registry, leafIndex } = canary;
      const left = without(document, id);
      const undisclosed = [
        ...left.undisclosed,
        { registry, leafIndex, reason: 'stopped' as const },
      ];
      const report = verifyBag(
        await buildBag(await settledBy({ ...left, undisclosed }, early), early.signer),
      );
      const failed = report.checks
        .filter(({ status }) => status === 'failed')
        .map(({ name }) => name);
      expect(failed).toEqual(['held-out split']);
    }
  });
  it('can’t be built with a signer that the document does not name', async () => {
    const { signer } = await honestDocument({ drawn: 2 });
    await expect(buildBag(honest.document, signer)).rejects.toThrow('signer');
  });
  it('does not take a record file in another spelling for the committed one', async () => {
    const index = honest.document.canaries.findIndex(({ use }) => use === 'evidence');
    const canary = honest.document.canaries[index] as EvidenceDocument['canaries'][number];
    const parsed = JSON.parse(fromUtf8(canary.record));
    const record = canonicalJsonFile({ ...parsed, responses: parsed.responses.toReversed() });
    const canaries = honest.document.canaries.with(index, { ...canary, record });
    expect(await failedChecks(settled({ ...honest.document, canaries }))).toContain('records');
  });
});
