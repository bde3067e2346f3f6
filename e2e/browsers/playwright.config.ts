/** The journey in Chromium, Firefox and WebKit: npm run e2e:browsers. Playwright runs it; the browsers have drivers of their own. */
import { resolve } from 'node:path';
import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: '.',
  timeout: 120_000,
  workers: 1,
  forbidOnly: process.env['CI'] !== undefined,
  // On CI's two cores other lanes run beside this one; what passes only at the second try is listed as flaky.
  retries: process.env['CI'] === undefined ? 0 : 1,
  reporter: [['list']],
  // Inside of the other journeys' folder, which is there only once they have run.
  outputDir: resolve(import.meta.dirname, '..', '..', 'test-results', 'browsers'),
});
