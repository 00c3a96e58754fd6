import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROFILES } from '#shared/evidence/document.ts';
import { planText, runAudit } from '../../helpers/audit.ts';
import { type Bench, newBench, SMALL } from '../../helpers/bench.ts';
import { addRegistry, drawnCanaries } from '../../helpers/canaries.ts';
import { failureOf, type OpenCore, tempFolder } from '../../helpers/workspace.ts';

let bench: Bench;
let core: OpenCore;
let auditId = '';
let pem = '';

beforeAll(async () => {
  bench = await newBench();
  core = bench.core;
  const number = await addRegistry(core.client, drawnCanaries(bench.prefix(), 3), { heldOut: 0 });
  await bench.serve(() => 'I can’t say. 中文', SMALL);
  const plan = planText({ panel: SMALL, registries: [{ number }], rule: 'fixed' });
  ({ auditId } = await runAudit(core.client, plan));
  pem = (await core.client.call('key.show', {})).publicKeyPem;
});
afterAll(() => bench.close());

/** The smallest PNG: one pixel. */
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const exported = (profile: (typeof PROFILES)[number], more = {}) =>
  core.client.call('bundle.export', {
    auditId,
    profile,
    out: join(tempFolder(), 'bundle'),
    ...more,
  });

describe('an export', () => {
  it.each(PROFILES)(
    '%s: verifies as far as the preview says, PDF and page included',
    async (profile) => {
      const { path, profile: said, warnings } = await exported(profile);
      expect(said).toBe(profile);
      expect(warnings.filter((text) => !/fonts|UNSTAMPED/.test(text))).toEqual([]);
      const result = await core.client.call('bundle.verify', { path, publicKeyPem: pem });
      expect(result.checks.filter(({ status }) => status === 'failed')).toEqual([]);
      const { notCheckable, items } = await core.client.call('bundle.preview', {
        auditId,
        profile,
      });
      expect(
        result.checks.filter(({ status }) => status === 'withheld').map(({ name }) => name),
      ).toEqual(notCheckable);
      const passed = result.checks
        .filter(({ status }) => status === 'passed')
        .map(({ name }) => name);
      expect(passed).toEqual(expect.arrayContaining(['verification page']));
      const withheld = items.filter(({ disclosed }) => disclosed === 'no').map(({ what }) => what);
      expect(withheld).toEqual(
        profile === 'public' ? ['Prompts', 'Responses', 'Answers', 'Exchanges', 'Addresses'] : [],
      );
      expect(existsSync(join(path, 'data/transcripts.jsonl'))).toBe(profile !== 'public');
      expect(readFileSync(join(path, 'data/sbom.cdx.json'), 'utf8')).toContain('CycloneDX');
    },
  );

  it('made twice at once is two reports with their own ids, both in the custody log', async () => {
    const [one, two] = await Promise.all([
      exported('internal', { pdf: false, analyst: 'First desk' }),
      exported('internal', { pdf: false, analyst: 'Second desk' }),
    ]);
    expect(one.reportId).not.toBe(two.reportId);
    expect(one.manifestSha256).not.toBe(two.manifestSha256);
    const { events } = await core.client.call('custody.list', {
      kind: 'report.exported',
      limit: 50,
    });
    for (const { reportId, manifestSha256, bundleId } of [one, two])
      expect(events.map(({ data }) => data)).toContainEqual({
        audit: auditId,
        bundle: bundleId,
        report: reportId,
        profile: 'internal',
        manifest_sha256: manifestSha256,
      });
    const { bundles } = await core.client.call('bundle.list', {});
    expect(bundles.map(({ reportId }) => reportId)).toEqual(
      expect.arrayContaining([one.reportId, two.reportId]),
    );
    for (const { path } of [one, two])
      expect((await core.client.call('bundle.verify', { path, publicKeyPem: pem })).ok).toBe(true);
  });

  it('is refused where a file stands in the way, and nothing is listed', async () => {
    const before = (await core.client.call('bundle.list', {})).bundles.length;
    const folder = tempFolder();
    writeFileSync(join(folder, 'file'), 'x');
    const refused = await failureOf(core, 'bundle.export', {
      auditId,
      out: join(folder, 'file/bundle'),
    });
    expect(refused.code).toBe('CONFLICT');
    mkdirSync(join(folder, 'there'));
    const there = await failureOf(core, 'bundle.export', { auditId, out: join(folder, 'there') });
    expect(there.code).toBe('CONFLICT');
    expect((await core.client.call('bundle.list', {})).bundles).toHaveLength(before);
  });
});

describe('a report', () => {
  const report = (more: object) => core.client.call('report.get', { auditId, ...more });

  it('comes as JSON that the bundle holds too, and as a PDF with bookmarks and embedded fonts', async () => {
    const json = await report({ format: 'json', profile: 'public' });
    expect(JSON.parse(json.content)).toMatchObject({ v: 1, profile: 'public' });
    const pdf = await report({ format: 'pdf' });
    const bytes = Buffer.from(pdf.content, 'base64').toString('latin1');
    expect(bytes.startsWith('%PDF-1.7')).toBe(true);
    expect(bytes).toContain('/Outlines');
    expect(bytes).toContain('/MarkInfo');
    expect(bytes).toContain('/Lang (en)');
    expect(bytes.match(/\/FontFile2/g)?.length).toBeGreaterThanOrEqual(3);
    expect(bytes).not.toMatch(/\/(JavaScript|JS|Launch|URI)\b/);
    expect(pdf.warnings.join(' ')).toContain('its fonts do not have them');
  });
  it('holds the sections asked for, notes as text, and a logo as data', async () => {
    const { content } = await report({
      sections: ['results', 'check'],
      notes: 'First.\n\n<script>alert(1)</script>\u202e',
      logo: PIXEL,
    });
    expect(content).toContain('<h2 id="results">');
    expect(content).not.toContain('<h2 id="appendix">');
    expect(content).toContain('This edition leaves out: ');
    expect(content).toContain('&lt;script&gt;alert(1)&lt;/script&gt;⟦U+202E⟧');
    expect(content).toContain(`src="data:image/png;base64,${PIXEL}"`);
    expect(content).toContain('img-src data:');
    expect(content).toContain('Neither proves that the remote servers sent these bytes');
  });
  it('refuses a logo that is no PNG or JPEG, and one that is too large', async () => {
    for (const text of ['<svg onload="alert(1)"/>', 'GIF89a', '\x89PNG\r\n\x1a\n'])
      expect(
        (
          await failureOf(core, 'report.get', {
            auditId,
            logo: Buffer.from(text, 'latin1').toString('base64'),
          })
        ).code,
      ).toBe('BAD_INPUT');
    expect((await failureOf(core, 'report.get', { auditId, logo: 'A'.repeat(400_000) })).code).toBe(
      'BAD_INPUT',
    );
  });
});
