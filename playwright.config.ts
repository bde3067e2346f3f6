import { defineConfig } from '@playwright/test';
import { chromiumLaunchOptions } from './scripts/chromium.ts';

/** A served build to test instead, such as http://localhost:4173: only where somebody asks for it. */
const served = process.env['DIGIT_LAB_SERVED'];
/** Not dist/, which a running `npm start` serves. */
const outDir = '.cache/journeys';

export default defineConfig({
  testDir: 'e2e',
  // They have a configuration of their own.
  testIgnore: /[\\/]e2e[\\/]browsers[\\/]/,
  timeout: 300_000,
  expect: { timeout: 20_000 },
  // Training takes both cores of a CI machine; two pages at once would only slow each other.
  workers: 1,
  fullyParallel: false,
  forbidOnly: process.env['CI'] !== undefined,
  // On CI's two cores other lanes run beside this one; what passes only at the second try is listed as flaky.
  retries: process.env['CI'] === undefined ? 0 : 1,
  reporter: [['list']],
  use: {
    // The server's own line names the port: it is set before the tests load this file.
    baseURL: served ?? `http://localhost:${process.env['JOURNEYS_PORT'] ?? ''}`,
    viewport: { width: 1440, height: 900 },
    launchOptions: chromiumLaunchOptions(),
    // A trace takes longer than the tests themselves where the CPU draws. To see one: npm run e2e -- --trace on
    trace: 'off',
    screenshot: 'only-on-failure',
  },
  // Its own build on a free port: what else is built or served on this machine is left alone, and not tested by mistake.
  ...(served === undefined && {
    webServer: {
      command: `npm run build -- --outDir ${outDir} --emptyOutDir && npx vite preview --outDir ${outDir} --port 0`,
      env: { NO_COLOR: '1', FORCE_COLOR: '0' },
      wait: { stdout: /http:\/\/localhost:(?<journeys_port>\d+)/ },
      timeout: 300_000,
    },
  }),
});
