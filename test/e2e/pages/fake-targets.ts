import { AppError } from '#shared/contract/errors.ts';
import type { TargetItem, TargetTestResult } from '#shared/contract/target.ts';
import type { TargetDraft } from '#shared/domain/target.ts';
import type { FakeState } from './fake-state.ts';

export function targetNamed(state: FakeState, name: string): TargetItem {
  const item = state.targets.find(({ target }) => target.name === name);
  if (!item) throw new AppError('NOT_FOUND', `There is no target ${name}.`);
  return item;
}

export const testOf = (target: TargetDraft): TargetTestResult => ({
  ok: true,
  outcome: 'answered',
  code: null,
  detail: null,
  status: 200,
  bytes: 412,
  ms: 42.7,
  model: 'student-10',
  fingerprint: null,
  tls: null,
  warnings: ['no-tls'],
  address: '127.0.0.1',
  proxy: null,
  route: {
    host: new URL(target.baseUrl).host,
    vendor: null,
    upstream: null,
    region: null,
    requestId: null,
    modelAsked: target.model,
    modelAnswered: 'student-10',
    sentence: `127.0.0.1:41733 answered; asked for ${target.model}, it says that student-10 answered.`,
  },
  text: 'A short answer with a hidden ⟦U+202E⟧ mark.',
  advice: 'The target answers. No canary was sent.',
});
