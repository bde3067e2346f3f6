/** Adversarial examples: images that differ from another by little, and are read as another digit. */
import { imageBytes } from '@/data/manifest';
import type { Engine } from '@/engine/engine';
import type { AdversarialExample, AdversarialParams, ImageReading } from '@/model/explanations';
import { softmax } from '@/model/losses/definition';
import type { InputPipeline } from '@/model/runConfig';
import { EventLoopYielder } from '@/training/eventLoop';
import { pixelGradient } from '@/training/explain/explain';
import { readLogits } from '@/training/testPredictions';

/** All in grey levels of 255. */
export interface AttackOptions {
  /** The class that the network is to leave, or, `isTargeted`, to read. */
  readonly label: number;
  readonly isTargeted: boolean;
  /** The largest change of a pixel. */
  readonly epsilon: number;
  readonly steps: number;
  readonly stepSize: number;
}

/**
 * A positive multiple of the gradient of cross entropy by the logits: where a probability is nearly 1, the gradient itself would be lost
 * in rounding, and the sign of what follows from it with it. Divided by 1 - p of the label it is the softmax of the others.
 */
export function lossDirection(logits: Float32Array, label: number): Float32Array<ArrayBuffer> {
  const others = softmax([...logits].filter((_, k) => k !== label));
  others.splice(label, 0, -1);
  return Float32Array.from(others);
}

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

/**
 * FGSM (Goodfellow et al., 2015) with one step as large as epsilon, else PGD (Madry et al., 2018) that begins at the image itself, so that
 * it is the same again every time.
 */
export async function attack(
  engine: Engine,
  input: InputPipeline,
  image: Uint8Array<ArrayBuffer>,
  { label, isTargeted, epsilon, steps, stepSize }: AttackOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  let changed = image.slice(0, imageBytes);
  for (let step = 0; step < steps; step += 1) {
    // oxlint-disable-next-line no-await-in-loop -- each step begins where the last one ended
    const logits = await engine.predict(changed, 1);
    const upstream = lossDirection(logits, label);
    // oxlint-disable-next-line no-await-in-loop -- the same
    const gradient = await pixelGradient(engine, input, changed, upstream);
    changed = changed.map((value, i) => {
      const sign = Math.sign(gradient[i] ?? NaN) || 0;
      const moved = value + (isTargeted ? -sign : sign) * stepSize;
      const own = image[i] ?? 0;
      return clamp(clamp(moved, own - epsilon, own + epsilon), 0, 255);
    });
  }
  return changed;
}

/** Sizes of change that are tried one after the other, in grey levels. */
const epsilons = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 255];

async function readOne(engine: Engine, image: Uint8Array<ArrayBuffer>): Promise<ImageReading> {
  const { predictions, probabilities } = readLogits(await engine.predict(image, 1));
  return { prediction: predictions[0] ?? 0, probabilities };
}

/**
 * The smallest change, of those that are tried up to the largest, which fools the network, or what the largest came to. Lets in between
 * what else waits for the thread.
 * @throws what `signal` was aborted with
 */
export async function adversarialExample(
  engine: Engine,
  input: InputPipeline,
  image: Uint8Array<ArrayBuffer>,
  { method, target, largestEpsilon, steps }: AdversarialParams,
  tell: (progress: { readonly done: number }) => void,
  signal: AbortSignal,
): Promise<AdversarialExample> {
  const before = await readOne(engine, image);
  const tried = [...epsilons.filter((epsilon) => epsilon < largestEpsilon), largestEpsilon];
  const yielder = new EventLoopYielder();
  try {
    for (const [i, epsilon] of tried.entries()) {
      const ofMethod =
        method === 'fgsm'
          ? { steps: 1, stepSize: epsilon }
          : // Madry et al. go 2.5 times as far as the bound in all.
            { steps, stepSize: Math.max(1, Math.ceil((2.5 * epsilon) / steps)) };
      const label = target ?? before.prediction;
      // oxlint-disable-next-line no-await-in-loop -- the next size is tried where this one fools nobody
      const changed = await attack(engine, input, image, {
        label,
        isTargeted: target !== null,
        epsilon,
        ...ofMethod,
      });
      // oxlint-disable-next-line no-await-in-loop -- the same
      const after = await readOne(engine, changed);
      const isFooled = target === null ? after.prediction !== label : after.prediction === target;
      if (isFooled || i === tried.length - 1) return { image: changed, epsilon, isFooled, before, after };
      tell({ done: (i + 1) / tried.length });
      // oxlint-disable-next-line no-await-in-loop -- so that a cancelling is heard
      await yielder.turn();
      signal.throwIfAborted();
    }
  } finally {
    yielder.close();
  }
  throw new RangeError('There is no size of change to try.');
}
