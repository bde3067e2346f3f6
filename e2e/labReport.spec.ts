/** A run as a lab report: written, opened, and clean. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { expectClean } from './axe.ts';
import { TrainPage } from './trainPage.ts';

test('a run becomes a report that stands by itself', async ({ page, context }) => {
  const train = new TrainPage(page);
  // An earlier run, to stand beside it.
  for (const rate of [0.02, 0.01]) {
    await train.open(`network=lenet&trainingImages=640&epochs=1&learningRate=${rate}&seed=7`);
    await expect(page.getByRole('button', { name: 'Write the report…' })).toBeDisabled();
    await train.mainControl.click();
    await train.expectAction('startAgain', 120_000);
  }
  await page.getByRole('button', { name: 'Write the report…' }).press('Enter');
  await page.getByLabel('Your name').fill('Ada <b>L.</b>');
  await page.getByLabel('What I conclude').fill('Ten steps\nare few.');
  const others = page.getByRole('combobox', { name: 'Compare with earlier runs' });
  await others.press('ArrowDown');
  await page.getByRole('option', { name: /^LeNet/ }).click();
  await others.press('Tab');
  await expectClean(page, 'the form of a lab report');
  const download = page.waitForEvent('download', { timeout: 240_000 });
  await page.getByRole('button', { name: 'Save as one HTML file' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe('lenet-step-10-report.html');
  await expect(page.getByTestId('lab-report-form')).toContainText('lenet-step-10-report.html saved');

  const report = await context.newPage();
  const asked: string[] = [];
  report.on('request', (request) => asked.push(request.url()));
  const html = readFileSync(await file.path(), 'utf8');
  // As a file, since the page's own address would let it load from there.
  await report.setContent(html);
  await expect(report.getByRole('heading', { level: 1 })).toHaveText('Lab report: LeNet reads digits');
  await expect(report.getByText('Ada <b>L.</b>')).toBeVisible();
  await expect(report.getByText('are few.')).toBeVisible();
  const sections = await report.getByRole('heading', { level: 2 }).allTextContents();
  expect(sections).toEqual([
    'Set-up',
    'Network',
    'Code',
    'Curves',
    'Results',
    'Confusion matrix',
    'Misread images',
    'What the doctor said',
    'What I conclude',
    'Train it again',
  ]);
  // Every picture is one.
  const widths = await report
    .locator('img')
    .evaluateAll((images) => images.map((image) => (image as HTMLImageElement).naturalWidth));
  expect(widths.length).toBeGreaterThan(3);
  expect(Math.min(...widths)).toBeGreaterThan(50);
  await expect(report.getByRole('link')).toHaveAttribute(
    'href',
    /network=lenet.*seed=7|seed=7.*network=lenet/,
  );
  const compared = report.getByRole('table', { name: 'Runs compared' }).getByRole('row');
  await expect(compared).toHaveCount(3);
  await expect(compared.last()).toContainText('Learning rate: 0.02');
  const total = await report
    .getByRole('table', { name: /^Rows: what the image shows/ })
    .locator('tbody td')
    .allTextContents();
  const counts = total.filter((text) => !text.includes('%')).map((text) => Number(text.replaceAll(',', '')));
  expect(counts).toHaveLength(100);
  expect(counts.reduce((a, b) => a + b)).toBe(10_000);
  expect(asked.filter((url) => !url.startsWith('data:'))).toEqual([]);
  await expectClean(report, 'a lab report');
});
