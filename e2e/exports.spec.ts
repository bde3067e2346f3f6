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
