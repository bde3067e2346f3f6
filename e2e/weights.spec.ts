/** Weights from a file: trained on, told of, and never dropped without a word. */
import { expect, type Page, test } from '@playwright/test';
import { expectClean } from './axe.ts';
import { TrainPage } from './trainPage.ts';

const trained = 'fixtures/cases/lenet_trained.safetensors';
const fileName = 'lenet_trained.safetensors';
/** 50 steps an epoch. */
const query = 'network=lenet&trainingImages=3200&epochs=1&learningRate=0.01';

const view = (page: Page, name: string) => page.getByRole('link', { name, exact: true }).first().click();

async function load(page: Page): Promise<void> {
  await view(page, 'Network');
  await page.setInputFiles('input[type=file]', trained);
}

async function setField(page: Page, label: string, value: string): Promise<void> {
  const field = page.getByLabel(label, { exact: true });
  await field.fill(value);
  await field.press('Enter');
}

test('loaded weights are trained, trained on, and kept until a person lets them go', async ({ page }) => {
  const train = new TrainPage(page);
  const current = page.getByTestId('current-network');
  const question = page.getByTestId('weights-question');
  await train.open(query);
  await expect(current).toContainText('LeNet, untrained');
  await load(page);
  await expect(page.getByTestId('weights-notice')).toContainText('all 10 tensors of LeNet fit');

  // No storage keeps them before they are trained.
  const asked = page.waitForEvent('dialog');
  void page.evaluate(() => location.reload());
  const dialog = await asked;
  expect(dialog.type()).toBe('beforeunload');
  await dialog.dismiss();

  await view(page, 'Draw');
  await expect(current).toContainText(`LeNet with the weights of ${fileName}`);
  await expect(page.getByText('untrained')).toHaveCount(0);

  // A queue of runs would drop them, so it asks; once they are trained, a kept run has them, and it does not.
  await view(page, 'Report');
  await page.getByRole('checkbox', { name: /^Choose LeNet-5, wrong loss, 3 epochs/ }).press('Space');
  await page.getByTestId('queue-start').press('Enter');
  await expect(question).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('queue')).toHaveAttribute('data-phase', 'idle');

  await view(page, 'Train');
  await setField(page, 'Learning rate', '0.001');
  // PyTorch's loss of the first batch, and its accuracy after the 50 steps.
  expect(await train.stepLosses(1)).toEqual([0.0926]);
  await train.mainControl.click();
  await train.expectAction('startAgain', 120_000);
  expect(await train.stat('accuracy')).toBe(95.5);
  await expect(current).toContainText(`${fileName}, trained on for 50 steps`);

  // More epochs: the same run goes on.
  await setField(page, 'Epochs', '2');
  await train.expectAction('continue');
  await expect(page.getByText('the same run as one of 2 epochs from the start')).toBeVisible();
  await train.mainControl.click();
  await train.expectAction('startAgain', 120_000);
  await expect(page.getByTestId('stat-step')).toContainText('100 of 100');

  // Whatever would drop them here asks: a restart, another epoch, a reset.
  await train.mainControl.click();
  await expect(question).toContainText('These weights are not saved');
  await expectClean(page, 'the question before weights are dropped');
  await question.getByRole('button', { name: 'Cancel, keep everything as it is' }).click();
  await page.getByRole('button', { name: 'Epoch', exact: true }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Reset' }).click();
  await page.keyboard.press('Escape');
  await expect(question).toBeHidden();

  // Another network among the settings, another language: what was trained is still there.
  await view(page, 'Train');
  await page.getByRole('button', { name: 'Mynn', exact: true }).click();
  await expect(page.getByText('The settings describe another network, Mynn.')).toBeVisible();
  await page.getByRole('button', { name: 'Language' }).click();
  await page.getByRole('menuitemradio', { name: '简体中文' }).click();
  await expect(current).toContainText(`权重来自 ${fileName}，之后又训练了 100 步`);
  expect(await train.stat('accuracy')).toBeGreaterThan(95);

  // Let go: the figures go with them.
  await page.getByRole('button', { name: '现在构建 Mynn' }).click();
  await train.answer('seed');
  await expect(current).toContainText('Mynn，尚未训练');
  expect(await train.stat('accuracy')).toBeNaN();
});

test('a file on a finished run takes its figures away, and a new seed asks', async ({ page }) => {
  const train = new TrainPage(page);
  await train.open(`${query.replace('3200', '640')}&batchSize=64`);
  await train.mainControl.click();
  await train.expectAction('startAgain', 120_000);
  expect(await train.stat('accuracy')).toBeLessThan(30);
  await load(page);
  await train.answer('seed');
  await view(page, 'Train');
  await train.expectAction('start');
  expect(await train.stat('accuracy')).toBeNaN();
  expect(await train.stat('loss')).toBeNaN();
  await expect(page.getByText(/^(29|30) of 30 right$/)).toBeVisible();

  await page.getByRole('button', { name: 'More settings' }).click();
  await setField(page, 'Seed', '5');
  await train.mainControl.click();
  await train.answer('initial');
  await train.expectAction('startAgain', 120_000);
  expect(await train.stat('accuracy')).toBeGreaterThan(90);
});

test('a large file is read beside the page, which is not asked for any of its bytes', async ({ page }) => {
  await page.addInitScript(() => {
    const reads: string[] = [];
    Object.assign(window, { reads });
    for (const [owner, names] of [
      [Blob.prototype, ['arrayBuffer', 'bytes', 'stream', 'text']],
      [FileReader.prototype, ['readAsArrayBuffer', 'readAsText']],
    ] as const) {
      for (const name of names) {
        const method: unknown = Reflect.get(owner, name);
        if (typeof method !== 'function') continue;
        Reflect.set(owner, name, function read(this: unknown, ...given: unknown[]): unknown {
          reads.push(name);
          return Reflect.apply(method, this, given);
        });
      }
    }
  });
  const train = new TrainPage(page);
  await train.open(query);
  await view(page, 'Network');
  const entry = { dtype: 'F32', shape: [], data_offsets: [0, 4] };
  const entries = Array.from({ length: 200_000 }, (_, i) => [
    `layer${i}`,
    { ...entry, data_offsets: [4 * i, 4 * i + 4] },
  ]);
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const buffer = Buffer.concat([length, header, Buffer.alloc(4 * entries.length)]);
  await page.setInputFiles('input[type=file]', { name: 'many.safetensors', mimeType: '', buffer });
  await expect(page.getByTestId('weights-notice')).toContainText('200,000', { timeout: 60_000 });
  expect(await page.evaluate(() => (window as unknown as { reads: string[] }).reads)).toEqual([]);
});
