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

test('a loss that is no number stands as NaN under the pointer', async ({ page }) => {
  const train = new TrainPage(page);
  // Weights grow ninefold at each step: past float32 before the fiftieth.
  await train.open('network=lenet&learningRate=10&momentum=0&weightDecay=1');
  await train.mainControl.click();
  await expect(page.getByTestId('stat-loss')).toContainText('NaN', { timeout: 120_000 });
  await train.waitForStep(60);
  await train.mainControl.click();
  await train.expectAction('resume');
  const chart = page.getByTestId('training-loss');
  const box = chart.locator('[class*=tooltipRow]');
  const plot = chart.locator('[class*=hover]').first();
  await plot.scrollIntoViewIfNeeded();
  const { width, height } = (await plot.boundingBox()) ?? { width: 0, height: 0 };
  await plot.hover({ position: { x: width * 0.6, y: height / 2 } });
  await expect(box).toHaveCount(2);
  await expect(box.first()).toContainText('NaN');
  await expect(box.last()).toContainText('NaN');
});

test('mends a run from where the fault began, and keeps what went well before', async ({ page }) => {
  const train = new TrainPage(page);
  await train.open('network=lenet&learningRate=0.05&momentum=0.9&epochs=9&trainingImages=6400');
  await train.chooseEngine(/WebAssembly/);
  await page.getByRole('button', { name: 'Epoch', exact: true }).click();
  await train.expectAction('resume', 60_000);
  expect(await train.stat('step')).toBe(100);
  // In flight: from here on the loss runs away, the same way each time.
  const rate = page.getByLabel('Learning rate', { exact: true });
  await rate.fill('3');
  await rate.press('Enter');
  await train.mainControl.click();
  const fromThere = page.getByTestId('branch-learning_rate_high');
  await expect(fromThere).toBeVisible({ timeout: 60_000 });
  const [, step = ''] = /From step (\d+) on/.exec(await fromThere.innerText()) ?? [];
  const from = Number(step);
  expect(from).toBeGreaterThan(0);
  await fromThere.press('Enter');
  await expect(page.getByText('Run before the branch')).toBeVisible({ timeout: 30_000 });
  await expect(rate).toHaveValue('0.3');
  await expect(page.getByTestId('run-phase')).toHaveAttribute('data-phase', 'finished', { timeout: 120_000 });
  expect(await train.stat('step')).toBe(900);
  const scrubber = page.getByRole('slider', { name: 'Step on show' });
  await scrubber.focus();
  await scrubber.press('Home');
  // Steps before the branch are its parent's.
  await expect(page.getByTestId('shown-step')).toHaveAttribute('data-at', '0');
  await expect(page.getByText(`Before the branch at step ${from}:`)).toBeVisible();
});
