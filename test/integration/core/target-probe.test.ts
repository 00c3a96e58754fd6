import { describe, expect, it } from 'vitest';
import { askedModel, TEXTS } from '../../helpers/asked-model.ts';
import type { ChatReply } from '../../helpers/chat-server.ts';

const model = askedModel();

describe('a probe', () => {
  it('announces its calls, makes no more of them, and sends no canary', async () => {
    model.answer = model.obedient;
    await model.add('obedient');
    const plan = await model.core.client.call('target.probePlan', { name: 'obedient', calls: 8 });
    expect(plan.calls.length).toBeLessThanOrEqual(8);
    const before = model.server.log.length;
    const probe = await model.core.client.call('target.probe', { name: 'obedient', calls: 8 });
    // The last of them would be made only if the other delivery were not found.
    expect(plan.calls.at(-1)?.id).toBe('stream-again');
    expect(model.server.log.length - before).toBe(plan.calls.length - 1);
    expect(probe.calls).toBe(plan.calls.length - 1);
    expect(new Set(model.server.log.slice(before).map(({ prompt }) => prompt)).size).toBe(1);
    await expect(
      model.core.client.call('target.probe', { name: 'obedient', calls: 1 }),
    ).rejects.toThrow(/calls/);
  });

  it('tells what is obeyed, what is refused and what is not seen', async () => {
    model.answer = model.obedient;
    await model.add('obedient');
    const probe = await model.core.client.call('target.probe', { name: 'obedient', calls: 16 });
    const verdicts = Object.fromEntries(
      probe.findings.map(({ subject, verdict }) => [subject, verdict]),
    );
    expect(verdicts).toMatchObject({
      stream: 'effect',
      max_tokens: 'effect',
      stop: 'effect',
      logprobs: 'rejected',
      seed: 'effect',
      top_k: 'accepted',
    });
    expect(probe.repeatsDiffer).toBe(true);
    expect(probe.models).toEqual(['m-1']);
    expect(probe.latency?.leastMs).toBeLessThanOrEqual(probe.latency?.mostMs ?? 0);
    const refused = { code: 'HTTP_STATUS', status: 400 };
    expect(probe.failures).toEqual([
      { id: 'logprobs', ...refused },
      { id: 'top_logprobs', ...refused },
    ]);
  });

  it('sees a server that takes everything and obeys nothing', async () => {
    model.answer = () => ({ text: TEXTS[0] ?? '' });
    await model.add('deaf');
    const probe = await model.core.client.call('target.probe', { name: 'deaf', calls: 12 });
    const verdicts = Object.fromEntries(
      probe.findings.map(({ subject, verdict }) => [subject, verdict]),
    );
    expect(verdicts).toMatchObject({
      max_tokens: 'no-effect',
      temperature: 'no-effect',
      stop: 'no-effect',
      logprobs: 'no-effect',
    });
    expect(probe.repeatsDiffer).toBe(false);
  });

  it('tells a model that can be kept from thinking from one that cannot', async () => {
    const dialect = {
      thinking: { on: { enable_thinking: true }, off: { enable_thinking: false } },
    };
    const said = (thinks: boolean): ChatReply => ({
      body: JSON.stringify({
        model: 'm-1',
        choices: [
          {
            index: 0,
            message: { content: TEXTS[0], ...(thinks ? { reasoning_content: 'hm' } : {}) },
            finish_reason: 'stop',
          },
        ],
      }),
    });
    const verdict = async (thinks: (body: Record<string, unknown>) => boolean) => {
      model.answer = (_question, body) => said(thinks(body));
      await model.add('thinker', { dialect });
      const probe = await model.core.client.call('target.probe', { name: 'thinker', calls: 16 });
      return probe.findings.find(({ subject }) => subject === 'thinking')?.verdict;
    };
    expect(await verdict(({ enable_thinking }) => enable_thinking === true)).toBe('effect');
    expect(await verdict(() => true)).toBe('no-effect');
    expect(await verdict(() => false)).toBe('accepted');
  });

  it('compares the least and the most effort, and knows a server that has some values only', async () => {
    const verdict = async (reply: (effort: unknown) => ChatReply) => {
      model.answer = (_question, body) => reply(body.reasoning_effort);
      await model.add('effort');
      const probe = await model.core.client.call('target.probe', { name: 'effort', calls: 16 });
      return probe.findings.find(({ subject }) => subject === 'reasoning_effort')?.verdict;
    };
    const thought = (tokens: number): ChatReply => ({
      body: JSON.stringify({
        model: 'm-1',
        choices: [{ index: 0, message: { content: TEXTS[0] }, finish_reason: 'stop' }],
        usage: {
          prompt_tokens: 9,
          completion_tokens: 9 + tokens,
          completion_tokens_details: { reasoning_tokens: tokens },
        },
      }),
    });
    const refused: ChatReply = { status: 400, body: '{"error":{"message":"unsupported value"}}' };
    expect(await verdict((effort) => thought(effort === 'none' ? 0 : 50))).toBe('effect');
    expect(await verdict((effort) => thought(effort === 'none' ? 50 : 0))).toBe('no-effect');
    expect(await verdict(() => thought(50))).toBe('accepted');
    expect(await verdict(() => thought(0))).toBe('accepted');
    expect(await verdict((effort) => (effort === 'none' ? refused : thought(50)))).toBe('accepted');
    expect(await verdict((effort) => (effort === undefined ? thought(0) : refused))).toBe(
      'rejected',
    );
  });

  it('looks for the alternatives of the tokens, and not for words of the answer', async () => {
    const said = (content: string, alternatives: readonly object[] | null): ChatReply => ({
      gzip: true,
      body: JSON.stringify({
        model: 'm-1',
        choices: [
          {
            index: 0,
            message: { content },
            logprobs: alternatives && {
              content: [{ token: 'a', logprob: -0.1, top_logprobs: alternatives }],
            },
            finish_reason: 'stop',
          },
        ],
      }),
    });
    const verdict = async (reply: ChatReply) => {
      model.answer = (_question, body) => {
        if (body.top_logprobs === undefined) return said('plain', null);
        expect(body).toMatchObject({ logprobs: true, top_logprobs: 2 });
        return reply;
      };
      await model.add('alternatives');
      const probe = await model.core.client.call('target.probe', {
        name: 'alternatives',
        calls: 16,
      });
      return probe.findings.find(({ subject }) => subject === 'top_logprobs')?.verdict;
    };
    expect(await verdict(said('a', [{ token: 'a', logprob: -0.1 }]))).toBe('effect');
    expect(await verdict(said('"top_logprobs":[{"token"', []))).toBe('accepted');
    expect(await verdict(said('a', null))).toBe('no-effect');
  });

  it('asks once more before it says that the other delivery is refused, and within its calls', async () => {
    let lost = 1;
    model.answer = ({ stream }) => {
      if (!stream) return { text: TEXTS[0] ?? '' };
      lost -= 1;
      return lost < 0 ? { text: TEXTS[0] ?? '' } : { status: 404, body: '{}' };
    };
    const probed = async (times: number, calls: number) => {
      lost = times;
      await model.add('delivery');
      const before = model.server.log.length;
      const probe = await model.core.client.call('target.probe', { name: 'delivery', calls });
      expect(model.server.log.length - before).toBe(probe.calls);
      expect(probe.calls).toBeLessThanOrEqual(calls);
      const own = probe.findings.find(({ subject }) => subject === 'stream');
      const asked = model.server.log.slice(before).filter(({ stream }) => stream).length;
      return [own?.verdict, asked];
    };
    expect(await probed(0, 16)).toEqual(['effect', 1]);
    expect(await probed(1, 4)).toEqual(['effect', 2]);
    expect(await probed(2, 16)).toEqual(['rejected', 2]);
    expect(await probed(0, 3)).toEqual([undefined, 0]);
  });

  it('asks a target that does not answer once, and says so', async () => {
    model.answer = () => ({ status: 500, body: '{}' });
    await model.add('down');
    const before = model.server.log.length;
    const probe = await model.core.client.call('target.probe', { name: 'down', calls: 8 });
    expect(model.server.log.length - before).toBe(1);
    expect(probe).toMatchObject({ calls: 1, answered: 0, warnings: ['plain-call-failed'] });
    expect(probe.findings).toEqual([]);
  });

  it('warns of a model that changes between calls', async () => {
    model.answer = ({ time }) => ({
      body: JSON.stringify({
        model: `m-${time}`,
        choices: [{ index: 0, message: { content: 'x' }, finish_reason: 'stop' }],
      }),
    });
    await model.add('changing');
    const probe = await model.core.client.call('target.probe', { name: 'changing', calls: 2 });
    expect(probe.models).toHaveLength(2);
    expect(probe.warnings).toEqual(['model-differs', 'model-changes-between-calls']);
  });
});
