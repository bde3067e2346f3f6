/** Trainers in workers of a real Chromium page, as rows of the benchmark. */
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { createServer } from 'vite';
import { chromiumLaunchOptions } from '../scripts/chromium.ts';
import type { BenchRow } from './row.ts';
import type { TrainerAnswer, TrainerCommand } from './trainer.ts';

/** Rows for these trainers in one browser, which closes with the last row. */
export async function chromiumRows(
  backends: readonly string[],
  labelOf: (backend: string) => string = (backend) => backend,
): Promise<BenchRow[]> {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const server = await createServer({
    configFile: fileURLToPath(new URL('../vite.config.ts', import.meta.url)),
    root,
    // Beside a running dev server, whose pre-bundled packages must not change under it.
    cacheDir: '.cache/vite-bench',
    server: { port: 0, hmr: false },
    logLevel: 'error',
  });
  await server.listen();
  const address = server.resolvedUrls?.local[0];
  if (address === undefined) throw new Error('Vite did not say where it serves.');
  const browser = await chromium.launch(chromiumLaunchOptions());
  const page = await browser.newPage();
  await page.goto(new URL('bench/page.html', address).href);
  await page.waitForFunction(() => 'ask' in window);
  const open = new Set(backends);
  // Counted when they are closed: rows may close at the same time, and the last one takes the browser away.
  let running = open.size;
  return backends.map((backend) => {
    const ask = async (command: TrainerCommand): Promise<TrainerAnswer> => {
      const answer = await page.evaluate(([name, what]) => window.ask(name, what), [
        backend,
        command,
      ] as const);
      if (answer.error !== null) throw new Error(answer.error);
      return answer;
    };
    return {
      label: `${labelOf(backend)} (Chromium ${browser.version().split('.')[0] ?? ''})`,
      prepare: async (task) => ({ firstStepMilliseconds: (await ask({ prepare: task })).milliseconds }),
      run: async (steps) => (await ask({ run: steps })).milliseconds,
      profile: async (steps) => (await ask({ profile: steps })).profile,
      close: async () => {
        if (!open.delete(backend)) return;
        await page.evaluate((name) => window.stopTrainer(name), backend);
        running -= 1;
        if (running > 0) return;
        await browser.close();
        await server.close();
      },
    };
  });
}
