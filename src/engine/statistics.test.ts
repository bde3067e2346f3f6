// The engines' layer statistics against float64, and so against each other.
import { describe, expect, test } from 'vitest';
import { engines } from '../../scripts/parity/engines.ts';
import {
  expectedStatistics,
  largestDeviation,
  statisticsConfig,
  statisticsImages,
  statisticsState,
} from './testing/statisticsCase';

describe.each(['wasm', 'wasm-threads', 'tfjs-wasm', 'tfjs-cpu'] as const)(
  'layer statistics of %s',
  (name) => {
    test('are those of a float64 computation, do not change the step, and come at the interval', async () => {
      const engine = await engines[name].create();
      await engine.setImages('train', statisticsImages);
      await engine.compile(statisticsConfig, statisticsState(false));
      await engine.step(3);
      expect(await engine.readStatistics(), 'none by default').toEqual([]);
      const { loss } = await engine.readMetrics();

      await engine.compile(statisticsConfig, statisticsState(false));
      engine.setStatisticsInterval(2);
      await engine.step(3);
      const taken = await engine.readStatistics();
      expect(taken.map(({ step }) => step)).toEqual([0, 2]);
      const expected = expectedStatistics();
      expect(expected.layers.map(({ deadShare }) => deadShare)[1]).toBe(0.25);
      expect(largestDeviation(taken[0], expected)).toBeLessThan(1);
      expect(await engine.readStatistics()).toEqual([]);
      expect((await engine.readMetrics()).loss).toEqual(loss);
      engine.dispose();
    });

    test('count values that are not finite and leave them out', async () => {
      const engine = await engines[name].create();
      await engine.setImages('train', statisticsImages);
      await engine.compile(statisticsConfig, statisticsState(true));
      engine.setStatisticsInterval(1);
      await engine.step(1);
      const [step] = await engine.readStatistics();
      const last = step?.layers.at(-1);
      expect(last?.weight.nonFinite).toBe(1);
      expect(last?.weight.std).toBeCloseTo(expectedStatistics().layers.at(-1)?.weight.std ?? 0, 3);
      expect(last?.updateRatio).toBeNaN();
      expect(step?.layers[0]?.weight.nonFinite).toBe(0);
      expect(step?.running, 'two variances and a mean').toEqual([{ name: 'norm', nonFinite: 3 }]);
      engine.dispose();
    });
  },
);
