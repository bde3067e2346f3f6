/** The built page, served from a free port, in a Chromium of its own. */
import { chromium, type Browser } from '@playwright/test';
import { build, preview } from 'vite';
import { chromiumLaunchOptions } from '../scripts/chromium.ts';

/** Builds into `outDir`; `flags` are Chromium's, besides those that a container needs. */
export async function onBuiltPage<Result>(
  outDir: string,
  flags: readonly string[],
  work: (browser: Browser, url: string) => Promise<Result>,
): Promise<Result> {
  await build({ logLevel: 'error', build: { outDir, emptyOutDir: true } });
  const server = await preview({ logLevel: 'error', build: { outDir }, preview: { port: 0 } });
  const { executablePath } = chromiumLaunchOptions();
  const browser = await chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: ['--no-sandbox', ...flags],
  });
  try {
    return await work(browser, server.resolvedUrls?.local[0] ?? '');
  } finally {
    await browser.close();
    await server.close();
  }
}
