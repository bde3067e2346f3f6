/** Every view is clean in axe and fits its width, light and dark, wide and narrow, in both languages. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '@playwright/test';

const views = [
  { path: '/', name: 'Train' },
  { path: '/draw', name: 'Draw' },
  { path: '/network', name: 'Network' },
  { path: '/conv-lab', name: 'Conv lab' },
];
const looks = [
  { colorScheme: 'light', width: 1440, locale: 'en-US' },
  { colorScheme: 'dark', width: 390, locale: 'zh-CN' },
] as const;

for (const { colorScheme, width, locale } of looks) {
  test.describe(`${colorScheme}, ${width} px, ${locale}`, () => {
    test.use({ colorScheme, locale, viewport: { width, height: 900 } });
    for (const { path, name } of views) {
      test(`${name} is clean in axe and does not scroll sideways`, async ({ page }) => {
        await page.goto(path);
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible({ timeout: 30_000 });
        await expect(page.locator('html')).toHaveAttribute('lang', locale === 'zh-CN' ? 'zh-CN' : 'en');
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(
          violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`),
        ).toEqual([]);
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect(overflow).toBeLessThanOrEqual(0);
      });
    }
  });
}
