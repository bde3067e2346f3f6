/** From a trained network to one of its mistakes, why it made it, what its layers saw, one sum of it, and an image that fools it. */
import { expect, type Page, test } from '@playwright/test';
import { cell } from './labPage.ts';
import { TrainPage } from './trainPage.ts';

const settings = 'network=lenet&learningRate=0.1&momentum=0.9&shuffle=true&epochs=2&loss=cross_entropy';

const openInspect = (page: Page): Promise<void> =>
  page.getByRole('navigation').getByRole('link', { name: 'Inspect', exact: true }).click();
const openTab = (page: Page, path: string): Promise<void> =>
  page.locator(`main nav a[href$="/inspect/${path}"]`).click();

test('a wrong digit is followed from the confusion matrix to the sum of one unit, and another is made', async ({
  page,
}) => {
  const train = new TrainPage(page);
  await train.open(settings);
  await train.mainControl.click();
  await train.waitForStep(150);
  await train.mainControl.click();
  await train.expectAction('resume');
  await openInspect(page);

  await openTab(page, 'mistakes');
  // A network that rests is asked by itself.
  await expect(page.getByTestId('pass')).toHaveAttribute('data-current', 'true', { timeout: 120_000 });
  const matrix = page.getByTestId('confusion-matrix');
  const counts = await matrix
    .getByRole('button')
    .evaluateAll((cells) => cells.map((one) => Number(one.textContent)));
  expect(counts.reduce((sum, count) => sum + count)).toBe(10_000);
  const worst = Math.max(...counts.filter((_, i) => i % 11 !== 0));
  const at = counts.findIndex((count, i) => i % 11 !== 0 && count === worst);
  const [label, reading] = [Math.floor(at / 10), at % 10];
  await matrix.getByRole('button').nth(at).click();
  await page
    .getByRole('button', { name: new RegExp(`labelled ${label}, read as ${reading},`) })
    .first()
    .click();
  await expect(page.getByText(`Labelled ${label}`)).toBeVisible();
  await expect(page.getByTestId('predicted-digit')).toHaveText(String(reading));

  await test.step('why', async () => {
    await openTab(page, 'why');
    await expect(page.getByTestId('why')).toHaveAttribute('data-current', 'true', { timeout: 60_000 });
    await expect(page.getByTestId('why-logit')).toContainText(`Logit of ${reading}:`);
    await expect(page.getByRole('img', { name: new RegExp(`Grad-CAM of ${reading} at `) })).toBeVisible();
  });

  await test.step('what the layers saw, and one sum of it', async () => {
    await openTab(page, 'layers');
    await expect(page.getByTestId('layers')).toHaveAttribute('data-current', 'true');
    await page.getByTestId('maps-conv1.0').click({ position: { x: 31, y: 31 } });
    const unit = page.getByTestId('unit');
    await expect(unit).toHaveAttribute('data-value', /\d/);
    const value = Number(await unit.getAttribute('data-value'));
    await page.getByRole('button', { name: 'Open in the conv lab' }).click();
    const shown = cell(page, 'output-0', 15, 15);
    await expect(shown).toBeVisible();
    const sum = Number((await shown.getAttribute('aria-label'))?.replace('−', '-'));
    // The engine sums in float32: 25 products of numbers around 1; the page shows six decimals.
    expect(Math.abs(sum - value)).toBeLessThan(1e-4);
  });

  await test.step('an image that fools it', async () => {
    await openInspect(page);
    await openTab(page, 'why');
    await page.getByTestId('attack-epsilon').fill('255');
    await page.getByRole('button', { name: 'Fool the network' }).click();
    const result = page.getByTestId('attack-result');
    await expect(result).toHaveAttribute('data-fooled', 'true', { timeout: 60_000 });
    await expect(result).toHaveAttribute('data-before', String(reading));
    const fooled = (await result.getAttribute('data-after')) ?? '';
    await page.getByTestId('attack-draw').click();
    await page.locator('header nav').getByRole('link', { name: 'Draw' }).click();
    await expect(page.getByText('A changed image')).toBeVisible();
    await expect(page.getByTestId('predicted-digit')).toHaveText(fooled);
  });
});
