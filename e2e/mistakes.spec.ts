// Where a network is wrong, how its last hidden layer sorts digits, and how much it bears: three tabs of Inspect over one short run.
import { readFileSync } from 'node:fs';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { expectClean } from './axe.ts';
import { TrainPage } from './trainPage.ts';

const settings = 'network=mynn&epochs=1&trainingImages=3200&momentum=0.9&learningRate=0.05&seed=1';

async function openTab(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation', { name: 'What is inspected' }).getByRole('link', { name }).click();
}

const answered = (page: Page): Promise<void> =>
  expect(page.getByTestId('pass')).toHaveAttribute('data-current', 'true', { timeout: 120_000 });

/** Rows of the table that this menu saves, without the header. */
async function savedRows(page: Page, menu: string): Promise<string[][]> {
  await page.getByRole('button', { name: menu }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'Table (CSV)' }).click();
  const text = readFileSync(await (await download).path(), 'utf8');
  return text
    .trim()
    .split('\r\n')
    .slice(1)
    .map((line) => line.split(','));
}

const cells = (page: Page): Locator => page.getByTestId('confusion-matrix').getByRole('button');

test('mistakes, embedding and robustness of a short run', async ({ page }) => {
  const train = new TrainPage(page);
  await train.open(settings);
  await train.chooseEngine(/WebAssembly/);
  await train.mainControl.click();
  await expect(page.getByTestId('run-phase')).toHaveAttribute('data-phase', 'finished', { timeout: 120_000 });
  const accuracy = await page.getByTestId('stat-accuracy').innerText();
  await page.getByRole('link', { name: 'Inspect', exact: true }).click();

  await test.step('the confusion matrix counts every test image, and its diagonal is the accuracy', async () => {
    await openTab(page, 'Mistakes');
    await answered(page);
    const counts = (await cells(page).allInnerTexts()).map(Number);
    expect(counts).toHaveLength(100);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(10_000);
    const right = counts.filter((_, i) => i % 11 === 0).reduce((sum, count) => sum + count, 0);
    expect(accuracy).toContain(`${(right / 100).toFixed(2)}%`);
    await expect(page.getByTestId('accuracy')).toHaveText(`${(right / 100).toFixed(2)}%`);
    expect(await savedRows(page, 'Save the list of wrong images')).toHaveLength(10_000 - right);
  });

  await test.step('a cell by keyboard shows its digits; a digit becomes the image of all tabs', async () => {
    await cells(page).first().focus();
    for (const key of ['Home', 'ArrowDown', 'ArrowDown', 'ArrowDown']) await page.keyboard.press(key);
    // 3 read as 0, then right ones: 3 read as 3.
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowRight', 'Enter']) await page.keyboard.press(key);
    const shown = page.getByTestId('cell-digits');
    await expect(shown.getByRole('heading')).toContainText('3 read rightly');
    const digit = shown.getByRole('button', { name: /^Test image / }).first();
    const index = /Test image ([\d,]+)/.exec((await digit.getAttribute('aria-label')) ?? '')?.[1];
    await digit.click();
    await expect(page.getByTestId('inspect-index')).toHaveValue(index?.replaceAll(',', '') ?? 'none');
    await expect(page.getByText('Labelled 3')).toBeVisible();
    await expectClean(page, 'mistakes');
  });

  await test.step('the embedding follows the scrubber along its axes, and so does UMAP, which can be ended', async () => {
    await openTab(page, 'Embedding');
    const picture = page.getByTestId('embedding-picture');
    await expect(picture).toHaveAttribute('data-step', '50', { timeout: 60_000 });
    await page.getByTestId('step-scrubber').focus();
    await page.keyboard.press('Home');
    await expect(picture).toHaveAttribute('data-step', '0', { timeout: 60_000 });
    await expect(page.getByText(/^Axes of step 50/)).toBeVisible();
    await page.keyboard.press('End');
    await expect(picture).toHaveAttribute('data-step', '50', { timeout: 60_000 });

    await page.getByText('UMAP', { exact: true }).click();
    await page.getByRole('button', { name: 'Compute UMAP' }).click();
    await page.getByTestId('umap-running').getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Compute UMAP' }).click();
    await expect(page.getByText(/^UMAP of step 50\./)).toBeVisible({ timeout: 120_000 });
    await page.getByTestId('step-scrubber').press('Home');
    await expect(page.getByText(/^UMAP of step 0, begun where the points lie at step 50/)).toBeVisible({
      timeout: 120_000,
    });
    await expect(picture).toHaveAttribute('data-step', '0');
    await page.getByTestId('step-scrubber').press('End');
    await expect(page.getByText(/^UMAP of step 50\./)).toBeVisible({ timeout: 60_000 });
    await page.getByText('PCA', { exact: true }).click();
  });

  await test.step('points are selected by class and by lasso', async () => {
    for (const digit of [0, 1, 2, 3, 5, 6, 7, 8, 9]) {
      await page.getByRole('button', { name: `Class ${digit}`, exact: true }).click();
    }
    await page.getByRole('button', { name: 'Select all shown' }).click();
    const rows = await savedRows(page, 'Save the embedding');
    expect(rows).toHaveLength(2000);
    const selected = rows.filter((row) => row[4] === '1');
    expect(selected.map((row) => row[1])).toEqual(rows.filter((row) => row[1] === '4').map(() => '4'));
    await expect(page.getByRole('heading', { name: `${selected.length} selected` })).toBeVisible();

    await page.getByRole('button', { name: 'Clear' }).click();
    // Not under the header, which stays in sight.
    await page.getByTestId('scatter').evaluate((element) => element.scrollIntoView({ block: 'center' }));
    const box = await page.getByTestId('scatter').boundingBox();
    if (box === null) throw new Error('No picture.');
    // Inside of the frame's round corners, and around all points.
    const [left, top] = [box.x + 6, box.y + 6];
    const [right, bottom] = [box.x + box.width - 6, box.y + box.height - 6];
    await page.mouse.move(left, top);
    await page.mouse.down();
    await page.mouse.move(right, top, { steps: 3 });
    await page.mouse.move(right, bottom, { steps: 3 });
    await page.mouse.move(left, bottom, { steps: 3 });
    await page.mouse.up();
    await expect(page.getByRole('heading', { name: `${selected.length} selected` })).toBeVisible();
    await expectClean(page, 'embedding');
  });

  await test.step('accuracy under noise falls from that of the images as they are', async () => {
    await openTab(page, 'Robustness');
    for (const kind of ['Shift', 'Rotation', 'Scale', 'Blur']) {
      await page.getByRole('group', { name: 'Kinds of corruption' }).getByText(kind, { exact: true }).click();
    }
    await page.getByRole('combobox', { name: 'Test images' }).selectOption('500');
    await page.getByRole('button', { name: 'Measure' }).click();
    await answered(page);
    await expect(page.getByTestId('curves')).toContainText('Mynn, step 50, 500 images');
    const rows = await savedRows(page, 'Save the curves');
    expect(rows.map((row) => row.slice(3, 5).join(' '))).toEqual(
      [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8].map((strength) => `noise ${strength}`),
    );
    const curve = rows.map((row) => Number(row[5]));
    expect(curve[0]).toBeGreaterThan((curve.at(-1) ?? NaN) + 0.05);
    await expectClean(page, 'robustness');
    // Long enough to be ended before it has.
    await page.getByRole('combobox', { name: 'Test images' }).selectOption('10000');
    await page.getByRole('button', { name: 'Measure' }).click();
    await page.getByTestId('pass').getByRole('button', { name: 'Cancel' }).click();
    await expect(page.getByTestId('pass')).toHaveAttribute('data-running', 'false');
  });
});
