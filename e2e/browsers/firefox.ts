/** Firefox by WebDriver BiDi. */
import { existsSync } from 'node:fs';
import puppeteer from 'puppeteer-core';
import { answerMilliseconds, windowSize, type BrowserDriver, type BrowserEngine } from './driver.ts';

const path =
  process.env['DIGIT_LAB_FIREFOX'] ??
  ['/usr/bin/firefox-esr', '/usr/bin/firefox'].find((candidate) => existsSync(candidate));

async function launch(): Promise<BrowserDriver> {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    headless: true,
    protocolTimeout: answerMilliseconds,
    defaultViewport: windowSize,
    ...(path === undefined ? {} : { executablePath: path }),
  });
  const page = await browser.newPage();
  return {
    version: (await browser.version()).replace('firefox/', 'Firefox '),
    goto: async (url) => void (await page.goto(url)),
    evaluate: (run, argument) =>
      page.evaluate<[never], (argument: never) => never>(run as never, argument as never),
    drag: async ([first, ...rest]) => {
      if (first === undefined) return;
      await page.mouse.move(first.x, first.y);
      await page.mouse.down();
      // oxlint-disable-next-line no-await-in-loop -- a pointer is at one place at a time
      for (const { x, y } of rest) await page.mouse.move(x, y);
      await page.mouse.up();
    },
    screenshot: async () => Buffer.from(await page.screenshot()),
    close: () => browser.close(),
  };
}

export const firefoxEngine: BrowserEngine = {
  name: 'Firefox',
  missing: () => (path === undefined ? 'Firefox is not installed (Debian: firefox-esr).' : null),
  launch,
};
