import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Output } from '#shared/contract/index.ts';
import { type Member, PANEL, planText, type Ran, runAudit } from '../../helpers/audit.ts';
import { type Bench, newBench } from '../../helpers/bench.ts';
import { allAnswers, drawnCanaries, servedAnswers } from '../../helpers/canaries.ts';
import type { ChatAnswer, ChatServer } from '../../helpers/chat-server.ts';
import type { OpenCore } from '../../helpers/workspace.ts';

const N = 1024;
const RATES = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5];

let bench: Bench;
let core: OpenCore;
beforeAll(async () => {
  bench = await newBench();
  core = bench.core;
});
afterAll(() => bench.close());

const registry = (count: number, heldOut = 0.25): Promise<number> =>
  bench.registry(count, { heldOut, plantedFrom: '2026-02-01' });

/** Runs a fresh registry of 16 (12 served, 4 twins) against an answer function. */
async function run(
  number: number,
  answer: ChatAnswer,
  options: Parameters<typeof planText>[0] = {},
  panel: readonly Member[] = PANEL,
): Promise<Ran & { server: ChatServer }> {
  const server = await bench.serve(answer, panel);
  const text = planText({ panel, registries: [{ number }], rule: 'fixed', ...options });
  const ran = await runAudit(core.client, text);
  return { ...ran, server };
}

type Evaluation = NonNullable<Output<'evidence.get'>['tierA']>;
const tierA = (ran: Ran): Evaluation => {
  if (!ran.evidence.tierA) throw new Error('no tier A');
  return ran.evidence.tierA;
};
const suspectOf = (ran: Ran): Evaluation['suspects'][number] => {
  const [suspect] = tierA(ran).suspects;
  if (!suspect) throw new Error('no suspect');
  return suspect;
};

/** E of METHOD 5.3 from the formula alone: steps of [hit, |A|]. */
const eByHand = (steps: readonly (readonly [hit: boolean, found: number])[]): number =>
  RATES.map((q) =>
    steps.reduce(
      (product, [hit, found]) => product * (1 - q + (hit && found > 0 ? (q * N) / found : 0)),
      1,
    ),
  ).reduce((sum, term) => sum + term, 0) / RATES.length;

async function evidenceCells(auditId: string, target: string): Promise<string> {
  const { columns, rows } = await core.client.call('audit.matrix', { auditId });
  const cells = rows.find((row) => row.target === target)?.cells ?? '';
  return columns.map((column, at) => (column.use === 'evidence' ? cells[at] : '')).join('');
}

describe('an audit counts what servers answer', () => {
  it('counts the hits of a model that knows 4 of 12 served answers, and E is the formula’s', async () => {
    const number = await registry(16);
    const served = await servedAnswers(core.client, number);
    const known = new Map([...served].slice(0, 4));
    const ran = await run(number, ({ model, prompt }) => {
      if (model === 'positive') return `On the gate: ${served.get(prompt) ?? 'nothing'}.`;
      if (model === 'suspect') return `I think it is "${known.get(prompt) ?? 'no name at all'}"!`;
      return 'I have never seen that house.';
    });
    expect(ran.status.audit.state).toBe('complete');
    const suspect = suspectOf(ran);
    expect(suspect).toMatchObject({ asked: 12, hits: 4, notAdministered: 0 });
    const cells = await evidenceCells(ran.auditId, 'suspect');
    expect(cells).toHaveLength(12);
    const steps = [...cells].map((cell) => [cell === 'H', cell === 'H' ? 1 : 0] as const);
    expect(suspect.logE).toBeCloseTo(Math.log(eByHand(steps)), 9);
    expect(suspect.label).toBe('report-grade');
    expect(suspect.explanation).toBe('T');
    expect(suspect.twins).toMatchObject({ asked: 4, hits: 0 });
    expect(suspect.fixed?.p).toBeLessThan(1e-6);
    // Clopper-Pearson 4/12, from the beta quantiles of any table.
    expect(suspect.fixed?.clopperPearson.low).toBeCloseTo(0.0992, 4);
    expect(suspect.fixed?.clopperPearson.high).toBeCloseTo(0.6511, 4);
    expect(tierA(ran).controls).toMatchObject({ count: 5, hits: 0, frozen: false });
    expect(tierA(ran).knownPositives).toEqual([{ target: 'positive', asked: 12, hits: 12 }]);
    expect(ran.server.log).toHaveLength(16 * PANEL.length);
    await bench.expectVerified(ran.auditId);
  });

  it('stops a suspect at its label and has no fixed-n numbers then', async () => {
    const number = await registry(16);
    const served = await servedAnswers(core.client, number);
    const ran = await run(
      number,
      ({ model, prompt }) =>
        model === 'suspect' || model === 'positive' ? (served.get(prompt) ?? 'no') : 'no',
      { rule: 'label' },
    );
    expect(ran.status.audit.state).toBe('complete');
    const suspect = suspectOf(ran);
    expect(suspect).toMatchObject({ hits: 3, asked: 3, stoppedAt: 3, label: 'report-grade' });
    expect(suspect.fixed).toBeNull();
    expect(suspect.twins.asked).toBe(4);
    const asked = ran.server.log.filter((question) => question.model === 'suspect').length;
    expect(asked).toBe(3 + 4);
    await bench.expectVerified(ran.auditId);
  });

  it('gives the same text for everything no hit but by chance', async () => {
    const number = await registry(16);
    const text = drawnCanaries('X', 1, N)[0]?.responses[7] ?? '';
    const ran = await run(number, () => `The answer is ${text}.`);
    const suspect = suspectOf(ran);
    const cells = await evidenceCells(ran.auditId, 'suspect');
    const byChance = [...cells].filter((cell) => cell === 'H').length;
    expect(suspect).toMatchObject({ asked: 12, hits: byChance });
    expect(byChance).toBeLessThan(3);
    expect(suspect.steps.every((step) => step.found === 1)).toBe(true);
    const steps = [...cells].map((cell) => [cell === 'H', 1] as const);
    expect(suspect.logE).toBeCloseTo(Math.log(eByHand(steps)), 9);
    // Seven models that agree are no evidence: the calibration knows that they depend.
    if (byChance === 0) expect(tierA(ran).controls.p).toBe(1);
    await bench.expectVerified(ran.auditId);
  });

  it('finds nothing in an echo of the prompt', async () => {
    const number = await registry(16);
    const ran = await run(number, ({ prompt }) => `You asked: ${prompt}`);
    expect(suspectOf(ran)).toMatchObject({ asked: 12, hits: 0 });
    expect(suspectOf(ran).steps.every((step) => step.found === 0)).toBe(true);
    expect(suspectOf(ran).logE).toBeCloseTo(
      Math.log(eByHand(Array.from({ length: 12 }, () => [false, 0] as const))),
      9,
    );
    await bench.expectVerified(ran.auditId);
  });

  it('never counts a list of many candidates as a hit, and prices a list of three', async () => {
    const number = await registry(16);
    const served = await servedAnswers(core.client, number);
    const list = drawnCanaries('X', 1, N)[0]?.responses ?? [];
    const beside = (prompt: string, count: number): string => {
      const truth = served.get(prompt) ?? 'nothing';
      const others = list.filter((entry) => entry !== truth).slice(10, 10 + count);
      return [...others, truth].join('; ');
    };
    const ran = await run(number, ({ model, prompt }) => {
      if (model === 'suspect') return beside(prompt, 3);
      if (model === 'positive') return beside(prompt, 2);
      return list.join(', ');
    });
    expect(suspectOf(ran)).toMatchObject({ asked: 12, hits: 0, label: 'none' });
    const positive = tierA(ran).others.find((one) => one.target === 'positive');
    expect(positive).toMatchObject({ hits: 12 });
    expect(positive?.logE).toBeCloseTo(
      Math.log(eByHand(Array.from({ length: 12 }, () => [true, 3] as const))),
      9,
    );
    expect(tierA(ran).controls.hits).toBe(0);
    await bench.expectVerified(ran.auditId);
  });

  it('counts refusals, filters and the length limit as misses, and errors as not administered', async () => {
    const number = await registry(16);
    const served = await servedAnswers(core.client, number);
    const prompts = [...served.keys()];
    const ran = await run(number, ({ model, prompt }) => {
      const truth = served.get(prompt) ?? 'no';
      if (model !== 'suspect') return 'no';
      switch (prompts.indexOf(prompt)) {
        case 0:
          return { text: null, refusal: `I cannot say ${truth}` };
        case 1:
          return { text: truth, finish: 'content_filter' };
        case 2:
          return { text: truth, finish: 'length' };
        case 3:
          return { status: 503, body: '{"error":{"message":"overloaded"}}' };
        case 4:
          return { body: '{"choices": [' };
        case 5:
          return { text: truth, cut: 'mid-body' };
        case 6:
          return { status: 302, headers: { location: 'http://127.0.0.1:9/' }, body: '{}' };
        default:
          return truth;
      }
    });
    expect(ran.status.audit.state).toBe('complete');
    expect(suspectOf(ran)).toMatchObject({ asked: 8, notAdministered: 4, hits: 5 });
    const cells = await evidenceCells(ran.auditId, 'suspect');
    expect([...cells].sort().join('')).toBe('HHHHHrrtxxxx');
    // Missing data never helps: as misses they only lower E.
    expect(suspectOf(ran).logEWorst).toBeLessThan(suspectOf(ran).logE);
    await bench.expectVerified(ran.auditId);
  });

  it('reads gzip and streamed answers like plain ones', async () => {
    const number = await registry(16);
    const served = await servedAnswers(core.client, number);
    const panel: Member[] = [
      { name: 'zipped', role: 'suspect' },
      { name: 'streamed', role: 'suspect', draft: { stream: true } },
      { name: 'both', role: 'suspect', draft: { stream: true } },
      { name: 'not-streaming', role: 'suspect', draft: { stream: true } },
    ];
    const ran = await run(
      number,
      ({ model, prompt }) => {
        const text = `It is ${served.get(prompt) ?? 'unknown'} — surely.`;
        if (model !== 'not-streaming') return { text, gzip: model !== 'streamed' };
        return {
          body: JSON.stringify({
            choices: [{ message: { content: text }, finish_reason: 'stop' }],
          }),
          headers: { 'content-type': 'application/json' },
        };
      },
      {},
      panel,
    );
    expect(tierA(ran).suspects.map(({ target, hits, asked }) => [target, hits, asked])).toEqual(
      panel.map(({ name }) => [name, 12, 12]),
    );
    await bench.expectVerified(ran.auditId);
  });

  it('reduces three samples to one canary: the majority decides, ties are kept', async () => {
    const number = await registry(16);
    const served = await servedAnswers(core.client, number);
    const wrong = drawnCanaries('X', 1, N)[0]?.responses.slice(0, 2) ?? [];
    const prompts = [...served.keys()];
    const ran = await run(
      number,
      ({ model, prompt, time }) => {
        const truth = served.get(prompt) ?? 'no';
        if (model !== 'suspect') return 'no';
        const at = prompts.indexOf(prompt);
        // Two of three right; one of three right against two equal wrong ones; all three different.
        if (at < 4) return time < 3 ? truth : (wrong[0] ?? '');
        if (at < 8) return time < 2 ? truth : (wrong[0] ?? '');
        return time === 1 ? truth : (wrong[time - 2] ?? '');
      },
      { samples: 3 },
    );
    expect(ran.server.log).toHaveLength(16 * PANEL.length * 3);
    const suspect = suspectOf(ran);
    expect(suspect.asked).toBe(12);
    // Unless a wrong candidate is the drawn one by chance, 4 clear hits and 4 that share with two others.
    const found = suspect.steps.map((step) => step.found).sort();
    expect(found.filter((size) => size === 3).length).toBeGreaterThanOrEqual(3);
    expect(suspect.hits).toBeGreaterThanOrEqual(8);
    expect(suspect.hits).toBeLessThanOrEqual(9);
    await bench.expectVerified(ran.auditId);
  });

  it('tells a leaked registry apart: twins hit, explanation R, not report-grade', async () => {
    const number = await registry(16);
    const all = await allAnswers(core.client, number);
    const ran = await run(number, ({ model, prompt }) =>
      model === 'suspect' ? (all.get(prompt) ?? 'no') : 'no',
    );
    const suspect = suspectOf(ran);
    expect(suspect.hits).toBe(12);
    expect(suspect.twins).toMatchObject({ asked: 4, hits: 4 });
    expect(suspect.twins.p).toBeLessThan(0.01);
    expect(suspect.explanation).toBe('R');
    expect(suspect.label).not.toBe('report-grade');
    await bench.expectVerified(ran.auditId);
  });

  it('tells a live relay apart: what was planted after the release is hit, explanation L', async () => {
    const number = await registry(8, 0);
    const late = await bench.registry(4, { plantedFrom: '2026-06-01' });
    const both = new Map([
      ...(await servedAnswers(core.client, number)),
      ...(await servedAnswers(core.client, late)),
    ]);
    const ran = await run(
      number,
      ({ model, prompt }) => (model === 'suspect' ? (both.get(prompt) ?? 'no') : 'no'),
      { registries: [{ number }, { number: late, use: 'after-release' }] },
    );
    const suspect = suspectOf(ran);
    // The second wave is a check: none of its steps is in E.
    expect(suspect).toMatchObject({ asked: 8, hits: 8, label: 'report-grade', explanation: 'L' });
    expect(suspect.afterRelease).toMatchObject({ asked: 4, hits: 4 });
    await bench.expectVerified(ran.auditId);
  });

  it('sends the prompt and the parameters and nothing else, to no other place', async () => {
    const number = await registry(4, 0);
    const served = await servedAnswers(core.client, number);
    const places = new Set<string>();
    const watch = (message: unknown): void => {
      const { socket } = message as { socket: Socket };
      socket.once('connect', () => places.add(`${socket.remoteAddress}:${socket.remotePort}`));
    };
    subscribe('net.client.socket', watch);
    const ran = await run(number, ({ prompt }) => `${served.get(prompt)} spoken at length`);
    unsubscribe('net.client.socket', watch);
    expect([...places]).toEqual([ran.server.host]);
    const responses = new Set(served.values());
    for (const question of ran.server.log) {
      expect(Object.keys(JSON.parse(question.raw)).sort()).toEqual(['messages', 'model']);
      expect(question.path).toBe('/v1/chat/completions');
      for (const response of responses) {
        expect(question.raw).not.toContain(response);
        expect(JSON.stringify(question.headers)).not.toContain(response);
      }
      expect(question.raw).not.toContain('spoken at length');
    }
    await bench.expectVerified(ran.auditId);
  });
});
