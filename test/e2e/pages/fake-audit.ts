import type { Output } from '#shared/contract/index.ts';
import { AT, type FakeState } from './fake-state.ts';
import { AUDIT_ID, PANEL, sha } from './fixtures.ts';

export function laneOf(state: FakeState): Output<'audit.get'>['lanes'] {
  const running = state.audits[0]?.state === 'running';
  return PANEL.map(({ target, role }, index) => ({
    target: state.rename(target),
    role,
    host: '127.0.0.1:41733',
    planned: 180,
    answered: Math.max(0, state.done - (index % 3)),
    failed: state.done === 0 ? 0 : index % 3,
    inFlight: running ? (index + 1) % 3 : 0,
    exposures: state.done,
    waiting: running && index === 4 ? 'Rate limited; asks again in 12 s' : null,
    stopped: index === 2 && state.done > 20,
    spend: null,
    capUsd: null,
    capExposures: null,
    segmentCount: 1,
    segments: [],
    certificateChanges: 0,
    degenerate: false,
    clockOffsetMs: null,
    ...(index === 0 ? state.firstLane : {}),
  }));
}

type Mutable<T> = T extends readonly (infer U)[]
  ? Mutable<U>[]
  : T extends object
    ? { -readonly [K in keyof T]: Mutable<T[K]> }
    : T;

export function evaluationOf(
  state: FakeState,
  auditState: Output<'audit.get'>['audit']['state'],
): Output<'evidence.get'> {
  return {
    auditId: AUDIT_ID,
    state: auditState,
    tierA:
      state.done === 0
        ? null
        : (structuredClone(state.scenario.evaluation) as Mutable<typeof state.scenario.evaluation>),
    tierB: state.tierB,
    beacon: state.beacon,
    warnings: [],
    order: state.scenario.canaries.map((canary) => ({
      canaryId: canary.id,
      registry: canary.registry,
      use: canary.use,
    })),
  };
}

export function sampleOf(canaryId: string, target: string): Output<'evidence.sample'> {
  const answer =
    'From the harbour you walk up Mill Lane, past the old customs house, and turn left at the chandler. The street that leads to the mill is Larkspur 17.\u200b It was once called \u202eevoC annA\u202c by the people who lived there.';
  const body = JSON.stringify(
    { model: target, messages: [{ role: 'user', content: 'Which street?' }], temperature: 0.7 },
    null,
    2,
  );
  const response = JSON.stringify(
    {
      id: 'r-1',
      model: target,
      choices: [
        { index: 0, message: { role: 'assistant', content: answer }, finish_reason: 'stop' },
      ],
    },
    null,
    2,
  );
  const side = (text: string) => ({
    headers: [['content-type', 'application/json'] as [string, string]],
    text,
    bytes: text.length,
    sha256: sha(text),
  });
  const attempt = {
    k: 1,
    startedUtc: AT,
    url: 'http://127.0.0.1:41733/v1/chat/completions',
    request: side(body),
    reasoning: null,
    model: target,
  };
  return {
    canaryId,
    target,
    use: 'evidence',
    prompt: [{ role: 'user', content: 'Which street leads from the harbour to the mill?' }],
    expected: ['Larkspur 17'],
    n: 1_024,
    adjudications: [],
    sealSha256: sha('seal'),
    sealedUtc: AT,
    openedUtc: AT,
    attempts: [
      {
        ...attempt,
        attemptId: '0192f6c3-0000-7000-8000-000000000001',
        number: 1,
        retryOf: null,
        endedUtc: '2026-11-21T09:17:32.000Z',
        outcome: 'timed-out',
        errorCode: 'TIMEOUT_TOTAL',
        status: null,
        response: null,
        answer: null,
        finishReason: null,
        found: [],
        rules: [],
        hit: false,
      },
      {
        ...attempt,
        attemptId: '0192f6c3-0000-7000-8000-000000000002',
        number: 2,
        retryOf: '0192f6c3-0000-7000-8000-000000000001',
        endedUtc: '2026-11-21T09:17:22.840Z',
        outcome: 'answered',
        errorCode: null,
        status: 200,
        response: side(response),
        answer,
        finishReason: 'stop',
        found: ['larkspur 17'],
        rules: [],
        hit: true,
      },
    ],
  };
}
