/** The conv lab as a person at a browser has it. */
import { expect, type Locator, type Page } from '@playwright/test';

export async function openLab(page: Page, hash = ''): Promise<void> {
  await page.goto(`/conv-lab${hash}`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible({ timeout: 60_000 });
}

export const grid = (page: Page, id: string): Locator => page.locator(`[data-grid="${id}"]`);

export function cell(page: Page, id: string, row: number, column: number): Locator {
  return grid(page, id).getByRole('row').nth(row).getByRole('gridcell').nth(column);
}

/** Values on screen, row-major; empty for cells that are not computed yet. */
export async function shown(page: Page, id: string): Promise<(number | null)[]> {
  const labels = await grid(page, id)
    .getByRole('gridcell')
    .evaluateAll((cells) => cells.map((one) => one.getAttribute('aria-label') ?? ''));
  return labels.map((label) => (label === '' ? null : Number(label.replace('−', '-'))));
}

export async function showStage(page: Page, stage: string): Promise<void> {
  await page
    .locator('label')
    .filter({ hasText: new RegExp(`^${stage}$`) })
    .click();
}

export const step = (page: Page): Promise<number> =>
  page.locator('[data-step]').evaluate((count) => Number(count.getAttribute('data-step')));

export async function setNumber(page: Page, group: string, label: string, value: number): Promise<void> {
  await page
    .getByRole('group', { name: group, exact: true })
    .getByLabel(label, { exact: true })
    .fill(String(value));
}
