/** The report page: a queue that survives a reload, the number it measures, and the learning-rate finder. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '@playwright/test';

test('a queue goes on after a reload, and its result links to the run', async ({ page }) => {
  await page.goto('/report');
  const measured = page.getByTestId('measured-mynn/short');
  await expect(measured).toHaveText('not run here yet', { timeout: 30_000 });
  await expect(page.getByTestId('convolution-check')).toHaveText('3 × 3: 4');

  await page.getByRole('checkbox', { name: 'Choose Mynn, 1 epoch, short' }).check();
  await page.getByTestId('queue-start').click();
  const queue = page.getByTestId('queue');
  await expect(queue).toHaveAttribute('data-phase', 'running');
  await expect(queue).toContainText(/left/, { timeout: 30_000 });
  await page.getByRole('link', { name: 'Watch it on Train' }).click();
  // The page's one run: Train shows it, with its settings.
  await expect(page.getByTestId('main-control')).toHaveAttribute('data-action', 'pause');
  await expect(page.getByLabel('Epochs', { exact: true })).toHaveValue('1');

  await page.goto('/report');
  await expect(queue).toHaveAttribute('data-phase', 'running', { timeout: 30_000 });
  await expect(page.getByTestId('queue-finished')).toContainText('done', { timeout: 120_000 });
  const link = measured.getByRole('link');
  await expect(link).toHaveText(/^\d\d\.\d\d%$/);
  const accuracy = Number.parseFloat((await link.innerText()).trim());
  // PyTorch's seed 0 has 76.81 after this epoch; chance is 10.
  expect(accuracy).toBeGreaterThan(60);
  expect(accuracy).toBeLessThan(92);
  await expect(measured).toContainText(/20\d\d.*WebAssembly|WebGPU|WebGL/);

  // Kept over a visit, with the queue done for good.
  await page.reload();
  await expect(measured.getByRole('link')).toHaveText(await link.innerText(), { timeout: 30_000 });
  await expect(queue).toHaveAttribute('data-phase', 'idle');
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`)).toEqual([]);
  await measured.getByRole('link').click();
  await expect(page.getByTestId('main-control')).toBeVisible();
  await expect(page.getByLabel('Epochs', { exact: true })).toHaveValue('1');
});

test('the learning-rate finder takes its value over', async ({ page }) => {
  await page.goto('/?network=lenet&loss=cross_entropy');
  const open = page.getByTestId('finder-open');
  await expect(open).toBeEnabled({ timeout: 60_000 });
  await open.click();
  const take = page.getByTestId('finder-take');
  await expect(take).toBeVisible({ timeout: 60_000 });
  const rate = Number((await take.innerText()).replace('Use ', ''));
  expect(rate).toBeGreaterThan(0.01);
  expect(rate).toBeLessThan(1);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`)).toEqual([]);
  await take.click();
  await expect(page.getByLabel('Learning rate', { exact: true })).toHaveValue(String(rate));
  // The network was put back: it is as fresh as before.
  await expect(page.getByTestId('main-control')).toHaveAttribute('data-action', 'start');
});
