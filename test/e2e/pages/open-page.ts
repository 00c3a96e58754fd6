import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, expect, type Page } from '@playwright/test';
import { type FakeServer, startFakeServer } from './fake-server.ts';
import type { FakeState } from './fake-state.ts';

export interface Opened extends FakeServer {
  readonly page: Page;
  /** Console errors, page errors and policy violations so far. */
  readonly problems: readonly string[];
  go(path: string): Promise<void>;
  axe(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the app over fixtures and watches everything a browser complains about. */
export async function openApp(
  browser: Browser,
  state: FakeState,
  theme: 'light' | 'dark' | 'contrast' = 'light',
): Promise<Opened> {
  const server = await startFakeServer(state);
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(error.message));
  await page.exposeFunction('reportViolation', (text: string) => problems.push(text));
  await page.addInitScript((value) => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const report = (window as unknown as { reportViolation(text: string): void }).reportViolation;
      report(`CSP ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
    if (!localStorage.getItem('trapstreet.theme')) localStorage.setItem('trapstreet.theme', value);
  }, theme);
  await page.goto(server.loopback.url);
  return {
    ...server,
    page,
    problems,
    go: async (path) => {
      await page.evaluate((hash) => {
        window.location.hash = hash;
      }, path);
      await page.waitForLoadState('networkidle');
      await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
    },
    axe: async () => {
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(
        violations.map(
          (v) => `${v.id}: ${v.nodes.map((n) => `${n.target} ${n.failureSummary}`).join(' | ')}`,
        ),
      ).toEqual([]);
    },
    close: async () => {
      await context.close();
      await server.loopback.close();
    },
  };
}
