/**
 * How long tasks hold the page's main thread while it trains, from Chromium's own trace:
 *   npm run build && npx vite preview &
 *   npx tsx --tsconfig tsconfig.scripts.json bench/mainThread.ts [--cold] http://localhost:4173/ [SECONDS] [NETWORK ...]
 * Wall time counts what the training worker and the compositor took from the page's core; CPU time counts the task alone.
 * With --cold the run starts as soon as it can, while the digits still load and the engine compiles; else once they are in.
 */
import { parseArgs } from 'node:util';
import { chromium, type Page } from '@playwright/test';
import { chromiumLaunchOptions } from '../scripts/chromium.ts';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds; `tdur` is CPU time. */
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

interface TaskTime {
  /** Seconds after the start of the run. */
  readonly at: number;
  /** Milliseconds. */
  readonly wall: number;
  readonly cpu: number;
}

/** Every task of the busiest renderer's main thread. */
function mainThreadTasks(events: readonly TraceEvent[]): TaskTime[] {
  const mains = events.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain');
  const threads = mains.map(({ pid, tid }) =>
    events.filter(
      (event) => event.pid === pid && event.tid === tid && event.ph === 'X' && event.name.endsWith('RunTask'),
    ),
  );
  const tasks = threads.toSorted((a, b) => b.length - a.length)[0] ?? [];
  const start = tasks.reduce((first, { ts }) => Math.min(first, ts), Number.POSITIVE_INFINITY);
  return tasks.map(({ ts, dur = 0, tdur = 0 }) => ({
    at: (ts - start) / 1e6,
    wall: dur / 1000,
    cpu: tdur / 1000,
  }));
}

function describe(tasks: readonly TaskTime[], of: (task: TaskTime) => number): string {
  const sorted = tasks.toSorted((a, b) => of(b) - of(a));
  const longest = sorted.slice(0, 8).map((task) => `${of(task).toFixed(0)} (at ${task.at.toFixed(1)} s)`);
  return `${sorted.filter((task) => of(task) >= 50).length} of 50 ms or more; longest ${longest.join(', ')}`;
}

interface Conditions {
  readonly address: string;
  readonly network: string;
  readonly seconds: number;
  readonly isCold: boolean;
}

async function trace(page: Page, conditions: Conditions): Promise<TaskTime[]> {
  const { address, network, seconds, isCold } = conditions;
  const browser = page.context().browser();
  if (browser === null) throw new Error('The page has no browser.');
  await page.goto(`${address}?network=${network}&epochs=40`);
  const control = page.getByTestId('main-control');
  await control.and(page.locator(':enabled')).waitFor({ timeout: 120_000 });
  if (!isCold) {
    await page.getByTestId('data-progress').waitFor({ state: 'detached' });
    // What the browser still compiles of the page.
    await page.waitForTimeout(2000);
  }
  await browser.startTracing(page, { categories: ['toplevel'] });
  await control.click();
  await page.waitForTimeout(1000 * seconds);
  const text = (await browser.stopTracing()).toString();
  const { traceEvents } = JSON.parse(text) as { traceEvents: TraceEvent[] };
  console.log(`${network}: step ${await page.getByTestId('stat-step').innerText()}`);
  return mainThreadTasks(traceEvents);
}

const { positionals, values } = parseArgs({
  options: { cold: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const [address = 'http://localhost:4173/', seconds = '25', ...networks] = positionals;
const browser = await chromium.launch(chromiumLaunchOptions());
for (const network of networks.length === 0 ? ['mynn', 'lenet'] : networks) {
  // One after the other: they share the cores.
  // oxlint-disable-next-line no-await-in-loop
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  // oxlint-disable-next-line no-await-in-loop
  const tasks = await trace(page, { address, network, seconds: Number(seconds), isCold: values.cold });
  console.log(`  wall: ${describe(tasks, ({ wall }) => wall)}`);
  console.log(`  CPU:  ${describe(tasks, ({ cpu }) => cpu)}`);
  // oxlint-disable-next-line no-await-in-loop
  await page.close();
}
await browser.close();
