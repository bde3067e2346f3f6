/** Whose work is served is listed on a page that every view leads to, and that loads its list only then. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';

const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  dependencies: Record<string, string>;
};
/** Nothing of these is served under their own name: a collection of the other tfjs packages. */
const notServed = ['@tensorflow/tfjs'];

test('what is served is listed with its licence, which opens by keyboard; a failed list can be asked for again', async ({
  page,
}) => {
  const requests: string[] = [];
  page.on('request', (request) => requests.push(new URL(request.url()).pathname));
  let isBroken = true;
  await page.route('**/licences.json', (route) => (isBroken ? route.abort() : route.continue()));
  await page.goto('/draw');
  const link = page.getByRole('contentinfo').getByRole('link', { name: 'Licences and data' });
  await expect(link).toBeVisible({ timeout: 30_000 });
  expect(requests).not.toContain('/licences.json');
  await link.press('Enter');
  const alert = page.getByRole('alert').filter({ hasText: 'could not be loaded' });
  await expect(alert).toBeVisible();
  isBroken = false;
  await alert.getByRole('button', { name: 'Try again' }).press('Enter');

  const names = page.locator('summary > span:first-child');
  await expect(names.first()).toBeVisible();
  // The page's own packages, its worker's, a font and the data.
  const listed = await names.allInnerTexts();
  const direct = Object.keys(dependencies).filter((name) => !notServed.includes(name));
  for (const name of [...direct, 'MNIST']) expect(listed).toContain(name);
  expect(listed).toEqual([...new Set(listed)]);

  const digits = page.locator('summary').filter({ hasText: 'MNIST' });
  await digits.press('Enter');
  await expect(page.getByText('Attribution-ShareAlike 3.0').last()).toBeVisible();
  await expect(page.getByText('packed into PNG sheets')).toBeVisible();
});
