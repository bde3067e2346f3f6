/** The WebAssembly engine on a machine of several processors, in a real page. */
import { expect, test } from '@playwright/test';
import { TrainPage } from './trainPage.ts';

test('on four processors three threads compute', async ({ page }) => {
  await page.route('**/worker-*.js', async (route) => {
    const response = await route.fetch();
    const processors = "Object.defineProperty(navigator, 'hardwareConcurrency', { value: 4 });\n";
    await route.fulfill({ response, body: processors + (await response.text()) });
  });
  const train = new TrainPage(page);
  await train.open('network=lenet&loss=cross_entropy&batchSize=8');
  await expect(page.getByTestId('engine-device')).toContainText('fused multiply-add, 3 threads');
  expect(await train.stepLosses(1)).toHaveLength(1);
  await train.reset();
});
