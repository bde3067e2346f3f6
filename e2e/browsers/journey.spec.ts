/** Every browser engine trains like Chromium: the same journey, and the same bits of the first 50 losses on the same build. */
import { expect, test as base, type TestInfo } from '@playwright/test';
import { handwriting } from '../trainPage.ts';
import { App, byTestId } from './app.ts';
import { chromiumEngine } from './chromium.ts';
import type { BrowserDriver, BrowserEngine } from './driver.ts';
import { firefoxEngine } from './firefox.ts';
import { asItIs, serveApp, type AppServer, type Conditions } from './server.ts';
import { webkitEngine, webkitThreadsEngine } from './webkit.ts';

// One build and one server for all browsers.
const test = base.extend<object, { readonly server: AppServer }>({
  server: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads from it what the fixture needs
    async ({}, use) => {
      const server = await serveApp();
      await use(server);
      await server.close();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
});

/** Where browsers must be there (CI), a missing one fails; elsewhere it is said. */
function requireBrowser(engine: BrowserEngine): void {
  const missing = engine.missing();
  if (missing === null) return;
  if (process.env['CI'] !== undefined) throw new Error(missing);
  test.skip(true, missing);
}

/** A browser of its own for `task`; where that fails, a picture of what was last seen. */
async function inBrowser<T>(
  engine: BrowserEngine,
  info: TestInfo,
  task: (app: App, driver: BrowserDriver) => Promise<T>,
): Promise<T> {
  const driver = await engine.launch();
  try {
    return await task(new App(driver), driver);
  } catch (error) {
    const picture = await driver.screenshot().catch(() => null);
    if (picture !== null) await info.attach(engine.name, { body: picture, contentType: 'image/png' });
    throw error;
  } finally {
    await driver.close();
  }
}

/** 50 steps of 64 images, shuffled, with momentum. */
const fiftySteps =
  'network=lenet&loss=cross_entropy&learningRate=0.05&momentum=0.9&shuffle=true&epochs=1&trainingImages=3200';

const seconds = (count: number): number => 1000 * count;

/** Trains 50 steps; gives their losses as the worker told them, and the engine by its own words. */
async function firstLosses(app: App, server: AppServer, conditions: Conditions) {
  server.conditions = conditions;
  await app.open(server.address, fiftySteps);
  await app.click(byTestId('main-control'));
  await app.waitForAction('startAgain', seconds(60));
  const { losses, errors } = await app.takeRecording();
  const device = (await app.look(byTestId('engine-device')))?.text ?? '';
  server.conditions = asItIs;
  return { losses, errors, device };
}

/** Builds of the kernels, by what makes the engine take them. */
const builds = {
  fused: {
    conditions: { missing: null, processors: 1 },
    device: 'WebAssembly, SIMD with fused multiply-add, 1 thread',
  },
  plain: { conditions: { missing: 'relaxed', processors: 1 }, device: 'WebAssembly, SIMD, 1 thread' },
  plainThreads: { conditions: { missing: 'relaxed', processors: 3 }, device: 'WebAssembly, SIMD, 2 threads' },
} as const satisfies Record<string, { readonly conditions: Conditions; readonly device: string }>;
type Build = keyof typeof builds;

// Chromium's losses, trained once and kept for the browsers after it.
const references = new Map<Build, readonly number[]>();

async function reference(server: AppServer, info: TestInfo, build: Build): Promise<readonly number[]> {
  const known = references.get(build);
  if (known !== undefined) return known;
  const { losses, device } = await inBrowser(chromiumEngine, info, (app) =>
    firstLosses(app, server, builds[build].conditions),
  );
  expect(device).toBe(builds[build].device);
  expect(losses).toHaveLength(50);
  expect(new Set(losses).size).toBe(50);
  references.set(build, losses);
  return losses;
}

for (const engine of [chromiumEngine, firefoxEngine, webkitEngine]) {
  test(`${engine.name}: trains LeNet to 90 %, draws, pauses, goes on, shows every view, speaks Chinese`, async ({
    server,
  }, info) => {
    requireBrowser(engine);
    await inBrowser(engine, info, async (app, driver) => {
      info.annotations.push({ type: 'browser', description: driver.version });
      await app.open(
        server.address,
        'network=lenet&loss=cross_entropy&learningRate=0.1&momentum=0.9&shuffle=true&epochs=1',
      );
      await app.click(byTestId('main-control'));
      await app.waitForStep(20);
      await app.click(byTestId('main-control'));
      await app.waitForAction('resume');
      const paused = await app.stat('step');
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(await app.stat('step')).toBe(paused);
      await app.click(byTestId('main-control'));
      await app.waitForStep(paused + 20);
      await app.waitForAction('startAgain', seconds(90));
      expect(await app.stat('accuracy')).toBeGreaterThanOrEqual(90);

      await app.draw(handwriting['7'] ?? []);
      await app.waitForText(byTestId('predicted-digit'), /^7$/);

      const paths = await driver.evaluate(
        () => [...document.querySelectorAll('header nav a')].map((link) => link.getAttribute('href') ?? ''),
        null,
      );
      expect(paths.length).toBeGreaterThanOrEqual(5);
      for (const path of [...paths, '/']) {
        // oxlint-disable-next-line no-await-in-loop -- one view after the other
        await app.click({ selector: `header nav a[href="${path}"]` });
        // oxlint-disable-next-line no-await-in-loop -- one view after the other
        await app.waitFor(`the view ${path}`, () =>
          driver.evaluate(
            (wanted) =>
              location.pathname === wanted && (document.querySelector('main h1')?.textContent ?? '') !== '',
            path,
          ),
        );
      }

      await app.click({ selector: 'header button[aria-label="Language"]' });
      await app.click({ selector: '[role="menuitemradio"]', text: '简体中文' });
      await app.waitForText({ selector: 'header nav' }, /训练/);
      await app.click({ selector: 'button', text: '重置' });
      // What was trained would be lost: the page asks.
      await app.click({ selector: '[data-testid="weights-question"] [data-choice="seed"]' });
      await app.waitForAction('start');
      await app.waitFor('step 0', async () => (await app.stat('step')) === 0);

      expect((await app.takeRecording()).errors).toEqual([]);
      expect(server.takeFailures()).toEqual([]);
    });
  });
}

/** WebKit has no fused multiply-add, and memory that threads share only where it is switched on. */
const compared: readonly (readonly [BrowserEngine, Build])[] = [
  [firefoxEngine, 'fused'],
  [firefoxEngine, 'plain'],
  [firefoxEngine, 'plainThreads'],
  [webkitEngine, 'plain'],
  [webkitThreadsEngine, 'plainThreads'],
];
for (const [engine, build] of compared) {
  const { conditions, device: expectedDevice } = builds[build];
  test(`${engine.name}, ${expectedDevice}: the first 50 losses are Chromium’s, bit for bit`, async ({
    server,
  }, info) => {
    requireBrowser(engine);
    const expected = await reference(server, info, build);
    await inBrowser(engine, info, async (app) => {
      const { losses, device } = await firstLosses(app, server, conditions);
      expect(device).toBe(expectedDevice);
      expect(losses).toEqual(expected);
    });
  });
}

test('WebKit, four processors, no SharedArrayBuffer: one thread, said in the engine panel, and the same bits', async ({
  server,
}, info) => {
  requireBrowser(webkitEngine);
  const expected = await reference(server, info, 'plainThreads');
  await inBrowser(webkitEngine, info, async (app) => {
    const { losses, device } = await firstLosses(app, server, { missing: null, processors: 4 });
    expect(device).toBe('WebAssembly, SIMD, 1 thread');
    expect(await app.look(byTestId('engine-notice-no_shared_memory'))).not.toBeNull();
    expect(losses).toEqual(expected);
  });
});
