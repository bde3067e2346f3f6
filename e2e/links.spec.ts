/** What an address holds, and what a reload brings back: the lab's links, links that travelled, tabs side by side. */
import { expect, type Page, test } from '@playwright/test';

async function withoutWorker(page: Page): Promise<void> {
  await page.route(/worker[^/]*\.(js|ts)/, (route) => route.abort());
}

const height = (page: Page) =>
  page.getByRole('group', { name: 'Input', exact: true }).getByLabel('Height', { exact: true });

async function openLab(page: Page, hash: string): Promise<void> {
  // A change behind the # alone would not load the page.
  await page.goto('about:blank');
  await page.goto(`/conv-lab${hash}`);
  await expect(height(page)).toBeVisible({ timeout: 60_000 });
}

test('the lab is kept over other views, the way back and a reload, and its address travels', async ({
  page,
}) => {
  await withoutWorker(page);
  await openLab(page, '');
  await height(page).fill('9');
  // At once, before any delay.
  await page.getByRole('link', { name: 'Draw', exact: true }).click();
  await expect(page.getByTestId('drawing-pad')).toBeVisible();
  expect(page.url()).not.toContain('lab=');
  await page.getByRole('link', { name: 'Conv lab', exact: true }).click();
  await expect(height(page)).toHaveValue('9');
  await expect.poll(() => page.url()).toContain('#lab=');
  // The link of the view that is open keeps it too.
  await page.getByRole('link', { name: 'Conv lab', exact: true }).click();
  await expect.poll(() => page.url()).toContain('#lab=');
  await height(page).fill('12');
  await page.getByRole('link', { name: 'Draw', exact: true }).click();
  await expect(page.getByTestId('drawing-pad')).toBeVisible();
  await page.goBack();
  await expect(height(page)).toHaveValue('12');
  await page.reload();
  await expect(height(page)).toHaveValue('12', { timeout: 60_000 });
  // From another view too, where the address has no lab.
  await page.goto('/draw');
  await page.goto('/conv-lab');
  await expect(height(page)).toHaveValue('12', { timeout: 60_000 });
  await expect.poll(() => page.url()).toContain('#lab=');

  const text = new URL(page.url()).hash.slice('#lab='.length);
  await page.getByRole('button', { name: 'The report’s example' }).click();
  for (const hash of [`#lab%3D${text}`, `#lab=${text}).`, `#lab=${text.slice(0, 9)}%0A${text.slice(9)}`]) {
    await openLab(page, hash);
    await expect(height(page)).toHaveValue('12');
    await expect.poll(() => new URL(page.url()).hash).toBe(`#lab=${text}`);
    await expect(page.getByText('The link could not be read')).toHaveCount(0);
  }
  await page.goto('about:blank');
  await page.goto(`/conv-lab%23lab%3D${text}`);
  await expect(height(page)).toHaveValue('12', { timeout: 60_000 });

  await openLab(page, `#lab=${text.slice(0, -4)}`);
  await expect(page.getByText('It ends too early')).toContainText(
    'The lab begins with the report’s example.',
  );
  await expect(height(page)).toHaveValue('4');
});

test('cells that a stride leaves out are marked, named and read out', async ({ page }) => {
  await withoutWorker(page);
  await openLab(page, '');
  const set = async (group: string, label: string, value: number): Promise<void> =>
    page
      .getByRole('group', { name: group, exact: true })
      .getByLabel(label, { exact: true })
      .fill(String(value));
  await set('Input', 'Height', 7);
  await set('Input', 'Width', 6);
  await page.getByRole('button', { name: 'All ones' }).click();
  await set('Operator', 'Padding', 1);
  await set('Operator', 'Stride', 3);
  const plane = page.locator('[data-grid="plane-0"]');
  // Rows 3, 6 and 9 of nine, columns 3 and 6 of eight.
  await expect(plane.locator('[data-unread]')).toHaveCount(3 * 8 + 2 * 6);
  await expect(plane.getByRole('gridcell', { name: '1, read by no window' })).toHaveCount(22);
  await expect(page.getByTestId('unread-note')).toHaveText(
    'No window reads the struck-through cells: rows 3, 6, and 9 and columns 3 and 6. 22 of the 42 values do not count.',
  );
  await expect(page.locator('[data-live]')).toHaveText(
    'At the start, 36 steps. 22 of the 42 values do not count.',
  );
  await page.locator('label').filter({ hasText: 'Max pooling' }).click();
  // The output is 3 x 3; windows of 2 with stride 2 read its first two rows and columns.
  await expect(page.getByTestId('unread-note')).toContainText(
    'row 3 and column 3. 5 of the 9 values do not count.',
  );
  await page.locator('label').filter({ hasText: 'ReLU' }).click();
  await expect(page.getByTestId('unread-note')).toHaveCount(0);
});

test('a tab keeps its own settings, and a link that tracks or was encoded is read without a word', async ({
  page,
  context,
}) => {
  await withoutWorker(page);
  const other = await context.newPage();
  await withoutWorker(other);
  const rate = (tab: Page) => tab.getByTestId('field-learningRate');
  await page.goto('/?network%3Dlenet%26learningRate%3D0.05&fbclid=x&utm_source=y');
  await expect(rate(page)).toHaveValue('0.05', { timeout: 60_000 });
  await expect(page.getByText('Not all of the link could be used')).toHaveCount(0);
  await other.goto('/');
  await expect(rate(other)).toHaveValue('0.05', { timeout: 60_000 });
  await rate(other).fill('0.5');
  await page.reload();
  await expect(rate(page)).toHaveValue('0.05', { timeout: 60_000 });
  await rate(page).fill('0.25');
  await other.reload();
  await expect(rate(other)).toHaveValue('0.5', { timeout: 60_000 });
  await page.goto('/?network=lenet&lerningRate=0.1');
  await expect(page.getByText('The link has a setting “lerningRate” that does not exist here')).toBeVisible({
    timeout: 60_000,
  });
});
