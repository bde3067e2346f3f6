/** Storage that is blocked, full, or of a newer page: the run goes on, the page says what is not kept, and nothing that is kept is lost. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type BrowserContext, type Page } from '@playwright/test';
import { chromiumLaunchOptions } from '../scripts/chromium.ts';
import { expectClean } from './axe.ts';
import { TrainPage } from './trainPage.ts';

/** Small steps, and more of them than are taken. */
const link = 'network=lenet&epochs=20&learningRate=0.03&batchSize=16';

const notice = (page: Page, title: string) => page.getByRole('alert').filter({ hasText: title });

async function goesOn(train: TrainPage, steps = 10): Promise<void> {
  await train.waitForStep((await train.stat('step')) + steps);
  await train.expectAction('pause');
}

/** Lets it rest, so that a state is kept; gives its step. */
async function rest(train: TrainPage): Promise<number> {
  await train.mainControl.click();
  await train.expectAction('resume');
  return train.stat('step');
}

/** What is in the page's database, which gets this version before, where one is given. */
function readDatabase(
  page: Page,
  version?: number,
): Promise<{ version: number; runs: { id: string; version: number }[]; firstLosses: number[] }> {
  return page.evaluate(async (wanted) => {
    const of = <Value>(request: IDBRequest<Value>): Promise<Value> =>
      new Promise((resolve, reject) => {
        request.addEventListener('success', () => resolve(request.result));
        request.addEventListener('error', () => reject(request.error ?? new Error('It has failed.')));
      });
    const database = await of(indexedDB.open('digit-lab', wanted));
    const all = <Value>(name: string): Promise<Value[]> =>
      of(database.transaction(name).objectStore(name).getAll());
    const runs = await all<{ id: string; version: number }>('runs');
    const metrics = await all<{ loss: ArrayBuffer }>('runMetrics');
    database.close();
    const firstLosses = metrics.map(({ loss }) => new Float32Array(loss)[0] ?? Number.NaN);
    return { version: database.version, runs, firstLosses };
  }, version);
}

test('where the browser is told to keep nothing', async ({ playwright, baseURL }, testInfo) => {
  // As a person sets it: no page may store anything.
  const profile = testInfo.outputPath('profile');
  mkdirSync(join(profile, 'Default'), { recursive: true });
  const preferences = { profile: { default_content_setting_values: { cookies: 2 } } };
  writeFileSync(join(profile, 'Default', 'Preferences'), JSON.stringify(preferences));
  const browser = await playwright.chromium.launchPersistentContext(profile, {
    ...chromiumLaunchOptions(),
    baseURL: baseURL ?? '',
    viewport: { width: 1440, height: 900 },
  });
  try {
    const page = await browser.newPage();
    const train = new TrainPage(page);
    await train.open(link);
    await train.chooseEngine(/WebAssembly/);
    await train.mainControl.click();
    await expect(notice(page, 'This run is not kept')).toContainText('allows this page no storage', {
      timeout: 60_000,
    });
    await goesOn(train);
    await expectClean(page, 'a run that is not kept');
    await rest(train);
    // The visit has it, to look at and to save.
    await page.getByRole('link', { name: 'Runs', exact: true }).click();
    await expect(page.getByRole('alert', { name: 'The browser allows this page no storage' })).toBeVisible();
    await expect(page.getByTestId('run-row')).toHaveCount(1);
    await expectClean(page, 'runs of a visit');
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save all as a file' }).click(),
    ]);
    expect(file.suggestedFilename()).toMatch(/\.zip$/);
  } finally {
    await browser.close();
  }
});

/** States of VGG-2 take 7.6 MB, the curves of so short a run a few kB. */
const large = 'network=vgg2&epochs=20&learningRate=0.01&batchSize=4';

/**
 * Opens the page where it may keep no more than so many bytes. From before its first write: Chromium looks at the quota every now and
 * then alone.
 */
async function openWithin(page: Page, context: BrowserContext, bytes: number): Promise<TrainPage> {
  const train = new TrainPage(page);
  await train.open(large);
  const { usage = 0 } = await page.evaluate(() => navigator.storage.estimate());
  const devtools = await context.newCDPSession(page);
  await devtools.send('Storage.overrideQuotaForOrigin', {
    origin: new URL(page.url()).origin,
    quotaSize: usage + bytes,
  });
  await train.chooseEngine(/WebAssembly/);
  page.on('dialog', (dialog) => void dialog.accept());
  return train;
}

test('without room for a state the curves are kept, and the run can begin again', async ({
  page,
  context,
}) => {
  const train = await openWithin(page, context, 4e6);
  await train.mainControl.click();
  await expect(notice(page, 'The storage is full')).toBeVisible({ timeout: 60_000 });
  await goesOn(train, 2);
  await expectClean(page, 'a full storage');
  await page.reload();
  const offer = page.getByTestId('last-run');
  await expect(offer).toContainText('Start it again?', { timeout: 30_000 });
  await expect(offer).toHaveAttribute('data-kind', 'cut');
  const { firstLosses } = await readDatabase(page);
  expect(firstLosses).toHaveLength(1);
  await expectClean(page, 'the offer to begin again');
  await offer.getByRole('button', { name: 'Start it again' }).click();
  await expect(offer).toBeHidden();
  await train.waitForStep(2);
  await rest(train);
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  // It is written anew.
  await expect(page.getByTestId('run-row')).toContainText('Paused');
  expect((await readDatabase(page)).firstLosses).toEqual(firstLosses);
});

/** A run as a newer version of the page might write it. */
const newerRun = { id: 'newer', version: 99, tape: [1, 2, 3] };

test('what a newer version of the page has written is left alone', async ({ page, context }) => {
  const train = new TrainPage(page);
  await train.open(link);
  await train.chooseEngine(/WebAssembly/);
  await train.mainControl.click();
  await train.waitForStep(10);
  await rest(train);

  await test.step('a run of it is told of', async () => {
    await page.evaluate(
      (record) =>
        new Promise((resolve, reject) => {
          const opening = indexedDB.open('digit-lab');
          opening.addEventListener('error', reject);
          opening.addEventListener('success', () => {
            const writing = opening.result.transaction('runs', 'readwrite');
            writing.objectStore('runs').put(record);
            writing.addEventListener('complete', () => {
              opening.result.close();
              resolve(null);
            });
          });
        }),
      newerRun,
    );
    await page.getByRole('link', { name: 'Runs', exact: true }).click();
    await expect(notice(page, 'A newer version of this page wrote 1 run')).toContainText(
      'leaves it as it is',
    );
    await expect(page.getByTestId('run-row')).toHaveCount(1);
    await expectClean(page, 'runs of a newer version');
    await page.getByRole('link', { name: 'Train', exact: true }).click();
  });

  // Of the same origin, and none of this version's.
  const other = await context.newPage();
  await other.goto('/mnist/manifest.json');
  const { runs, firstLosses } =
    await test.step('opened in another tab, it takes the storage over', async () => {
      await train.mainControl.click();
      await goesOn(train);
      const newer = await readDatabase(other, 99);
      await expect(notice(page, 'A newer version of this page is open')).toBeVisible({ timeout: 60_000 });
      await goesOn(train);
      await expectClean(page, 'a storage that was taken over');
      return newer;
    });
  expect(runs).toContainEqual(newerRun);

  await test.step('this version comes again, and says why it keeps nothing', async () => {
    page.on('dialog', (dialog) => void dialog.accept());
    await train.open(link);
    await train.mainControl.click();
    await expect(notice(page, 'This run is not kept')).toContainText('A newer version of this page', {
      timeout: 60_000,
    });
    await goesOn(train);
    await page.getByRole('link', { name: 'Runs', exact: true }).click();
    await expect(
      page.getByRole('alert', { name: 'A newer version of this page has been here' }),
    ).toBeVisible();
    await expectClean(page, 'runs under a newer version');
  });
  expect(await readDatabase(other)).toEqual({ version: 99, runs, firstLosses });
});
