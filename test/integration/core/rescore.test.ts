import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Input, Output } from '#shared/contract/index.ts';
import { JUDGE_INSTRUCTIONS } from '#shared/scoring/rank/judge.ts';
import { exportAndVerify, type Member, planText, runAudit } from '../../helpers/audit.ts';
import { type Bench, newBench } from '../../helpers/bench.ts';
import { addRegistry, drawnCanaries, servedAnswers } from '../../helpers/canaries.ts';
import { chatServer } from '../../helpers/chat-server.ts';
import { embeddingServer } from '../../helpers/embedding-server.ts';
import { failureOf } from '../../helpers/workspace.ts';

const PANEL: readonly Member[] = [
  { name: 'suspect', role: 'suspect' },
  { name: 'honest', role: 'suspect' },
  { name: 'control-1', role: 'control' },
  { name: 'control-2', role: 'control' },
];
const CANARIES = 6;
const N = 64;

let bench: Bench;
let auditId: string;
let drawn: ReadonlyMap<string, string>;
const closing: (() => Promise<void>)[] = [];

/** The suspect says what was drawn, its two words in the other order: the sealed scorer cannot see that. */
const swapped = (text: string): string => `It was ${text.split(' ').reverse().join(', then ')}.`;

beforeAll(async () => {
  bench = await newBench();
  const { client } = bench.core;
  const lines = drawnCanaries(bench.prefix(), CANARIES, N);
  const number = await addRegistry(client, lines, { heldOut: 0 });
  drawn = await servedAnswers(client, number);
  await bench.serve(({ model, prompt }) => {
    if (model === 'suspect') return swapped(drawn.get(prompt) ?? '');
    return model === 'honest' ? 'I do not know that street.' : 'No idea.';
  }, PANEL);
  const ran = await runAudit(
    client,
    planText({ panel: PANEL, registries: [{ number }], rule: 'fixed' }),
  );
  auditId = ran.auditId;
  expect(ran.evidence.tierA?.suspects.map(({ hits }) => hits)).toEqual([0, 0]);
});
afterAll(async () => {
  await bench.close();
  for (const close of closing) await close();
});

const client = () => bench.core.client;

async function rescored(scorer: Input<'rescore.start'>['scorer']): Promise<Output<'rescore.get'>> {
  const { rescoreId } = await client().call('rescore.start', { auditId, scorer });
  for (;;) {
    const now = await client().call('rescore.get', { rescoreId });
    if (now.state !== 'running') return now;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A target that scores; one of this name is replaced. */
const addScorer = (name: string, model: string, baseUrl: string) =>
  client().call('target.add', {
    target: { name, role: 'reference', baseUrl, model, allowPrivate: true, allowHttp: true },
    replace: true,
  });

const hitsOf = (got: Output<'rescore.get'>): Record<string, number> =>
  Object.fromEntries((got.result?.targets ?? []).map(({ target, hits }) => [target, hits]));

describe('re-scoring stored answers', () => {
  it('finds with a text scorer what the sealed one could not see, and asks nobody', async () => {
    const preview = await client().call('rescore.preview', {
      auditId,
      scorer: { kind: 'text', id: 'token-1gram-f1-v1' },
    });
    expect(preview).toEqual({
      scorer: 'token-1gram-f1-v1',
      canaries: CANARIES,
      answers: CANARIES * PANEL.length,
      requests: 0,
      host: null,
    });
    const got = await rescored({ kind: 'text', id: 'token-1gram-f1-v1' });
    expect(got.state).toBe('complete');
    expect(hitsOf(got)).toEqual({ suspect: CANARIES, honest: 0, 'control-1': 0, 'control-2': 0 });
    const [suspect, honest] = got.result?.targets ?? [];
    for (const canary of suspect?.canaries ?? []) {
      expect(canary).toMatchObject({ n: N, p: 1 / N, bits: 6, found: 1, hit: true });
    }
    expect(honest?.meanBits).toBe(0);
    // (1/6) sum over q of (1 - q + 64 q)^6, as METHOD 5.3 has it.
    const grid = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5];
    const e = grid.reduce((sum, q) => sum + (1 - q + q * N) ** CANARIES, 0) / grid.length;
    expect(suspect?.logE).toBeCloseTo(Math.log(e), 9);
    expect(got.result?.caveat).toMatch(/no evidence/);
  });

  it('leaves the sealed evidence and its bundle as they were', async () => {
    await rescored({ kind: 'text', id: 'chrf-v1' });
    const { results } = await client().call('rescore.list', { auditId });
    expect(results.map(({ scorer }) => scorer)).toEqual(['chrf-v1', 'token-1gram-f1-v1']);
    const { tierA } = await client().call('evidence.get', { auditId });
    expect(tierA?.suspects.map(({ hits }) => hits)).toEqual([0, 0]);
    expect((await exportAndVerify(client(), auditId)).failed).toEqual([]);
  });

  it('sends nothing to an endpoint without consent', async () => {
    const scorer = {
      kind: 'judge',
      target: 'judge',
    } as unknown as Input<'rescore.start'>['scorer'];
    const { code, message } = await failureOf(bench.core, 'rescore.start', { auditId, scorer });
    expect(code).toBe('BAD_INPUT');
    expect(message).toMatch(/consent: true/);
  });

  it('ranks by an embedding endpoint, which sees lists and answers and not the draw', async () => {
    const server = await embeddingServer();
    closing.push(server.close);
    await addScorer('embedder', 'words-1', server.baseUrl);
    const scorer = { kind: 'embedding', target: 'embedder', consent: true } as const;
    const preview = await client().call('rescore.preview', { auditId, scorer });
    expect(preview).toMatchObject({ requests: CANARIES, host: new URL(server.baseUrl).host });
    const got = await rescored(scorer);
    expect(hitsOf(got)).toEqual({ suspect: CANARIES, honest: 0, 'control-1': 0, 'control-2': 0 });
    expect(server.log).toHaveLength(CANARIES);
    expect(JSON.parse(server.log[0] ?? '{}')).toMatchObject({
      model: 'words-1',
      encoding_format: 'float',
    });
    expect(got.result?.requests).toBe(CANARIES);
    const { events } = await client().call('custody.list', { kind: 'score.computed', limit: 1 });
    expect(events[0]?.data).toMatchObject({ shown_to: new URL(server.baseUrl).host });
  });

  it('asks a blind judge with a shuffled list of all candidates', async () => {
    const judge = await chatServer(({ messages }) => {
      const [, text = '', list = ''] =
        /<<<\n([\s\S]*)\n>>>\n\nCandidates:\n([\s\S]*)$/.exec(messages[1]?.content ?? '') ?? [];
      const rows = list.split('\n').map((row) => row.replace(/^\d+\. /, ''));
      expect(new Set(rows).size).toBe(N);
      const picked = rows.findIndex((row) => row.split(' ').every((word) => text.includes(word)));
      return picked === -1 ? 'none of them' : ` ${picked + 1}.`;
    });
    closing.push(judge.close);
    await addScorer('judge', 'judge-1', judge.baseUrl);
    const got = await rescored({ kind: 'judge', target: 'judge', consent: true, seed: 3 });
    expect(got.state).toBe('complete');
    expect(hitsOf(got)).toEqual({ suspect: CANARIES, honest: 0, 'control-1': 0, 'control-2': 0 });
    expect(got.result).toMatchObject({ endpointModel: 'judge-1', requests: judge.log.length });
    expect(judge.log).toHaveLength(CANARIES * PANEL.length);
    expect(judge.log[0]?.messages[0]?.content).toBe(JUDGE_INSTRUCTIONS);
    const lists = new Set(
      judge.log.map(({ messages }) => messages[1]?.content.split('Candidates:')[1]),
    );
    // One order a canary, the same for every target.
    expect(lists.size).toBe(CANARIES);
  });

  it('ends with the reason when the endpoint fails, and keeps nothing', async () => {
    const server = await embeddingServer(503);
    closing.push(server.close);
    await addScorer('embedder', 'words-1', server.baseUrl);
    const before = await client().call('rescore.list', { auditId });
    const got = await rescored({ kind: 'embedding', target: 'embedder', consent: true });
    expect(got).toMatchObject({ state: 'failed', result: null, done: 1 });
    expect(got.message).toMatch(/HTTP status 503/);
    expect(server.log).toHaveLength(2);
    expect(await client().call('rescore.list', { auditId })).toEqual(before);
  });

  it('can be cancelled', async () => {
    const { rescoreId } = await client().call('rescore.start', {
      auditId,
      scorer: { kind: 'text', id: 'levenshtein-v1' },
    });
    expect(
      (
        await failureOf(bench.core, 'rescore.start', {
          auditId,
          scorer: { kind: 'text', id: 'chrf-v1' },
        })
      ).code,
    ).toBe('CONFLICT');
    expect(await client().call('rescore.cancel', { rescoreId })).toEqual({ cancelled: true });
    expect(await client().call('rescore.get', { rescoreId })).toMatchObject({
      state: 'cancelled',
      result: null,
    });
    expect(await client().call('rescore.cancel', { rescoreId })).toEqual({ cancelled: false });
  });
});
