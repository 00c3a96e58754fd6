import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { manyConnections } from './fake-activity.ts';
import { emptyState, type FakeState, manyCanaries } from './fake-state.ts';
import { AUDIT_ID } from './fixtures.ts';
import { fullState, longState } from './full-state.ts';
import { openApp } from './open-page.ts';

const SHOTS = process.env.TRAPSTREET_SHOTS;

function runningState(): FakeState {
  const state = fullState();
  state.done = 43;
  state.recovery = { kept: 47, interrupted: 2, remaining: 31 };
  state.audits = state.audits.map((audit) => ({ ...audit, state: 'running', endedUtc: null }));
  return state;
}

function tierBState(): FakeState {
  const state = fullState();
  state.beacon = 'none';
  state.tierB = {
    tier: 'B',
    canaries: 24,
    controls: 5,
    floor: 1 / 6,
    suspects: [
      {
        target: 'student-10',
        hits: 9,
        asked: 24,
        p: 1 / 6,
        likelihoodRatioCap: 6,
        label: 'undetermined',
        text: 'More hits than any control, with fewer than 19 controls: undetermined.',
      },
    ],
    controlHits: [{ target: 'control-1', hits: 1, asked: 24 }],
  };
  return state;
}

const canaries = (count: number): FakeState => ({ ...fullState(), canaries: manyCanaries(count) });
const audit = `/audits/${AUDIT_ID}`;

/** Every screen in the states that matter: name, state, address, a text that must be there. */
const SCREENS: readonly (readonly [string, () => FakeState, string, string])[] = [
  ['create', () => ({ ...emptyState(), workspace: 'absent' }), '/', 'Create a workspace'],
  ['unlock', () => ({ ...emptyState(), workspace: 'locked' }), '/', 'Unlock Harbour Road'],
  ['canaries-empty', emptyState, '/canaries', 'A library starts with a file'],
  ['canaries', fullState, '/canaries/list/P0043', 'Commitment'],
  ['canaries-10000', () => canaries(10_000), '/canaries', 'shown'],
  ['canaries-long', longState, '/canaries', 'shown'],
  ['registries-empty', emptyState, '/canaries/registries', 'No registry is committed'],
  ['registries', fullState, '/canaries/registries', 'Merkle root'],
  ['targets-empty', emptyState, '/targets', 'Whom to ask'],
  ['targets', fullState, '/targets/student-10', 'Request, byte for byte'],
  ['targets-long', longState, '/targets', 'suspects'],
  ['target-new', fullState, '/targets/new', 'Parameters'],
  ['target-keys', fullState, '/targets/keys', 'openrouter'],
  ['audits-empty', emptyState, '/audits', 'Write down what you will do'],
  ['audits', fullState, '/audits', 'Sealed, not started'],
  ['audits-long', longState, '/audits', 'Sealed, not started'],
  ['plan-new', fullState, '/audits/new', 'Panel'],
  ['plan-new-empty', emptyState, '/audits/new', 'No target to choose from'],
  ['run', runningState, audit, '47 answers kept'],
  ['run-done', fullState, audit, 'See the evidence'],
  ['evidence', fullState, `${audit}/evidence`, 'How E grew'],
  ['evidence-relay', fullState, `${audit}/evidence/relay`, 'How E grew'],
  ['evidence-none', tierBState, `${audit}/evidence/student-0`, 'How E grew'],
  ['evidence-long', longState, `${audit}/evidence`, 'How E grew'],
  [
    'evidence-sealed',
    () => ({ ...fullState(), done: 0 }),
    `${audit}/evidence`,
    'Nothing is opened yet',
  ],
  ['sample', fullState, `${audit}/sample/student-10/P0043`, 'What came back'],
  ['reports-empty', emptyState, '/reports', 'A report needs an audit'],
  ['reports', fullState, '/reports', 'Findings of this audit'],
  ['custody', fullState, '/activity/custody', 'each bound to the one before'],
  ['activity-empty', emptyState, '/activity', 'No connection yet'],
  ['activity', fullState, '/activity', 'to 3 hosts'],
  [
    'activity-10000',
    () => ({ ...fullState(), connections: manyConnections(10_000, true) }),
    '/activity',
    'shown',
  ],
  ['activity-hosts', fullState, '/activity/hosts', 'and to nothing else'],
  ['activity-hosts-empty', emptyState, '/activity/hosts', 'No host is configured'],
];

for (const theme of ['light', 'dark', 'contrast'] as const) {
  for (const [name, state, path, text] of SCREENS) {
    // What differs only in its length or emptiness has the colours of the others.
    if (theme === 'dark' && /-(empty|long|10000)$/.test(name) && name !== 'canaries-empty')
      continue;
    if (
      theme === 'contrast' &&
      !['evidence', 'run', 'canaries', 'create', 'activity'].includes(name)
    )
      continue;
    test(`${name} is drawn in the ${theme} theme without a complaint`, async ({ browser }) => {
      const app = await openApp(browser, state(), theme);
      try {
        await app.go(path);
        await expect(app.page.getByText(text).first()).toBeVisible();
        await app.page.evaluate(() => document.fonts.ready);
        if (SHOTS) {
          mkdirSync(SHOTS, { recursive: true });
          await app.page.screenshot({ path: join(SHOTS, `${name}-${theme}.png`) });
        }
        await app.axe();
        expect(app.problems).toEqual([]);
      } finally {
        await app.close();
      }
    });
  }
}
