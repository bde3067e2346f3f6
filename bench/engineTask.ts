/** One engine on one task, the same in Node and in a browser's worker: report's settings, images resident, no shuffle. */
import type { Engine } from '@/engine/engine';
import { defaultConfig } from '@/model/presets';
import { randomBits } from '@/model/random';
import type { BenchTask } from './row.ts';

const imageBytes = 784;

/** Deterministic bytes of which four in five are 0, as in MNIST: kernels that skip zeros must not be flattered. */
function images(count: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: count * imageBytes }, (_, i) => {
    const bits = randomBits(1, i);
    return bits % 5 === 0 ? (bits >>> 8) & 255 : 0;
  });
}

/** Loads, compiles and runs the first step; milliseconds of that step. */
export async function prepareEngine(engine: Engine, task: BenchTask): Promise<number> {
  const count = task.batchSize * 8;
  await engine.setImages('train', {
    images: images(count),
    labels: Uint8Array.from({ length: count }, (_, i) => randomBits(2, i) % 10),
    count,
  });
  await engine.compile({
    ...defaultConfig(task.network),
    loss: { kind: 'cross_entropy', labelSmoothing: 0 },
    // The report's ResNet-18 and VGG-16 settings diverge or stand still; the arithmetic is the same at any rate.
    learningRate: 1e-4,
    batchSize: task.batchSize,
    trainingImages: count,
    epochs: 1000,
  });
  return runEngine(engine, 1);
}

/** Runs `steps` steps and waits for their metrics, so for the device; milliseconds in all. */
export async function runEngine(engine: Engine, steps: number): Promise<number> {
  const start = performance.now();
  await engine.step(steps);
  await engine.readMetrics();
  return performance.now() - start;
}

export type EngineCommand = { readonly prepare: BenchTask } | { readonly run: number };
export interface EngineAnswer {
  readonly milliseconds: number;
  readonly error: string | null;
}

/** Carries out one command; an error becomes part of the answer. */
export async function answer(engine: Promise<Engine>, command: EngineCommand): Promise<EngineAnswer> {
  try {
    const ready = await engine;
    const milliseconds = await ('prepare' in command
      ? prepareEngine(ready, command.prepare)
      : runEngine(ready, command.run));
    return { milliseconds, error: null };
  } catch (error) {
    return { milliseconds: Number.NaN, error: error instanceof Error ? error.message : String(error) };
  }
}
