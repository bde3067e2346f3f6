/** The preset "To 99% as fast as possible" on the built page in Chromium, on one thread, as a person would start it. */
import { readdirSync, readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import type { Browser, CDPSession, Page } from '@playwright/test';
import { configToQuery } from '@/model/configQuery';
import { fastPreset } from '@/model/fastPreset';
import { onBuiltPage } from './builtPage.ts';
import { machineName, type SearchRun } from './searchResults.ts';

const longest = 120_000;
/** Linux's USER_HZ. */
const ticksPerSecond = 100;

/** Processor seconds of the pages' workers since they began: of threads, as Linux counts them. */
async function workerSeconds(browser: CDPSession): Promise<number> {
  const { processInfo } = await browser.send('SystemInfo.getProcessInfo');
  const ticks = processInfo
    .filter(({ type }) => type === 'renderer')
    .flatMap(({ id }) => readdirSync(`/proc/${id}/task`).map((thread) => `/proc/${id}/task/${thread}`))
    .filter((thread) => readFileSync(`${thread}/comm`, 'utf8').startsWith('DedicatedWorker'))
    // User and system time are the 14th and 15th field; the second is the name in brackets.
    .flatMap(
      (thread) => readFileSync(`${thread}/stat`, 'utf8').split(') ').at(-1)?.split(' ').slice(11, 13) ?? [],
    );
  return ticks.reduce((sum, count) => sum + Number(count), 0) / ticksPerSecond;
}

/** @throws Error where the page would not train on one thread of WebAssembly */
async function expectOneThread(page: Page): Promise<string> {
  const banner = page.getByRole('banner');
  await banner.getByText(/WebAssembly|WebGPU|WebGL|tfjs/u).waitFor({ timeout: longest });
  const device = (await banner.innerText()).replaceAll('\n', ' ');
  const found = /WebAssembly\s+(?<what>.*1 thread)/u.exec(device);
  if (found === null) throw new Error(`The page trains on another engine: ${device}`);
  return `WebAssembly, ${found.groups?.['what'] ?? ''}`;
}

async function trainOnce(browser: Browser, url: string, seed: number): Promise<SearchRun> {
  const load = loadavg()[0] ?? 0;
  const context = await browser.newContext();
  const page = await context.newPage();
  const processes = await browser.newBrowserCDPSession();
  try {
    const query = new URLSearchParams(configToQuery({ ...fastPreset.config, seed }));
    await page.goto(`${url}?${query.toString()}`);
    const main = page.getByTestId('main-control');
    await page.locator('[data-testid=main-control]:enabled').waitFor({ timeout: longest });
    const device = await expectOneThread(page);
    const before = await workerSeconds(processes);
    await main.click();
    const time = page.locator('[data-fast-seconds]');
    await time.waitFor({ timeout: longest });
    const cpuSeconds = (await workerSeconds(processes)) - before;
    const figure = async (name: string): Promise<number> =>
      Number(await time.getAttribute(`data-fast-${name}`));
    return {
      candidate: fastPreset.id,
      seed,
      accuracy: await figure('accuracy'),
      seconds: await figure('seconds'),
      cpuSeconds,
      measured: new Date().toISOString(),
      machine: machineName(),
      device: `Chromium ${browser.version()}, ${device}`,
      load,
    };
  } finally {
    await processes.detach();
    await context.close();
  }
}

/** One run after the other, each on a page of its own; `tell` hears of each. */
export async function trainInChromium(
  seeds: readonly number[],
  tell: (run: SearchRun) => void,
): Promise<void> {
  // Without the flags of the tests, which switch WebGPU on.
  await onBuiltPage('.cache/bench-fast', [], async (browser, url) => {
    // oxlint-disable-next-line no-await-in-loop -- they share the core
    for (const seed of seeds) tell(await trainOnce(browser, url, seed));
  });
}
