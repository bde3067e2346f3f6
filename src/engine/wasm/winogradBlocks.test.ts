// Kernels in blocks of taps, which keep their transformed values or make them again, on any number of threads.
import { expect, it } from 'vitest';
import { nodeHost } from '../../../scripts/wasm/nodeHost.ts';
import { convOf } from '@/engine/wasm/testing/convCase';
import { newBench, runLayers } from '@/engine/wasm/testing/layerBench';
import { randomBits } from '@/model/random';

/** In (-1, 1). */
const values = (count: number, salt: number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: count }, (_, i) => ((randomBits(salt, i) >>> 8) + 0.5) / 2 ** 23 - 1);

const [channels, outChannels, height, width, kernelSize, padding] = [12, 13, 10, 13, 7, 3];
const layer = convOf({ inChannels: channels, outChannels, kernelSize, padding });
const weights = new Map([
  ['c.weight', values(outChannels * channels * kernelSize ** 2, 1)],
  ['c.bias', values(outChannels, 2)],
]);
const [inPixels, outPixels] = [channels * height * width, outChannels * height * width];

/** The layer on the images from `first` to `last` of a batch, on so many threads. */
async function runOn(threads: number, parts: readonly (readonly [first: number, last: number])[]) {
  const bench = await newBench(nodeHost(), threads);
  const images = Math.max(...parts.map(([, last]) => last));
  const [x, dy] = [values(images * inPixels, 3), values(images * outPixels, 4)];
  const results: Awaited<ReturnType<typeof runLayers>>[] = [];
  try {
    for (const [first, last] of parts) {
      const shape = [last - first, channels, height, width] as const;
      const data = x.subarray(first * inPixels, last * inPixels);
      results.push(
        // oxlint-disable-next-line no-await-in-loop -- one memory
        await runLayers(bench, [layer], { shape, data }, weights, () =>
          dy.subarray(first * outPixels, last * outPixels),
        ),
      );
    }
  } finally {
    bench.runtime.dispose();
  }
  return results;
}

it('gives the same values on any number of threads', async () => {
  const [one] = await runOn(1, [[0, 43]]);
  for (const threads of [2, 3]) {
    // oxlint-disable-next-line no-await-in-loop -- two cores
    expect(await runOn(threads, [[0, 43]])).toEqual([one]);
  }
});

it('does not depend on whether an image goes with few or, by tiles, with many beyond rounding', async () => {
  const [whole, few] = await runOn(1, [
    [0, 32],
    [0, 8],
  ]);
  const start = whole?.y.subarray(0, few?.y.length) ?? new Float32Array();
  // That they differ at all tells that tiles were used.
  expect(start).not.toEqual(few?.y);
  // A sum of K products is off by about sqrt(K) u times the sum of their sizes, 1/4 each on average; four times that is allowed.
  const products = channels * kernelSize ** 2;
  const tolerance = 4 * Math.sqrt(products) * 2 ** -24 * (products / 4);
  const worst = few?.y.reduce((most, value, i) => Math.max(most, Math.abs(value - (start[i] ?? NaN))), 0);
  expect(worst).toBeLessThan(tolerance);
});

it('gives where values are too many to keep what halves give that keep theirs', async () => {
  // 656 KB of transformed values a block of eight images: 80 blocks are 52 MB, in two parts.
  const images = 640;
  const [whole, first, second] = await runOn(2, [
    [0, images],
    [0, images / 2],
    [images / 2, images],
  ]);
  for (const of of ['y', 'dx'] as const) {
    const half = first?.[of].length ?? 0;
    const differing = whole?.[of].findIndex(
      (value, i) => value !== (i < half ? first?.[of][i] : second?.[of][i - half]),
    );
    expect(whole?.[of]).toHaveLength(2 * half);
    expect(differing).toBe(-1);
  }
  const products = images * height * width;
  const tolerance = 4 * Math.sqrt(products) * 2 ** -24 * (products / 4);
  const sums = first?.gradients.get('c.weight');
  const rest = second?.gradients.get('c.weight');
  const gradient = whole?.gradients.get('c.weight');
  expect(gradient).toHaveLength(outChannels * channels * kernelSize ** 2);
  const worst = gradient?.reduce(
    (most, value, i) => Math.max(most, Math.abs(value - (sums?.[i] ?? NaN) - (rest?.[i] ?? NaN))),
    0,
  );
  expect(worst).toBeLessThan(tolerance);
});
