// The kept runs: two that differ, compared; deleted and brought back over a reload; saved as a file and loaded again.
import { expect, test } from '@playwright/test';
import { expectClean } from './axe.ts';
import { TrainPage } from './trainPage.ts';

const settings = 'network=lenet&epochs=1&trainingImages=3200&momentum=0.9';

test('two short runs are compared, deleted, brought back, saved and loaded', async ({ page }) => {
  const train = new TrainPage(page);
  const finished = async (): Promise<void> => {
    await train.mainControl.click();
    await expect(page.getByTestId('run-phase')).toHaveAttribute('data-phase', 'finished', {
      timeout: 120_000,
    });
  };
  await train.open(`${settings}&learningRate=0.05&seed=1`);
  await train.chooseEngine(/WebAssembly/);
  await finished();
  const first = await train.stat('accuracy');
  // A link of another run replaces the draft, and asks before the weights on show are dropped.
  page.on('dialog', (dialog) => void dialog.accept());
  await train.open(`${settings}&learningRate=0.001&seed=2`);
  await finished();
  const second = await train.stat('accuracy');

  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  const rows = page.getByTestId('run-row');
  await expect(rows).toHaveCount(2);
  await expect(rows.nth(0)).toContainText('Finished');
  await expect(rows.nth(0)).toContainText('seed 2');
  for (const [i, accuracy] of [second, first].entries()) {
    await expect(rows.nth(i)).toContainText(`${accuracy.toFixed(2)}%`);
  }
  await test.step('a name and a tag are kept', async () => {
    await rows.nth(0).getByRole('button', { name: 'LeNet', exact: true }).click();
    const details = page.getByTestId('run-details');
    await details.getByRole('textbox', { name: 'Name' }).fill('too slow');
    await details.getByRole('combobox', { name: 'Tags' }).fill('rate');
    await page.keyboard.press('Enter');
    await expectClean(page, 'the details of a run');
    await page.keyboard.press('Escape');
    await page.reload();
    await expect(rows.nth(0)).toContainText('too slow');
    await expect(rows.nth(0)).toContainText('rate');
    await page.getByRole('searchbox', { name: 'Search' }).fill('slow');
    await expect(rows).toHaveCount(1);
    await page.getByRole('searchbox', { name: 'Search' }).fill('');
    await expect(rows).toHaveCount(2);
  });

  await test.step('both in one chart, what differs, digit by digit', async () => {
    await page.getByRole('checkbox', { name: 'Select all that are shown' }).check();
    await page.getByRole('button', { name: 'Compare' }).click();
    const chart = page.getByTestId('compare-chart');
    await expect(chart.getByRole('figure')).toHaveAttribute('aria-label', /too slow: [\d.]+; LeNet: [\d.]+/);
    await expect(page.getByTestId('compare-settings').getByRole('rowheader')).toHaveText([
      'Learning rate',
      'Seed',
    ]);
    await expect(page.getByTestId('compare-settings')).toContainText('0.001');
    await expect(page.getByTestId('compare-recall').getByRole('row')).toHaveCount(11);
    await expect(page.getByTestId('compare-recall').getByRole('cell', { name: '%' })).toHaveCount(20);
    for (const figure of ['Test accuracy', 'Learning rate', 'Update']) {
      await chart.getByRole('combobox', { name: 'Figure' }).click();
      await page.getByRole('option', { name: figure }).first().click();
      await expect(chart.getByRole('figure')).toHaveAttribute('aria-label', /too slow: [^–;]+; LeNet: [^–]+/);
    }
    await chart.getByText('Epochs', { exact: true }).click();
    await expect(chart.getByRole('figure')).toBeVisible();
    await expectClean(page, 'a comparison');
  });

  await test.step('deleted, reloaded, brought back', async () => {
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await expect(page.getByTestId('deleted-runs')).toContainText('2 runs are deleted');
    await expectClean(page, 'deleted runs');
    await page.reload();
    await page.getByRole('button', { name: 'Undo (2)' }).click();
    await expect(rows).toHaveCount(2);
    await page.reload();
    await expect(rows).toHaveCount(2);
    await expect(page.getByTestId('deleted-runs')).toBeHidden();
  });

  await test.step('saved as a file, freed, loaded', async () => {
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save all as a file' }).click(),
    ]);
    await page.getByRole('checkbox', { name: 'Select all that are shown' }).check();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('button', { name: 'Free the space now' }).click();
    await expect(page.getByText('No run has been kept yet.')).toBeVisible();
    await page.locator('input[type=file]').setInputFiles(await file.path());
    await expect(page.getByTestId('run-file-news')).toContainText('2 runs loaded.');
    await expect(rows.nth(0)).toContainText('too slow');
    await page.locator('input[type=file]').setInputFiles('package.json');
    await expect(page.getByRole('alert')).toContainText('package.json was not loaded');
  });

  await test.step('shown again as it stood', async () => {
    await rows.nth(1).getByRole('button', { name: 'LeNet', exact: true }).click();
    await page.getByRole('button', { name: 'Show in Train' }).click();
    await expect(page).toHaveURL(/\/$/);
    await expect.poll(() => train.stat('accuracy')).toBe(first);
  });

  await test.step('deleted while it is on show: a fresh network takes its place, and it can be brought back', async () => {
    await page.getByRole('link', { name: 'Runs', exact: true }).click();
    await rows.nth(1).getByRole('checkbox').check();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await expect(page.getByTestId('deleted-runs')).toContainText('1 run is deleted');
    await expect(rows).toHaveCount(1);
    await page.getByRole('link', { name: 'Train', exact: true }).click();
    await train.expectAction('start');
    await expect.poll(() => train.stat('step')).toBe(0);
    await page.getByRole('link', { name: 'Runs', exact: true }).click();
    await page.getByRole('button', { name: 'Undo (1)' }).click();
    await expect(rows).toHaveCount(2);
  });
});
