/** Why the network reads what it reads, and what fools it: the tab of Inspect, as a person uses it. */
import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { expectClean } from './axe.ts';
import { handwriting, TrainPage } from './trainPage.ts';

const settings = 'network=lenet&learningRate=0.1&momentum=0.9&shuffle=true&epochs=2&loss=cross_entropy';

async function openWhy(page: Page): Promise<void> {
  await page.locator('header nav a[href$="/inspect"]').click();
  await page.locator('a[href$="/inspect/why"]').click();
}

const isCurrent = (page: Page, testId: string): Promise<void> =>
  expect(page.getByTestId(testId)).toHaveAttribute('data-current', 'true', { timeout: 60_000 });

/** Colours of a picture that are not grey: what stands over the digit. */
const coloured = (page: Page, testId: string): Promise<number> =>
  page
    .getByTestId(testId)
    .locator('canvas')
    .evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')?.getImageData(0, 0, 28, 28) ?? { data: [] };
      let count = 0;
      for (let i = 0; i < data.length; i += 4)
        if (Math.abs((data[i] ?? 0) - (data[i + 2] ?? 0)) > 8) count += 1;
      return count;
    });

/** Saves the picture of a panel in this form; gives the file's bytes. */
async function saved(page: Page, menu: string, item: RegExp): Promise<Buffer> {
  await page.getByRole('button', { name: menu }).click();
  const download = page.waitForEvent('download');
  // The menu before may still be closing.
  await page.getByRole('menu', { name: menu }).getByRole('menuitem', { name: item }).click();
  return readFileSync(await (await download).path());
}

test('explains a drawing, fools the network with it, and draws on with what fooled it', async ({ page }) => {
  const train = new TrainPage(page);
  await train.open(settings);
  await train.mainControl.click();
  await train.waitForStep(250);
  await train.mainControl.click();
  await train.expectAction('resume');
  await train.draw(handwriting['3'] ?? []);
  const read = await page.getByTestId('predicted-digit').innerText();
  await openWhy(page);
  await isCurrent(page, 'why');
  await isCurrent(page, 'occlusion');
  await expect(page.getByTestId('why-logit')).toContainText(`Logit of ${read}:`);
  for (const picture of ['saliency', 'cam', 'occlusion'])
    expect(await coloured(page, picture), picture).toBeGreaterThan(0);

  await test.step('another class, another convolution and another square, by keyboard', async () => {
    const asked = page.getByLabel('Class to explain');
    await asked.focus();
    await page.keyboard.type('8');
    await expect(asked).toHaveValue('8');
    await expect(page.getByTestId('why-logit')).toContainText('Logit of 8:');
    await page.getByLabel('Convolution').selectOption('conv1.0');
    await expect(page.getByRole('img', { name: 'Grad-CAM of 8 at conv1.0' })).toBeVisible();
    await expect(page.getByText('28 × 28 places')).toBeVisible();
    const square = page.getByTestId('occlusion-size');
    await square.fill('10');
    await isCurrent(page, 'occlusion');
    await asked.selectOption({ index: 0 });
    await expect(page.getByTestId('why-logit')).toContainText(`Logit of ${read}:`);
  });

  await test.step('every picture is a file', async () => {
    const png = await saved(page, 'Save the saliency', /PNG/);
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    const svg = (await saved(page, 'Save Grad-CAM', /SVG/)).toString();
    expect(svg).toContain('conv1.0');
    expect(svg).toContain('data:image/png');
    const csv = (await saved(page, 'Save the occlusion', /CSV/)).toString().trim().split(/\r?\n/);
    expect(csv[0]).toContain('row,column,grey,probabilityDrop');
    expect(csv).toHaveLength(785);
  });

  await test.step('looks back at the untrained network', async () => {
    const scrubber = page.getByRole('slider', { name: 'Step on show' });
    await scrubber.focus();
    await scrubber.press('Home');
    await expect(page.getByTestId('why-logit')).toContainText('Step 0.');
    await scrubber.press('End');
    await expect(page.getByTestId('why-logit')).not.toContainText('Step 0.');
    await isCurrent(page, 'why');
  });

  const result = page.getByTestId('attack-result');
  await test.step('fools the network with one click', async () => {
    await page.getByTestId('attack-epsilon').fill('255');
    await page.getByRole('button', { name: 'Fool the network' }).click();
    await expect(result).toHaveAttribute('data-fooled', 'true', { timeout: 60_000 });
    await expect(result).toHaveAttribute('data-before', read);
    const size = Number(
      await page.getByTestId('attack-largest').evaluate((node) => node.firstChild?.textContent),
    );
    expect(size).toBeGreaterThan(0);
    await expect(result).toContainText(`with changes of at most ${size} grey levels`);
  });
  await expectClean(page, 'the tab with an adversarial example');
  await page.emulateMedia({ colorScheme: 'dark', forcedColors: 'active' });
  await page.setViewportSize({ width: 320, height: 700 });
  await expectClean(page, 'the same at 320 px in the dark with forced colours');
  // Charts and the scrubber take a new width a frame or two after the page.
  await expect
    .poll(() =>
      page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
    )
    .toBe(0);
  await page.emulateMedia({ colorScheme: 'light', forcedColors: 'none' });
  await page.setViewportSize({ width: 1440, height: 900 });

  const fooled = (await result.getAttribute('data-after')) ?? '';
  expect(fooled).not.toBe(read);
  await page.getByTestId('attack-draw').click();
  await expect(page.getByTestId('predicted-digit')).toHaveText(fooled);
  await expect(page.getByText('A changed image')).toBeVisible();

  await test.step('says what failed where nothing fools it, and how to go on', async () => {
    await page.getByTestId('attack-epsilon').fill('1');
    await page.getByText('FGSM: one step').click();
    await page
      .getByLabel('Read it as')
      .selectOption(['0', '1', '4'].find((digit) => digit !== read && digit !== fooled) ?? '');
    await page.getByRole('button', { name: 'Fool the network' }).click();
    await expect(page.getByTestId('attack-failed')).toContainText('PGD');
  });
});

test('keeps its answers new while the network trains, which goes on', async ({ page }) => {
  const train = new TrainPage(page);
  await train.open(settings);
  await train.mainControl.click();
  await train.waitForStep(20);
  await openWhy(page);
  const step = async (): Promise<number> =>
    Number(/Step ([\d,]+)/.exec(await page.getByTestId('why-logit').innerText())?.[1]?.replaceAll(',', ''));
  await expect.poll(step, { timeout: 60_000 }).toBeGreaterThan(20);
  const before = await step();
  await expect.poll(step, { timeout: 120_000 }).toBeGreaterThan(before + 100);
});
