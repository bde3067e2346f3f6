/** Every view is clean in axe and fits its width, light and dark, wide and narrow, in both languages. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';

const looks = [
  { colorScheme: 'light', width: 1440, locale: 'en-US' },
  { colorScheme: 'dark', width: 390, locale: 'zh-CN' },
] as const;

async function expectClean(page: Page, what: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`);
  expect(found, what).toEqual([]);
}

async function expectAccessible(page: Page, path: string): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible({ timeout: 30_000 });
  await expectClean(page, path);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow, `${path} scrolls sideways`).toBeLessThanOrEqual(0);
}

for (const { colorScheme, width, locale } of looks) {
  test.describe(`${colorScheme}, ${width} px, ${locale}`, () => {
    test.use({ colorScheme, locale, viewport: { width, height: 900 } });

    // One page for all of them, as a person goes through them: each start would load the digits anew.
    test('every view of the navigation is clean in axe and does not scroll sideways', async ({ page }) => {
      await page.goto('/');
      await expect(page.locator('html')).toHaveAttribute('lang', locale === 'zh-CN' ? 'zh-CN' : 'en');
      const links = page.getByRole('navigation').getByRole('link');
      await expect(links.first()).toBeVisible({ timeout: 30_000 });
      for (const link of await links.all()) {
        const path = (await link.getAttribute('href')) ?? '';
        await test.step(path, async () => {
          await link.click();
          await expect(page).toHaveURL(new RegExp(`${path}$`));
          await expect(link).toHaveAttribute('aria-current', 'page');
          await expectAccessible(page, path);
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
