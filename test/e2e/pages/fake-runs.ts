import { AppError } from '#shared/contract/errors.ts';
import { evaluationOf, laneOf, sampleOf } from './fake-audit.ts';
import { AT, type Emit, type FakeHandlers, type FakeState } from './fake-state.ts';
import { AUDIT_ID, matrixOf, PLAN_ID, PLAN_SUMMARY, sha } from './fixtures.ts';

export function runHandlers(state: FakeState, emit: Emit): FakeHandlers {
  const audit = () => {
    const [first] = state.audits;
    if (!first) throw new AppError('NOT_FOUND', 'There is no such audit.');
    return first;
  };
  const setAudit = (next: FakeState['audits'][number]['state']) => {
    state.audits = state.audits.map((item, index) =>
      index === 0 ? { ...item, state: next } : item,
    );
    emit('audit.changed', { auditId: AUDIT_ID });
    return audit();
  };
  return {
    'plan.check': ({ text }) => {
      if (!/^name: [^"\s]/m.test(text))
        return {
          ok: false,
          errors: [{ line: 2, column: 7, path: 'name', message: 'Give the plan a name.' }],
          summary: null,
        };
      if (/panel: \[\]/.test(text))
        return {
          ok: false,
          errors: [{ line: 5, column: 8, path: 'panel', message: 'The panel has no target.' }],
          summary: null,
        };
      return { ok: true, errors: [], summary: PLAN_SUMMARY };
    },
    'plan.seal': ({ text }) => {
      const plan = {
        planId: PLAN_ID,
        name: /^name: (.+)$/m.exec(text)?.[1] ?? 'plan',
        caseId: 'default',
        sha256: sha(text),
        sealedUtc: AT,
        auditId: null,
        stamp: null,
      };
      state.plans = [plan, ...state.plans];
      emit('audit.changed', { auditId: AUDIT_ID });
      return { plan, summary: PLAN_SUMMARY };
    },
    'plan.list': () => ({ plans: state.plans }),
    'audit.start': ({ planId }) => {
      const plan = state.plans.find((item) => item.planId === planId);
      state.plans = state.plans.map((item) =>
        item.planId === planId ? { ...item, auditId: AUDIT_ID } : item,
      );
      const started = {
        auditId: AUDIT_ID,
        planId,
        name: plan?.name ?? 'audit',
        caseId: 'default',
        state: 'running' as const,
        startedUtc: AT,
        endedUtc: null,
      };
      state.audits = [started, ...state.audits];
      emit('audit.changed', { auditId: AUDIT_ID });
      return started;
    },
    'audit.pause': () => setAudit('paused'),
    'audit.resume': () => setAudit('running'),
    'audit.stop': () => setAudit('stopped'),
    'audit.list': () => ({ audits: state.audits }),
    'audit.get': () => {
      const lanes = laneOf(state);
      const done = lanes.reduce((sum, lane) => sum + lane.answered + lane.failed, 0);
      return {
        audit: audit(),
        canariesDone: state.done,
        canariesPlanned: 180,
        requestsDone: done,
        requestsPlanned: 1_620,
        requestLimit: 100_000,
        exposures: state.done,
        exposureLimit: 200,
        ratePerSecond: 38.4,
        remainingMs: 27_400,
        lanes,
        recovery: state.recovery,
        message: null,
        trouble: null,
        pasteWaiting: 0,
        warnings: [],
      };
    },
    'audit.matrix': () => matrixOf(state.scenario, state.done, state.rename),
    'evidence.get': () => evaluationOf(state, audit().state),
    'evidence.sample': ({ canaryId, target }) => sampleOf(canaryId, target),
  };
}
