import { manyConnections } from './fake-activity.ts';
import {
  AT,
  committedRegistry,
  emptyState,
  type FakeState,
  manyCanaries,
  manyEvents,
  target,
} from './fake-state.ts';
import { AUDIT_ID, BUNDLE_ID, PANEL, PLAN_ID, scenario, sha, WAITING_PLAN_ID } from './fixtures.ts';

/** A workspace after the main job. */
export function fullState(): FakeState {
  return {
    ...emptyState(),
    canaries: manyCanaries(180),
    registries: [
      {
        number: 1,
        size: 160,
        served: 80,
        twins: 80,
        found: 0,
        heldOut: '0.5',
        root: sha('root 1'),
        sha256: sha('registration 1'),
        previousSha256: null,
        createdUtc: AT,
        state: 'drawn',
        beacon: sha('beacon'),
        beaconState: 'verified',
        beaconSource: 'drand quicknet round 24117203',
        announced: { chain: 'quicknet', round: 24_117_203, publishedUtc: AT },
        round: { chain: 'quicknet', round: 24_117_203, publishedUtc: AT },
        grinding: null,
        drawnUtc: AT,
        plantedFrom: '2026-09-01',
        stamp: { authority: 'example', signer: 'CN=Example TSA', utc: AT },
      },
      { ...committedRegistry(2, 20), previousSha256: sha('registration 1') },
    ],
    targets: PANEL.map(({ target: name, role }) => target(name, role)),
    secrets: [{ name: 'openrouter', createdUtc: AT }],
    audits: [
      {
        auditId: AUDIT_ID,
        planId: PLAN_ID,
        name: 'Recheck of three suspects',
        caseId: 'default',
        state: 'complete',
        startedUtc: AT,
        endedUtc: '2026-11-21T09:41:09.000Z',
      },
    ],
    plans: [
      {
        planId: WAITING_PLAN_ID,
        name: 'Second look at the relay',
        caseId: 'default',
        sha256: sha('plan 2'),
        sealedUtc: AT,
        stamp: null,
        auditId: null,
      },
      {
        planId: PLAN_ID,
        name: 'Recheck of three suspects',
        caseId: 'default',
        sha256: sha('plan'),
        sealedUtc: AT,
        stamp: null,
        auditId: AUDIT_ID,
      },
    ],
    bundles: [
      {
        bundleId: BUNDLE_ID,
        auditId: AUDIT_ID,
        path: '/home/analyst/harbour-road/bundles/2026-11-21-recheck',
        profile: 'internal',
        reportId: null,
        files: 214,
        manifestSha256: sha('manifest'),
        createdUtc: AT,
        stamp: null,
      },
    ],
    events: manyEvents(3_402),
    connections: manyConnections(1_640),
    done: 180,
    exposures: 1_620,
    scenario: scenario(),
  };
}

/** Every name as long as it may be. */
export function longState(): FakeState {
  const rename = (name: string): string =>
    `${name}-harbour-road-larkspur-close-preview-2026-11-21-experimental`.slice(0, 64);
  const state = fullState();
  const name =
    'A question about whether the November preview of the harbour model was trained on answers that our assistant gave to flagged accounts';
  return {
    ...state,
    name: 'Workspace of the group for provenance and distillation, second floor, harbour building',
    canaries: manyCanaries(300, true),
    targets: PANEL.map((member) =>
      target(rename(member.target), member.role, {
        baseUrl:
          'https://a-very-long-host-name-for-an-inference-gateway.region-seven.example.org/v1/openai/compatible',
        model: 'organisation/some-model-family-with-a-long-name-instruct-preview-2026-11-21',
      }),
    ),
    audits: state.audits.map((audit) => ({ ...audit, name })),
    plans: state.plans.map((plan) => ({ ...plan, name })),
    scenario: scenario(rename),
    rename,
  };
}
