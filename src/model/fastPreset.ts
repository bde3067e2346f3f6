/** "To 99% as fast as possible": what the search of `npm run bench:fast` found, and what it took there. */
import { fastCnn } from '@/model/fastNetwork';
import { defaultConfig } from '@/model/presets';
import { sameConfig, type RunConfig } from '@/model/runConfig';
import { defaultSchedule } from '@/model/schedules';

/** Share of the test images that have to be read right. */
export const enoughAccuracy = 0.99;

const config: RunConfig = {
  ...defaultConfig(fastCnn.id),
  optimizer: { kind: 'SGD', momentum: 0.9, dampening: 0, nesterov: true, weightDecay: 5e-4 },
  learningRate: 0.1,
  schedule: defaultSchedule('one_cycle'),
  epochs: 2,
  shuffle: true,
};

/** Of the runs in bench/results/fast/runs.json. */
interface FastMeasurement {
  readonly seeds: number;
  /** Median and least share of the test images read right. */
  readonly accuracy: number;
  readonly leastAccuracy: number;
  /** Median of the processor time of training, on one thread of WebAssembly, tests aside. */
  readonly seconds: number;
}

const measured: FastMeasurement = { seeds: 20, accuracy: 0.99085, leastAccuracy: 0.9894, seconds: 4.18 };

export const fastPreset = { id: 'fast_99', config, measured } as const;

/** Whether this is the preset, with whatever seed. */
export function isFastRun(run: RunConfig): boolean {
  return sameConfig({ ...config, seed: run.seed }, run);
}
