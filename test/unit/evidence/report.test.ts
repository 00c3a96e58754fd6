import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { contentFor, factsOf } from '#shared/evidence/content.ts';
import type { EvidenceDocument } from '#shared/evidence/document.ts';
import { eChart } from '#shared/report/chart.ts';
import { html } from '#shared/report/html.ts';
import { renderReport as render } from '#shared/report/render.ts';
import { sceneToSvg } from '#shared/report/svg.ts';
import { honestDocument } from '../../tamper/honest-document.ts';

const renderReport = (document: EvidenceDocument): string =>
  render(factsOf(contentFor(document, document.profile), new Map()));

describe('the report page', () => {
  it('is static: no script, nothing loaded, one style allowed by its hash', async () => {
    const { document } = await honestDocument();
    const page = renderReport(document);
    expect(page).not.toMatch(
      /<(script|img|iframe|link|object|base|form)|<[^>]*\s(on[a-z]+|style|src)=/i,
    );
    expect(page.match(/https?:\/\//g)?.length).toBe(page.match(/http:\/\/127\.0\.0\.1/g)?.length);
    const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(page).toContain(`style-src &#39;sha256-${hash}&#39;`);
    expect(page).toContain('default-src &#39;none&#39;');
    expect(renderReport(document)).toBe(page);
  });
  it('shows model and canary text as text, with hidden characters made visible', async () => {
    const { document } = await honestDocument();
    const page = renderReport(document);
    expect(page).toContain('⟦U+202E⟧⟦U+200B⟧&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;');
    expect(page).toContain('&lt;b&gt;&amp;amp; &quot;quotes&quot;&lt;/b&gt;');
    expect(page).toContain('Fixture laboratory &lt;i&gt;');
    expect(page).not.toMatch(/[\u202a-\u202e\u200b]/);
  });
  it('says the finding in one sentence, with number, words and label, for each suspect', async () => {
    const { document } = await honestDocument();
    const page = renderReport(document);
    expect(page).toContain('guilty: <span class="label">');
    expect(page).toMatch(/times more probable if information about the laboratory’s random draws/);
    expect(page).not.toMatch(/probability that (it|the model) was distilled/);
    expect(page).toContain('Did any suspect learn from the served answers?');
  });
  it('names every explanation with how it was examined, and P as not examined', async () => {
    const page = renderReport((await honestDocument()).document);
    for (const letter of ['T', 'P', 'L', 'R', 'F'])
      expect(page).toContain(`<th scope="row">${letter}: `);
    expect(page).toContain('Not examined. It needs a dated search');
  });
  it('says in plain words that no beacon was used and what grinding costs', async () => {
    const withBeacon = renderReport((await honestDocument()).document);
    const without = renderReport((await honestDocument({ beacon: null })).document);
    expect(without).toContain('No public beacon was used for registries 1, 2');
    expect(without).toContain('tries');
    expect(withBeacon).not.toContain('No public beacon was used');
    for (const page of [withBeacon, without]) {
      expect(page).toContain('UNSTAMPED: no independent authority has stamped registration 1');
      expect(page).toContain('Neither proves that the remote servers sent these bytes');
    }
  });
  it('lists excluded samples with their reasons and every canary in the appendix', async () => {
    const { document } = await honestDocument();
    const page = renderReport(document);
    expect(page).toContain('TIMEOUT_HEADERS');
    for (const { record } of document.canaries) {
      expect(page).toContain(
        `<span class="mono">${JSON.parse(new TextDecoder().decode(record)).id}</span>`,
      );
    }
    expect(page).toContain('undetermined');
  });
  it('has a heading order, captions and a labelled chart for readers who do not see it', async () => {
    const page = renderReport((await honestDocument()).document);
    expect(page.match(/<h1/g)).toHaveLength(1);
    expect(page).toContain('<html lang="en">');
    expect(page).toMatch(/role="img" aria-labelledby="chart-0-t chart-0-d"/);
    const anchors = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    for (const id of anchors) expect(page).toContain(`id="${id}"`);
  });
});

describe('the evidence chart', () => {
  const step = (logE: number, hit: boolean) => ({
    canaryId: 'C',
    hit,
    found: hit ? 1 : 0,
    n: 16,
    administered: true,
    logE,
  });
  const input = {
    title: 'Evidence E for x',
    steps: [step(-0.2, false), step(3, true), step(2.8, false), step(8, true)],
    controls: [[step(-0.2, false), step(-0.4, false)], [step(1, true)]],
    thresholds: [
      { e: 1000, label: 'report-grade 1000' },
      { e: 20, label: 'lead 20' },
    ],
    stoppedAt: 4,
    width: 600,
    height: 300,
  };
  it('marks hits, thresholds, the stop and the envelope of the controls', () => {
    const scene = eChart(input);
    expect(scene.circles.map(({ step: at }) => at)).toEqual([1, 3]);
    expect(scene.texts.filter(({ role }) => role === 'threshold').map(({ text }) => text)).toEqual([
      'report-grade 1000',
      'lead 20',
    ]);
    expect(scene.paths.map(({ role }) => role)).toEqual(['envelope', 'evidence']);
    expect(scene.lines.some(({ role }) => role === 'stop')).toBe(true);
    expect(scene.description).toContain('2 hits at 2, 4');
  });
  it('is logarithmic: equal factors take equal heights', () => {
    const scene = eChart({
      ...input,
      steps: [1, 2, 3].map((power) => step(power * Math.LN10, true)),
    });
    const [a, b, c] = scene.circles.map(({ cy }) => cy) as [number, number, number];
    expect(a - b).toBeCloseTo(b - c, 1);
    expect(a).toBeGreaterThan(b);
  });
  it('stays inside its frame and finite, also with no step or with huge values', () => {
    for (const steps of [
      [],
      [step(800, true)],
      [step(-800, false)],
      Array.from({ length: 3000 }, () => step(0, false)),
    ]) {
      const scene = eChart({ ...input, steps, controls: [], stoppedAt: null });
      const svg = sceneToSvg(scene, 'x').markup;
      expect(svg).not.toMatch(/NaN|Infinity/);
      for (const { cy } of scene.circles) {
        expect(cy).toBeGreaterThanOrEqual(0);
        expect(cy).toBeLessThanOrEqual(scene.height);
      }
    }
  });
  it('keeps threshold labels apart', () => {
    const scene = eChart({
      ...input,
      thresholds: [
        { e: 20, label: 'a' },
        { e: 21, label: 'b' },
      ],
    });
    const [first, second] = scene.texts
      .filter(({ role }) => role === 'threshold')
      .map(({ y }) => y) as [number, number];
    expect(second - first).toBeGreaterThanOrEqual(14);
  });
});

describe('html', () => {
  it('escapes everything but its own markup', () => {
    expect(html`<a title="${'"<>&\''}">${[html`<b>${'<'}</b>`, null, 3]}</a>`.markup).toBe(
      '<a title="&quot;&lt;&gt;&amp;&#39;"><b>&lt;</b>3</a>',
    );
  });
});
