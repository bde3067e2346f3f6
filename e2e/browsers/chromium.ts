/** Chromium by Playwright: what the others are compared with. */
import { chromium } from '@playwright/test';
import { chromiumLaunchOptions } from '../../scripts/chromium.ts';
import { answerMilliseconds, windowSize, type BrowserDriver, type BrowserEngine } from './driver.ts';

async function launch(): Promise<BrowserDriver> {
  const browser = await chromium.launch(chromiumLaunchOptions());
  const page = await browser.newPage({ viewport: windowSize, locale: 'en-US' });
  page.setDefaultTimeout(answerMilliseconds);
  return {
    version: `Chromium ${browser.version()}`,
    goto: async (url) => void (await page.goto(url)),
    // Playwright's types unwrap handles and promises, which nobody gives here.
    evaluate: (run, argument) => page.evaluate<never, never>(run as never, argument as never),
    drag: async ([first, ...rest]) => {
      if (first === undefined) return;
      await page.mouse.move(first.x, first.y);
      await page.mouse.down();
      // oxlint-disable-next-line no-await-in-loop -- a pointer is at one place at a time
      for (const { x, y } of rest) await page.mouse.move(x, y);
      await page.mouse.up();
    },
    screenshot: () => page.screenshot(),
    close: () => browser.close(),
  };
}

// Without a system's Chromium, Playwright takes its own, and says how to get it.
export const chromiumEngine: BrowserEngine = { name: 'Chromium', missing: () => null, launch };
