/** Every view is clean in axe and fits its width: light and dark, wide and narrow, in both languages, with forced colours. */
import { expect, type Page, test } from '@playwright/test';
import { type AxeResult, expectClean } from './axe.ts';

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

/** Those of `incomplete` whose contrast nobody judged, as selectors. */
async function contrastLeftOpen(page: Page, incomplete: readonly AxeResult[]): Promise<string[]> {
  const unjudged = incomplete
    .filter(({ id }) => id === 'color-contrast')
    .flatMap(({ nodes }) => nodes)
    .filter(({ any }) => !any.every(({ data }) => withoutWords.includes(data?.messageKey)))
    .map(({ target }) => target.join(' '));
  return page.evaluate(
    ([selectors, computed]) =>
      selectors.filter((s) => document.querySelector(s)?.matches(computed) === false),
    [unjudged, computedContrast] as const,
  );
}

/** Clean, and no contrast left open. */
async function expectCleanAndContrast(page: Page, what: string): Promise<void> {
  let open = await contrastLeftOpen(page, await expectClean(page, what));
  let before = Infinity;
  // The edge of what scrolls sideways, such as a wide table, cuts through a column: axe judges it once it is wholly in view.
  while (open.length > 0 && open.length < before) {
    before = open.length;
    // oxlint-disable-next-line no-await-in-loop -- one column after the other
    await page
      .locator(open[0] ?? '')
      .first()
      .evaluate((element) =>
        element.scrollIntoView({ block: 'nearest', inline: 'center', behavior: 'instant' }),
      );
    // oxlint-disable-next-line no-await-in-loop -- one column after the other
    open = await contrastLeftOpen(page, await expectClean(page, what, open));
  }
  expect(open, `${what}: contrast that nobody computed`).toEqual([]);
}

async function expectFits(page: Page, what: string): Promise<void> {
  const faults = async (): Promise<string[]> =>
    page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      const isWithin = (part: DOMRect, whole = new DOMRect(0, 0, clientWidth)): boolean =>
        part.left >= whole.left - 1 && part.right <= whole.right + 1;
      const cut = [...document.querySelectorAll<HTMLElement>('nav a, .mantine-Button-label')].filter(
        (label) =>
          label.scrollWidth > label.clientWidth + 1 ||
          !isWithin(label.getBoundingClientRect(), label.closest('nav')?.getBoundingClientRect()),
      );
      // An icon that is not shown has no width.
      const apart = [...document.querySelectorAll('.mantine-Button-section[data-position="left"]')].filter(
        (icon) => {
          const { width, right } = icon.getBoundingClientRect();
          return width > 0 && (icon.nextElementSibling?.getBoundingClientRect().left ?? 0) - right > 24;
        },
      );
      return [
        ...(scrollWidth > clientWidth ? [`scrolls sideways by ${scrollWidth - clientWidth}`] : []),
        ...cut.map((label) => `cut off: ${label.textContent}`),
        ...apart.map((icon) => `apart from its icon: ${icon.parentElement?.textContent}`),
      ];
    });
  // Charts take a new width a frame or two after the page.
  await expect.poll(faults, { message: what }).toEqual([]);
}

/** What shows a state by its ground alone; a forced colour takes that away, and neither axe nor a width tells. */
const shapes = {
  '.mantine-Switch-track': '',
  '.mantine-Switch-thumb': '',
  '.mantine-Slider-bar': '',
  '.mantine-Slider-thumb': '',
  '.mantine-Progress-root': '',
  '.mantine-SegmentedControl-indicator': '',
  '.mantine-Slider-track': '::before',
} as const;

/** Under forced colours each has a ground or an edge of another colour than the page. */
async function expectShapes(page: Page, what: string): Promise<void> {
  const unseen = await page.evaluate((parts) => {
    const page = getComputedStyle(document.body).backgroundColor;
    const clear = [page, 'rgba(0, 0, 0, 0)'];
    return Object.entries(parts).filter(([selector, pseudo]) =>
      [...document.querySelectorAll(selector)].some((element) => {
        if (element.getBoundingClientRect().width === 0) return false;
        const { backgroundColor, borderTopWidth, borderTopColor, borderTopStyle } = getComputedStyle(
          element,
          pseudo,
        );
        const hasEdge = borderTopStyle !== 'none' && parseFloat(borderTopWidth) > 0;
        return clear.includes(backgroundColor) && !(hasEdge && !clear.includes(borderTopColor));
      }),
    );
  }, shapes);
  expect(unseen, `${what}: not seen under forced colours`).toEqual([]);
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
    await expectShapes(page, path);
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
      // axe goes through some twenty pages.
      test.slow();
      await page.goto('/');
      await expect(page.locator('html')).toHaveAttribute('lang', locale === 'zh-CN' ? 'zh-CN' : 'en');
      const links = page.locator('header nav, footer').getByRole('link');
      await expect(links.first()).toBeVisible({ timeout: 30_000 });
      // Between two arrangements of the header the names of all pages have the least room.
      await test.step('the header at every width', async () => {
        for (const narrow of [480, 670, 700, 780, 860, 1000, 1200]) {
          await page.setViewportSize({ width: narrow, height: 900 });
          await expectFits(page, `the header at ${narrow} px`);
        }
        await page.setViewportSize({ width, height: 900 });
      });
      for (const link of await links.all()) {
        const path = (await link.getAttribute('href')) ?? '';
        await test.step(path, async () => {
          await link.click();
          await expect(page).toHaveURL(new RegExp(`${path}$`));
          await expect(link).toHaveAttribute('aria-current', 'page');
          await expectAccessible(page, path, look);
          // Tabs of a view have addresses of their own; the first is the one that was seen.
          for (const tab of (await page.locator('main nav:has(a[aria-current=page]) a').all()).slice(1)) {
            const address = (await tab.getAttribute('href')) ?? '';
            await tab.click();
            await expect(tab).toHaveAttribute('aria-current', 'page');
            // Measured on opening: before, there is little to judge.
            if (address.endsWith('/mistakes')) {
              await expect(page.getByTestId('class-figures')).toBeVisible({ timeout: 60_000 });
            }
            await expectAccessible(page, address, look);
          }
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
