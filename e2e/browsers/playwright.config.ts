/** The journey in Chromium, Firefox and WebKit: npm run e2e:browsers. Playwright runs it; the browsers have drivers of their own. */
import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: '.',
  timeout: 120_000,
  workers: 1,
  forbidOnly: process.env['CI'] !== undefined,
  reporter: [['list']],
  outputDir: '../../test-results/browsers',
});
