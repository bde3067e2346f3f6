/** Another program's run laid over ours. */
import { expect, type Page, test } from '@playwright/test';
import { expectClean } from './axe.ts';
import { TrainPage } from './trainPage.ts';

/** Ten steps. */
const query = 'network=lenet&trainingImages=640&epochs=1&learningRate=0.01';

const choose = (page: Page, name: string, text: string) =>
  page
    .getByLabel('Choose a file…')
    .first()
    .setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });

test('a file’s curves are drawn over the run’s, compared with it, and put away', async ({ page }) => {
  const train = new TrainPage(page);
  await train.open(query);
  const panel = page.getByTestId('other-run');
  await choose(page, 'notes.txt', 'no table');
  await expect(panel.getByRole('alert')).toContainText('notes.txt was not read');
  await choose(page, 'metrics.csv', 'step,train_loss\n1,2.3\n2,two\n');
  await expect(panel.getByRole('alert')).toContainText('Line 3, column train_loss: “two”');

  // The run's own figures, but for step 3.
  const losses = await train.stepLosses(4);
  const theirs = losses.map((loss, i) => `${i + 1},${i === 2 ? loss + 0.5 : loss}`);
  await choose(page, 'metrics.csv', ['step,train_loss', ...theirs].join('\n'));
  const row = page.getByTestId('other-comparison').locator('[data-metric=train_loss]');
  await expect(row).toContainText('4');
  await expect(row).toContainText('0.5');
  await expect(row).toContainText('from step 3');
  await expect(page.getByText('The file’s run').first()).toBeVisible();
  await expectClean(page, 'another program’s run over ours');

  await page.getByRole('button', { name: 'Put the file’s run away' }).press('Enter');
  await expect(page.getByText('The file’s run')).toHaveCount(0);

  const data = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(['step,loss\n50,1\n'], 'dropped.csv'));
    return transfer;
  });
  await page.getByTestId('training-loss').dispatchEvent('drop', { dataTransfer: data });
  await expect(panel).toContainText('dropped.csv');
  await expect(panel).toContainText('No step of the file is in this run yet');
});
