/** Every view is clean in axe and fits its width, light and dark, wide and narrow, in both languages. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';

const looks = [
  { colorScheme: 'light', width: 1440, locale: 'en-US' },
  { colorScheme: 'dark', width: 390, locale: 'zh-CN' },
] as const;

async function expectAccessible(page: Page, path: string): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible({ timeout: 30_000 });
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`);
  expect(found, path).toEqual([]);
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
    });
  });
}
