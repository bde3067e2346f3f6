/** The whole way through Inspect: from where the network is wrong to why, to what it sees there, and to what fools it. */
import { expect, type Page, test } from '@playwright/test';
import { TrainPage } from './trainPage.ts';

const openTab = (page: Page, name: string): Promise<void> =>
  page.getByRole('navigation', { name: 'What is inspected' }).getByRole('link', { name }).click();

const openInspect = (page: Page): Promise<void> =>
  page.locator('header nav').getByRole('link', { name: 'Inspect', exact: true }).click();

const isCurrent = (page: Page, testId: string): Promise<void> =>
  expect(page.getByTestId(testId)).toHaveAttribute('data-current', 'true', { timeout: 120_000 });

test('from the confusion matrix to a wrong digit, its Grad-CAM, its feature maps, the conv lab, and an adversarial drawing', async ({
  page,
}) => {
  const train = new TrainPage(page);
  await train.open(
    'network=lenet&learningRate=0.1&momentum=0.9&shuffle=true&epochs=1&loss=cross_entropy&seed=3',
  );
  await train.mainControl.click();
  await train.waitForStep(150);
  await train.mainControl.click();
  await train.expectAction('resume');

  await openInspect(page);
  await openTab(page, 'Mistakes');
  await isCurrent(page, 'pass');
  // The most frequent mistake is on show until somebody chooses another.
  const wrong = page
    .getByTestId('cell-digits')
    .getByRole('button', { name: /^Test image / })
    .first();
  const text = (await wrong.getAttribute('aria-label')) ?? '';
  const [, label = ''] = /^Test image [\d,]+, labelled (\d)/.exec(text) ?? [];
  await wrong.click();

  const read = await test.step('its Grad-CAM, for what it reads and for what it is', async () => {
    await openTab(page, 'Why');
    await isCurrent(page, 'why');
    await expect(page.getByText(`Labelled ${label}`)).toBeVisible();
    const digit = await page.getByTestId('predicted-digit').innerText();
    expect(digit).not.toBe(label);
    await expect(
      page.getByRole('img', { name: `Grad-CAM of ${digit} at conv2.0, over the image` }),
    ).toBeVisible();
    await page.getByTestId('why-class').selectOption(label);
    await expect(
      page.getByRole('img', { name: `Grad-CAM of ${label} at conv2.0, over the image` }),
    ).toBeVisible();
    return digit;
  });

  await test.step('its feature maps, and a unit of them in the conv lab', async () => {
    await openTab(page, 'Layers');
    await isCurrent(page, 'layers');
    await expect(page.getByText(`Labelled ${label}`)).toBeVisible();
    const maps = page.getByTestId('maps-conv2.0');
    await maps.scrollIntoViewIfNeeded();
    await maps.focus();
    for (const key of ['PageDown', 'ArrowRight']) await page.keyboard.press(key);
    await expect(page.getByTestId('unit')).toContainText('conv2.0 map 2');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/\/conv-lab/);
    await expect(page.locator('[data-following]')).toContainText('conv2.0');
  });

  await test.step('a change by which it reads the digit otherwise, to draw on', async () => {
    await openInspect(page);
    await openTab(page, 'Why');
    await expect(page.getByText(`Labelled ${label}`)).toBeVisible();
    await page.getByTestId('attack-epsilon').fill('255');
    // It is wrong already: let it be right.
    await page.getByTestId('attack-target').selectOption(label);
    await page.getByRole('button', { name: 'Fool the network' }).click();
    const result = page.getByTestId('attack-result');
    await expect(result).toHaveAttribute('data-before', read, { timeout: 60_000 });
    await expect(result).toHaveAttribute('data-after', label);
    await page.getByTestId('attack-draw').click();
    await page.locator('header nav').getByRole('link', { name: 'Draw' }).click();
    await expect(page.getByText('A changed image')).toBeVisible();
    await expect(page.getByTestId('predicted-digit')).toHaveText(label);
    await openInspect(page);
    await openTab(page, 'Why');
    await expect(page.getByText('This is of the image that was shown before.')).toBeVisible();
  });
});
