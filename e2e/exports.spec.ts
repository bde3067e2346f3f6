/** What is saved as a file, from the menu to a program that is not ours. */
import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { InferenceSession, Tensor } from 'onnxruntime-web';
import { TrainPage } from './trainPage.ts';

const query = 'network=lenet&trainingImages=640&epochs=1&learningRate=0.01';

/** The bytes of a file of the menu. */
async function saved(page: Page, format: string): Promise<{ name: string; bytes: Buffer }> {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as…' }).click();
  await page.locator(`[data-format=${format}]`).click();
  const file = await download;
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

test('a run is saved as a table and for TensorBoard', async ({ page }) => {
  const train = new TrainPage(page);
  await train.open(query);
  await train.mainControl.click();
  await train.expectAction('startAgain', 120_000);
  await page.getByRole('link', { name: 'Network', exact: true }).first().click();
  const table = await saved(page, 'metrics_csv');
  expect(table.name).toBe('lenet-step-10.metrics.csv');
  const lines = table.bytes.toString().trimEnd().split('\n');
  expect(lines).toHaveLength(11);
  // The test after the epoch stands with the last step.
  expect(lines[10]).toMatch(/^10,\d{4}-\d\d-\d\dT[^,]+Z(,[\d.]+){6}$/);
  const events = await saved(page, 'tensorboard');
  expect(events.name).toBe('events.out.tfevents.lenet-step-10');
  for (const part of [
    'brain.Event:2',
    'test_accurary',
    'gradients/fc1.0.weight',
    'filters/conv1.0',
    'misread/',
  ])
    expect(events.bytes.includes(part), part).toBe(true);
});

test('a network saved as ONNX answers elsewhere', async ({ page }) => {
  const train = new TrainPage(page);
  await train.open(query);
  await page.getByRole('link', { name: 'Network', exact: true }).first().click();
  const { name, bytes } = await saved(page, 'onnx_images');
  expect(name).toBe('lenet-step-0.images.onnx');
  const model = await InferenceSession.create(new Uint8Array(bytes));
  const { logits } = await model.run({ images: new Tensor('uint8', new Uint8Array(2 * 784), [2, 28, 28]) });
  expect(logits?.dims).toEqual([2, 10]);
});
