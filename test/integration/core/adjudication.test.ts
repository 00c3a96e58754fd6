import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditHalted, planText, runAudit, startAudit } from '../../helpers/audit.ts';
import { type Bench, newBench, SMALL } from '../../helpers/bench.ts';
import { servedAnswers } from '../../helpers/canaries.ts';
import { failureOf, type OpenCore, withDatabase } from '../../helpers/workspace.ts';

const REASON = 'It only quotes the quxenzimmer question.';

let bench: Bench;
let core: OpenCore;
beforeAll(async () => {
  bench = await newBench();
  core = bench.core;
});
afterAll(() => bench.close());

const plan = (number: number): string =>
  planText({ panel: SMALL, registries: [{ number }], rule: 'fixed' });

describe('an adjudication', () => {
  it('stands beside the score with its reason, and changes no number', async () => {
    const number = await bench.registry(3);
    const answers = await servedAnswers(core.client, number);
    await bench.serve(({ model, prompt }) =>
      model === 'suspect' ? (answers.get(prompt) ?? 'no') : 'no',
    );
    const { auditId, evidence } = await runAudit(core.client, plan(number));
    const canaryId = evidence.order[0]?.canaryId ?? '';
    const sample = { auditId, canaryId, target: 'suspect' };
    const added = await core.client.call('adjudication.add', {
      ...sample,
      verdict: 'dispute',
      reason: `  ${REASON} `,
    });
    expect(added).toMatchObject({ id: 1, k: 1, verdict: 'dispute', reason: REASON });
    await core.client.call('adjudication.add', {
      ...sample,
      verdict: 'confirm',
      reason: 'No: it answers.',
    });
    await core.client.call('adjudication.add', {
      ...sample,
      target: 'control-1',
      verdict: 'confirm',
      reason: 'A plain miss.',
    });
    const verdicts = async (filter: object) =>
      (await core.client.call('adjudication.list', { auditId, ...filter })).adjudications.map(
        ({ verdict }) => verdict,
      );
    expect(await verdicts({})).toEqual(['dispute', 'confirm', 'confirm']);
    expect(await verdicts({ target: 'suspect' })).toEqual(['dispute', 'confirm']);
    expect(await verdicts({ canaryId: evidence.order[1]?.canaryId ?? null })).toEqual([]);
    const shown = await core.client.call('evidence.sample', sample);
    expect(shown.adjudications.map(({ reason }) => reason)).toEqual([REASON, 'No: it answers.']);
    expect((await core.client.call('evidence.get', { auditId })).tierA).toEqual(evidence.tierA);

    const { events } = await core.client.call('custody.list', { kind: 'sample.adjudicated' });
    expect(events).toHaveLength(3);
    expect(JSON.stringify(events)).not.toContain('quxenzimmer');
    expect((await core.client.call('custody.verify', {})).problems).toEqual([]);
    withDatabase(core.database, (db) => {
      expect(() => db.exec("UPDATE adjudication SET verdict = 'confirm'")).toThrow(/append-only/);
      expect(() => db.exec('DELETE FROM adjudication')).toThrow(/append-only/);
      const cells = db.prepare('SELECT reason_cell AS cell FROM adjudication').all() as {
        cell: Buffer;
      }[];
      for (const { cell } of cells) expect(cell.includes('quxenzimmer')).toBe(false);
    });
  });

  it('is refused for what was not asked, and without a reason', async () => {
    const { audits } = await core.client.call('audit.list', {});
    const auditId = audits[0]?.auditId ?? '';
    const { order } = await core.client.call('evidence.get', { auditId });
    const canaryId = order[0]?.canaryId ?? '';
    const refused = async (more: object) =>
      (
        await failureOf(core, 'adjudication.add', {
          auditId,
          canaryId,
          target: 'suspect',
          verdict: 'confirm',
          reason: 'Because.',
          ...more,
        })
      ).code;
    expect(await refused({ canaryId: 'nobody' })).toBe('NOT_FOUND');
    expect(await refused({ target: 'nobody' })).toBe('NOT_FOUND');
    expect(await refused({ k: 2 })).toBe('NOT_FOUND');
    expect(await refused({ reason: '   ' })).toBe('BAD_INPUT');
    expect(await refused({ verdict: 'maybe' })).toBe('BAD_INPUT');
    const gone = await failureOf(core, 'adjudication.list', {
      auditId: '00000000-0000-4000-8000-000000000000',
    });
    expect(gone.code).toBe('NOT_FOUND');
  });

  it('waits until the canary is opened', async () => {
    const number = await bench.registry(2);
    let early: Promise<{ code: string; message: string }> | null = null;
    let auditId = '';
    let started: () => void = () => {};
    const known = new Promise<void>((resolve) => {
      started = resolve;
    });
    await bench.serve(async ({ model }) => {
      await known;
      if (model === 'control-1' && early === null) {
        const { events } = await core.client.call('custody.list', { kind: 'attempt.started' });
        const attempt = String(events[0]?.data.attempt);
        const canaryId = withDatabase(
          core.database,
          (db) =>
            (
              db.prepare('SELECT canary_id AS id FROM attempt WHERE id = ?').get(attempt) as {
                id: string;
              }
            ).id,
        );
        early = failureOf(core, 'adjudication.add', {
          auditId,
          canaryId,
          target: 'control-1',
          verdict: 'confirm',
          reason: 'Too early.',
        });
        await early;
      }
      return 'no';
    });
    auditId = await startAudit(core.client, plan(number));
    started();
    await auditHalted(core.client, auditId);
    expect(await early).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringMatching(/not opened yet/),
    });
  });
});
