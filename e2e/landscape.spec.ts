// The loss landscape and the curvature of a run: surveyed, cancelled, read by keyboard, saved; two values of the curvature.
import { readFileSync } from 'node:fs';
import { expect, test, type Download, type Locator, type Page } from '@playwright/test';
import { expectClean } from './axe.ts';
import { TrainPage } from './trainPage.ts';

const link = 'network=lenet&epochs=4&batchSize=16&learningRate=0.05&trainingImages=320';

async function toLandscape(page: Page): Promise<Locator> {
  await page.getByRole('link', { name: 'Inspect', exact: true }).click();
  await page.getByRole('link', { name: 'Landscape' }).click();
  return page.getByTestId('landscape');
}

async function saved(page: Page, button: string, kind: RegExp): Promise<string> {
  const [download]: [Download, unknown] = await Promise.all([
    page.waitForEvent('download', { timeout: 60_000 }),
    (async () => {
      await page.getByRole('button', { name: button, exact: true }).click();
      await page.getByRole('menuitem', { name: kind }).click();
    })(),
  ]);
  return readFileSync(await download.path(), 'utf8');
}

test('the landscape around a trained network and the curvature on its way', async ({ page }) => {
  const train = new TrainPage(page);
  await train.open(link);
  await train.chooseEngine(/WebAssembly/);
  let tab = await toLandscape(page);
  await tab.getByRole('switch', { name: 'Measure' }).check();
  await tab.getByLabel('How often it is measured').selectOption('10');
  await tab.getByLabel('Images of the batch').selectOption('64');
  await expectClean(page, 'the landscape before a run');

  await page.getByRole('link', { name: 'Train', exact: true }).click();
  // Each rest keeps a state, and the path needs some.
  for (const end of [20, 40, 60]) {
    await page.getByRole('button', { name: 'Epoch', exact: true }).click();
    await expect.poll(() => train.stat('step')).toBe(end);
    await expect(page.getByTestId('run-phase')).toHaveAttribute('data-phase', 'paused');
  }
  tab = await toLandscape(page);
  const chart = tab.getByTestId('curvature-chart');
  await expect(chart).toHaveAttribute(
    'aria-label',
    /Largest eigenvalue [\d.]+ at step 60; steps are stable up to 40/,
  );
  await expect(tab.getByTestId('curvature-cost')).toContainText('of the run’s time');
  const curvature = await saved(page, 'Save: Curvature', /CSV/);
  const steps = curvature
    .trim()
    .split('\n')
    .slice(1)
    .map((row) => Number(row.split(',')[0]));
  expect(steps).toEqual([0, 10, 20, 30, 40, 50, 60]);
  await tab.getByRole('switch', { name: 'Measure' }).uncheck();

  await test.step('once more where it rests, and still there after a reload', async () => {
    await tab.getByLabel('Images of the batch').selectOption('128');
    await tab.getByRole('button', { name: 'Measure now' }).click();
    const row = (csv: string): string => csv.trim().split('\n').at(-1) ?? '';
    await expect(tab.getByTestId('pass').last()).toHaveAttribute('data-current', 'true', { timeout: 60_000 });
    const after = row(await saved(page, 'Save: Curvature', /CSV/));
    expect(after).toMatch(/^60,/);
    expect(after).not.toBe(row(curvature));
    await page.reload();
    await page.getByRole('link', { name: 'Train', exact: true }).click();
    await page.getByTestId('last-run').getByRole('button', { name: 'Show it' }).click({ timeout: 30_000 });
    await expect.poll(() => train.stat('step')).toBe(60);
    tab = await toLandscape(page);
    expect(row(await saved(page, 'Save: Curvature', /CSV/))).toBe(after);
  });

  const bar = tab.getByTestId('pass').first();
  await tab.getByLabel('Points').selectOption('41');
  await tab.getByLabel('Images', { exact: true }).selectOption('2000');
  await expect(bar).toContainText('Takes about');
  await bar.getByRole('button', { name: 'Survey' }).click();
  await bar.getByRole('button', { name: 'Cancel' }).click();
  await expect(bar).toHaveAttribute('data-running', 'false');
  await expect(tab.getByTestId('landscape-plot')).toBeHidden();

  await tab.getByLabel('Points').selectOption('7');
  await tab.getByLabel('Images', { exact: true }).selectOption('100');
  await bar.getByRole('button', { name: 'Survey' }).click();
  const plot = tab.getByTestId('landscape-plot');
  await expect(plot).toHaveAttribute('aria-label', /Contours of the loss, from [\d.]+ to [\d.]+/);
  const reading = tab.getByTestId('landscape-reading');
  const points = tab.getByRole('application', { name: 'Points of the landscape' });
  await points.focus();
  await expect(reading).toHaveText(/^x 0\.000, y 0\.000: loss [\d.]+, accuracy [\d.]+%$/);
  const atNetwork = await reading.innerText();
  await points.press('ArrowRight');
  await expect(reading).toHaveText(/^x 0\.333, y 0\.000: loss/);
  const rows = (await saved(page, 'Save the loss landscape', /CSV/)).trim().split('\n');
  expect(rows).toHaveLength(50);
  const [, , loss] = (rows[25] ?? '').split(',').map(Number);
  expect(atNetwork).toContain(`loss ${(loss ?? NaN).toFixed(3)}`);

  await tab.getByText('The run’s path').click();
  await bar.getByRole('button', { name: 'Survey' }).click();
  await expect(tab.getByText('Start: step 0')).toBeVisible();
  await expect(tab.getByText(/^The network, step 60: [\d.]+$/)).toBeVisible();
  const svg = await saved(page, 'Save the loss landscape', /SVG/);
  expect(svg).toContain('First component: ');
  await expectClean(page, 'a landscape with the path of its run');
});
