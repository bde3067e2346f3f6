/** The Network page: the six architectures, building one's own, what a run costs, weights as files. */
import { readFile } from 'node:fs/promises';
import { expect, type Page, test } from '@playwright/test';
import { expectClean } from './axe.ts';
import { handwriting, TrainPage } from './trainPage.ts';

const networks = [
  { name: 'Mynn', parameters: '21,840' },
  { name: 'VGG-16', parameters: '134,300,362' },
  { name: 'VGG-2', parameters: '1,899,850' },
  { name: 'ResNet-18', parameters: '11,175,370' },
  { name: 'Small ResNet', parameters: '41,514' },
  { name: 'LeNet', parameters: '61,706' },
] as const;

async function open(page: Page, query: string): Promise<void> {
  await page.goto(`/network?${query}`);
  await expect(page.getByTestId('layer-table')).toBeVisible({ timeout: 60_000 });
}

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, contextOptions: { reducedMotion: 'reduce' } });

  test('all six networks are drawn, counted, as wide as the screen and clean in axe', async ({ page }) => {
    // Looking needs no training: without the worker nobody draws 134 million weights of VGG-16.
    await page.route(/worker[^/]*\.(js|ts)/, (route) => route.abort());
    await open(page, 'network=lenet');
    for (const [index, { name, parameters }] of networks.entries()) {
      await page.emulateMedia({ colorScheme: index % 2 === 0 ? 'light' : 'dark' });
      await page.getByTestId('network-picker').click();
      await page.getByRole('option', { name, exact: true }).click();
      await expect(page.getByTestId('network-parameters')).toHaveText(parameters);
      await expect(page.getByTestId('total-parameters')).toHaveText(parameters);
      await expect(page.getByTestId('cost-parameters')).toHaveText(parameters);
      await expect(page.getByTestId('architecture').getByRole('button').first()).toBeVisible();
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
      await expectClean(page, name);
    }
  });
});

test('a stage of ResNet-18 unfolds into blocks whose shortcuts are drawn', async ({ page }) => {
  await open(page, 'network=resnet18');
  const diagram = page.getByTestId('architecture');
  const shortcuts = diagram.locator('path[data-kind="shortcut"]');
  await expect(shortcuts).toHaveCount(0);
  const stage = diagram.getByRole('button', { name: /^layer2/ });
  await stage.press('Enter');
  await expect(stage).toHaveAttribute('aria-expanded', 'true');
  // One block with a projection (into it and out of it), one with the identity.
  await expect(shortcuts).toHaveCount(3);
  await diagram.getByRole('button', { name: /^Conv2d 1×1/ }).click();
  await expect(page.getByText('layer2.0.downsample.0.weight')).toBeVisible();
});

test('a network is built, mended, kept over a reload, and trained', async ({ page }) => {
  const training = new TrainPage(page);
  await open(page, 'network=lenet&trainingImages=2000');
  await page.getByText('Build your own', { exact: true }).click();
  // A smaller kernel leaves a larger image: the Linear behind Flatten no longer fits.
  await page.getByLabel('kernel, conv2.0').fill('3');
  await expect(page.getByTestId('shape-conv2.0')).toHaveText(/16×12×12/);
  const problem = page.getByTestId('layer-problem');
  await expect(problem).toContainText('Linear expects 400 inputs, the layer before gives 16x6x6 = 576.');

  await page.getByRole('link', { name: 'Train', exact: true }).click();
  await expect(training.mainControl).toBeDisabled();
  await expect(training.mainControl).toHaveAccessibleDescription(/Linear expects 400 inputs/);
  await page.getByRole('button', { name: 'Open the editor' }).click();
  await page.getByRole('button', { name: 'Set “in” to 576' }).click();
  await expect(problem).toHaveCount(0);
  await expect(page.getByTestId('network-fit')).toContainText('Every layer fits');

  // Add behind the first ReLU, undo, redo; move by the keyboard.
  await page.getByRole('button', { name: 'Add a layer after conv1.1' }).click();
  await page.getByRole('menuitem', { name: /^BatchNorm2d/ }).click();
  await expect(page.getByTestId('layer-bn1')).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByTestId('layer-bn1')).toHaveCount(0);
  await page.getByRole('button', { name: 'Redo' }).click();
  await page.getByRole('button', { name: 'Move bn1 up' }).press('Enter');
  const order = (): Promise<(string | null)[]> =>
    page.locator('[data-layer]').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-layer')));
  expect((await order()).slice(0, 3)).toEqual(['conv1.0', 'bn1', 'conv1.1']);
  await expect(page.getByRole('button', { name: 'Move bn1 up' })).toBeFocused();

  // And by dragging: behind the pooling.
  const handle = page.getByTestId('layer-bn1').locator('[title="Drag to move"]');
  const target = page.getByTestId('layer-conv1.2');
  const height = (await target.boundingBox())?.height ?? 40;
  await handle.dragTo(target, { targetPosition: { x: 60, y: height - 4 } });
  await expect
    .poll(async () => (await order()).slice(0, 4))
    .toEqual(['conv1.0', 'conv1.1', 'conv1.2', 'bn1']);

  await page.reload();
  await expect(page.getByTestId('layer-bn1')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByTestId('shape-conv2.0')).toHaveText(/16×12×12/);
  await page.getByRole('link', { name: 'Train this network' }).click();
  await expect(training.mainControl).toBeEnabled({ timeout: 60_000 });
  await training.mainControl.click();
  await training.waitForStep(3);
  expect(await training.stat('loss')).toBeGreaterThan(0);
});

test('how a layer’s weights are drawn is chosen in the editor, kept, and what the run begins with', async ({
  page,
}) => {
  const training = new TrainPage(page);
  await open(page, 'network=lenet&trainingImages=2000');
  await page.getByText('Build your own', { exact: true }).click();
  const layer = page.getByTestId('layer-fc3');
  const kind = layer.getByTestId('layer-init');
  await kind.selectOption('orthogonal');
  await layer.getByTestId('layer-init-gain').fill('2');
  await page.reload();
  await expect(kind).toHaveValue('orthogonal', { timeout: 60_000 });
  await expect(layer.getByTestId('layer-init-gain')).toHaveValue('2');
  await expectClean(page, 'the choice of an initialisation');
  // All weights of the last layer 0: every digit is as likely as any other, so the first loss is ln 10.
  await kind.selectOption('constant');
  await expect(layer.getByTestId('layer-init-value')).toHaveValue('0');
  await page.getByRole('link', { name: 'Train this network' }).click();
  await expect(training.mainControl).toBeEnabled({ timeout: 60_000 });
  expect(await training.stepLosses(1)).toEqual([Number(Math.LN10.toFixed(3))]);
});

test('a network is built from a template with a block, and travels in a link', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page, 'network=mynn');
  await page.getByText('Build your own', { exact: true }).click();
  await page.getByRole('button', { name: 'Start from…' }).click();
  await page.getByRole('menuitem', { name: /^One residual block/ }).click();
  await expect(page.getByTestId('network-fit')).toContainText('Every layer fits');
  // Another number of channels inside the block: body and shortcut differ, the mend puts a projection in.
  await page.getByLabel('out, block1.conv2').fill('24');
  await expect(page.getByTestId('layer-problem').first()).toContainText('both must have the same shape');
  await page.getByRole('button', { name: 'Insert Conv2d' }).click();
  await page.getByRole('button', { name: 'Set “in” to 24' }).click();
  await expect(page.getByTestId('network-fit')).toContainText('Every layer fits');
  const parameters = await page.getByTestId('network-parameters').innerText();

  await page.getByRole('button', { name: 'Copy link' }).click();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  const other = await context.newPage();
  await other.goto(link);
  await expect(other.getByTestId('network-parameters')).toHaveText(parameters, { timeout: 60_000 });
  await expect(other.getByTestId('layer-block1.conv2')).toBeVisible();
});

/** The ten probabilities that the page shows, once they answer the whole drawing with the network as it stands. */
async function prediction(page: Page): Promise<string[]> {
  const bars = page.getByTestId('prediction');
  const rows = bars.getByText(/^Digit \d: \d/);
  await expect(rows).toHaveCount(10, { timeout: 30_000 });
  await expect(bars).toHaveAttribute('aria-busy', 'false', { timeout: 30_000 });
  return rows.allTextContents();
}

test('weights are saved, loaded again, and refused where they do not fit', async ({ page }) => {
  const training = new TrainPage(page);
  await training.open('network=mynn&learningRate=0.5');
  await training.draw(handwriting['1'] ?? []);
  const before = await prediction(page);
  await page.getByRole('link', { name: 'Network', exact: true }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save weights' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('mynn-step-0.safetensors');
  const buffer = await readFile(await download.path());
  expect(buffer.byteLength).toBeGreaterThan(21_840 * 4);
  const choose = async (name: string, content: Buffer): Promise<void> => {
    await page.setInputFiles('input[type=file]', { name, mimeType: '', buffer: content });
  };
  const notice = page.getByTestId('weights-notice');

  await page.getByRole('link', { name: 'Train', exact: true }).click();
  await training.stepLosses(2);
  await expect.poll(() => prediction(page)).not.toEqual(before);
  await page.getByRole('link', { name: 'Network', exact: true }).click();
  await choose('mynn.safetensors', buffer);
  // Two steps of training would be lost.
  await training.answer('seed');
  await expect(notice).toContainText('all 8 tensors of Mynn fit');
  await page.getByRole('link', { name: 'Train', exact: true }).click();
  await expect.poll(() => prediction(page)).toEqual(before);

  await training.reset();
  await page.getByRole('link', { name: 'Network', exact: true }).click();
  await page.getByTestId('network-picker').click();
  await page.getByRole('option', { name: 'LeNet', exact: true }).click();
  await expect(page.getByTestId('current-network')).toContainText('LeNet, untrained', { timeout: 30_000 });
  await expect(page.getByRole('button', { name: 'Save weights' })).toBeEnabled({ timeout: 30_000 });
  await choose('mynn.safetensors', buffer);
  await expect(notice).toContainText('mynn.safetensors does not fit LeNet');
  await expect(notice).toContainText('conv1.0.weight');
  await expect(notice).toContainText('conv1.weight');
  await choose('x.safetensors', Buffer.from('nonsense'));
  await expect(notice).toContainText('x.safetensors is text, not weights');
});

test('the network is saved in every format, those that hold weights load again, and a whole module says how', async ({
  page,
}) => {
  const training = new TrainPage(page);
  await training.open('network=lenet&trainingImages=640&epochs=1');
  await training.stepLosses(2);
  await page.getByRole('link', { name: 'Network', exact: true }).click();
  const menu = page.getByRole('button', { name: 'Save as…' });
  const notice = page.getByTestId('weights-notice');
  await menu.press('Enter');
  await expect(page.locator('[data-format=safetensors]')).toBeVisible();
  await expectClean(page, 'the menu of formats');
  const formats = await page
    .locator('[data-format]')
    .evaluateAll((items) => items.map((item) => item.getAttribute('data-format') ?? ''));
  expect(formats).toEqual(expect.arrayContaining(['safetensors', 'pth', 'huggingface', 'train_py']));
  await page.keyboard.press('Escape');
  for (const format of formats) {
    await menu.press('Enter');
    const [download] = await Promise.all([
      page.waitForEvent('download', { timeout: 120_000 }),
      page.locator(`[data-format=${format}]`).press('Enter'),
    ]);
    const name = download.suggestedFilename();
    await expect(notice).toContainText(`${name} saved`);
    const buffer = await readFile(await download.path());
    expect(buffer.byteLength, format).toBeGreaterThan(100);
    if (!['safetensors', 'pth', 'huggingface'].includes(format)) continue;
    await page.setInputFiles('input[type=file]', { name, mimeType: '', buffer });
    await expect(notice).toContainText('all 10 tensors of LeNet fit');
    await expect(page.getByTestId('current-network')).toContainText(name);
    // The figures of a run need steps.
    await page.getByRole('link', { name: 'Train', exact: true }).click();
    await training.stepLosses(1);
    await page.getByRole('link', { name: 'Network', exact: true }).click();
  }

  await page.setInputFiles('input[type=file]', 'fixtures/pytorch/torch_files/zip_module.pth');
  await expect(notice).toContainText('holds a whole module (Net)');
  await expect(notice).toContainText('torch.save(model.state_dict(), "weights.pth")');
  await expectClean(page, 'what is said of a whole module');
});
