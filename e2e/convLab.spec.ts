/** The conv lab as people use it: draw, edit, step, scrub, keys alone, links, files, the network's filters. */
import { readFileSync } from 'node:fs';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { expectClean } from './axe.ts';
import { cell, grid, openLab, setNumber, showStage, shown, step } from './labPage.ts';
import { handwriting, TrainPage } from './trainPage.ts';
import { fixturePath, readJson, pytorchFixtures } from '../scripts/fixtures/readFixture.ts';

interface ConvCase {
  x_shape: [number, number, number, number];
  x: number[];
  w_shape: [number, number, number, number];
  w: number[];
  stride: number;
  y_shape: [number, number, number, number];
  y: number[];
}

const { cases } = readJson(fixturePath(pytorchFixtures, 'my_conv.json')) as { cases: ConvCase[] };

async function setUpShapes(page: Page, { x_shape, w_shape, stride }: ConvCase): Promise<void> {
  await setNumber(page, 'Input', 'Height', x_shape[2]);
  await setNumber(page, 'Input', 'Width', x_shape[3]);
  await setNumber(page, 'Kernel', 'Height', w_shape[2]);
  await setNumber(page, 'Kernel', 'Width', w_shape[3]);
  await setNumber(page, 'Operator', 'Stride', stride);
  await page.getByRole('combobox', { name: 'Filters' }).click();
  await page.getByRole('option', { name: String(w_shape[0]), exact: true }).click();
}

async function drawInput(page: Page, { x, x_shape }: ConvCase): Promise<void> {
  for (const [index, value] of x.entries()) {
    await setNumber(page, 'Input', 'Paint with', value);
    await cell(page, 'plane-0', Math.floor(index / x_shape[3]), index % x_shape[3]).click();
  }
}

async function editKernels(page: Page, { w, w_shape }: ConvCase): Promise<void> {
  const [filters, , rows, columns] = w_shape;
  for (let f = 0; f < filters; f += 1) {
    await page.getByRole('combobox', { name: 'Shown filter' }).click();
    await page.getByRole('option', { name: `Filter ${f + 1}` }).click();
    for (let k = 0; k < rows * columns; k += 1) {
      const row = Math.floor(k / columns);
      const column = k % columns;
      await cell(page, 'kernel-0', row, column).click();
      await page
        .getByLabel(`Value, row ${row + 1}, col. ${column + 1}`)
        .fill(String(w[f * rows * columns + k] ?? 0));
    }
  }
}

test('draw, edit the kernels, step to the end: the output on screen is PyTorch’s', async ({ page }) => {
  const fixture = cases[11];
  if (fixture === undefined) throw new Error('my_conv.json has no case 11.');
  await openLab(page);
  await setUpShapes(page, fixture);
  await drawInput(page, fixture);
  await editKernels(page, fixture);
  const [, filters, rows, columns] = fixture.y_shape;
  expect(await shown(page, 'output-0')).toEqual(Array.from({ length: rows * columns }, () => null));
  const total = (filters * rows * columns * fixture.w.length) / filters;
  const next = page.getByRole('button', { name: 'One step forward' });
  for (let done = 0; done < total; done += 1) await next.click();
  await expect(next).toBeDisabled();
  for (let f = 0; f < filters; f += 1) {
    expect(await shown(page, `output-${f}`)).toEqual(
      // The page shows six decimals; sums of products of 64ths have up to twelve.
      fixture.y.slice(f * rows * columns, (f + 1) * rows * columns).map((y) => Number(y.toFixed(6))),
    );
  }
  // The same convolution on the device; both are exact here.
  await expect(page.locator('[data-difference="0"]')).toBeVisible({ timeout: 60_000 });
});

test('plays, pauses, steps back, scrubs and starts over', async ({ page }) => {
  await openLab(page);
  await page.getByRole('combobox', { name: 'Speed' }).click();
  await page.getByRole('option', { name: '4 steps/s', exact: true }).click();
  // 289 windows of 4 products: long enough that a slow machine does not reach the end meanwhile.
  await setNumber(page, 'Input', 'Height', 18);
  await setNumber(page, 'Input', 'Width', 18);
  await page.getByRole('button', { name: 'Play' }).click();
  await expect.poll(() => step(page)).toBeGreaterThan(4);
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByRole('button', { name: 'Play' })).toBeVisible();
  const paused = await step(page);
  await page.getByRole('button', { name: 'One step back' }).click();
  expect(await step(page)).toBe(paused - 1);
  await page.getByRole('button', { name: 'The report’s example' }).click();
  const slider = page.getByRole('slider', { name: 'Step' });
  await slider.focus();
  await slider.press('Home');
  expect(await step(page)).toBe(0);
  expect(await shown(page, 'output-0')).toEqual(Array.from({ length: 9 }, () => null));
  await slider.press('ArrowRight');
  expect(await step(page)).toBe(1);
  await slider.press('End');
  expect(await step(page)).toBe(36);
  expect(await shown(page, 'output-0')).toEqual(Array.from({ length: 9 }, () => 4));
  await page.getByRole('button', { name: 'Back to the beginning of this cell' }).click();
  expect(await step(page)).toBe(32);
  await cell(page, 'output-0', 1, 1).click();
  expect(await step(page)).toBe(20);
  // Pointing links both ways: the middle output came from 4 inputs, the corner feeds 1 output, an inner cell 4.
  const linked = (id: string): Locator => grid(page, id).locator('[data-mark="linked"]');
  await expect(linked('plane-0')).toHaveCount(4);
  await cell(page, 'plane-0', 0, 0).hover();
  await expect(linked('output-0')).toHaveCount(1);
  await cell(page, 'plane-0', 1, 2).hover();
  await expect(linked('output-0')).toHaveCount(4);
});

test('works by keyboard alone and says what it does', async ({ page }) => {
  await openLab(page);
  // From the report's button, the first in the page, tab on until the input's grid has the focus.
  await page.getByRole('button', { name: 'The report’s example' }).focus();
  const isOnInput = (): Promise<boolean> =>
    page.evaluate(() => document.activeElement?.getAttribute('data-grid') === 'plane-0');
  for (let presses = 0; presses < 80 && !(await isOnInput()); presses += 1) await page.keyboard.press('Tab');
  expect(await isOnInput()).toBe(true);
  for (const key of ['ArrowRight', '5', '-', 'ArrowDown', '3', '.', '.']) await page.keyboard.press(key);
  expect((await shown(page, 'plane-0')).slice(0, 8)).toEqual([1, -5, 1, 1, 1, 3, 1, 1]);
  await expect(page.locator('[data-live]')).toHaveText('−5 times 1 is −5, sum −4.');
  await page.keyboard.press(',');
  await expect(page.locator('[data-live]')).toHaveText('1 times 1 is 1, sum 1.');
  await page.keyboard.press('Space');
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
  await expect.poll(() => step(page)).toBeGreaterThan(2);
  await page.keyboard.press('Space');
  await expect(page.getByRole('button', { name: 'Play' })).toBeVisible();
});

test('a link brings back grid, kernel, settings and step', async ({ page, context }) => {
  await openLab(page);
  await page.getByRole('button', { name: 'Checkerboard' }).click();
  await page.getByRole('button', { name: 'Gaussian' }).click();
  await setNumber(page, 'Operator', 'Padding', 1);
  await setNumber(page, 'Input', 'Paint with', -2.5);
  await cell(page, 'plane-0', 2, 2).click();
  for (let done = 0; done < 12; done += 1)
    await page.getByRole('button', { name: 'One step forward' }).click();
  await expect.poll(() => page.url()).toContain('#lab=');
  await page.waitForTimeout(600);
  const ids = ['plane-0', 'kernel-0', 'output-0'];
  const before = await Promise.all(ids.map((id) => shown(page, id)));
  const other = await context.newPage();
  await openLab(other, new URL(page.url()).hash);
  expect(await step(other)).toBe(12);
  expect(await Promise.all(ids.map((id) => shown(other, id)))).toEqual(before);
  await other.goto('/conv-lab#lab=damaged');
  await expect(other.getByText('The link could not be read')).toBeVisible();
});

test('says why a kernel does not fit, computes every stage, and is clean in axe', async ({ page }) => {
  await openLab(page);
  await setNumber(page, 'Kernel', 'Height', 6);
  await expect(page.getByRole('alert')).toContainText('The 6×2 window is larger than its input of 4×4.');
  await page.getByRole('button', { name: 'The report’s example' }).click();
  for (const stage of ['ReLU', 'Max pooling', 'Average pooling', 'Pointwise', 'Weight gradient']) {
    await showStage(page, stage);
    await page.getByRole('button', { name: 'To the end', exact: true }).click();
    // All outputs are 4, so ReLU, both poolings and a sum over one filter are 4; each weight met nine ones.
    await expect(page.locator('[data-sum]')).toHaveText(stage === 'Weight gradient' ? '9' : '4');
  }
  // A tooltip under the pointer stands outside of every landmark.
  await page.mouse.move(0, 0);
  await expect(page.getByRole('tooltip')).toHaveCount(0);
  await expectClean(page, 'the conv lab at its last stage');
});

test('saves the picture as SVG and PNG and the animation as GIF', async ({ page }) => {
  await openLab(page);
  await page.getByRole('button', { name: 'One step forward' }).click();
  const save = async (item: string): Promise<Buffer> => {
    await page.getByRole('button', { name: 'Share' }).click();
    const download = page.waitForEvent('download', { timeout: 60_000 });
    await page.getByRole('menuitem', { name: item }).click();
    return readFileSync(await (await download).path());
  };
  const svg = (await save('Picture (SVG)')).toString('utf8');
  expect(svg).toMatch(/^<svg[^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/);
  expect(svg).toContain('1 times 1 is 1, sum 1.');
  expect((await save('Picture (PNG)')).subarray(1, 4).toString('latin1')).toBe('PNG');
  const gif = await save('Animation (GIF)');
  expect(gif.subarray(0, 6).toString('latin1')).toBe('GIF89a');
  // A graphics control block a picture: 36 steps and the beginning.
  const frames = gif.toString('latin1').split('\u0021\u00f9\u0004').length - 1;
  expect(frames).toBe(37);
});

test('shows filters of the network and follows them while it trains', async ({ page }) => {
  await openLab(page);
  const show = page.getByRole('button', { name: 'Show', exact: true });
  await expect(show).toBeEnabled({ timeout: 90_000 });
  await page.getByRole('combobox', { name: 'Convolution' }).click();
  await page.getByRole('option', { name: /^conv2/ }).click();
  await show.click();
  await expect(page.locator('[data-following]')).toHaveAttribute('data-following', '0', { timeout: 30_000 });
  await expect(page.getByText('Channel 1 of 10')).toBeVisible();
  const before = await shown(page, 'kernel-0');
  expect(before).toHaveLength(25);
  // Our float64 sums of 250 products against float32 on the device.
  await expect
    .poll(
      async () => Number((await page.locator('[data-difference]').getAttribute('data-difference')) || 'NaN'),
      {
        timeout: 60_000,
      },
    )
    .toBeLessThan(1e-5);
  await page.getByRole('link', { name: 'Train' }).click();
  await page
    .getByRole('button', { name: /^(Start|Train)/ })
    .first()
    .click();
  await page.getByRole('link', { name: 'Conv lab' }).click();
  await expect
    .poll(async () => Number(await page.locator('[data-following]').getAttribute('data-following')), {
      timeout: 120_000,
    })
    .toBeGreaterThan(0);
  expect(await shown(page, 'kernel-0')).not.toEqual(before);
});

for (const [label, backend] of [
  [/^WebGPU/, 'webgpu'],
  [/^WebGL/, 'webgl'],
] as const) {
  test(`tfjs computes the same on ${backend}`, async ({ page }) => {
    const train = new TrainPage(page);
    await train.open('network=lenet');
    await train.chooseEngine(label);
    await page.getByRole('link', { name: 'Conv lab' }).click();
    await expect(page.getByText(`tfjs backend “${backend}”`)).toBeVisible({ timeout: 60_000 });
    // The report's example: whole numbers, exact in float32.
    await expect(page.locator('[data-difference]')).toHaveAttribute('data-difference', '0', {
      timeout: 60_000,
    });
  });
}

test('takes the drawing from the Draw view', async ({ page }) => {
  await page.goto('/draw');
  await new TrainPage(page).draw(handwriting['7'] ?? []);
  await page.getByRole('link', { name: 'Conv lab' }).click();
  await page.getByRole('button', { name: 'The drawing from the Draw view' }).click();
  await expect.poll(async () => (await shown(page, 'plane-0')).length).toBe(28 * 28);
  const values = await shown(page, 'plane-0');
  expect(values.filter((value) => (value ?? 0) > 0).length).toBeGreaterThan(30);
  expect(values[0]).toBe(0);
});

test('with reduced motion it plays in fewer, larger changes', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await openLab(page);
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  const seen: number[] = [];
  const start = Date.now();
  while (Date.now() - start < 4500) seen.push(await step(page));
  const changes = seen.slice(1).filter((value, i) => value !== seen[i]).length;
  // Two steps a second by default: nine changes without the setting, at most one a second with it.
  expect(changes).toBeGreaterThanOrEqual(2);
  expect(changes).toBeLessThanOrEqual(5);
  expect(seen.at(-1)).toBeGreaterThan(changes);
});
