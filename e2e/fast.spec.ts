/** The first card: To 99% as fast as possible, with its clock and one's own record. */
import { expect, test } from '@playwright/test';
import { expectClean } from './axe.ts';

const key = 'digit-lab.fast-record';

test('the clock of the fast preset runs while it trains, and the record is there again', async ({ page }) => {
  await page.addInitScript((name) => localStorage.setItem(name, '{"seconds":4.25,"accuracy":0.9912}'), key);
  await page.goto('/');
  const card = page.getByRole('region', { name: 'To 99% as fast as possible' });
  await expect(card.getByText('99.12%', { exact: true })).toBeVisible({ timeout: 60_000 });
  await expect(card.getByText('4.3 s', { exact: true })).toBeVisible();
  const choose = page.getByTestId('fast-choose');
  await choose.press('Enter');
  await expect(choose).toHaveAttribute('aria-pressed', 'true');
  await expect(page.getByTestId('preset-select')).toHaveValue('To 99% as fast as possible');
  const clock = page.getByTestId('fast-clock');
  await expect(clock).toHaveCount(0);
  const main = page.getByTestId('main-control');
  await expect(main).toBeEnabled({ timeout: 60_000 });
  await main.press('Enter');
  const seconds = async (): Promise<number> => Number.parseFloat(await clock.innerText());
  // At once: all of it takes a few seconds.
  await expect.poll(seconds, { timeout: 60_000, intervals: [50] }).toBeGreaterThan(0.2);
  await main.press('Enter');
  await expect(main).toHaveAttribute('data-action', 'resume', { timeout: 30_000 });
  const paused = await seconds();
  await page.waitForTimeout(500);
  expect(await seconds()).toBe(paused);
  await expectClean(page, 'the clock');
});
