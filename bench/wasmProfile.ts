/**
 * GFLOP/s of every kernel against the machine's ceiling, in Chromium or Node.
 * Run: tsx --tsconfig tsconfig.scripts.json bench/wasmProfile.ts [--net NAME[,NAME]] [--pair NETWORK[@BATCH]]... [--batch N] [--optimizer KIND]
 *   [--where chromium|node] [--plain] [--ms N] [--threads N] [--activation KIND]
 * --net takes the page's networks, at --batch; --pair those of the suite.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { createServer } from 'vite';
import { chromiumLaunchOptions } from '../scripts/chromium.ts';
import { nodeHost } from '../scripts/wasm/nodeHost.ts';
import type { WasmHost } from '@/engine/wasm/wasmHost';
import { optimizerKinds } from '@/model/optimizers';
import { replacementsOf } from './activated.ts';
import { switchRelaxedSimdOn } from './relaxedSimd.ts';
import type { BenchTask } from './row.ts';
import { suiteTasks } from './suiteNetworks.ts';
import { profileKernels, type KernelProfile } from './wasmKernels.ts';

const { values } = parseArgs({
  options: {
    net: { type: 'string' },
    pair: { type: 'string', multiple: true },
    batch: { type: 'string', default: '64' },
    optimizer: { type: 'string', default: 'SGD' },
    where: { type: 'string', default: 'chromium' },
    plain: { type: 'boolean', default: false },
    ms: { type: 'string', default: '60' },
    threads: { type: 'string', default: '1' },
    activation: { type: 'string', default: 'ReLU' },
  },
});

const activation = replacementsOf(values.activation).at(-1);
const optimizer = optimizerKinds.find((kind) => kind === values.optimizer);
if (optimizer === undefined) throw new RangeError(`--optimizer takes ${optimizerKinds.join(', ')}.`);

const ofPage = (networks: string): BenchTask[] =>
  networks.split(',').map((network) => ({
    network,
    batchSize: Number(values.batch),
    optimizer,
    ...(activation === undefined ? {} : { activation }),
  }));
const tasks: readonly BenchTask[] = [
  ...(values.net === undefined && values.pair !== undefined ? [] : ofPage(values.net ?? 'mynn')),
  ...(values.pair === undefined ? [] : suiteTasks({ pairs: values.pair, optimizers: [optimizer] })),
];

async function inChromium(): Promise<KernelProfile[]> {
  const server = await createServer({
    configFile: fileURLToPath(new URL('../vite.config.ts', import.meta.url)),
    root: fileURLToPath(new URL('..', import.meta.url)),
    cacheDir: '.cache/vite-profile',
    server: { port: 0, hmr: false },
    logLevel: 'error',
  });
  await server.listen();
  const browser = await chromium.launch(chromiumLaunchOptions());
  const page = await browser.newPage();
  await page.goto(new URL('bench/page.html', server.resolvedUrls?.local[0]).href);
  const profiles: KernelProfile[] = [];
  for (const task of tasks) {
    profiles.push(
      await page.evaluate(
        async ([asked, relaxed, ms, threads]) => {
          const path = '/bench/wasmKernels.ts';
          const kernels = (await import(path)) as {
            profileKernels: typeof profileKernels;
            browserHost: () => WasmHost;
          };
          return kernels.profileKernels(kernels.browserHost(), asked, relaxed, ms, threads);
        },
        [task, !values.plain, Number(values.ms), Number(values.threads)] as const,
      ),
    );
  }
  await browser.close();
  await server.close();
  return profiles;
}

async function inNode(): Promise<KernelProfile[]> {
  if (!values.plain) switchRelaxedSimdOn();
  const profiles: KernelProfile[] = [];
  for (const task of tasks)
    profiles.push(
      await profileKernels(nodeHost(), task, !values.plain, Number(values.ms), Number(values.threads)),
    );
  return profiles;
}

const profiles = await (values.where === 'node' ? inNode() : inChromium());
profiles.forEach(({ peakGigaflops, milliseconds, stepMilliseconds, kernels }, i) => {
  console.log(
    `${tasks[i]?.network ?? ''}, batch ${tasks[i]?.batchSize ?? ''}: step ${stepMilliseconds.toFixed(2)} ms, kernels one by one ${milliseconds.toFixed(2)} ms, ceiling ${peakGigaflops.toFixed(1)} GFLOP/s`,
  );
  for (const { name, detail, milliseconds: ms, gigaflops } of kernels) {
    if (ms < milliseconds / 200) continue;
    const rate =
      gigaflops === null
        ? ''
        : `${gigaflops.toFixed(1)} GFLOP/s ${((100 * gigaflops) / peakGigaflops).toFixed(0)} %`;
    console.log(`  ${name.padEnd(22)} ${detail.padEnd(28)} ${ms.toFixed(3)} ms  ${rate}`);
  }
});
