/** The page around the views: before its script, on a phone, and under a translator. */
import { expect, test } from '@playwright/test';
import { handwriting, TrainPage } from './trainPage.ts';

test('a dark page is dark before its script is there', async ({ page }) => {
  await page.route('**/*.js', async (route) => route.abort());
  const ground = async (): Promise<string> =>
    page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.goto('/', { waitUntil: 'domcontentloaded' });
  expect(await ground()).toBe('rgb(15, 18, 23)');
  await page.evaluate(() => localStorage.setItem('digit-lab-color-scheme', 'light'));
  await page.reload({ waitUntil: 'domcontentloaded' });
  expect(await ground()).toBe('rgb(244, 245, 248)');
});

test('on a phone, Start, the curve and the pad come one after the other', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const train = new TrainPage(page);
  await train.open('network=lenet');
  const top = async (testId: string): Promise<number> =>
    (await page.getByTestId(testId).boundingBox())?.y ?? Number.NaN;
  const start = await top('main-control');
  const pad = await top('drawing-pad');
  expect(pad - start).toBeGreaterThan(0);
  expect(pad - start).toBeLessThan(1.5 * 844);
});

test('the drawing pad stays where it is while the network is being built', async ({ page }) => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/*.wasm', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto('/draw?network=lenet');
  const top = async (): Promise<number | undefined> =>
    (await page.getByTestId('drawing-pad').boundingBox())?.y;
  await expect.poll(top).toBeDefined();
  await page.evaluate(async () => document.fonts.ready);
  const before = await top();
  release();
  await new TrainPage(page).draw(handwriting['7'] ?? []);
  await expect(page.getByTestId('predicted-digit')).toHaveText(/^\d$/);
  expect(await top()).toBe(before);
});

test('a translated page trains, resets and changes its view and its language', async ({ page }) => {
  const train = new TrainPage(page);
  await train.open('network=lenet&trainingImages=640&epochs=1');
  // What a page translator does: an element in the place of each text.
  const translate = async (): Promise<void> =>
    page.evaluate(() => {
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const texts: Text[] = [];
      while (walker.nextNode()) texts.push(walker.currentNode as Text);
      for (const text of texts) {
        if (text.data.trim() === '' || text.parentElement?.closest('svg,script,style') != null) continue;
        const font = document.createElement('font');
        text.replaceWith(font);
        font.append(`${text.data}*`);
      }
    });
  await translate();
  await train.mainControl.click();
  await train.waitForStep(10);
  await train.expectAction('startAgain');
  await translate();
  await train.reset();
  expect(await train.stat('step')).toBe(0);
  await page.getByRole('link', { name: /^Network/ }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^The network/);
  await translate();
  await page.getByRole('button', { name: /^Language/ }).click();
  await page.getByRole('menuitemradio', { name: '简体中文' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('网络');
});

test('a language whose file does not come is named, and comes when it is chosen again', async ({ page }) => {
  await page.goto('/');
  // The worker's script has come.
  await expect(page.getByTestId('backend-badge')).toHaveAttribute('data-backend', /./, { timeout: 60_000 });
  await page.route('**/assets/*.js', (route) => route.abort());
  await page.getByRole('button', { name: 'Language' }).click();
  await page.getByRole('menuitemradio', { name: '简体中文' }).click();
  await expect(page.getByRole('alert')).toHaveText('简体中文 could not be loaded.');
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await page.unroute('**/assets/*.js');
  await page.getByRole('menuitemradio', { name: '简体中文' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await expect(page.getByRole('menuitemradio')).toHaveCount(0);
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
});
