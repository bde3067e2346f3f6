/** What a person sees when something does not come, or breaks: what happened, and a way on that works. */
import { expect, test } from '@playwright/test';

test.use({ serviceWorkers: 'block' });

test('without its own script the page says so, in both languages', async ({ page }) => {
  await page.route('**/assets/index-*.js', (route) => route.fulfill({ status: 404, body: 'not here' }));
  await page.goto('/');
  await expect(page.getByText('Digit Lab has not loaded.')).toBeVisible({ timeout: 3000 });
  await expect(page.getByText('Digit Lab 未能加载')).toBeVisible();
  await page.unroute('**/assets/index-*.js');
  await page.getByRole('link', { name: 'load the page again' }).click();
  await expect(page.getByTestId('main-control')).toBeVisible();
  await expect(page.getByText('Digit Lab has not loaded.')).toBeHidden();
});

test('a script that never comes is told of, too', async ({ page }) => {
  await page.route('**/assets/index-*.js', () => undefined);
  await page.goto('/', { waitUntil: 'commit' });
  await expect(page.getByText('Digit Lab has not loaded.')).toBeVisible({ timeout: 20_000 });
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });
  test('the page says that it needs it', async ({ page }) => {
    await page.goto('/');
    await expect(page.locator('noscript [lang=en]')).toBeVisible();
    await expect(page.locator('noscript [lang=zh-CN]')).toContainText('需要 JavaScript');
    await expect(page.getByText('Digit Lab has not loaded.')).toBeHidden();
  });
});

test('every view opens while the server is gone', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByTestId('main-control')).toBeVisible();
  await page.route('**', (route) => route.abort('connectionrefused'));
  for (const name of ['Network', 'Draw', 'Conv lab', 'Report', 'Train']) {
    await page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  }
  await expect(page.getByText('This view stopped working')).toBeHidden();
});

test('a web page in place of the list of data files is told to a visitor, who can try again', async ({
  page,
}) => {
  await page.route('**/mnist/manifest.json', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Start</title>' }),
  );
  await page.goto('/');
  const alert = page.getByRole('alert').filter({ hasText: 'manifest.json' });
  await expect(alert).toContainText('The server sent a web page in its place');
  await expect(alert).not.toContainText('npm');
  await page.unroute('**/mnist/manifest.json');
  await alert.getByRole('button', { name: 'Try again' }).click();
  await expect(alert).toBeHidden();
  await expect(page.getByTestId('data-progress')).toBeVisible();
});
