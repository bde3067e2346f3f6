/**
 * An engine that goes from one data set to another, larger or smaller, while a run is compiled, computes what one does that never saw
 * the first: on WebGPU images lie in buffers that are bound to kernels.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ImageSet } from '@/data/imageSet';
import type { Engine } from '@/engine/engine';
import { runConfig } from '@/engine/testing/testRuns';
import { mynn } from '@/model/architectures';
import { randomBits } from '@/model/random';
import { engines } from '../../scripts/parity/engines.ts';

const imagesOf = (count: number, seed: number): ImageSet => ({
  images: Uint8Array.from({ length: count * 784 }, (_, i) => randomBits(seed, i >> 3) & 255),
  labels: Uint8Array.from({ length: count }, (_, i) => randomBits(seed + 1, i) % 2),
  count,
});
/** The odd ones do not end at a whole word of labels. */
const sets = [imagesOf(150, 1), imagesOf(41, 2), imagesOf(230, 3)];
const config = (count: number) => runConfig(mynn, { trainingImages: count, batchSize: 20, epochs: 4 });

/** As the trainer does: the network first, then the images, once they are there. */
async function run(engine: Engine, set: ImageSet) {
  await engine.compile(config(set.count));
  await engine.setImages('train', set);
  await engine.setImages('test', set);
  await engine.step(4);
  const { loss } = await engine.readMetrics();
  const { predictions, loss: testLoss } = await engine.evaluate('test', set.count);
  return { loss: [...loss], testLoss, predictions: [...predictions] };
}

let used: Engine;
beforeAll(async () => {
  used = await engines.webgpu.create();
});
afterAll(() => used.dispose());

test.each(sets.map((set) => [set.count, set] as const))('%d images after others', async (_, set) => {
  const fresh = await engines.webgpu.create();
  const expected = await run(fresh, set);
  fresh.dispose();
  expect(await run(used, set)).toEqual(expected);
});

test('more images while the run stands between two steps', async () => {
  const [first, , last] = sets;
  if (first === undefined || last === undefined) throw new Error('There are three sets.');
  await run(used, first);
  await used.setImages('test', last);
  const { predictions } = await used.evaluate('test', last.count);
  const fresh = await engines.webgpu.create();
  await run(fresh, first);
  await fresh.setImages('test', last);
  expect([...predictions]).toEqual([...(await fresh.evaluate('test', last.count)).predictions]);
  fresh.dispose();
});
