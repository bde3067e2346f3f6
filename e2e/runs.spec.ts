// Runs that last: cut by a reload, and gone on with.
import { expect, test } from '@playwright/test';
import { TrainPage } from './trainPage.ts';

const link = 'network=lenet&epochs=1&trainingImages=6400&learningRate=0.1&momentum=0.9';

test('a run that a reload cuts goes on to the same end', async ({ page }) => {
  const train = new TrainPage(page);
  await train.open(link);
  await train.chooseEngine(/WebAssembly/);
  await train.mainControl.click();
  await expect(page.getByTestId('run-phase')).toHaveAttribute('data-phase', 'finished', { timeout: 120_000 });
  const [loss, accuracy] = [await train.stat('loss'), await train.stat('accuracy')];

  await train.reset();
  await train.mainControl.click();
  await train.waitForStep(40);
  page.on('dialog', (dialog) => void dialog.accept());
  await page.reload();
  const offer = page.getByTestId('interrupted-run');
  await expect(offer).toContainText('LeNet', { timeout: 30_000 });
  await offer.getByRole('button', { name: 'Go on' }).click();
  await expect(offer).toBeHidden();
  await expect(page.getByTestId('run-phase')).toHaveAttribute('data-phase', 'finished', { timeout: 120_000 });
  expect([await train.stat('loss'), await train.stat('accuracy')]).toEqual([loss, accuracy]);
  expect(await train.stat('step')).toBe(100);
});
