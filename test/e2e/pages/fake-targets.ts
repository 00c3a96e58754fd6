import { resolve } from 'node:path';
import { presetsIn } from '#core/services/target/presets.ts';
import { AppError } from '#shared/contract/errors.ts';
import type { TargetItem, TargetTestResult } from '#shared/contract/target.ts';
import type { TargetDraft } from '#shared/domain/target.ts';
import {
  AT,
  type Emit,
  type FakeHandlers,
  type FakeState,
  target as makeTarget,
} from './fake-state.ts';

const RESOURCES = resolve(import.meta.dirname, '../../../resources');

function targetNamed(state: FakeState, name: string): TargetItem {
  const item = state.targets.find(({ target }) => target.name === name);
  if (!item) throw new AppError('NOT_FOUND', `There is no target ${name}.`);
  return item;
}

const testOf = (target: TargetDraft): TargetTestResult => ({
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
    configuredRegion: null,
    requestId: null,
    modelAsked: target.model,
    modelAnswered: 'student-10',
    sentence: `127.0.0.1:41733 answered; asked for ${target.model}, it says that student-10 answered.`,
  },
  parameters: [],
  text: 'A short answer with a hidden ⟦U+202E⟧ mark.',
  advice: 'The target answers. No canary was sent.',
});

export function targetHandlers(state: FakeState, emit: Emit): FakeHandlers {
  const tests = new Map<string, TargetTestResult>();
  const setActive = (name: string, active: boolean) => {
    state.targets = state.targets.map((item) =>
      item.target.name === name ? { ...item, active } : item,
    );
    emit('target.changed', {});
    return targetNamed(state, name);
  };

  return {
    'target.list': () => ({ targets: state.targets }),
    'target.add': ({ target }) => {
      const item = { ...makeTarget(target.name, target.role), target, attempts: 0 };
      state.targets = [...state.targets.filter((t) => t.target.name !== target.name), item];
      emit('target.changed', {});
      return item;
    },
    'target.remove': ({ name }) => setActive(name, false),
    'target.restore': ({ name }) => setActive(name, true),
    'target.preview': ({ target }) => ({
      method: 'POST',
      url: `${target.baseUrl}/chat/completions`,
      headers: [
        ['content-type', 'application/json'],
        ...(target.key
          ? ([['authorization', `Bearer {vault:${target.key}}`]] as [string, string][])
          : []),
      ],
      host: new URL(target.baseUrl).host,
      way: 'directly',
      bytes: 88,
      problems: [],
      body: JSON.stringify(
        { model: target.model, messages: [{ role: 'user', content: '…' }], ...target.parameters },
        null,
        2,
      ),
    }),
    'target.test': ({ name }) => {
      const result = testOf(targetNamed(state, name).target);
      tests.set(name, result);
      emit('target.changed', {});
      return result;
    },
    'target.get': ({ name }) => {
      const result = tests.get(name);
      return {
        item: targetNamed(state, name),
        lastTest: result ? { atUtc: AT, result } : null,
        lastProbe: null,
      };
    },
    'preset.list': () => ({ presets: [...presetsIn(RESOURCES)] }),
    'target.parameters': () => ({ rows: [] }),
    'target.probePlan': () => ({ calls: [{ id: 'plain', asks: 'once' }], untried: [] }),
  };
}
