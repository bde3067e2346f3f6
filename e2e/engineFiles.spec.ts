/** Files of the WebAssembly engine that are missing, wrong, or never come: it computes all the same, and says how. */
import { expect, test, type Page, type Route } from '@playwright/test';
import { TrainPage } from './trainPage.ts';

const threadScript = '**/threadWorker-*.js';

/** The training worker sees a machine of four processors, so that it asks for three threads. */
async function onFourProcessors(page: Page): Promise<void> {
  await page.route('**/worker-*.js', async (route) => {
    const response = await route.fetch();
    const processors = "Object.defineProperty(navigator, 'hardwareConcurrency', { value: 4 });\n";
    await route.fulfill({ response, body: processors + (await response.text()) });
  });
}

const notFound = (route: Route): Promise<void> => route.fulfill({ status: 404, body: '' });
const html = (route: Route): Promise<void> =>
  route.fulfill({ contentType: 'text/html', body: '<!doctype html>' });
/** Never answers; the page's end frees it. */
const silence = (): Promise<void> => new Promise(() => undefined);

/** One step, then a fresh network: what hung for good. */
async function expectTraining(train: TrainPage): Promise<void> {
  expect(await train.stepLosses(1)).toHaveLength(1);
  await train.reset();
}

const query = 'network=lenet&loss=cross_entropy&batchSize=8';

test('on four processors three threads compute', async ({ page }) => {
  await onFourProcessors(page);
  const train = new TrainPage(page);
  await train.open(query);
  await expect(page.getByTestId('engine-device')).toContainText('fused multiply-add, 3 threads');
  await expectTraining(train);
});

for (const [what, answer, notice] of [
  ['is missing', notFound, 'thread_failed'],
  ['is a page in HTML', html, 'thread_failed'],
  ['never comes', silence, 'thread_silent'],
] as const) {
  test(`where the threads’ script ${what}, one thread computes`, async ({ page }) => {
    await onFourProcessors(page);
    await page.route(threadScript, answer);
    const train = new TrainPage(page);
    await train.open(query);
    await expect(page.getByTestId('engine-device')).toContainText(', 1 thread');
    await expect(page.getByTestId(`engine-notice-${notice}`)).toBeVisible();
    await expectTraining(train);
    // It is there again: another try, on which the run goes on.
    await page.unroute(threadScript);
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByTestId('engine-device')).toContainText(', 3 threads');
    await expectTraining(train);
  });
}

test('where the kernels with fused multiply-add are missing, the plain ones compute', async ({ page }) => {
  await page.route('**/relaxed*.wasm', notFound);
  const train = new TrainPage(page);
  await train.open(query);
  await expect(page.getByTestId('engine-device')).toHaveText(/^WebAssembly, SIMD, \d threads?$/);
  await expect(page.getByTestId('engine-notice-fused_kernels_failed')).toBeVisible();
  await expectTraining(train);
});

test('where no kernels come, TensorFlow.js computes and says why', async ({ page }) => {
  await page.route(/\/(relaxed|simd)(Threads)?-[^/]*\.wasm$/, silence);
  const train = new TrainPage(page);
  await train.open(query);
  await expect(page.getByText('nothing arrived for 5 s')).toBeVisible();
  await expectTraining(train);
});
