/**
 * GFLOP/s of every kernel against the machine's ceiling, in Chromium or Node.
 * Run: tsx --tsconfig tsconfig.scripts.json bench/wasmProfile.ts [--net NAME] [--where chromium|node] [--plain] [--ms N] [--threads N]
 *   [--activation KIND]
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { createServer } from 'vite';
import { chromiumLaunchOptions } from '../scripts/chromium.ts';
import { nodeHost } from '../scripts/wasm/nodeHost.ts';
import type { WasmHost } from '@/engine/wasm/wasmHost';
import { replacementsOf } from './activated.ts';
import { profileKernels, type KernelProfile } from './wasmKernels.ts';

const { values } = parseArgs({
  options: {
    net: { type: 'string', default: 'mynn' },
    where: { type: 'string', default: 'chromium' },
    plain: { type: 'boolean', default: false },
    ms: { type: 'string', default: '60' },
    threads: { type: 'string', default: '1' },
    activation: { type: 'string', default: 'ReLU' },
  },
});

const activation = replacementsOf(values.activation).at(-1);

async function inChromium(networks: readonly string[]): Promise<KernelProfile[]> {
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
  for (const network of networks) {
    profiles.push(
      await page.evaluate(
        async ([net, relaxed, ms, threads, kind]) => {
          const path = '/bench/wasmKernels.ts';
          const kernels = (await import(path)) as {
            profileKernels: typeof profileKernels;
            browserHost: () => WasmHost;
          };
          return kernels.profileKernels(kernels.browserHost(), net, relaxed, ms, threads, kind);
        },
        [network, !values.plain, Number(values.ms), Number(values.threads), activation] as const,
      ),
    );
  }
  await browser.close();
  await server.close();
  return profiles;
}

const networks = values.net.split(',');
const profiles =
  values.where === 'node'
    ? await Promise.all(
        networks.map((network) =>
          profileKernels(
            nodeHost(),
            network,
            !values.plain,
            Number(values.ms),
            Number(values.threads),
            activation,
          ),
        ),
      )
    : await inChromium(networks);
profiles.forEach(({ peakGigaflops, milliseconds, stepMilliseconds, kernels }, i) => {
  console.log(
    `${networks[i] ?? ''}: step ${stepMilliseconds.toFixed(2)} ms, kernels one by one ${milliseconds.toFixed(2)} ms, ceiling ${peakGigaflops.toFixed(1)} GFLOP/s`,
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
