// Runs that last: cut by a reload and gone on with, gone back in, branched off, compared.
import { expect, test } from '@playwright/test';
import { expectClean } from './axe.ts';
import { handwriting, TrainPage } from './trainPage.ts';

const link = 'network=lenet&epochs=1&trainingImages=25600&learningRate=0.03&momentum=0.9';

test('a run is cut by a reload, gone on with, looked back at, branched off and compared', async ({
  page,
}) => {
  const train = new TrainPage(page);
  const finished = () =>
    expect(page.getByTestId('run-phase')).toHaveAttribute('data-phase', 'finished', { timeout: 120_000 });
  const readings = page.getByTestId('prediction').first();
  await train.open(link);
  await train.chooseEngine(/WebAssembly/);
  await train.mainControl.click();
  await finished();
  const [loss, accuracy] = [await train.stat('loss'), await train.stat('accuracy')];

  await train.reset();
  await train.draw(handwriting['3'] ?? []);
  await train.mainControl.click();
  await train.waitForStep(20);
  // A state is kept where it rests.
  await train.mainControl.click();
  await train.expectAction('resume');
  const kept = await train.stat('step');
  await expect(readings).toHaveAttribute('aria-busy', 'false');
  const then = await readings.innerText();
  await train.mainControl.click();
  await train.waitForStep(kept + 20);
  page.on('dialog', (dialog) => void dialog.accept());
  await page.reload();

  await test.step('it goes on to the same end', async () => {
    const offer = page.getByTestId('last-run');
    await expect(offer).toContainText('LeNet', { timeout: 30_000 });
    await expectClean(page, 'the offer to go on');
    await offer.getByRole('button', { name: 'Go on' }).click();
    await expect(offer).toBeHidden();
    await finished();
    expect([await train.stat('loss'), await train.stat('accuracy')]).toEqual([loss, accuracy]);
    expect(await train.stat('step')).toBe(400);
  });

  const scrubber = page.getByRole('slider', { name: 'Step on show' });
  const shown = page.getByTestId('shown-step');
  let first = '';
  await test.step('the drawing is read as it was then', async () => {
    await train.draw(handwriting['3'] ?? []);
    await expect.poll(() => readings.innerText()).not.toBe(then);
    const newest = await readings.innerText();
    await scrubber.focus();
    await scrubber.press('Home');
    await expect(shown).toHaveAttribute('data-at', '0');
    await expect(scrubber).toHaveAttribute('aria-valuetext', 'Step 0 of 400');
    await expect.poll(() => readings.innerText()).not.toBe(newest);
    await expect(readings).toHaveAttribute('aria-busy', 'false');
    first = await readings.innerText();
    for (let step = 1; step <= 3; step += 1) await scrubber.press('ArrowRight');
    await expect(shown).toHaveAttribute('data-at', '3');
    await scrubber.press('PageUp');
    await expect(shown).toBeHidden();
    await expect.poll(() => readings.innerText()).toBe(newest);
    await scrubber.press('Shift+ArrowLeft');
    await expect(shown).toHaveAttribute('data-moving', 'false');
    await scrubber.fill(String(kept));
    await expect(shown).toHaveAttribute('data-at', String(kept));
    await expect.poll(() => readings.innerText()).toBe(then);
    await expect(page.getByTestId('branch')).toBeDisabled();
    await expectClean(page, 'an earlier step');
  });

  await test.step('from there it is trained on with another loss', async () => {
    await page.getByRole('button', { name: 'More settings' }).click();
    await page.getByTestId('field-loss').click();
    await page.getByRole('option', { name: /[Mm]ean squared/ }).click();
    await page.getByTestId('branch').click();
    await finished();
    expect(await train.stat('step')).toBe(400);
    await expect(page.getByText('Run before the branch')).toBeVisible();
    await scrubber.focus();
    await scrubber.press('Home');
    // Before the branch, its parent's steps.
    await expect(shown).toHaveAttribute('data-at', '0');
    await expect(page.getByTestId('before-branch')).toHaveText(
      `Before the branch at step ${kept}: run “LeNet”, with its settings.`,
    );
    await expect.poll(() => readings.innerText()).toBe(first);
    await expectClean(page, 'a step before the branch');
  });

  await test.step('both in one chart, and what differs', async () => {
    await page.getByRole('link', { name: 'Runs', exact: true }).click();
    // The branch, and the run that it left; the first one before them.
    const rows = page.getByTestId('run-row');
    await expect(rows).toHaveCount(3);
    for (const i of [0, 1]) await rows.nth(i).getByRole('checkbox', { name: 'Select LeNet' }).check();
    await page.getByRole('button', { name: 'Compare' }).click();
    await expect(page.getByTestId('compare-chart').getByRole('figure')).toHaveAttribute(
      'aria-label',
      /LeNet: [\d.]+; LeNet \(2\): [\d.]+/,
    );
    await expect(
      page.getByTestId('compare-settings').getByRole('rowheader', { name: 'Loss', exact: true }),
    ).toBeVisible();
    await rows.nth(0).getByRole('button', { name: 'LeNet', exact: true }).click();
    await expect(page.getByTestId('run-details')).toContainText(`step ${kept}`);
  });
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
