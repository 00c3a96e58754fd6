import { describe, expect, it } from 'vitest';
import { createPacer } from '#core/services/audit/run/pacer.ts';
import { createSlots, type PaceClock } from '#core/services/audit/run/wait.ts';
import type { TargetLimits } from '#shared/domain/target.ts';

const NO_LIMITS: TargetLimits = {
  concurrency: null,
  requestsPerMinute: null,
  tokensPerMinute: null,
  costUsd: null,
  exposures: null,
};
const ANSWERED = { tokens: 0, isLimited: false, isAnswered: true };
const LIMITED = { tokens: 0, isLimited: true, isAnswered: false };

/** A clock that jumps to the next sleeper when everybody sleeps: hours pass in no time. */
function fakeClock(): PaceClock & { readonly at: () => number } {
  let nowMs = 0;
  const sleepers: { at: number; wake: () => void }[] = [];
  const step = (): void => {
    sleepers.sort((a, b) => a.at - b.at);
    const next = sleepers.shift();
    if (!next) return;
    nowMs = Math.max(nowMs, next.at);
    next.wake();
  };
  return {
    at: () => nowMs,
    nowMs: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve();
        sleepers.push({ at: nowMs + ms, wake: resolve });
        signal.addEventListener('abort', () => resolve());
        setImmediate(step);
      }),
  };
}

function pacerWith(limits: Partial<TargetLimits>, concurrency = 16, slots = createSlots(64)) {
  const clock = fakeClock();
  const halt = new AbortController();
  const told: (string | null)[] = [];
  const pacer = createPacer({
    limits: { ...NO_LIMITS, ...limits },
    concurrency,
    clock,
    signal: halt.signal,
    slots,
    waiting: (why) => told.push(why),
  });
  return { clock, halt, pacer, told };
}

describe('the pace of a target', () => {
  it('keeps its requests a minute over hours', async () => {
    const { clock, pacer, told } = pacerWith({ requestsPerMinute: 6 });
    const times: number[] = [];
    for (let i = 0; i < 30; i += 1) {
      expect(await pacer.admit(10)).toBe(true);
      times.push(clock.at());
      pacer.done(10, ANSWERED);
    }
    expect(times[0]).toBe(0);
    expect(times.every((at, index) => index === 0 || at - (times[index - 1] ?? 0) >= 10_000)).toBe(
      true,
    );
    expect(times.at(-1)).toBe(290_000);
    expect(told[0]).toBe('waits 10 s for its limit of 6 requests a minute');
    expect(told.at(-1)).toBeNull();
  });

  it('counts the tokens that were really used, not those that were feared', async () => {
    const frugal = pacerWith({ tokensPerMinute: 600 });
    for (let i = 0; i < 5; i += 1) {
      await frugal.pacer.admit(100);
      frugal.pacer.done(100, { ...ANSWERED, tokens: 1 });
    }
    expect(frugal.clock.at()).toBeLessThan(1_000);
    const greedy = pacerWith({ tokensPerMinute: 600 });
    await greedy.pacer.admit(1);
    greedy.pacer.done(1, { ...ANSWERED, tokens: 700 });
    await greedy.pacer.admit(1);
    // 600 tokens in debt and one to spend: 601 tokens at ten a second.
    expect(greedy.clock.at()).toBe(60_100);
  });

  it('asks half as many at once after a 429, and grows back slowly', async () => {
    const { pacer } = pacerWith({}, 8);
    for (let i = 0; i < 8; i += 1) await pacer.admit(1);
    let isNinthIn = false;
    const ninth = pacer.admit(1).then(() => {
      isNinthIn = true;
    });
    pacer.done(1, LIMITED);
    expect(pacer.width()).toBe(4);
    for (let left = 7; left >= 4; left -= 1) {
      await new Promise(setImmediate);
      expect(isNinthIn).toBe(false);
      pacer.done(1, { ...ANSWERED, isAnswered: false });
    }
    await ninth;
    expect(isNinthIn).toBe(true);
    for (let i = 0; i < 4; i += 1) pacer.done(1, LIMITED);
    expect(pacer.width()).toBe(1);
    await pacer.admit(1);
    pacer.done(1, ANSWERED);
    expect(pacer.width()).toBe(2);
  });

  it('lets nothing go while the server wants to be left alone, and halts at once when it is told to', async () => {
    const held = pacerWith({});
    held.pacer.hold(30_000);
    await held.pacer.admit(1);
    expect(held.clock.at()).toBe(30_000);
    const halted = pacerWith({ concurrency: 1 });
    await halted.pacer.admit(1);
    const second = halted.pacer.admit(1);
    halted.halt.abort();
    expect(await second).toBe(false);
    expect(await halted.pacer.admit(1)).toBe(false);
  });
});

describe('who waits for a slot that others have', () => {
  it('is held back when the server asks for patience meanwhile', async () => {
    const slots = createSlots(1);
    const { clock, pacer } = pacerWith({}, 16, slots);
    await slots.take();
    const goes = pacer.admit(1).then(() => clock.at());
    pacer.hold(30_000);
    slots.give();
    expect(await goes).toBe(30_000);
  });

  it('saves up no requests: its rate holds when the slots come free at once', async () => {
    const slots = createSlots(8);
    const { clock, pacer } = pacerWith({ requestsPerMinute: 60 }, 8, slots);
    for (let i = 0; i < 8; i += 1) await slots.take();
    const times: number[] = [];
    const all = Array.from({ length: 8 }, async () => {
      await pacer.admit(1);
      times.push(clock.at());
      pacer.done(1, ANSWERED);
    });
    // Long enough that a bucket filled by the second would have let all of them through.
    await clock.sleep(10_000, new AbortController().signal);
    for (let i = 0; i < 8; i += 1) slots.give();
    await Promise.all(all);
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    expect(gaps.every((gap) => gap >= 1_000)).toBe(true);
  });

  it('is counted among those under way only when it goes: a 429 holds for it too', async () => {
    const slots = createSlots(4);
    const { pacer } = pacerWith({}, 4, slots);
    for (let i = 0; i < 2; i += 1) await pacer.admit(1);
    await slots.take();
    await slots.take();
    let isIn = false;
    const third = pacer.admit(1).then(() => {
      isIn = true;
    });
    await new Promise(setImmediate);
    pacer.done(1, LIMITED);
    pacer.done(1, LIMITED);
    expect(pacer.width()).toBe(1);
    await third;
    expect(isIn).toBe(true);
    let isFourthIn = false;
    const fourth = pacer.admit(1).then(() => {
      isFourthIn = true;
    });
    await new Promise(setImmediate);
    expect(isFourthIn).toBe(false);
    pacer.done(1, { ...ANSWERED, isAnswered: false });
    await fourth;
  });

  it('gives its slot back when the run halts', async () => {
    const slots = createSlots(1);
    const { halt, pacer } = pacerWith({}, 16, slots);
    await slots.take();
    const goes = pacer.admit(1);
    halt.abort();
    slots.give();
    expect(await goes).toBe(false);
    await slots.take();
  });
});

describe('slots', () => {
  it('are given in order and never exceed their number', async () => {
    const slots = createSlots(2);
    const order: number[] = [];
    let under = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 10 }, async (_, index) => {
        await slots.take();
        under += 1;
        most = Math.max(most, under);
        order.push(index);
        await new Promise(setImmediate);
        under -= 1;
        slots.give();
      }),
    );
    expect(most).toBe(2);
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});
