/** What the conv lab shows behind a plain convolution: groups, the pointwise one, padding and a mean. */
import { expect, test } from '@playwright/test';
import { expectClean } from './axe.ts';
import { cell, openLab, setNumber, showStage, shown, step } from './labPage.ts';

test('steps through a depthwise convolution, the pointwise one behind it, padding same and a mean', async ({
  page,
}) => {
  await openLab(page);
  await page.getByRole('combobox', { name: 'Channels' }).click();
  await page.getByRole('option', { name: '2', exact: true }).click();
  await page.getByRole('button', { name: 'Depthwise: a filter a channel' }).click();
  await page.getByRole('checkbox', { name: 'Padding “same”' }).check();
  await setNumber(page, 'Stages behind it', 'Pointwise filters', 3);
  // An even kernel: one row of zeros below, none above. Each filter reads its own channel alone.
  await page.getByRole('button', { name: 'To the end of this cell' }).click();
  expect(await step(page)).toBe(4);
  expect((await shown(page, 'plane-0')).slice(-5)).toEqual([0, 0, 0, 0, 0]);
  await expect(page.getByText('Filter 1 does not read channel 2')).toBeVisible();
  await page.getByRole('button', { name: 'To the end', exact: true }).click();
  expect(await step(page)).toBe(2 * 16 * 4);
  const ones = [4, 4, 4, 2, 4, 4, 4, 2, 4, 4, 4, 2, 2, 2, 2, 1];
  expect(await shown(page, 'output-1')).toEqual(ones);
  await expect(page.locator('[data-difference="0"]')).toBeVisible({ timeout: 60_000 });
  // 128 products a filter a channel, 96 to mix them; a plain convolution to three filters takes 384.
  await expect(page.locator('[data-count="both"]')).toHaveText('224');
  await expect(page.getByText('Both take 58.3% of the products of the one without groups.')).toBeVisible();

  await showStage(page, 'Pointwise');
  await cell(page, 'pointwise-w', 2, 1).click();
  await page.getByLabel('Filter 3, channel 2').fill('-0.5');
  await page.getByRole('button', { name: 'To the end', exact: true }).click();
  expect(await shown(page, 'output-0')).toEqual(ones.map((value) => 2 * value));
  expect(await shown(page, 'output-2')).toEqual(ones.map((value) => value / 2));
  await expectClean(page, 'the pointwise stage');

  await showStage(page, 'Average pooling');
  await setNumber(page, 'Stages behind it', 'Pool padding', 1);
  await page.getByRole('button', { name: 'To the end of this cell' }).click();
  await expect(page.locator('[data-sum]')).toHaveText('1');
  await page.getByRole('checkbox', { name: 'Average: count padding' }).uncheck();
  await page.getByRole('button', { name: 'To the end of this cell' }).click();
  await expect(page.locator('[data-sum]')).toHaveText('4');
  await expectClean(page, 'the average pooling');
  // Three groups fit neither the two channels nor the two filters.
  await setNumber(page, 'Operator', 'Groups', 3);
  await expect(page.getByRole('alert')).toContainText('3 groups must divide both the 2 channels');
});
