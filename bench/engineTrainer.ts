/** An engine as a trainer, the same in Node and in a browser's worker: images resident, then whole runs of steps. */
import type { Engine } from '@/engine/engine';
import type { BenchTask } from './row.ts';
import { benchConfig, benchImages } from './task.ts';
import type { Trainer } from './trainer.ts';

async function run(engine: Engine, steps: number): Promise<number> {
  const start = performance.now();
  await engine.step(steps);
  // Waits for the device.
  await engine.readMetrics();
  return performance.now() - start;
}

export function engineTrainer(engine: Engine): Trainer {
  return {
    prepare: async (task: BenchTask) => {
      await engine.setImages('train', benchImages(task));
      const start = performance.now();
      await engine.compile(benchConfig(task));
      await run(engine, 1);
      return performance.now() - start;
    },
    run: (steps) => run(engine, steps),
  };
}
