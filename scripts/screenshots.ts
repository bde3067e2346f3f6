/**
 * Pictures of every view for the README, from a running address:
 *   npx tsx --tsconfig tsconfig.scripts.json scripts/screenshots.ts http://localhost:4173/
 * One short training feeds most of them; the doctor and the report get runs with a wrong loss. Of `trained`, `doctor`,
 * `report` and `inspect`, those named after the address, else all. Writes
 * docs/screenshots/{train,draw,network,conv-lab,doctor,report,inspect}-{light,dark,390}.png.
 */
import { mkdirSync } from 'node:fs';
import { chromium, type Page } from '@playwright/test';
import { chromiumLaunchOptions } from './chromium.ts';

const folder = 'docs/screenshots';
const wantedSteps = Number(process.env['SCREENSHOT_STEPS'] ?? 700);
const longestTraining = 240_000;
const settings = 'network=lenet&learningRate=0.02&momentum=0.9&shuffle=true&epochs=5';

/** A 3, in shares of the pad. */
const three = [
  [0.3, 0.24],
  [0.5, 0.16],
  [0.68, 0.28],
  [0.62, 0.42],
  [0.46, 0.48],
  [0.66, 0.56],
  [0.7, 0.72],
  [0.52, 0.84],
  [0.3, 0.76],
] as const;

async function draw(page: Page): Promise<void> {
  const box = await page.getByTestId('drawing-pad').boundingBox();
  if (box === null) throw new Error('The drawing pad is not on the page.');
  const [first, ...rest] = three;
  await page.mouse.move(box.x + first[0] * box.width, box.y + first[1] * box.height);
  await page.mouse.down();
  for (const [x, y] of rest) {
    // oxlint-disable-next-line no-await-in-loop
    await page.mouse.move(box.x + x * box.width, box.y + y * box.height, { steps: 6 });
  }
  await page.mouse.up();
}

async function train(page: Page): Promise<void> {
  const control = page.getByTestId('main-control');
  await page.waitForSelector('[data-testid=run-phase][data-phase=ready]', { timeout: 120_000 });
  await control.click();
  const wait = page.waitForFunction(
    (steps) =>
      Number(
        (document.querySelector('[data-testid=stat-step]')?.textContent ?? '').replaceAll(/\D.*$|,/g, ''),
      ) >= steps,
    wantedSteps,
    { timeout: longestTraining, polling: 1000 },
  );
  // A slow machine gives pictures of a shorter run.
  await wait.catch(() => undefined);
  await control.click();
}

async function picture(page: Page, name: string): Promise<void> {
  for (const [suffix, scheme, width, height] of [
    ['light', 'light', 1440, 900],
    ['dark', 'dark', 1440, 900],
    ['390', 'light', 390, 844],
  ] as const) {
    // One page, one picture after the other.
    /* oxlint-disable no-await-in-loop */
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width, height });
    await page.waitForTimeout(900);
    // What is painted only while it is in sight is painted in a window as tall as the page.
    const tall = await page.evaluate(() => document.documentElement.scrollHeight);
    await page.setViewportSize({ width, height: tall });
    await page.waitForTimeout(900);
    await page.evaluate(() => window.scrollTo(0, 0));
    await page.screenshot({ path: `${folder}/${name}-${suffix}.png`, fullPage: true });
    /* oxlint-enable no-await-in-loop */
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

/** A trained network on Train, and what the other pages make of it. */
async function trained(page: Page, address: string): Promise<void> {
  await page.goto(`${address}?${settings}`);
  await train(page);
  await draw(page);
  await page.waitForTimeout(2500);
  await picture(page, 'train');
  await page.getByRole('link', { name: 'Draw', exact: true }).click();
  await page.waitForTimeout(1500);
  await picture(page, 'draw');
  await page.getByRole('link', { name: 'Network', exact: true }).click();
  await page.waitForTimeout(1500);
  await picture(page, 'network');
  await page.getByRole('link', { name: 'Conv lab', exact: true }).click();
  await page.getByRole('button', { name: 'One step forward' }).click();
  await page.waitForTimeout(1500);
  await picture(page, 'conv-lab');
}

/** The report's LeNet, whose dead digits the doctor names. */
async function doctor(page: Page, address: string): Promise<void> {
  await page.goto(`${address}?network=lenet&loss=nll_softmax&epochs=40`);
  const control = page.getByTestId('main-control');
  await page.waitForSelector('[data-testid=run-phase][data-phase=ready]', { timeout: 120_000 });
  await control.click();
  await page.getByTestId('diagnosis-chance_accuracy').waitFor({ timeout: longestTraining });
  await control.click();
  await picture(page, 'doctor');
}

/** The same network with the wrong and the right loss, three epochs each. */
async function report(page: Page, address: string): Promise<void> {
  await page.goto(`${address}report`);
  for (const name of ['LeNet-5, wrong loss', 'LeNet-5, cross entropy']) {
    // oxlint-disable-next-line no-await-in-loop
    await page.getByRole('checkbox', { name: `Choose ${name}, 3 epochs, short` }).check();
  }
  await page.getByTestId('queue-start').click();
  await page.getByTestId('queue-finished').waitFor({ timeout: 4 * longestTraining });
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await picture(page, 'report');
}

/** What a trained LeNet's layers give for a drawing, with a unit chosen. */
async function inspect(page: Page, address: string): Promise<void> {
  await page.goto(`${address}?${settings}`);
  await train(page);
  await draw(page);
  await page.getByRole('link', { name: 'Inspect', exact: true }).click();
  await page.waitForSelector('[data-testid=layers][data-current=true]');
  // A tall window has every layer in sight.
  await page.setViewportSize({ width: 1440, height: 2600 });
  await page.getByTestId('maps-conv2.0').click({ position: { x: 75, y: 25 } });
  await page.waitForSelector('[data-testid=maps-fc3][data-empty=false]');
  await picture(page, 'inspect');
}

const views = { trained, doctor, report, inspect } as const;
const isView = (name: string): name is keyof typeof views => Object.hasOwn(views, name);

async function main(address: string, asked: readonly string[]): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const browser = await chromium.launch(chromiumLaunchOptions());
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'en' });
    for (const name of asked) {
      if (!isView(name)) throw new RangeError(`Not one of ${Object.keys(views).join(', ')}: ${name}.`);
      // oxlint-disable-next-line no-await-in-loop
      await views[name](page, address);
    }
  } finally {
    await browser.close();
  }
}

const [address, ...asked] = process.argv.slice(2);
if (address === undefined)
  throw new Error('Say where the app runs: scripts/screenshots.ts http://localhost:4173/');
await main(address, asked.length > 0 ? asked : Object.keys(views));
