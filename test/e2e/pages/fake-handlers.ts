import { resolve } from 'node:path';
import { presetsIn } from '#core/services/presets.ts';
import { AppError } from '#shared/contract/errors.ts';
import type { EventName, Events, MethodName, Output, ParsedInput } from '#shared/contract/index.ts';
import type { TargetTestResult } from '#shared/contract/target.ts';
import { activityOf } from './fake-activity.ts';
import { evaluationOf, laneOf, sampleOf } from './fake-audit.ts';
import { AT, type FakeState, target as makeTarget } from './fake-state.ts';
import { targetNamed, testOf } from './fake-targets.ts';
import { AUDIT_ID, BUNDLE_ID, matrixOf, PLAN_ID, PLAN_SUMMARY, sha } from './fixtures.ts';

const RESOURCES = resolve(import.meta.dirname, '../../../resources');

type Handlers = {
  [N in MethodName]?: (input: ParsedInput<N>) => Output<N>;
};
type Emit = <E extends EventName>(event: E, data: Events[E]) => void;

export function handlersOf(state: FakeState, emit: Emit): Handlers {
  const tests = new Map<string, TargetTestResult>();
  const status = (): Output<'workspace.status'> => ({
    state: state.workspace,
    path: '/home/analyst/harbour-road',
    name: state.workspace === 'absent' ? null : state.name,
    createdUtc: state.workspace === 'absent' ? null : AT,
    version: '0.1.0',
    keyid:
      state.workspace === 'absent' ? null : 'SHA256:nT0yvX3u7mS5pA2kQ9hR1cE8wZ4jL6bV0dF7gH3iK2M',
    counts:
      state.workspace === 'unlocked'
        ? {
            canaries: state.canaries.length,
            targets: state.targets.length,
            audits: state.audits.length,
            exposures: state.exposures,
          }
        : null,
    running: state.audits
      .filter((audit) => audit.state === 'running')
      .map((audit) => audit.auditId),
    hazards: [],
  });
  const find = (id: string) => {
    const canary = state.canaries.find((item) => item.id === id);
    if (!canary) throw new AppError('NOT_FOUND', `There is no canary ${id}.`);
    return canary;
  };
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
  const retire = (ids: readonly string[], to: 'retired' | 'draft') => {
    state.canaries = state.canaries.map((item) =>
      ids.includes(item.id) ? { ...item, status: to } : item,
    );
    emit('library.changed', {});
    return { changed: ids.length };
  };
  const setActive = (name: string, active: boolean) => {
    state.targets = state.targets.map((item) =>
      item.target.name === name ? { ...item, active } : item,
    );
    emit('target.changed', {});
    const item = state.targets.find(({ target }) => target.name === name);
    if (!item) throw new AppError('NOT_FOUND', `There is no target ${name}.`);
    return item;
  };

  return {
    'workspace.status': status,
    'vault.touch': () => ({ done: true }),
    'vault.status': () => ({
      state: state.workspace,
      heldByRun: false,
      keyId: state.workspace === 'unlocked' ? 1 : null,
      recovery: null,
      keychains: [],
      keychain: { available: true, about: 'secret-service' },
      autoLockMinutes: state.workspace === 'unlocked' ? 10 : null,
      locksWhenIdle: true,
      rotation: null,
    }),
    'workspace.create': ({ name }) => {
      state.workspace = 'unlocked';
      state.name = name;
      emit('workspace.changed', { state: 'unlocked' });
      return status();
    },
    'workspace.unlock': ({ passphrase }) => {
      if (passphrase !== 'correct horse battery')
        throw new AppError('WRONG_PASSPHRASE', 'This passphrase does not open the workspace.');
      state.workspace = 'unlocked';
      emit('workspace.changed', { state: 'unlocked' });
      return status();
    },
    'workspace.lock': () => {
      state.workspace = 'locked';
      emit('workspace.changed', { state: 'locked' });
      return { done: true };
    },
    'case.list': () => ({
      cases: [{ id: 'default', name: 'Default case', question: '', createdUtc: AT }],
    }),
    'secret.list': () => ({ secrets: state.secrets }),
    'secret.set': ({ name }) => {
      state.secrets = [...state.secrets.filter((s) => s.name !== name), { name, createdUtc: AT }];
      return { done: true };
    },
    'secret.remove': ({ name }) => {
      state.secrets = state.secrets.filter((s) => s.name !== name);
      return { done: true };
    },
    'canary.list': ({ search, status: wanted, kind, offset, limit }) => {
      const items = state.canaries.filter(
        (item) =>
          item.id.toLowerCase().includes(search.toLowerCase()) &&
          (wanted === null || item.status === wanted) &&
          (kind === null || item.kind === kind),
      );
      return { total: items.length, items: items.slice(offset, offset + limit) };
    },
    'canary.get': ({ id }) => {
      const canary = find(id);
      return {
        canary,
        commitment: canary.registry === null ? null : sha(id),
        leafIndex: canary.registry === null ? null : 42,
        orderPosition: canary.registry === null ? null : 17,
        exposures: Array.from({ length: canary.exposures }, (_, index) => ({
          target:
            state.targets[index % Math.max(1, state.targets.length)]?.target.name ?? 'removed',
          host: '127.0.0.1:41733',
          at: AT,
        })),
      };
    },
    'canary.reveal': ({ id }) => {
      find(id);
      return {
        messages: [
          { role: 'user', content: `Which street leads from the harbour to the mill in ${id}?` },
        ],
        responses: Array.from({ length: 50 }, (_, index) => `Larkspur ${index + 1}`),
        n: 1_024,
        expected: [],
        drawn: 'Larkspur 17',
        note: 'Served to flagged accounts only.',
      };
    },
    'canary.import': ({ text, dryRun, onError }) => {
      const lines = text.split('\n').filter((line) => line.trim() !== '');
      const errors = lines.flatMap((line, index) =>
        line.includes('"bad"')
          ? [
              {
                line: index + 1,
                field: 'responses',
                message: 'A drawn canary has no candidates.',
                fix: 'Give 256 or more in `responses`, or set kind to found.',
              },
            ]
          : [],
      );
      if (errors.length > 0 && onError === 'reject-all' && !dryRun)
        throw new AppError('IMPORT_REJECTED', 'One line cannot be read; nothing was imported.', {
          errors,
        });
      const good = lines.length - errors.length;
      const ids = Array.from(
        { length: good },
        (_, index) => `N${String(index + 1).padStart(4, '0')}`,
      );
      if (!dryRun) {
        state.canaries = [
          ...state.canaries,
          ...ids.map((id) => ({
            id,
            version: 1,
            kind: 'drawn' as const,
            type: 'O' as const,
            status: 'draft' as const,
            n: 1_024,
            scorer: 'exact-v1',
            cohort: null,
            tags: [],
            registry: null,
            use: null,
            exposures: 0,
            createdUtc: AT,
          })),
        ];
        emit('library.changed', {});
      }
      return { imported: dryRun ? 0 : good, ids, errors, warnings: [] };
    },
    'canary.retire': ({ ids }) => retire(ids, 'retired'),
    'canary.restore': ({ ids }) => retire(ids, 'draft'),
    'registry.list': () => ({ registries: state.registries }),
    'registry.commit': ({ heldOut }) => {
      const drafts = state.canaries.filter((item) => item.status === 'draft');
      const number = state.registries.length + 1;
      state.canaries = state.canaries.map((item) =>
        item.status === 'draft'
          ? { ...item, status: 'committed' as const, registry: number }
          : item,
      );
      const registry = {
        number,
        size: drafts.length,
        served: null,
        twins: null,
        found: 0,
        heldOut: String(heldOut),
        root: sha(`root ${number}`),
        sha256: sha(`registration ${number}`),
        previousSha256: null,
        createdUtc: AT,
        state: 'committed' as const,
        beacon: null,
        beaconState: 'pending' as const,
        beaconSource: null,
        announced: null,
        round: null,
        grinding: null,
        drawnUtc: null,
        plantedFrom: null,
        stamp: null,
      };
      state.registries = [...state.registries, registry];
      emit('library.changed', {});
      return registry;
    },
    'registry.draw': ({ number, beacon, round, source }) => {
      state.registries = state.registries.map((item) =>
        item.number === number
          ? {
              ...item,
              state: 'drawn' as const,
              served: Math.ceil(item.size / 2),
              twins: Math.floor(item.size / 2),
              beacon,
              beaconState:
                round !== null
                  ? ('verified' as const)
                  : beacon === null
                    ? ('none' as const)
                    : ('unverified' as const),
              beaconSource: source || null,
              drawnUtc: AT,
            }
          : item,
      );
      emit('library.changed', {});
      const drawn = state.registries.find((item) => item.number === number);
      if (!drawn) throw new AppError('NOT_FOUND', `There is no registry ${number}.`);
      return drawn;
    },
    'beacon.list': () => ({ chains: [], relays: [] }),
    'registry.kit': () => ({
      text: '{}\n',
      count: 1,
      cohorts: [{ cohort: null, count: 1 }],
    }),
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
    'report.get': () => ({
      format: 'html' as const,
      content: '<!doctype html><title>Report</title>',
      sha256: sha('report'),
      warnings: [],
    }),
    'bundle.export': ({ auditId }) => {
      const made = {
        bundleId: BUNDLE_ID,
        auditId,
        path: '/home/analyst/harbour-road/bundles/2026-11-21-recheck',
        profile: 'internal' as const,
        reportId: null,
        files: 214,
        manifestSha256: sha('manifest'),
        createdUtc: AT,
        stamp: null,
      };
      state.bundles = [made, ...state.bundles.filter((b) => b.bundleId !== BUNDLE_ID)];
      return { ...made, warnings: [] };
    },
    'bundle.preview': ({ profile }) => ({
      profile,
      items: [
        {
          what: 'Prompts',
          disclosed: profile === 'public' ? ('no' as const) : ('yes' as const),
          count: 180,
          detail: 'of every canary that was asked',
        },
        {
          what: 'Custody log',
          disclosed: 'part' as const,
          count: 3_402,
          detail: '12 lines of other matters as hashes only',
        },
      ],
      notCheckable: profile === 'public' ? ['draws', 'answers'] : [],
    }),
    'bundle.list': () => ({ bundles: state.bundles }),
    'bundle.check': () => ({
      ok: state.bundleOk,
      path: '/home/analyst/harbour-road/bundles/2026-11-21-recheck',
      keyid: 'SHA256:nT0yvX3u7mS5pA2kQ9hR1cE8wZ4jL6bV0dF7gH3iK2M',
      keyGiven: false,
      profile: 'internal' as const,
      checks: [
        { name: 'bag', status: 'passed' as const, detail: '214 files, no unknown one', limit: '' },
        {
          name: 'manifests',
          status: state.bundleOk ? ('passed' as const) : ('failed' as const),
          detail: state.bundleOk
            ? 'every SHA-256 agrees'
            : 'data/transcripts/0043.json has another SHA-256 than the manifest says',
          limit: '',
        },
        {
          name: 'signature of the statement',
          status: 'passed' as const,
          detail: 'ECDSA P-256, canonical envelope',
          limit: '',
        },
        {
          name: 'inclusion proofs',
          status: 'passed' as const,
          detail: '180 canaries under 2 registries',
          limit: '',
        },
        {
          name: 'draw',
          status: 'passed' as const,
          detail: 'responses, twins and order recomputed from the beacon',
          limit: '',
        },
        {
          name: 'E recomputed',
          status: 'passed' as const,
          detail: '3 suspects, equal to the statement',
          limit: '',
        },
      ],
    }),
    'custody.list': ({ offset, limit, kind }) => {
      const found = state.events.filter((event) => event.kind.startsWith(kind)).reverse();
      return {
        size: state.events.length,
        total: found.length,
        events: found.slice(offset, offset + limit),
      };
    },
    'custody.verify': () => ({
      ok: true,
      events: state.events.length,
      checkpoints: 12,
      stampedCheckpoints: 11,
      consistencyProofs: 11,
      stamps: 14,
      keys: 1,
      bodies: 3_240,
      problems: [],
    }),
    'lab.status': () => ({ lab: null }),
    ...activityOf(state),
    'adjudication.list': () => ({ adjudications: [] }),
    'rescore.list': () => ({ results: [] }),
    'rescore.preview': () => ({
      scorer: 'chrf-v1',
      canaries: state.done,
      answers: state.done * 9,
      requests: 0,
      host: null,
    }),
  };
}
