/** Every view is clean in axe and fits its width: light and dark, wide and narrow, in both languages, with forced colours. */
import { expect, type Page, test } from '@playwright/test';
import { expectClean } from './axe.ts';

const looks = [
  { colorScheme: 'light', width: 1440, locale: 'en-US', narrow: 'forced-colors' },
  { colorScheme: 'dark', width: 320, locale: 'zh-CN', narrow: 'as it is' },
] as const;
type Look = (typeof looks)[number];

/**
 * What axe cannot judge by itself, on pictures and gradients, and src/ui/theme/contrast.test.ts computes: the pad's hint, charts, cells over several rows, amounts
 * over their bars, the ends of the network's diagram, and whatever has one character or none that is a letter.
 */
const withoutWords: readonly unknown[] = ['shortTextContent', 'nonBmp'];
const computedContrast = [
  '[data-testid="drawing-pad"] *',
  'svg text',
  'tr[data-kind] td',
  'th[rowspan] *',
  '[data-kind="Input"] *',
  '[data-kind="Output"] *',
].join();

/** Clean, and no contrast left open. */
async function expectCleanAndContrast(page: Page, what: string): Promise<void> {
  const incomplete = await expectClean(page, what);
  const unjudged = incomplete
    .filter(({ id }) => id === 'color-contrast')
    .flatMap(({ nodes }) => nodes)
    .filter(({ any }) => !any.every(({ data }) => withoutWords.includes(data?.messageKey)))
    .map(({ target }) => target.join(' '));
  const open = await page.evaluate(
    ([selectors, computed]) =>
      selectors.filter((s) => document.querySelector(s)?.matches(computed) === false),
    [unjudged, computedContrast] as const,
  );
  expect(open, `${what}: contrast that nobody computed`).toEqual([]);
}

async function expectFits(page: Page, what: string): Promise<void> {
  const faults = async (): Promise<string[]> =>
    page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      const cut = [...document.querySelectorAll<HTMLElement>('nav a, .mantine-Button-label')].filter(
        (label) => label.scrollWidth > label.clientWidth + 1,
      );
      return [
        ...(scrollWidth > clientWidth ? [`scrolls sideways by ${scrollWidth - clientWidth}`] : []),
        ...cut.map((label) => `cut off: ${label.textContent}`),
      ];
    });
  // Charts take a new width a frame or two after the page.
  await expect.poll(faults, { message: what }).toEqual([]);
}

async function expectAccessible(page: Page, path: string, { width, narrow }: Look): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible({ timeout: 30_000 });
  await expectCleanAndContrast(page, path);
  await expectFits(page, path);
  await page.setViewportSize({ width: 390, height: 844 });
  await expectFits(page, `${path} at 390 px`);
  if (narrow === 'forced-colors') {
    await page.emulateMedia({ forcedColors: 'active' });
    await page.setViewportSize({ width: 320, height: 700 });
    await expectFits(page, `${path} at 320 px`);
    await expectClean(page, `${path} at 320 px with forced colours`);
    await page.emulateMedia({ forcedColors: 'none' });
  }
  await page.setViewportSize({ width, height: 900 });
}

for (const look of looks) {
  const { colorScheme, width, locale } = look;
  test.describe(`${colorScheme}, ${width} px, ${locale}`, () => {
    test.use({ colorScheme, locale, viewport: { width, height: 900 } });

    // One page for all of them, as a person goes through them: each start would load the digits anew.
    test('every view of the navigation is clean in axe and does not scroll sideways', async ({ page }) => {
      await page.goto('/');
      await expect(page.locator('html')).toHaveAttribute('lang', locale === 'zh-CN' ? 'zh-CN' : 'en');
      const links = page.locator('header nav, footer').getByRole('link');
      await expect(links.first()).toBeVisible({ timeout: 30_000 });
      for (const link of await links.all()) {
        const path = (await link.getAttribute('href')) ?? '';
        await test.step(path, async () => {
          await link.click();
          await expect(page).toHaveURL(new RegExp(`${path}$`));
          await expect(link).toHaveAttribute('aria-current', 'page');
          await expectAccessible(page, path, look);
        });
      }
      await test.step('what opens over a view', async () => {
        await links.first().click();
        await page.getByTestId('preset-select').click();
        await expect(page.getByRole('option').first()).toBeVisible();
        await expectClean(page, 'an open list');
        await page.keyboard.press('Escape');
        await page.getByRole('banner').getByRole('button').first().click();
        await expect(page.getByRole('menuitemradio').first()).toBeVisible();
        await expectClean(page, 'an open menu');
      });
    });
  });
}
