// A data set of one's own, made in the test: brought, looked at, trained on, gone on with after a reload, deleted.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { expectClean } from './axe.ts';
import { barIdxFiles, barPictures, barZip, notIdx, type ChosenFile } from './barFiles.ts';
import { handwriting, TrainPage } from './trainPage.ts';

const link = 'network=mynn&epochs=20&batchSize=8&learningRate=0.1&shuffle=true';

async function choose(page: Page, files: readonly ChosenFile[]): Promise<void> {
  await expect(page.getByRole('button', { name: 'Choose files…' })).toBeEnabled();
  await page.getByTestId('data-files').setInputFiles([...files]);
}

/** Brings IDX files in, and names their classes. */
async function bringBars(page: Page): Promise<void> {
  await choose(page, [...barIdxFiles('train', 40), ...barIdxFiles('t10k', 10)]);
  const preview = page.getByTestId('data-preview');
  await expect(preview).toContainText('40 training and 10 test images, 2 classes');
  await preview.getByLabel('Name of the data set').fill('Bars');
  await preview.getByLabel('Class 0').fill('upright');
  await preview.getByLabel('Class 1').fill('lying');
  await preview.getByRole('button', { name: 'Keep this data set' }).click();
  await expect(page.getByTestId('data-set')).toHaveCount(2);
}

test('a data set as IDX files is trained on, and a run goes on with it after a reload', async ({ page }) => {
  const train = new TrainPage(page);
  await train.open(link);
  await page.getByRole('link', { name: 'Own data…' }).click();
  const [images] = barIdxFiles('train', 40);
  await choose(page, images === undefined ? [] : [images, notIdx]);
  await expect(page.getByRole('alert')).toContainText(
    'train-labels-idx1-ubyte is no IDX file: it begins with 89 50',
  );
  await expectClean(page, 'what is wrong with a file');
  await bringBars(page);
  await expectClean(page, 'a data set that is kept');
  const bars = page.getByTestId('data-set').filter({ hasText: 'Bars' });
  await bars.getByRole('button', { name: 'Train on it' }).click();
  await expect(bars).toContainText('In use');
  await bars.getByRole('link', { name: 'Go to Train' }).click();

  await expect(page.getByTestId('data-select')).toHaveValue('Bars');
  await expect(page.getByTestId('current-data')).toContainText('Bars');
  await train.chooseEngine(/WebAssembly/);
  await train.mainControl.click();
  await expect(page.getByTestId('run-phase')).toHaveAttribute('data-phase', 'finished', { timeout: 60_000 });
  expect(await train.stat('step')).toBe(100);
  expect(await train.stat('accuracy')).toBeGreaterThan(90);
  await page.getByRole('button', { name: /^Test image 0: a upright, read as upright/ }).click();
  await expect(page.getByTestId('predicted-digit')).toHaveText('upright');

  await page.reload();
  const offer = page.getByTestId('last-run');
  await offer.getByRole('button', { name: 'Show it' }).click({ timeout: 30_000 });
  await expect(page.getByTestId('current-data')).toContainText('Bars');
  await page.getByTestId('field-epochs').fill('22');
  await page.keyboard.press('Enter');
  await train.expectAction('continue');
  await train.mainControl.click();
  await expect.poll(() => train.stat('step'), { timeout: 60_000 }).toBe(110);
  await train.expectAction('startAgain');

  // Without its data the run is shown, says what it needs, and shows its steps once it has that again.
  await page.getByRole('link', { name: 'Own data…' }).click();
  await bars.getByRole('button', { name: 'Delete' }).click();
  await bars.getByRole('button', { name: 'Delete it' }).click();
  await expect(page.getByTestId('data-set')).toHaveCount(1);
  await page.getByRole('link', { name: 'Train', exact: true }).click();
  await page.reload();
  await offer.getByRole('button', { name: 'Show it' }).click({ timeout: 30_000 });
  const missing = page.getByRole('alert').filter({ hasText: 'The data set Bars is not here' });
  await expect(missing).toContainText(/This run was trained on it.*SHA-256 [0-9a-f]{12}/);
  await expect(page.getByTestId('run-phase')).toHaveAttribute('data-phase', 'finished', { timeout: 60_000 });
  await page.getByRole('link', { name: 'Inspect', exact: true }).click();
  await page.getByTestId('step-scrubber').fill('52');
  const shown = page.getByTestId('shown-step');
  await expect(shown).toContainText(/computed with the data set Bars \(SHA-256 [0-9a-f]{12}/);
  await expectClean(page, 'a step that cannot be computed');
  await shown.getByRole('link', { name: 'Bring it' }).press('Enter');
  await bringBars(page);
  await page.getByRole('link', { name: 'Inspect', exact: true }).click();
  await expect(shown).toHaveAttribute('data-at', '52', { timeout: 60_000 });
});

test('images in a zip become a data set; once it is deleted, its link and its runs say what they need', async ({
  page,
}, testInfo) => {
  await page.goto('/data');
  await choose(page, [barZip(60)]);
  const preview = page.getByTestId('data-preview');
  await expect(preview).toContainText('50 training and 10 test images, 2 classes');
  await expect(preview).toContainText('Dark on light was found');
  await expect(preview.getByRole('img', { name: 'Examples of upright' })).toBeVisible();
  await expectClean(page, 'a preview');
  await preview.getByRole('button', { name: 'Keep this data set' }).click();
  const bars = page.getByTestId('data-set').filter({ hasText: 'bars' });
  await bars.getByRole('button', { name: 'Train on it' }).click();
  const checksum = await bars.getByText('SHA-256').innerText();

  await bars.getByRole('button', { name: 'Delete' }).click();
  await bars.getByRole('button', { name: 'Delete it' }).click();
  await expect(page.getByTestId('data-set')).toHaveCount(1);
  await page.getByRole('link', { name: 'Train', exact: true }).click();
  const alert = page.getByRole('alert').filter({ hasText: 'The data set bars is not here' });
  await expect(alert).toContainText('SHA-256');
  await expect(page.getByTestId('main-control')).toBeDisabled();
  await expectClean(page, 'data that is missing');
  // The same images out of a folder are the same data set: what asked for it has it.
  await alert.getByRole('link', { name: 'Bring it' }).click();
  const folder = testInfo.outputPath('some folder');
  for (const [path, bytes] of barPictures(60)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  await page.getByTestId('data-folder').setInputFiles(folder);
  await expect(preview.getByLabel('Name of the data set')).toHaveValue('some folder');
  await preview.getByRole('button', { name: 'Keep this data set' }).click();
  await expect(page.getByTestId('data-set').nth(1)).toContainText(checksum);
  await expect(page.getByTestId('data-set').nth(1)).toContainText('In use');
  await page.getByRole('link', { name: 'Train', exact: true }).click();
  await expect(page.getByTestId('main-control')).toBeEnabled();
  await expect(alert).toBeHidden();
});

test('a folder of JPEG and WebP images is dropped on the page', async ({ page }, testInfo) => {
  await page.goto('/data');
  await expect(page.getByRole('button', { name: 'Choose files…' })).toBeEnabled();
  // The browser's own encoders make them: dark bars on white, some upright, some lying.
  const pictures = await page.evaluate(async () => {
    const made: [path: string, bytes: number[]][] = [];
    for (let i = 0; i < 24; i += 1) {
      const canvas = new OffscreenCanvas(48, 48);
      const context = canvas.getContext('2d');
      if (context === null) throw new Error('No canvas.');
      context.fillStyle = 'white';
      context.fillRect(0, 0, 48, 48);
      context.fillStyle = 'black';
      if (i % 2 === 0) context.fillRect(6 + i, 4, 4, 40);
      else context.fillRect(4, 6 + i, 40, 4);
      const type = i % 4 < 2 ? 'jpeg' : 'webp';
      const blob = await canvas.convertToBlob({ type: `image/${type}`, quality: 0.95 });
      if (blob.type !== `image/${type}`) throw new Error(`The browser wrote ${blob.type}.`);
      made.push([
        `${i % 2 === 0 ? 'upright' : 'lying'}/${i}.${type}`,
        [...new Uint8Array(await blob.arrayBuffer())],
      ]);
    }
    return made;
  });
  const folder = testInfo.outputPath('photos');
  for (const [path, bytes] of pictures) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), Uint8Array.from(bytes));
  }
  const box = await page.getByText('or drop files, a folder or a zip here').boundingBox();
  if (box === null) throw new Error('There is no place to drop on.');
  // As a file manager drags it; Playwright's mouse cannot.
  const devtools = await page.context().newCDPSession(page);
  const data = { items: [], files: [folder], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await devtools.send('Input.dispatchDragEvent', { type, x: box.x + 5, y: box.y + 5, data });
  const preview = page.getByTestId('data-preview');
  await expect(preview).toContainText('20 training and 4 test images, 2 classes');
  await expect(preview).toContainText('Dark on light was found');
  await expect(preview.getByLabel('Name of the data set')).toHaveValue('photos');
  await expect(preview.getByRole('img', { name: 'Examples of lying' })).toBeVisible();
});

test('a drawing is told what it is, read again by the network, and mixed into the training', async ({
  page,
}) => {
  const train = new TrainPage(page);
  await train.open('network=mynn&epochs=1&trainingImages=6400&learningRate=0.1');
  await train.chooseEngine(/WebAssembly/);
  await page.getByRole('link', { name: 'Draw', exact: true }).click();
  const told = page.getByTestId('tell');
  await expect(told.getByRole('button', { name: 'Keep the drawing as 7' })).toBeDisabled();
  await train.draw(handwriting['1'] ?? []);
  await told.getByRole('button', { name: 'Keep the drawing as 7' }).click();
  await expect(told).toContainText('Kept as 7.');
  // Told otherwise, it is the same drawing with another label.
  await told.getByRole('button', { name: 'Keep the drawing as 1' }).click();
  await expect(told).toContainText('Kept as 1.');
  await expectClean(page, 'a drawing that was told what it is');
  await told.getByRole('link', { name: '1 own drawing' }).click();

  await expect(page.getByTestId('own-drawing')).toHaveCount(1);
  await expect(page.getByTestId('drawings-score')).toContainText('of 1 right');
  await page.getByLabel('Label of drawing 1').selectOption('4');
  await page.getByRole('button', { name: 'Delete drawing 1' }).click();
  await expect(page.getByTestId('own-drawing')).toHaveCount(0);
  await page.getByRole('button', { name: 'Bring back' }).click();
  await expect(page.getByLabel('Label of drawing 1')).toHaveValue('4');
  await expectClean(page, 'own drawings');
  const saving = page.waitForEvent('download');
  await page.getByTestId('drawings-files').getByRole('button', { name: 'Save as IDX' }).click();
  const file = await (await saving).path();
  await page.getByRole('button', { name: 'Delete all' }).click();
  await page.getByTestId('drawings-files').locator('input[type=file]').setInputFiles(file);
  await expect(page.getByTestId('own-drawing')).toHaveCount(1);

  await page.getByLabel('Times each').fill('100');
  await expect(page.getByText('100 of 60,100 training images')).toBeVisible();
  await page.getByRole('button', { name: 'Only set it up' }).click();
  await expect(page.getByText('The settings have 1 drawing mixed in.')).toBeVisible();
  await page.reload();
  await expect(page.getByTestId('own-drawing')).toHaveCount(1);
  await page.getByRole('link', { name: 'Train', exact: true }).click();
  await expect(page.getByTestId('data-select')).toHaveValue('MNIST and 1 own drawing, 100 times');
  await train.mainControl.click();
  await expect(page.getByTestId('run-phase')).toHaveAttribute('data-phase', 'finished', { timeout: 120_000 });
  expect(await train.stat('step')).toBe(100);

  // On from these weights, with other copies: the page says what the run was trained on, and how long its weights were.
  await page.getByRole('link', { name: 'Own data…' }).click();
  await page.getByLabel('Times each').fill('1000');
  await page.getByRole('button', { name: 'Train on with them' }).click();
  await train.answer('current');
  await expect(page.getByTestId('current-data')).toContainText('MNIST and 1 own drawing, 1,000 times');
  await expect(page.getByTestId('current-network')).toContainText('trained for 200 steps', {
    timeout: 120_000,
  });
  await page.reload();
  await page.getByTestId('last-run').getByRole('button', { name: 'Show it' }).click({ timeout: 30_000 });
  await expect(page.getByTestId('current-data')).toContainText('1 own drawing, 1,000 times');
});
