// Runs that last: cut by a reload, and gone on with.
import { expect, test } from '@playwright/test';
import { expectClean } from './axe.ts';
import { handwriting, TrainPage } from './trainPage.ts';

const link = 'network=lenet&epochs=1&trainingImages=6400&learningRate=0.03&momentum=0.9';

test('a run that a reload cuts goes on to the same end', async ({ page }) => {
  const train = new TrainPage(page);
  await train.open(link.replace('6400', '25600'));
  await train.chooseEngine(/WebAssembly/);
  await train.mainControl.click();
  await expect(page.getByTestId('run-phase')).toHaveAttribute('data-phase', 'finished', { timeout: 120_000 });
  const [loss, accuracy] = [await train.stat('loss'), await train.stat('accuracy')];

  await train.reset();
  await train.mainControl.click();
  await train.waitForStep(20);
  // A state is kept where it rests.
  await train.mainControl.click();
  await train.expectAction('resume');
  const kept = await train.stat('step');
  await train.mainControl.click();
  await train.waitForStep(kept + 20);
  page.on('dialog', (dialog) => void dialog.accept());
  await page.reload();
  const offer = page.getByTestId('last-run');
  await expect(offer).toContainText('LeNet', { timeout: 30_000 });
  await expectClean(page, 'the offer to go on');
  await offer.getByRole('button', { name: 'Go on' }).click();
  await expect(offer).toBeHidden();
  await expect(page.getByTestId('run-phase')).toHaveAttribute('data-phase', 'finished', { timeout: 120_000 });
  expect([await train.stat('loss'), await train.stat('accuracy')]).toEqual([loss, accuracy]);
  expect(await train.stat('step')).toBe(400);
});

test('a run that one tab trains is not offered to another', async ({ page, context }) => {
  const train = new TrainPage(page);
  await train.open(link.replace('epochs=1', 'epochs=50'));
  await train.chooseEngine(/WebAssembly/);
  await train.mainControl.click();
  await train.waitForStep(40);
  const other = await context.newPage();
  await new TrainPage(other).open(link);
  await expect(other.getByTestId('main-control')).toBeEnabled();
  await expect(other.getByTestId('last-run')).toHaveCount(0);
  await page.close();
  await other.reload();
  await expect(other.getByTestId('last-run')).toContainText('LeNet', { timeout: 30_000 });
});

test('any step is shown again, and trained on from with another loss', async ({ page }) => {
  const train = new TrainPage(page);
  await train.open(link);
  await train.chooseEngine(/WebAssembly/);
  await train.draw(handwriting['3'] ?? []);
  await train.mainControl.click();
  await expect(page.getByTestId('run-phase')).toHaveAttribute('data-phase', 'finished', { timeout: 120_000 });
  const readings = page.getByTestId('prediction').first();
  const newest = await readings.innerText();

  const scrubber = page.getByRole('slider', { name: 'Step on show' });
  const shown = page.getByTestId('shown-step');
  await scrubber.focus();
  await scrubber.press('Home');
  await expect(shown).toHaveAttribute('data-at', '0');
  await expect(scrubber).toHaveAttribute('aria-valuetext', 'Step 0 of 100');
  await expect.poll(() => readings.innerText()).not.toBe(newest);
  for (let step = 1; step <= 3; step += 1) await scrubber.press('ArrowRight');
  await expect(shown).toHaveAttribute('data-at', '3');
  await scrubber.press('PageUp');
  await expect(shown).toBeHidden();
  await expect.poll(() => readings.innerText()).toBe(newest);
  await scrubber.press('Shift+ArrowLeft');
  await expect(shown).toHaveAttribute('data-moving', 'false');

  await scrubber.fill('40');
  await expect(shown).toHaveAttribute('data-at', '40');
  await expect(page.getByTestId('branch')).toBeDisabled();
  await expectClean(page, 'an earlier step');
  await page.getByRole('button', { name: 'More settings' }).click();
  await page.getByTestId('field-loss').click();
  await page.getByRole('option', { name: /[Mm]ean squared/ }).click();
  await page.getByTestId('branch').click();
  await expect(page.getByTestId('run-phase')).toHaveAttribute('data-phase', 'finished', { timeout: 120_000 });
  expect(await train.stat('step')).toBe(100);
  await expect(page.getByText('Run before the branch')).toBeVisible();
  await scrubber.focus();
  await scrubber.press('Home');
  // Beyond the branch, to the steps of its parent.
  await expect(shown).toHaveAttribute('data-at', '0');
  await expect(page.getByTestId('before-branch')).toHaveText(
    'Before the branch at step 40: run “LeNet”, with its settings.',
  );
  await expectClean(page, 'a step before the branch');
});
