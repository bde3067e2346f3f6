/** Numbers are typed the same way in every view: kept as typed, in force once they can be, else marked and explained. */
import { expect, type Locator, type Page, test } from '@playwright/test';

/** Looking at fields needs no training, and no minute in which an engine starts. */
async function withoutWorker(page: Page): Promise<void> {
  await page.route(/worker[^/]*\.(js|ts)/, (route) => route.abort());
}

const field = (page: Page, group: string, label: string): Locator =>
  page.getByRole('group', { name: group, exact: true }).getByLabel(label, { exact: true });

async function expectRefused(input: Locator, text: string, message: string): Promise<void> {
  await input.fill(text);
  await input.blur();
  await expect(input).toHaveValue(text);
  await expect(input).toHaveAttribute('aria-invalid', 'true');
  await expect(input).toHaveAccessibleDescription(message);
}

async function expectTaken(input: Locator, text: string, value: string): Promise<void> {
  await input.fill(text);
  await expect(input).toHaveValue(text);
  await input.blur();
  await expect(input).toHaveValue(value);
  await expect(input).not.toHaveAttribute('aria-invalid');
}

test('a number is typed the same way on Train, Network and in the conv lab', async ({ page }) => {
  await withoutWorker(page);

  await page.goto('/');
  const rate = page.getByTestId('field-learningRate');
  await expect(rate).toBeVisible({ timeout: 60_000 });
  await expectTaken(rate, '1e−3', '0.001');
  await expectTaken(rate, '0,02', '0.02');
  await expectTaken(page.getByTestId('field-batchSize'), '１２８', '128');
  await expectRefused(rate, '1e5', 'This may be at most 10.');
  await expectRefused(page.getByTestId('field-epochs'), '2.5', 'This must be a whole number.');
  await rate.press('Escape');
  await expect(rate).toHaveValue('0.02');
  // A preset replaces everything, also where a number is the same.
  await page.getByRole('button', { name: 'VGG-2', exact: true }).click();
  await expect(page.getByTestId('field-epochs')).not.toHaveAttribute('aria-invalid');

  await page.getByRole('link', { name: 'Network', exact: true }).click();
  await page.getByText('Build your own', { exact: true }).click();
  const kernel = page.getByTestId('layer-field-kernelSize').first();
  const before = await kernel.inputValue();
  await expectRefused(kernel, '99', `This may be at most 64. It stays ${before}.`);
  await kernel.press('ArrowUp');
  await expect(kernel).toHaveValue(String(Number(before) + 1));
  const out = page.getByTestId('layer-field-outChannels').first();
  await expectRefused(out, '', `Type a number. It stays ${await out.inputValue()}.`);

  await page.getByRole('link', { name: 'Conv lab', exact: true }).click();
  const cell = page.getByLabel('Value, row 1, col. 1');
  const first = page.locator('[data-grid="kernel-0"]').getByRole('gridcell').first();
  for (const [text, value, shown] of [
    ['1e5', '100000', '100000'],
    ['2e3', '2000', '2000'],
    ['1e-3', '0.001', '0.001'],
    ['−3', '-3', '−3'],
    ['１．５', '1.5', '1.5'],
    ['1/9', '0.11111111', '0.111111'],
  ] as const) {
    await expectTaken(cell, text, value);
    await expect(first).toHaveAttribute('aria-label', shown);
  }
  await expectRefused(cell, '1,234', 'Write 1234 or 1.234: this can be read as either. It stays 0.11111111.');
  // What was typed for one cell is not shown for the next.
  await page.locator('[data-grid="kernel-0"]').getByRole('gridcell').nth(1).click();
  await expect(page.getByLabel('Value, row 1, col. 2')).toHaveValue('1');

  const height = field(page, 'Input', 'Height');
  await expectRefused(height, '99', 'This may be at most 28. It stays 4.');
  await expectRefused(height, '9.7', 'This must be a whole number. It stays 4.');
  await expectRefused(height, '', 'Type a number. It stays 4.');
  await expectRefused(field(page, 'Operator', 'Stride'), '2.5', 'This must be a whole number. It stays 1.');
  await expectRefused(field(page, 'Operator', 'Stride'), '9', 'This may be at most 5. It stays 1.');
  await expect(page.locator('[data-grid="plane-0"]').getByRole('row')).toHaveCount(4);
  await page.getByRole('button', { name: 'The report’s example' }).click();
  await expect(height).toHaveValue('4');
  await expect(field(page, 'Operator', 'Stride')).toHaveValue('1');
  await expect(height).not.toHaveAttribute('aria-invalid');
});
