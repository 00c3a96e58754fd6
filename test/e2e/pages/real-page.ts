import { join } from 'node:path';
import type {
  Browser,
  BrowserContext,
  BrowserContextOptions,
  Locator,
  Page,
} from '@playwright/test';

export interface RealPage {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Console errors and page errors so far. */
  readonly problems: readonly string[];
  /** Takes a picture, where pictures are asked for. */
  shot(name: string): Promise<void>;
  button(name: string | RegExp): Locator;
}

/** A page for a real core; its pictures begin with `series`. */
export async function openRealPage(
  browser: Browser,
  series: string,
  options: BrowserContextOptions,
): Promise<RealPage> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(error.message));
  const folder = process.env.TRAPSTREET_SHOTS;
  return {
    context,
    page,
    problems,
    shot: async (name) => {
      if (folder) await page.screenshot({ path: join(folder, `${series}-${name}.png`) });
    },
    button: (name) => page.getByRole('button', { name, exact: true }),
  };
}

/** Everything that the browser keeps for a page, and what it has at hand: stores, cookies, address, and the page itself. */
export const keptByBrowser = (page: Page): Promise<string> =>
  page.evaluate(async () =>
    JSON.stringify([
      { ...localStorage },
      { ...sessionStorage },
      await indexedDB.databases(),
      await caches.keys(),
      document.cookie,
      document.documentElement.outerHTML,
      location.href,
      history.state,
    ]),
  );
