/** The main job: open the page, train on real MNIST, draw a digit, see it classified. */
import { expect, test } from '@playwright/test';
import { handwriting, TrainPage } from './trainPage.ts';

test('trains LeNet to 95 % from a cold page, pauses, goes on, classifies drawings, resets', async ({
  page,
}) => {
  const train = new TrainPage(page);
  await train.open('network=lenet&learningRate=0.1&momentum=0.9&shuffle=true&epochs=2&loss=cross_entropy');
  await train.expectAction('start');
  await train.mainControl.click();
  await train.waitForStep(20);
  // The curves move, with the pointer elsewhere: each has many points, up to the newest step.
  const curves = page.getByTestId('training-loss').locator('path[stroke="var(--series-train)"]');
  for (const curve of await curves.all()) await expect(curve).toHaveAttribute('d', /^M(.*L){10}/);

  await train.mainControl.click();
  await train.expectAction('resume');
  const paused = await train.stat('step');
  await page.waitForTimeout(500);
  expect(await train.stat('step')).toBe(paused);

  await train.mainControl.click();
  await train.expectAction('startAgain', 240_000);
  await expect.poll(() => train.stat('accuracy')).toBeGreaterThanOrEqual(95);
  await expect(page.getByTestId('stat-step')).toContainText('1,876');

  for (const digit of ['0', '1', '7']) {
    await train.draw(handwriting[digit] ?? []);
    await expect(page.getByTestId('predicted-digit')).toHaveText(digit);
    await train.clearDrawing();
  }

  await train.reset();
  await expect.poll(() => train.stat('step')).toBe(0);
  expect(await train.stat('loss')).toBeNaN();
});

test('changes the learning rate and classifies a drawing while it trains', async ({ page }) => {
  await page.addInitScript(() => {
    const tasks: number[] = [];
    Object.assign(window, { longTasks: tasks });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) tasks.push(entry.duration);
    }).observe({ type: 'longtask' });
  });
  const train = new TrainPage(page);
  await train.open('network=lenet&learningRate=0.1&loss=cross_entropy');
  await train.mainControl.click();
  await train.waitForStep(10);
  await train.draw(handwriting['1'] ?? []);
  const before = await train.stat('step');
  await expect(page.getByTestId('predicted-digit')).toHaveText('1', { timeout: 60_000 });
  await train.waitForStep(before + 10);
  const rate = page.getByLabel('Learning rate', { exact: true });
  await rate.fill('0.05');
  await rate.press('Enter');
  await train.waitForStep(before + 60);
  await expect(rate).toHaveValue('0.05');
  await train.expectAction('pause');
  const tasks = await page.evaluate(() => (window as unknown as { longTasks: number[] }).longTasks);
  // A figure to read, not a timed test: how long a task takes here depends on who else uses the machine.
  test.info().annotations.push({
    type: 'long tasks',
    description: `${tasks.length}, longest ${Math.max(0, ...tasks).toFixed(0)} ms`,
  });
  await train.mainControl.click();
  await train.expectAction('resume');
});

for (const [network, tag] of [
  ['lenet', []],
  // Other shapes on the same path, which Dawn holds to PyTorch's numbers.
  ['mynn', ['@long']],
] as const) {
  const title = `${network}: WebGPU gives the losses that WebAssembly gives, then pauses and resets`;
  test(title, { tag: [...tag] }, async ({ page }) => {
    const query = `network=${network}&loss=cross_entropy&batchSize=8&learningRate=0.01`;
    const train = new TrainPage(page);
    await train.open(query);
    await train.chooseEngine('WebAssembly');
    const expected = await train.stepLosses(5);
    expect(new Set(expected).size).toBeGreaterThan(1);

    await train.chooseEngine(/^WebGPU/);
    await train.reset();
    const losses = await train.stepLosses(5);
    // The page shows four decimals; float32 sums in another order differ by less than 1e-4 of the value.
    losses.forEach((loss, i) => {
      const reference = expected[i] ?? Number.NaN;
      expect(Math.abs(loss - reference)).toBeLessThanOrEqual(1e-4 * reference + 1e-4);
    });
    await train.reset();
    await expect.poll(() => train.stat('step')).toBe(0);
  });
}

test('WebGL gives the losses that WebAssembly gives', async ({ page }) => {
  const train = new TrainPage(page);
  await train.open('network=lenet&loss=cross_entropy&batchSize=8&learningRate=0.01');
  await train.chooseEngine('WebAssembly');
  const expected = await train.stepLosses(2);
  await train.chooseEngine(/^WebGL/);
  await train.reset();
  const losses = await train.stepLosses(2);
  losses.forEach((loss, i) => {
    const reference = expected[i] ?? Number.NaN;
    expect(Math.abs(loss - reference)).toBeLessThanOrEqual(1e-4 * reference + 1e-4);
  });
});

test('a damaged sheet is named, and a retry loads only what is missing', async ({ page }) => {
  const requests: string[] = [];
  let isBroken = true;
  await page.route('**/mnist/train-3.png*', async (route) => {
    if (!isBroken) return route.continue();
    const response = await route.fetch();
    const body = await response.body();
    body.writeUInt8(body.readUInt8(5000) ^ 1, 5000);
    return route.fulfill({ response, body });
  });
  page.on('request', (request) => {
    if (request.url().includes('/mnist/')) requests.push(new URL(request.url()).pathname);
  });
  await page.goto('/');
  const alert = page.getByRole('alert').filter({ hasText: 'train-3.png' });
  await expect(alert).toBeVisible({ timeout: 60_000 });
  isBroken = false;
  requests.length = 0;
  await alert.getByRole('button', { name: /again|retry/i }).click();
  await expect(alert).toBeHidden();
  // The alert goes when the retry begins, before its requests.
  const sheets = (): string[] => requests.filter((path) => path.endsWith('.png'));
  await expect.poll(sheets).toEqual(['/mnist/train-3.png']);
  await expect(page.getByTestId('data-progress')).toBeHidden();
  expect(sheets()).toEqual(['/mnist/train-3.png']);
});
