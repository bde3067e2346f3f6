// A sweep of six runs: paused, cut by a reload in the midst of a run, gone on with to its end, looked at, its best taken over.
import { expect, test } from '@playwright/test';
import { expectClean } from './axe.ts';
import { TrainPage } from './trainPage.ts';

const link = 'network=lenet&epochs=1&trainingImages=12800&momentum=0.9&learningRate=0.05';

test('a sweep outlives a reload, shows what does best, and gives it to Train', async ({ page }) => {
  test.slow();
  const train = new TrainPage(page);
  await train.open(link);
  await train.chooseEngine(/WebAssembly/);
  await page.getByTestId('sweep-these').press('Enter');

  const form = page.getByTestId('sweep-form');
  await expect(form).toContainText('Everything else is as on Train: LeNet, SGD 0.05');
  await expect(page.getByTestId('sweep-size')).toContainText('Points: 3 · seeds each: 2 · runs: 6.');
  await test.step('what cannot be begun says why', async () => {
    const high = form.getByRole('textbox', { name: 'Learning rate, To' });
    await high.fill('0.001');
    await expect(page.getByTestId('sweep-size')).toHaveText(
      'Learning rate: the range has to end above its beginning.',
    );
    await expect(page.getByTestId('sweep-start')).toBeDisabled();
    await high.fill('0.5');
  });
  await page.getByTestId('sweep-add').click();
  await page.getByRole('option', { name: 'Shuffle', exact: true }).click();
  await form.getByRole('textbox', { name: 'Seeds a point' }).fill('1');
  await expect(page.getByTestId('sweep-size')).toContainText('Points: 6 · seeds each: 1 · runs: 6.');
  await expectClean(page, 'a new sweep');
  await page.getByTestId('sweep-start').click();

  const queue = page.getByTestId('queue');
  await expect(queue).toHaveAttribute('data-phase', 'running');
  await expect(queue).toContainText(/1 of 6: LeNet, Learning rate 0\.005, Shuffle off, seed 1/, {
    timeout: 30_000,
  });
  await expect(queue).toContainText(/% done, about .* left/, { timeout: 60_000 });
  await page.getByTestId('queue-pause').press('Enter');
  await expect(queue).toHaveAttribute('data-phase', 'paused', { timeout: 30_000 });
  await page.getByTestId('queue-go-on').press('Enter');
  await expect(queue).toHaveAttribute('data-phase', 'running');

  const rows = page.getByTestId('run-row');
  await expect(queue).toContainText('3 of 6', { timeout: 120_000 });
  // It has begun to train, and is recorded.
  await expect(rows).toHaveCount(3, { timeout: 30_000 });
  const ids = await rows.evaluateAll((all) => all.map((row) => row.getAttribute('data-run')));
  await page.reload();
  await expect(queue).toHaveAttribute('data-phase', 'running', { timeout: 30_000 });
  await expect(page.getByTestId('queue-finished')).toBeVisible({ timeout: 240_000 });
  await expect(queue.getByRole('listitem').filter({ hasText: 'done' })).toHaveCount(6);

  // The run that was cut is one of six, and not begun twice.
  await expect(rows).toHaveCount(6);
  await expect(rows.filter({ hasText: 'Finished' })).toHaveCount(6);
  const after = await rows.evaluateAll((all) => all.map((row) => row.getAttribute('data-run')));
  expect(after).toEqual(expect.arrayContaining(ids));

  await expect(page.getByTestId('sweep-results')).toHaveAttribute('data-done', '6');
  const cells = page.getByTestId('sweep-heat').getByRole('cell', { name: '%' });
  await expect(cells).toHaveCount(6);
  const means = (await cells.allInnerTexts()).map((text) => Number.parseFloat(text));
  const best = page.getByTestId('sweep-best');
  await expect(best).toContainText(`${Math.max(...means).toFixed(2)}%`);
  // The highest of these rates does not train at all.
  expect(Math.max(...means) - Math.min(...means)).toBeGreaterThan(20);
  await expect(page.getByTestId('compare-chart').getByRole('figure')).toBeVisible();
  await expectClean(page, 'the results of a sweep');

  await test.step('its runs alone in the table, and from one of them back to its results', async () => {
    await page.getByRole('button', { name: 'Show none', includeHidden: true }).click();
    await expect(page.getByTestId('sweep-results')).toBeHidden();
    await rows
      .first()
      .getByRole('button', { name: /^Sweep: / })
      .press('Enter');
    await expect(page.getByTestId('sweep-results')).toHaveAttribute('data-done', '6');
    await page.getByTestId('sweep-show-runs').press('Enter');
    await expect(page.getByTestId('run-count')).toHaveText('6 of 6 runs');
  });

  const text = await best.innerText();
  const [, rate = ''] = /Learning rate ([\d.]+)/.exec(text) ?? [];
  await page.getByTestId('sweep-use').press('Enter');
  await expect(page.getByLabel('Learning rate', { exact: true })).toHaveValue(rate);
  await page.getByRole('button', { name: 'More settings' }).click();
  const shuffle = page.getByRole('switch', { name: 'Shuffle' });
  await (text.includes('Shuffle on') ? expect(shuffle).toBeChecked() : expect(shuffle).not.toBeChecked());
});
