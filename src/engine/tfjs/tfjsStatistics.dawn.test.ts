/** Layer statistics summed up on a GPU, against float64. */
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { createTfjsEngine } from '@/engine/tfjs/backends';
import {
  expectedStatistics,
  largestDeviation,
  statisticsConfig,
  statisticsImages,
  statisticsState,
} from '@/engine/testing/statisticsCase';
import { installDawn } from '../../../scripts/dawn.ts';

test('the GPU sums up what float64 does, with what is not finite left out, and leaves no tensor behind', async () => {
  await installDawn();
  const { engine } = await createTfjsEngine('webgpu');
  await engine.setImages('train', statisticsImages);
  await engine.compile(statisticsConfig, statisticsState(false));
  await engine.step(1);
  await engine.readMetrics();
  const tensors = tf.memory().numTensors;
  await engine.compile(statisticsConfig, statisticsState(false));
  engine.setStatisticsInterval(1);
  await engine.step(1);
  const [step] = await engine.readStatistics();
  expect(largestDeviation(step, expectedStatistics())).toBeLessThan(1);
  await engine.readMetrics();
  expect(tf.memory().numTensors).toBe(tensors);

  await engine.compile(statisticsConfig, statisticsState(true));
  engine.setStatisticsInterval(1);
  await engine.step(1);
  const [broken] = await engine.readStatistics();
  expect(broken?.layers.at(-1)?.weight.nonFinite).toBe(1);
  expect(broken?.layers.at(-1)?.weight.std).toBeCloseTo(
    expectedStatistics().layers.at(-1)?.weight.std ?? 0,
    3,
  );
  engine.dispose();
});
