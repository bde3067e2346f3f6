/** What a person sees when something does not come, or breaks: what happened, and a way on that works. */
import { expect, test, type Page, type Worker } from '@playwright/test';
import { chromiumLaunchOptions } from '../scripts/chromium.ts';
import { expectClean } from './axe.ts';
import { TrainPage } from './trainPage.ts';

test.use({ serviceWorkers: 'block' });

test('without its own script the page says so, in both languages', async ({ page }) => {
  await page.route('**/assets/index-*.js', (route) => route.fulfill({ status: 404, body: 'not here' }));
  await page.goto('/');
  await expect(page.getByText('Digit Lab has not loaded.')).toBeVisible({ timeout: 3000 });
  await expect(page.getByText('Digit Lab 未能加载')).toBeVisible();
  await page.unroute('**/assets/index-*.js');
  await page.getByRole('link', { name: 'load the page again' }).click();
  await expect(page.getByTestId('main-control')).toBeVisible();
  await expect(page.getByText('Digit Lab has not loaded.')).toBeHidden();
});

test('a script that never comes is told of, too', async ({ page }) => {
  await page.route('**/assets/index-*.js', () => undefined);
  await page.goto('/', { waitUntil: 'commit' });
  await expect(page.getByText('Digit Lab has not loaded.')).toBeVisible({ timeout: 20_000 });
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });
  test('the page says that it needs it', async ({ page }) => {
    await page.goto('/');
    await expect(page.locator('noscript [lang=en]')).toBeVisible();
    await expect(page.locator('noscript [lang=zh-CN]')).toContainText('需要 JavaScript');
    await expect(page.getByText('Digit Lab has not loaded.')).toBeHidden();
  });
});

test('every view opens while the server is gone', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByTestId('main-control')).toBeVisible();
  // The last of what the page fetches while it rests.
  await page.waitForFunction(
    () => performance.getEntriesByType('resource').some(({ name }) => name.includes('/LicencesView-')),
    null,
    { timeout: 60_000 },
  );
  await page.route('**', (route) => route.abort('connectionrefused'));
  const missing = page.getByText('This part of the page could not be loaded');
  for (const name of ['Network', 'Draw', 'Conv lab', 'Report', 'Data', 'Runs', 'Train', 'Inspect']) {
    await page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(missing).toBeHidden();
  }
  for (const tab of await page.locator('main nav:has(a[aria-current=page]) a').all()) {
    await tab.click();
    await expect(tab).toHaveAttribute('aria-current', 'page');
    await expect(page.locator('main output[aria-busy=true]')).toHaveCount(0);
    await expect(missing).toBeHidden();
  }
  await expect(page.getByText('This view stopped working')).toBeHidden();
  await expect(missing).toBeHidden();
});

test('a view whose script does not come says so, and loads again', async ({ page }) => {
  let comes = false;
  await page.route('**/assets/ReportView-*.js', (route) => (comes ? route.continue() : route.abort()));
  await page.goto('/report');
  const alert = page.getByRole('alert').filter({ hasText: 'This part of the page could not be loaded' });
  await expect(alert).toBeVisible({ timeout: 30_000 });
  await expectClean(page, 'a view that has not come');
  comes = true;
  await alert.getByRole('button', { name: 'Load again' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'The report' })).toBeVisible();
  await expect(alert).toBeHidden();
});

test('a view whose script is late says so, and is shown when it comes', async ({ page }) => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/assets/ReportView-*.js', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto('/report', { waitUntil: 'commit' });
  const alert = page.getByRole('alert').filter({ hasText: 'has not loaded yet' });
  await expect(alert).toBeVisible({ timeout: 60_000 });
  release();
  await expect(page.getByRole('heading', { level: 1, name: 'The report' })).toBeVisible();
  await expect(alert).toBeHidden();
});

test('a web page in place of the list of data files is told to a visitor, who can try again', async ({
  page,
}) => {
  await page.route('**/mnist/manifest.json', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Start</title>' }),
  );
  await page.goto('/');
  const alert = page.getByRole('alert').filter({ hasText: 'manifest.json' });
  await expect(alert).toContainText('The server sent a web page in its place');
  await expect(alert).not.toContainText('npm');
  await page.unroute('**/mnist/manifest.json');
  await alert.getByRole('button', { name: 'Try again' }).click();
  await expect(alert).toBeHidden();
  await expect(page.getByTestId('data-progress')).toBeVisible();
});
const run = 'network=lenet&learningRate=0.05&momentum=0.9&loss=cross_entropy&epochs=3';

/** The training worker of the page. */
async function trainingWorker(page: Page): Promise<Worker> {
  const find = (): Worker | undefined =>
    page.workers().find((worker) => /\/worker-[^/]*\.js/.test(worker.url()));
  await expect.poll(find).toBeDefined();
  const worker = find();
  if (worker === undefined) throw new Error('The page has no training worker.');
  return worker;
}

/** Trains a little, so that something is kept, and goes on; gives the step that was kept. */
async function trainAndKeep(train: TrainPage, steps = 10): Promise<number> {
  await train.mainControl.click();
  await train.waitForStep(steps);
  await train.mainControl.click();
  await train.expectAction('resume');
  const kept = await train.stat('step');
  await train.mainControl.click();
  await train.waitForStep(kept + Math.ceil(steps / 4));
  return kept;
}

/** The run goes on from the step that was kept, or a later one, and trains. */
async function expectRecovered(train: TrainPage, kept: number): Promise<void> {
  const notice = train.page.getByRole('alert').filter({ hasText: 'The run goes on from step' });
  await expect(notice).toBeVisible({ timeout: 60_000 });
  const from = Number(/from step ([\d,]+)/.exec(await notice.innerText())?.[1]?.replaceAll(',', ''));
  expect(from).toBeGreaterThanOrEqual(kept);
  await train.waitForStep(from + 2);
  await train.expectAction('pause');
  await notice.getByRole('button', { name: 'Close' }).click();
  await expect(notice).toBeHidden();
}

test.describe('the training worker', () => {
  test('that never loads is told of, and loads again', async ({ page }) => {
    // Not by unroute(), which lets the script that was held back go on.
    let comes = false;
    await page.route('**/assets/worker-*.js', (route) => (comes ? route.continue() : undefined));
    await page.goto(`/?${run}`);
    const alert = page.getByRole('alert').filter({ hasText: 'has not loaded yet' });
    await expect(alert).toBeVisible({ timeout: 30_000 });
    await expectClean(page, 'a worker that has not loaded');
    comes = true;
    await alert.getByRole('button', { name: 'Load again' }).click();
    const train = new TrainPage(page);
    await train.mainControl.click();
    await train.waitForStep(5);
    await expect(alert).toBeHidden();
  });

  test('whose kernels never come says so, and starts when they do', async ({ page }) => {
    await page.route('**/*.wasm', () => undefined);
    await page.goto(`/?${run}`);
    const alert = page.getByRole('alert').filter({ hasText: 'The engine is slow to start' });
    await expect(alert).toBeVisible({ timeout: 30_000 });
    await alert.getByRole('button', { name: 'Try again' }).click();
    await page.unroute('**/*.wasm');
    const train = new TrainPage(page);
    await train.mainControl.click();
    await train.waitForStep(5);
    await expect(page.getByTestId('backend-badge')).toHaveAttribute('data-backend', 'wasm');
    await expect(alert).toBeHidden();
  });

  test('that ends without a word is replaced, and the run goes on', async ({ page }) => {
    const train = new TrainPage(page);
    await train.open(run);
    const kept = await trainAndKeep(train);
    const worker = await trainingWorker(page);
    await worker.evaluate(() => globalThis.close());
    // On every page.
    await page.getByRole('link', { name: 'Draw', exact: true }).click();
    const alert = page.getByRole('alert').filter({ hasText: 'The training worker stopped' });
    await expect(alert).toContainText(/goes on from step \d/, { timeout: 5000 });
    await expectClean(page, 'a worker that has stopped');
    await page.getByRole('link', { name: 'Train', exact: true }).click();
    await alert.getByRole('button', { name: 'Restart' }).click();
    await expectRecovered(train, kept);
  });

  test('that loops for ever is noticed, and replaced', async ({ page }) => {
    const train = new TrainPage(page);
    await train.open(run);
    const kept = await trainAndKeep(train);
    const worker = await trainingWorker(page);
    void worker
      .evaluate(() =>
        setTimeout(() => {
          for (;;);
        }, 0),
      )
      .catch(() => undefined);
    const alert = page.getByRole('alert').filter({ hasText: 'The training worker does not answer' });
    await expect(alert).toContainText(/goes on from step \d/, { timeout: 15_000 });
    await alert.getByRole('button', { name: 'Restart' }).click();
    await expectRecovered(train, kept);
  });
});

test.describe('a GPU', () => {
  /** Small steps: the GPU here is emulated. */
  const small = `${run}&batchSize=8`;

  test('whose WebGPU device is destroyed is asked for a new one, on which the run goes on', async ({
    page,
  }) => {
    const train = new TrainPage(page);
    await train.open(small);
    const worker = await trainingWorker(page);
    await worker.evaluate(() => {
      // oxlint-disable-next-line typescript/unbound-method -- it is applied to its adapter below
      GPUAdapter.prototype.requestDevice = new Proxy(GPUAdapter.prototype.requestDevice, {
        apply: async (request, adapter, parameters: [GPUDeviceDescriptor?]) => {
          const device = await Reflect.apply(request, adapter, parameters);
          Object.assign(globalThis, { testDevice: device });
          return device;
        },
      });
    });
    await train.chooseEngine(/^WebGPU/);
    const kept = await trainAndKeep(train, 2);
    await worker.evaluate(() => (globalThis as unknown as { testDevice: GPUDevice }).testDevice.destroy());
    await expectRecovered(train, kept);
    await expect(page.getByTestId('backend-badge')).toHaveAttribute('data-backend', 'webgpu');
  });

  for (const engine of ['WebGPU', 'WebGL']) {
    // A software adapter compiles and computes for minutes here.
    test(
      `whose process dies under ${engine} leaves the run to what works`,
      { tag: '@long' },
      async ({ playwright, baseURL }) => {
        // A browser of its own: one whose GPU process died trusts the page less from then on.
        const browser = await playwright.chromium.launch(chromiumLaunchOptions());
        try {
          const train = new TrainPage(await browser.newPage({ baseURL: baseURL ?? '' }));
          await train.open(small);
          await train.chooseEngine(new RegExp(`^${engine}`));
          const kept = await trainAndKeep(train, 2);
          const devtools = await browser.newBrowserCDPSession();
          await devtools.send('Browser.crashGpuProcess');
          await expectRecovered(train, kept);
          await train.mainControl.click();
          await train.expectAction('resume');
          await train.chooseEngine('WebAssembly');
          await train.mainControl.click();
          await train.waitForStep((await train.stat('step')) + 10);
        } finally {
          await browser.close();
        }
      },
    );
  }
});
