import { createHash, createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBundle } from '#shared/evidence/dsse.ts';
import { PREDICATE, readStatement } from '#shared/evidence/statements.ts';
import { addTargets, PANEL, planText } from '../../helpers/audit.ts';
import { addRegistry, drawnCanaries, foundCanaries, jsonl } from '../../helpers/canaries.ts';
import {
  failureOf,
  newWorkspace,
  type OpenCore,
  removeTempFolders,
  withDatabase,
} from '../../helpers/workspace.ts';

let core: OpenCore;
beforeAll(async () => {
  core = await newWorkspace();
  await addTargets(core.client, 'http://127.0.0.1:9/v1', [
    ...PANEL,
    { name: 'keyless', role: 'suspect', draft: { key: 'missing-key' } },
  ]);
  const lines = [...drawnCanaries('P', 10), ...foundCanaries('PF', 2)];
  await addRegistry(core.client, lines, { heldOut: 0.2 });
  await core.client.call('canary.import', {
    format: 'jsonl',
    text: jsonl(drawnCanaries('Q', 2, 64)),
  });
  await core.client.call('registry.commit', { heldOut: 0 });
});
afterAll(async () => {
  await core.close();
  removeTempFolders();
});

const VALID = `trapstreet: plan/1
name: Line test
panel:
  - { target: suspect, role: suspect }
  - target: control-1
    role: control
canaries:
  registries:
    - number: 1
  found: none
samples: 1
stop:
  rule: label
`;

/** Changes one line of the valid plan and returns the errors. */
async function errorsOf(change: (text: string) => string) {
  const { ok, errors, summary } = await core.client.call('plan.check', { text: change(VALID) });
  expect(ok).toBe(false);
  expect(summary).toBeNull();
  return errors;
}
const swap = (from: string, to: string) => (text: string) => {
  expect(text).toContain(from);
  return text.replace(from, to);
};

describe('plan.check', () => {
  it('accepts the plan and tells calls, exposures, power and what is missing', async () => {
    const { ok, summary } = await core.client.call('plan.check', { text: VALID });
    expect(ok).toBe(true);
    expect(summary).toMatchObject({
      canaries: { evidence: 8, twins: 2, afterRelease: 0, found: 0 },
      calls: 20,
      suspects: 1,
      threshold: 1000,
      exposures: [{ host: '127.0.0.1:9', secrets: 10, requests: 20 }],
      beacon: 'none',
    });
    expect(summary?.power.map((entry) => entry.q)).toEqual([0.02, 0.05, 0.1, 0.2, 0.5]);
    const warnings = summary?.warnings.join('\n') ?? '';
    for (const word of ['controls', 'temporal', 'known positive', 'without a beacon'])
      expect(warnings).toContain(word);
  });

  it.each([
    ['broken YAML', swap('role: control', 'role: [control'), 7, /not valid YAML/],
    ['a field twice', swap('samples: 1', 'samples: 1\nsamples: 2'), 12, /not valid YAML/],
    ['an unknown field', swap('samples: 1', 'sample: 1'), 11, /not known/],
    [
      'an unknown nested field',
      swap('  rule: label', '  rule: label\n  when: now'),
      14,
      /not known/,
    ],
    ['a wrong type', swap('samples: 1', 'samples: many'), 11, /must be a number, and is a text/],
    ['a number out of range', swap('samples: 1', 'samples: 0'), 11, />=1/],
    ['an unknown role', swap('role: control', 'role: judge'), 6, /must be one of "suspect"/],
    ['another version', swap('plan/1', 'plan/2'), 1, /plan\/1/],
    ['a tag', swap('name: Line test', 'name: !!js/function "x"'), 2, /not valid YAML/],
    ['an unknown target', swap('control-1', 'control-9'), 5, /no target control-9/],
    ['a target twice', swap('target: control-1', 'target: suspect'), 5, /twice/],
    ['no suspect', swap('role: suspect', 'role: control'), 4, /role suspect/],
    ['a missing registry', swap('number: 1', 'number: 7'), 9, /no registry 7/],
    ['an undrawn registry', swap('number: 1', 'number: 2'), 9, /not drawn yet/],
    ['a registry twice', swap('- number: 1', '- number: 1\n    - number: 1'), 10, /named twice/],
    ['no registry', swap('    - number: 1\n', '    []\n'), 8, /at least one registry/],
    [
      'an unknown found id',
      swap('found: none', 'found: [PF-001, PF-009]'),
      10,
      /PF-009 is not a found/,
    ],
    ['a drawn id as found', swap('found: none', 'found: [P-001]'), 10, /P-001 is not a found/],
    [
      'a parameter that a format cannot send',
      swap('samples: 1', 'samples: 1\nparameters: { max_tokens: 5, thinking: true }'),
      12,
      /suspect: The format openai-chat cannot send thinking/,
    ],
    ['a missing key', swap('target: suspect', 'target: keyless'), 4, /no key named missing-key/],
    ['an unknown case', swap('name: Line test', 'case: other\nname: x'), 2, /no case other/],
  ])('names the line of %s', async (_name, change, line, message) => {
    const errors = await errorsOf(change);
    expect(errors[0]?.message).toMatch(message);
    expect(errors[0]?.line).toBe(line);
    expect(errors[0]?.column).toBeGreaterThan(0);
  });

  it('tells several problems at once, and survives what is no plan at all', async () => {
    const errors = await errorsOf((text) =>
      text.replace('control-1', 'nobody').replace('number: 1', 'number: 7'),
    );
    expect(errors.map((error) => error.line)).toEqual([5, 9]);
    for (const text of ['', '42', '[]', '\u0000', '&a [*a]', `a: ${'['.repeat(500)}`]) {
      const { ok, errors: found } = await core.client.call('plan.check', { text });
      expect(ok).toBe(false);
      expect(found[0]?.line).toBeGreaterThan(0);
    }
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]', ...'bcdefghi']
      .map((name, at) =>
        at === 0
          ? name
          : `${name}: &${name} [${Array(9)
              .fill(`*${'abcdefgh'[at - 1]}`)
              .join(',')}]`,
      )
      .join('\n');
    const { errors: nested } = await core.client.call('plan.check', { text: bomb });
    expect(nested[0]?.message).toMatch(/aliases/);
  });
});

describe('plan.seal', () => {
  it('signs the bytes of the file, the panel and the registrations; another byte is another plan', async () => {
    const first = await core.client.call('plan.seal', { text: VALID });
    const second = await core.client.call('plan.seal', { text: `${VALID}# a comment\n` });
    const sha = (text: string): string => createHash('sha256').update(text).digest('hex');
    expect(first.plan.sha256).toBe(sha(VALID));
    expect(second.plan.sha256).not.toBe(first.plan.sha256);
    expect((await core.client.call('plan.get', { planId: first.plan.planId })).text).toBe(VALID);
    const { publicKeyPem } = await core.client.call('key.show', {});
    const spki = createPublicKey(publicKeyPem).export({ type: 'spki', format: 'der' });
    const sigstore = withDatabase(
      core.database,
      (db) =>
        db
          .prepare('SELECT sigstore FROM plan WHERE id = ?')
          .pluck()
          .get(first.plan.planId) as Buffer,
    );
    const payload = openBundle(new Uint8Array(sigstore), new Uint8Array(spki));
    const statement = readStatement(payload, PREDICATE.planSeal);
    expect(statement.predicate).toMatchObject({ plan_sha256: sha(VALID) });
    expect(statement.subject.map((entry) => entry.name)).toEqual(['plan.yaml', 'targets.json']);
    const events = await core.client.call('custody.list', { kind: 'plan.sealed' });
    expect(events.events[0]?.data).toMatchObject({ plan_sha256: second.plan.sha256 });
    const { plans } = await core.client.call('plan.list', {});
    expect(plans.map((plan) => plan.planId)).toEqual([second.plan.planId, first.plan.planId]);
  });

  it('refuses a wrong plan with all its problems, and keeps nothing of it', async () => {
    const before = (await core.client.call('plan.list', {})).plans.length;
    const failure = await failureOf(core, 'plan.seal', {
      text: VALID.replace('control-1', 'nobody').replace('number: 1', 'number: 7'),
    });
    expect(failure.code).toBe('PLAN_INVALID');
    expect(failure.message).toMatch(/line 5/);
    expect((failure.data as { errors: unknown[] }).errors).toHaveLength(2);
    expect((await core.client.call('plan.list', {})).plans).toHaveLength(before);
  });

  it('fixes the configuration of the targets: what changes later does not change the sealed panel', async () => {
    const { plan } = await core.client.call('plan.seal', {
      text: planText({ registries: [{ number: 1 }] }),
    });
    await addTargets(core.client, 'http://127.0.0.1:10/v1');
    const { summary } = await core.client.call('plan.get', { planId: plan.planId });
    expect(summary.panel.every((member) => member.host === '127.0.0.1:9')).toBe(true);
    expect((await failureOf(core, 'plan.get', { planId: crypto.randomUUID() })).code).toBe(
      'NOT_FOUND',
    );
  });
});
