// On our own engine in Node: the range test trains a copy, and the run at hand goes on as if it had not been.
import { afterEach, expect, test } from 'vitest';
import { createWasmEngine } from '@/engine/wasm/createWasmEngine';
import { defaultRangeTest, suggestedRate, type RangeTestPoint } from '@/model/rangeTest';
import { defaultConfig } from '@/model/presets';
import { closeLabs, Lab, mnist, smallRun } from '../../scripts/trainerLab.ts';
import { nodeHost } from '../../scripts/wasm/nodeHost.ts';
import { RangeTester } from './rangeTester';

afterEach(closeLabs);

async function wasmLab(): Promise<Lab> {
  const lab = new Lab(mnist());
  await lab.trainer.useEngine(() => createWasmEngine({ host: nodeHost(), threads: 1 }));
  return lab;
}

const request = (steps: number) => ({
  config: defaultConfig('lenet'),
  weights: 'seed' as const,
  rangeTest: { ...defaultRangeTest, steps },
});

test('suggests a rate at which LeNet learns', async () => {
  const lab = await wasmLab();
  const points: RangeTestPoint[] = [];
  const { steps } = await new RangeTester().rangeTest(request(defaultRangeTest.steps), lab.trainer, (point) =>
    points.push(point),
  );
  expect(points).toHaveLength(steps);
  expect(points[0]).toMatchObject({ learningRate: 1e-5 });
  expect(points[0]?.loss).toBeCloseTo(Math.log(10), 0);
  const rate = suggestedRate(points)?.learningRate ?? NaN;
  // The report's 0.01 is slow for plain SGD at batch 64; from 1 on it diverges.
  expect(rate).toBeGreaterThan(0.02);
  expect(rate).toBeLessThan(0.5);
  lab.trainer.dispose();
}, 60_000);

test('leaves the run at hand exactly where it was, in the middle of training', async () => {
  const losses = async (rangeTests: boolean): Promise<number[]> => {
    const lab = await wasmLab();
    await lab.prepare(smallRun('lenet', 12, { epochs: 1 }));
    for (let step = 0; step < 6; step += 1) await lab.train('step');
    if (rangeTests) await new RangeTester().rangeTest(request(5), lab.trainer, () => undefined);
    for (let step = 6; step < 11; step += 1) await lab.train('step');
    lab.trainer.dispose();
    return lab.metric('loss');
  };
  expect(await losses(true)).toEqual(await losses(false));
}, 60_000);

test('stops when it is told to', async () => {
  const lab = await wasmLab();
  const tester = new RangeTester();
  expect(await tester.rangeTest(request(50), lab.trainer, () => tester.stop())).toEqual({ steps: 1 });
  lab.trainer.dispose();
});
