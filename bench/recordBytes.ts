/**
 * What a recorded run takes in the browser's storage: short runs on the built page in Chromium, on WebAssembly, and then what lies in its
 * IndexedDB. Kept in bench/results/records/runs.json; npm run bench:tables shows the newest.
 *   npx tsx --tsconfig tsconfig.scripts.json bench/recordBytes.ts [--net NAME[,NAME]]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { expect, type BrowserType, type Page } from '@playwright/test';
import * as v from 'valibot';
import { defaultKeyframeBytes, keyframeCapacity } from '@/storage/runs/keyframePolicy';
import type { RunSummary } from '@/storage/runs/runSchema';
import { chromiumLaunchOptions } from '../scripts/chromium.ts';
import { TrainPage } from '../e2e/trainPage.ts';
import { onBuiltPage } from './builtPage.ts';
import { table } from './reportMarkdown.ts';
import { readRunsFile, runsPath, writeRunsFile } from './runsFile.ts';

/** Steps after which a run is let rest: large networks take a second each. */
const steps = { mynn: 900, lenet: 900, resnet: 900, vgg2: 24, resnet18: 8, vgg16: 2 } as const;
type RecordedNetwork = keyof typeof steps;

const networkNames: Readonly<Record<RecordedNetwork, string>> = {
  mynn: 'Mynn',
  lenet: 'LeNet',
  resnet: 'small ResNet',
  vgg2: 'VGG-2',
  resnet18: 'ResNet-18',
  vgg16: 'VGG-16',
};

const optimizers = {
  'SGD with momentum': 'optimizer=SGD&momentum=0.9&learningRate=0.01',
  Adam: 'optimizer=Adam&learningRate=0.001',
} as const;

const runSchema = v.object({
  network: v.picklist(Object.keys(steps) as RecordedNetwork[]),
  optimizer: v.string(),
  steps: v.number(),
  /** Spent training, by the clock: states are kept by it, too. */
  seconds: v.number(),
  /** Bytes of the values that lie in the store. */
  metrics: v.number(),
  statistics: v.number(),
  tests: v.number(),
  /** Settings, environment, summary. */
  run: v.number(),
  /** Of each state that is kept. */
  states: v.array(v.number()),
  /** By which the browser's own estimate grew, with what it has not cleared away yet. */
  browserEstimate: v.number(),
  /** ISO 8601, UTC. */
  measured: v.string(),
});
type RecordBytes = v.InferOutput<typeof runSchema>;

const file = runsPath('records');
const longest = 300_000;

const readRecords = (): RecordBytes[] => readRunsFile(file, runSchema);

/** What lies in each store: bytes of each value, a number as 8 and a letter as 1; and the summary of the one run there. */
function readStores(page: Page): Promise<{ bytes: Record<string, number[]>; summary: RunSummary }> {
  return page.evaluate(async () => {
    const bytesOf = (value: unknown): number => {
      if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return value.byteLength;
      if (typeof value === 'string') return value.length;
      if (typeof value === 'number') return 8;
      if (value instanceof Map)
        return [...value].reduce((sum, [key, one]) => sum + bytesOf(key) + bytesOf(one), 0);
      if (typeof value !== 'object' || value === null) return 1;
      return Object.entries(value).reduce(
        (sum, [key, one]) => sum + (Array.isArray(value) ? 0 : key.length) + bytesOf(one),
        0,
      );
    };
    const of = <Value>(request: IDBRequest<Value>): Promise<Value> =>
      new Promise((resolve, reject) => {
        request.addEventListener('success', () => resolve(request.result));
        request.addEventListener('error', () => reject(request.error ?? new Error('It has failed.')));
      });
    const database = await of(indexedDB.open('digit-lab'));
    const bytes: Record<string, number[]> = {};
    for (const name of ['runs', 'runMetrics', 'runStatistics', 'runTests', 'runKeyframes']) {
      const sizes: number[] = [];
      const store = database.transaction(name).objectStore(name);
      // oxlint-disable-next-line no-await-in-loop -- one state at a time is in memory
      for (const key of await of(store.getAllKeys())) {
        // oxlint-disable-next-line no-await-in-loop
        sizes.push(bytesOf(await of(store.get(key))));
      }
      bytes[name] = sizes;
    }
    const [run] = (await of(database.transaction('runs').objectStore('runs').getAll())) as {
      summary: RunSummary;
    }[];
    database.close();
    if (run === undefined) throw new Error('No run was recorded.');
    return { bytes, summary: run.summary };
  });
}

const usage = (page: Page): Promise<number> =>
  page.evaluate(async () => (await navigator.storage.estimate()).usage ?? 0);

async function measureRecord(
  browser: BrowserType,
  url: string,
  network: RecordedNetwork,
  optimizer: keyof typeof optimizers,
): Promise<RecordBytes> {
  // A window that keeps what it stores: others have it in memory, where large states find no room.
  const profile = mkdtempSync(join(tmpdir(), 'digit-lab-records-'));
  const context = await browser.launchPersistentContext(profile, {
    ...chromiumLaunchOptions(),
    baseURL: url,
    viewport: { width: 1440, height: 900 },
  });
  try {
    const page = await context.newPage();
    // tsx wraps functions in a helper of its own, which those that run in the page need too.
    await page.addInitScript('globalThis.__name = (named) => named');
    const train = new TrainPage(page);
    await train.open(`network=${network}&epochs=100&${optimizers[optimizer]}`);
    await train.chooseEngine(/WebAssembly/);
    const before = await usage(page);
    await train.mainControl.click();
    await train.waitForStep(steps[network], longest);
    await train.mainControl.click();
    await train.expectAction('resume', longest);
    await page.getByRole('link', { name: 'Runs', exact: true }).click();
    // It is written to its end.
    await expect(page.getByTestId('run-row')).toContainText('Paused', { timeout: longest });
    const { bytes, summary } = await readStores(page);
    const sum = (name: string): number => (bytes[name] ?? []).reduce((all, one) => all + one, 0);
    return {
      network,
      optimizer,
      steps: summary.steps,
      seconds: summary.seconds,
      metrics: sum('runMetrics'),
      statistics: sum('runStatistics'),
      tests: sum('runTests'),
      run: sum('runs'),
      states: bytes['runKeyframes'] ?? [],
      browserEstimate: (await usage(page)) - before,
      measured: new Date().toISOString(),
    };
  } finally {
    await context.close();
    rmSync(profile, { recursive: true });
  }
}

const megabytes = (bytes: number): string => (bytes / 1e6).toPrecision(bytes < 1e6 ? 2 : 3);

/** The newest of each network and optimizer. */
export function recordsTable(): string {
  const newest = new Map(
    readRecords().map((run): [string, RecordBytes] => [`${run.network} ${run.optimizer}`, run]),
  );
  if (newest.size === 0) return 'None is kept yet.';
  const rows = Object.keys(networkNames).flatMap((network) =>
    [...newest.values()].filter((run) => run.network === network),
  );
  return table(
    [
      '',
      'optimizer',
      'steps',
      'training, s',
      'a state, MB',
      'states kept',
      'the rest, MB',
      'the run, MB',
      'states at most',
      'with them, MB',
    ],
    rows.map(({ network, optimizer, steps, seconds, states, metrics, statistics, tests, run }) => {
      // The first may be from before the first step, when the optimizer keeps nothing yet.
      const state = states.at(-1);
      const rest = metrics + statistics + tests + run;
      const all = rest + states.reduce((sum, bytes) => sum + bytes, 0);
      const most = state === undefined ? 0 : keyframeCapacity(defaultKeyframeBytes, state);
      return [
        networkNames[network],
        optimizer,
        String(steps),
        seconds.toFixed(0),
        state === undefined ? '–' : megabytes(state),
        String(states.length),
        megabytes(rest),
        `**${megabytes(all)}**`,
        String(most),
        megabytes(rest + most * (state ?? 0)),
      ];
    }),
  );
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: { net: { type: 'string', default: Object.keys(steps).join(',') } },
  });
  const asked = values.net.split(',');
  await onBuiltPage('.cache/bench-records', [], async (browser, url) => {
    for (const network of Object.keys(steps) as RecordedNetwork[]) {
      if (!asked.includes(network)) continue;
      for (const optimizer of Object.keys(optimizers) as (keyof typeof optimizers)[]) {
        // oxlint-disable-next-line no-await-in-loop -- they share the cores
        const run = await measureRecord(browser.browserType(), url, network, optimizer);
        console.log(run);
        writeRunsFile(file, [...readRecords(), run]);
      }
    }
  });
}
