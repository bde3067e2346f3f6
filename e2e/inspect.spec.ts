/** Inspect as people use it: what the layers give while they draw and train, a unit, its way into the conv lab, files. */
import { readFile } from 'node:fs/promises';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { expectClean } from './axe.ts';
import { cell, step as labStep } from './labPage.ts';
import { handwriting, TrainPage } from './trainPage.ts';

const layers = (page: Page): Locator => page.getByTestId('layers');
const sheet = (page: Page, layer: string): Locator => page.getByTestId(`maps-${layer}`);
const unit = (page: Page): Locator => page.getByTestId('unit');

async function openInspect(page: Page): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: 'Inspect' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Inspect' })).toBeVisible();
}

/** What is painted of a layer. */
const painted = (page: Page, layer: string): Promise<string> =>
  sheet(page, layer)
    .locator('canvas')
    .evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());

async function trainSome(train: TrainPage, steps: number): Promise<void> {
  await train.mainControl.click();
  await train.waitForStep(steps);
  await train.mainControl.click();
  await train.expectAction('resume');
}

async function valueOf(page: Page): Promise<number> {
  // Before an answer there is none.
  await expect(unit(page)).toHaveAttribute('data-value', /\d/);
  return Number(await unit(page).getAttribute('data-value'));
}

async function chooseImage(page: Page, source: 'Drawing' | 'Test image' | 'File'): Promise<void> {
  await page
    .locator('label')
    .filter({ hasText: new RegExp(`^${source}$`) })
    .click();
}

test('feature maps follow the drawing; a unit leads to the conv lab, which has the same value', async ({
  page,
}) => {
  const train = new TrainPage(page);
  await train.open('network=lenet');
  await trainSome(train, 20);
  await openInspect(page);
  // Nothing is drawn yet: the first test image.
  await expect(layers(page)).toHaveAttribute('data-current', 'true');
  await expect(page.getByRole('img', { name: 'Test image 0, labelled 7' })).toBeVisible();

  await test.step('maps change with the drawing, also before the pen is lifted', async () => {
    const first = await painted(page, 'conv1.1');
    await chooseImage(page, 'Drawing');
    await expect(page.getByText('Draw something, or choose a test image.').first()).toBeVisible();
    const pad = await page.getByTestId('drawing-pad').boundingBox();
    if (pad === null) throw new Error('The drawing pad is not visible.');
    const at = (x: number, y: number): [number, number] => [pad.x + x * pad.width, pad.y + y * pad.height];
    await page.mouse.move(...at(0.5, 0.2));
    await page.mouse.down();
    await page.mouse.move(...at(0.5, 0.5), { steps: 4 });
    await expect.poll(() => painted(page, 'conv1.1')).not.toBe(first);
    const half = await painted(page, 'conv1.1');
    // A longer line alone would be scaled to the same.
    await page.mouse.move(...at(0.8, 0.5), { steps: 4 });
    await expect.poll(() => painted(page, 'conv1.1')).not.toBe(half);
    await page.mouse.up();
    await train.clearDrawing();
    await train.draw(handwriting['3'] ?? []);
    await expect(layers(page)).toHaveAttribute('data-current', 'true');
  });

  await test.step('the keyboard chooses a unit', async () => {
    await sheet(page, 'conv2.0').scrollIntoViewIfNeeded();
    await page.getByRole('button', { name: 'Save the feature maps of conv2.0' }).focus();
    await page.keyboard.press('Tab');
    await expect(sheet(page, 'conv2.0')).toBeFocused();
    for (const key of ['PageDown', 'PageDown', 'ArrowRight']) await page.keyboard.press(key);
    await expect(unit(page)).toContainText('conv2.0 map 3, row 6, column 7');
    // Row 6 reads rows 6 to 10 of the pooled maps, which are rows 11 to 20 of the first convolution, two rows more on either side.
    const field = page.getByTestId('receptive-field');
    await expect(field).toHaveAttribute('data-rows', '9–22');
    await expect(field).toHaveAttribute('data-columns', '11–24');
    await expect(page.getByTestId('kernel')).toContainText('Kernel of filter 3: 6 × 5 × 5');
    await expectClean(page, 'a unit of a convolution');
  });

  const value = await valueOf(page);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/conv-lab/);
  await expect(page.locator('[data-following]')).toContainText('conv2.0');
  // 25 products of each of 6 channels a cell, 10 cells a row.
  await expect.poll(() => labStep(page)).toBe((5 * 10 + 7) * 150);
  const shown = await cell(page, 'output-0', 5, 6).getAttribute('aria-label');
  // The engine sums in float32: 150 products of numbers around 1.
  expect(Math.abs(Number(shown?.replace('−', '-')) - value)).toBeLessThan(
    1e-4 * Math.max(1, Math.abs(value)),
  );
});

test('a test image stays in the conv lab; a logit’s contributions add up', async ({ page }) => {
  const train = new TrainPage(page);
  await train.open('network=lenet');
  await openInspect(page);
  await page.getByTestId('inspect-index').fill('3');
  await expect(page.getByText('Labelled 0')).toBeVisible();
  await sheet(page, 'conv1.0').hover({ position: { x: 33, y: 31 } });
  await expect(unit(page)).toContainText('conv1.0 map 1, row 16, column 17');
  await expect(page.getByTestId('receptive-field')).toHaveAttribute('data-columns', '15–19');
  await sheet(page, 'conv1.0').click({ position: { x: 31, y: 31 } });
  await expect(unit(page)).toContainText('conv1.0 map 1, row 16, column 16');
  const value = await valueOf(page);
  await page.getByRole('button', { name: 'Open in the conv lab' }).click();
  const shown = cell(page, 'output-0', 15, 15);
  await expect(shown).toBeVisible();
  expect(Math.abs(Number((await shown.getAttribute('aria-label'))?.replace('−', '-')) - value)).toBeLessThan(
    1e-4,
  );

  await test.step('what follows a convolution opens at the lab’s own stage', async () => {
    await openInspect(page);
    await sheet(page, 'conv1.2').click({ position: { x: 30, y: 30 } });
    await expect(unit(page)).toContainText('conv1.2 map 1, row 8, column 8');
    const largest = await valueOf(page);
    await page.getByRole('button', { name: 'Open in the conv lab' }).click();
    const pooled = cell(page, 'pool-out-0', 7, 7);
    await expect(pooled).toBeVisible();
    // Four comparisons a cell, 14 cells a row.
    await expect.poll(() => labStep(page)).toBe((7 * 14 + 8) * 4);
    expect(
      Math.abs(Number((await pooled.getAttribute('aria-label'))?.replace('−', '-')) - largest),
    ).toBeLessThan(1e-4);
  });

  await openInspect(page);
  // It is still that image, and that unit.
  await expect(page.getByText('Labelled 0')).toBeVisible();
  await sheet(page, 'fc3').scrollIntoViewIfNeeded();
  await expect(sheet(page, 'fc3')).toHaveAttribute('data-empty', 'false');
  await sheet(page, 'fc3').click({ position: { x: 3 * 16 + 5, y: 5 } });
  await expect(unit(page)).toContainText('fc3 logit of 3');
  await expect(page.getByTestId('contributions').getByRole('listitem')).toHaveCount(10);
  const logit = await valueOf(page);
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save the contributions to unit 4 of fc3' }).click();
  await page.getByRole('menuitem', { name: 'Table (CSV)' }).click();
  const rows = (await readFile(await (await saved).path(), 'utf8')).trim().split('\r\n');
  expect(rows).toHaveLength(85);
  const bias = /Bias (−?[\d.]+)\./.exec(await page.getByTestId('contributions').innerText())?.[1] ?? '';
  const sum = rows.slice(1).reduce((total, row) => total + Number(row.split(',').at(-1)), 0);
  // The page shows six decimals of the bias.
  expect(Math.abs(sum + Number(bias.replace('−', '-')) - logit)).toBeLessThan(1e-5);
});

test('maps, filters and their change follow training and the step on show; all of it saves', async ({
  page,
}) => {
  const train = new TrainPage(page);
  await train.open('network=lenet');
  await train.mainControl.click();
  await train.waitForStep(5);
  await openInspect(page);
  const shownStep = async (): Promise<number> => Number(await layers(page).getAttribute('data-step'));
  await test.step('while it trains', async () => {
    await expect.poll(shownStep).toBeGreaterThan(5);
    for (let answers = 0; answers < 3; answers += 1) {
      const before = await shownStep();
      await expect.poll(shownStep).toBeGreaterThan(before);
    }
    const before = await painted(page, 'conv1.1');
    await expect.poll(() => painted(page, 'conv1.1')).not.toBe(before);
  });
  await page.getByRole('link', { name: 'Train', exact: true }).click();
  await train.mainControl.click();
  await train.expectAction('resume');
  await openInspect(page);

  await test.step('an earlier step', async () => {
    const last = await shownStep();
    expect(last).toBeGreaterThan(5);
    const now = await painted(page, 'conv1.1');
    await page.getByTestId('step-scrubber').fill('3');
    await expect(layers(page)).toHaveAttribute('data-step', '3');
    await expect.poll(() => painted(page, 'conv1.1')).not.toBe(now);
    await page.getByRole('button', { name: 'Back to the newest' }).click();
    await expect(layers(page)).toHaveAttribute('data-step', String(last));
    await expect.poll(() => painted(page, 'conv1.1')).toBe(now);
  });

  await test.step('filters and their change', async () => {
    await page
      .locator('label')
      .filter({ hasText: /^Change$/ })
      .click();
    const filters = page.getByTestId('filters-conv2.0');
    const change = async (): Promise<number> => Number(await filters.getAttribute('data-change'));
    await expect.poll(change).toBeGreaterThan(0);
    await page.getByTestId('step-scrubber').fill('0');
    await expect.poll(change).toBe(0);
    await page.getByRole('button', { name: 'Back to the newest' }).click();
    await expect.poll(change).toBeGreaterThan(0);
    await expectClean(page, 'the change of filters');
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save the filters of conv1.0' }).click();
    await page.getByRole('menuitem', { name: 'Table (CSV)' }).click();
    const rows = (await readFile(await (await saved).path(), 'utf8')).trim().split('\r\n');
    expect(rows[0]).toBe('filter,channel,row,column,weight,initial');
    expect(rows).toHaveLength(1 + 6 * 25);
  });

  await test.step('maps as SVG and PNG', async () => {
    await page
      .locator('label')
      .filter({ hasText: /^Feature maps$/ })
      .click();
    for (const [kind, begins] of [
      ['SVG', '<svg xmlns="http://www.w3.org/2000/svg"'],
      ['PNG', '\u{89}PNG'],
    ] as const) {
      const saved = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Save the feature maps of conv1.0' }).click();
      await page.getByRole('menuitem', { name: `Picture (${kind})` }).click();
      const file = await readFile(await (await saved).path());
      expect(file.toString('latin1', 0, begins.length)).toBe(begins);
      expect((await saved).suggestedFilename()).toBe(`conv1.0-maps.${kind.toLowerCase()}`);
    }
  });
});

test('a picture of one’s own is turned into MNIST’s form, and what is none is refused', async ({ page }) => {
  await page.goto('/inspect/layers');
  await expect(page.getByRole('heading', { level: 1, name: 'Inspect' })).toBeVisible({ timeout: 60_000 });
  await chooseImage(page, 'File');
  const choose = async (name: string, mimeType: string, buffer: Buffer): Promise<void> =>
    page.locator('input[type=file]').setInputFiles({ name, mimeType, buffer });
  // A dark bar on white, wider than high.
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="280" height="140"><rect width="280" height="140" fill="#fff"/><rect x="130" y="20" width="20" height="100" fill="#000"/></svg>`;
  const png = await page.evaluate(async (source) => {
    const image = new Image();
    image.src = `data:image/svg+xml,${encodeURIComponent(source)}`;
    await image.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [280, 140];
    canvas.getContext('2d')?.drawImage(image, 0, 0);
    return canvas.toDataURL().split(',')[1] ?? '';
  }, svg);
  await choose('bar.png', 'image/png', Buffer.from(png, 'base64'));
  const shown = page.getByRole('img', { name: 'bar.png as 28 by 28 grey pixels' });
  await expect(shown).toBeVisible();
  const alpha = await shown.evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')?.getImageData(0, 0, 28, 28) ?? { data: [] };
    return [data[(14 * 28 + 14) * 4 + 3], data[(14 * 28 + 3) * 4 + 3], data[(2 * 28 + 14) * 4 + 3]];
  });
  // Ink in the middle; none beside it, nor above, where the picture did not reach.
  expect(alpha[0]).toBeGreaterThan(200);
  expect(alpha.slice(1)).toEqual([0, 0]);
  await expect(layers(page)).toHaveAttribute('data-current', 'true');
  await choose('notes.txt', 'text/plain', Buffer.from('no picture'));
  await expect(page.getByRole('alert')).toContainText('notes.txt is no picture');
  await expect(shown).toBeVisible();
});
