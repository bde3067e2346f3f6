/** The doctor, as a person meets it: a run with the report's wrong loss, the verdict, and the way out by one click. */
import { expect, test } from '@playwright/test';
import { TrainPage } from './trainPage.ts';

test('names softmax before NLLLoss, shows it on the chart and mends it', async ({ page }) => {
  const train = new TrainPage(page);
  await train.open('network=lenet&loss=nll_softmax&learningRate=0.1&momentum=0.9&shuffle=true');
  await expect(page.getByTestId('diagnoses')).toBeHidden();
  await train.mainControl.click();
  const verdict = page.getByTestId('diagnosis-softmax_before_nll');
  await expect(verdict).toBeVisible({ timeout: 60_000 });
  await expect(verdict).toContainText('Softmax before NLLLoss');
  await expect(verdict.getByRole('math')).toBeVisible();
  await expect(page.getByTestId('diagnosis-mark').first()).toBeAttached();
  const layers = page.getByRole('figure', { name: /of 5 layers up to step/ });
  await expect(layers).toBeVisible();

  await page.getByTestId('fix-softmax_before_nll').click();
  await train.answer('seed');
  await expect(verdict).toBeHidden();
  await train.expectAction('pause');
  await train.waitForStep(20);
  // Cross entropy, unlike -p, is positive.
  expect(await train.stat('loss')).toBeGreaterThan(0);
  await expect(page.getByTestId('diagnosis-softmax_before_nll')).toBeHidden();
});
