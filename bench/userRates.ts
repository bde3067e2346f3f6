/**
 * Rates that users feel, on the built page in Chromium: from Start to the first step on a cold page, a test of 10,000 images, and from
 * the pointer to the bars while it trains. Kept as history in bench/results/rates/runs.json; npm run bench:tables shows the newest.
 *   npm run bench:rates -- [--rounds N] [--net NAME[,NAME]] [--engine wasm|webgpu[,...]]
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { Browser, Page } from '@playwright/test';
import * as v from 'valibot';
import { TrainPage } from '../e2e/trainPage.ts';
import { onBuiltPage } from './builtPage.ts';
import { table } from './reportMarkdown.ts';
import { readRunsFile, runsPath, writeRunsFile } from './runsFile.ts';
import { machineName } from './searchResults.ts';

const engines = { wasm: /WebAssembly/u, webgpu: /WebGPU/u } as const;
type RatedEngine = keyof typeof engines;

const figures = v.object({ median: v.number(), minimum: v.number(), maximum: v.number() });
const runSchema = v.object({
  network: v.string(),
  engine: v.picklist(['wasm', 'webgpu']),
  /** Milliseconds; medians of the rounds. */
  firstStep: figures,
  test: figures,
  /** Null where none came. */
  prediction: v.nullable(figures),
  rounds: v.number(),
  /** ISO 8601, UTC. */
  measured: v.string(),
  machine: v.string(),
  /** As the page names engine and device. */
  device: v.string(),
  load: v.number(),
});
type RateRun = v.InferOutput<typeof runSchema>;

const file = runsPath('rates');
const longest = 120_000;
const main = '[data-testid=main-control]';
const step = '[data-testid=stat-step]';
const accuracy = '[data-testid=stat-accuracy]';
const strokes = 24;
/** Milliseconds for the bars of one move. */
const patience = 3000;

const readRates = (): RateRun[] => readRunsFile(file, runSchema);

function summarize(values: readonly number[]): v.InferOutput<typeof figures> {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? NaN;
  return { median: at(0.5), minimum: at(0), maximum: at(1) };
}

async function open(browser: Browser, url: string, query: string, engine: RatedEngine): Promise<Page> {
  const context = await browser.newContext({ baseURL: url, viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  // tsx wraps functions in a helper of its own, which those that run in the page need too.
  await page.addInitScript('globalThis.__name = (named) => named');
  const train = new TrainPage(page);
  await train.open(query);
  const banner = page.getByRole('banner');
  if (!engines[engine].test(await banner.innerText())) await train.chooseEngine(engines[engine]);
  await banner.getByText(engines[engine]).first().waitFor({ timeout: longest });
  await page.locator(`${main}:enabled`).waitFor({ timeout: longest });
  return page;
}

/** Milliseconds from a press of `press` until the text of `shows` differs from what it is now. */
function untilShown(page: Page, press: string, shows: string): Promise<number> {
  return page.evaluate(
    ([button, figure]) =>
      new Promise<number>((resolve) => {
        const shown = document.querySelector(figure);
        const before = shown?.textContent;
        const start = performance.now();
        const look = (): void => {
          if (document.querySelector(figure)?.textContent === before) requestAnimationFrame(look);
          else resolve(performance.now() - start);
        };
        document.querySelector<HTMLElement>(button)?.click();
        look();
      }),
    [press, shows] as const,
  );
}

/** On a page of its own that has nothing in its cache, while it still loads the digits. */
async function firstStepMilliseconds(browser: Browser, url: string, network: string, engine: RatedEngine) {
  const page = await open(browser, url, `network=${network}`, engine);
  try {
    return await untilShown(page, main, step);
  } finally {
    await page.context().close();
  }
}

/** Of a run of one step, from its press to the accuracy; the step itself is a small part. */
async function testMilliseconds(browser: Browser, url: string, network: string, engine: RatedEngine) {
  const page = await open(browser, url, `network=${network}&trainingImages=64&epochs=1`, engine);
  try {
    await page.getByTestId('data-progress').waitFor({ state: 'detached', timeout: longest });
    return await untilShown(page, main, accuracy);
  } finally {
    await page.context().close();
  }
}

/** Milliseconds from moves of the pointer to the bars of the drawing that they made. */
interface BarTimes {
  readonly times: number[];
}

/**
 * In the page: times each answer. Bars are busy from the moment the drawing changes until they are of it, be it in one frame: then
 * only the attribute's old value tells. Painted is what a task after the next frame's callbacks finds.
 */
function watchBars(): void {
  const found: BarTimes = { times: [] };
  Object.assign(globalThis, { barTimes: found });
  const bars = document.querySelector('[data-testid=prediction]');
  if (bars === null) throw new Error('There are no bars.');
  let movedAt: number | null = null;
  document.addEventListener('pointermove', ({ timeStamp }) => (movedAt ??= timeStamp), true);
  new MutationObserver((records) => {
    const wasBusy = records.some(({ oldValue }) => oldValue === 'true');
    if (!wasBusy || bars.getAttribute('aria-busy') === 'true' || movedAt === null) return;
    const start = movedAt;
    movedAt = null;
    const painted = new MessageChannel();
    painted.port1.addEventListener('message', () => {
      found.times.push(performance.now() - start);
      painted.port1.close();
    });
    painted.port1.start();
    requestAnimationFrame(() => painted.port2.postMessage(null));
  }).observe(bars, { attributes: true, attributeFilter: ['aria-busy'], attributeOldValue: true });
}

/** From each move of the pointer over the pad until the bars of the new drawing are painted, while the network trains. */
async function predictionMilliseconds(browser: Browser, url: string, network: string, engine: RatedEngine) {
  const page = await open(browser, url, `network=${network}&epochs=40`, engine);
  try {
    await page.getByTestId('data-progress').waitFor({ state: 'detached', timeout: longest });
    await untilShown(page, main, step);
    const pad = page.getByTestId('drawing-pad');
    await pad.scrollIntoViewIfNeeded();
    const box = await pad.boundingBox();
    if (box === null) throw new Error('The drawing pad is not visible.');
    const move = (i: number): Promise<void> =>
      page.mouse.move(
        box.x + box.width * (0.3 + (0.4 * i) / strokes),
        box.y + box.height * (0.2 + (0.6 * (i % 5)) / 5),
      );
    await move(0);
    await page.mouse.down();
    await page.evaluate(watchBars);
    const times = () => page.evaluate(() => (globalThis as unknown as { barTimes: BarTimes }).barTimes.times);
    for (let i = 1; i <= strokes; i += 1) {
      const before = (await times()).length;
      // oxlint-disable-next-line no-await-in-loop -- one after the other, as a hand moves
      await move(i);
      const end = Date.now() + patience;
      // oxlint-disable-next-line no-await-in-loop
      while ((await times()).length === before && Date.now() < end) await page.waitForTimeout(20);
    }
    if ((await page.locator(main).getAttribute('data-action')) !== 'pause')
      throw new Error(`${network} did not train to the end of the drawing.`);
    const found = await times();
    if (found.length < strokes / 2)
      console.log(`${network}: ${found.length} of ${strokes} moves were answered.`);
    return found;
  } finally {
    await page.context().close();
  }
}

async function measureRates(
  browser: Browser,
  url: string,
  network: string,
  engine: RatedEngine,
  rounds: number,
): Promise<RateRun> {
  const load = loadavg()[0] ?? 0;
  const [firstSteps, tests, predictions]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < rounds; round += 1) {
    // oxlint-disable-next-line no-await-in-loop -- they share the cores
    firstSteps.push(await firstStepMilliseconds(browser, url, network, engine));
    // oxlint-disable-next-line no-await-in-loop
    tests.push(await testMilliseconds(browser, url, network, engine));
    // oxlint-disable-next-line no-await-in-loop
    predictions.push(...(await predictionMilliseconds(browser, url, network, engine)));
  }
  const page = await open(browser, url, `network=${network}`, engine);
  const device = `${engine}, ${(await page.getByTestId('engine-device').innerText()).replaceAll('\n', ', ')}`;
  await page.context().close();
  return {
    network,
    engine,
    firstStep: summarize(firstSteps),
    test: summarize(tests),
    prediction: predictions.length === 0 ? null : summarize(predictions),
    rounds,
    measured: new Date().toISOString(),
    machine: machineName(),
    device: `Chromium ${browser.version()}, ${device}`,
    load,
  };
}

/** The newest of each engine and network. */
export function ratesTable(): string {
  const runs = readRates();
  const newest = [
    ...new Map(runs.map((run): [string, RateRun] => [`${run.engine} ${run.network}`, run])).values(),
  ];
  if (newest.length === 0) return 'None is kept yet.';
  const text = (figure: v.InferOutput<typeof figures> | null): string => {
    if (figure === null) return '–';
    const { median, minimum, maximum } = figure;
    return `**${median.toFixed(0)}** (${minimum.toFixed(0)} to ${maximum.toFixed(0)})`;
  };
  return table(
    [
      '',
      'device',
      'Start to the first step, ms',
      'test of 10,000, ms',
      'pointer to bars, ms',
      'measured',
      'load',
    ],
    newest.map(({ network, device, firstStep, test, prediction, measured, load }) => [
      network,
      device,
      text(firstStep),
      text(test),
      text(prediction),
      measured.slice(0, 10),
      load.toFixed(1),
    ]),
  );
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '5' },
      net: { type: 'string', default: 'mynn,lenet,resnet' },
      engine: { type: 'string', default: 'wasm,webgpu' },
    },
  });
  const asked = values.engine.split(',');
  const rated = (Object.keys(engines) as RatedEngine[]).filter((engine) => asked.includes(engine));
  // WebGPU on SwiftShader where there is no card, as in the tests.
  await onBuiltPage('.cache/bench-rates', ['--enable-unsafe-webgpu'], async (browser, url) => {
    for (const engine of rated) {
      for (const network of values.net.split(',')) {
        // oxlint-disable-next-line no-await-in-loop
        const run = await measureRates(browser, url, network, engine, Number(values.rounds));
        console.log(run);
        writeRunsFile(file, [...readRates(), run]);
      }
    }
  });
}
