/** Adversarial examples: images that differ from another by little, and are read as another digit. */
import { imageBytes } from '@/data/manifest';
import type { Engine } from '@/engine/engine';
import { classCount } from '@/model/classCounts';
import type { AdversarialExample, AdversarialParams, ImageReading } from '@/model/explanations';
import { softmax } from '@/model/losses/definition';
import type { InputPipeline } from '@/model/runConfig';
import { EventLoopYielder } from '@/training/eventLoop';
import { pixelGradients } from '@/training/explain/explain';
import { readLogits } from '@/training/testPredictions';

/** Of one image; all in grey levels of 255. */
export interface AttackOptions {
  /** The class that the network is to leave, or, `isTargeted`, to read. */
  readonly label: number;
  readonly isTargeted: boolean;
  /** The largest change of a pixel. */
  readonly epsilon: number;
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

const noAttack: AttackOptions = { label: 0, isTargeted: false, epsilon: 0, stepSize: 0 };

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

/**
 * FGSM (Goodfellow et al., 2015) with one step as large as epsilon, else PGD (Madry et al., 2018) that begins at the images themselves, so
 * that it is the same again every time. Of n images of 28 x 28 bytes at once, each with its own options.
 */
export async function attack(
  engine: Engine,
  input: InputPipeline,
  images: Uint8Array<ArrayBuffer>,
  options: readonly AttackOptions[],
  steps: number,
): Promise<Uint8Array<ArrayBuffer>> {
  let changed = images.slice();
  for (let step = 0; step < steps; step += 1) {
    // oxlint-disable-next-line no-await-in-loop -- each step begins where the last one ended
    const logits = await engine.predict(changed, options.length);
    const upstream = Float32Array.from(
      options.flatMap(({ label }, n) => [
        ...lossDirection(logits.subarray(n * classCount, (n + 1) * classCount), label),
      ]),
    );
    // oxlint-disable-next-line no-await-in-loop -- the same
    const gradients = await pixelGradients(engine, input, changed, options.length, upstream);
    changed = changed.map((value, i) => {
      const { isTargeted, epsilon, stepSize } = options[Math.floor(i / imageBytes)] ?? noAttack;
      const sign = Math.sign(gradients[i] ?? NaN) || 0;
      const moved = value + (isTargeted ? -sign : sign) * stepSize;
      const own = images[i] ?? 0;
      return clamp(clamp(moved, own - epsilon, own + epsilon), 0, 255);
    });
  }
  return changed;
}

/** Sizes of change that are tried one after the other, in grey levels. */
const epsilons = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 255];

/** Sizes that are tried at once: the WebAssembly engine computes as many images for the price of one. */
const sizesAtOnce = 8;

async function readAll(
  engine: Engine,
  images: Uint8Array<ArrayBuffer>,
  count: number,
): Promise<readonly ImageReading[]> {
  const { predictions, probabilities } = readLogits(await engine.predict(images, count));
  return Array.from(predictions, (prediction, n) => ({
    prediction,
    probabilities: probabilities.slice(n * classCount, (n + 1) * classCount),
  }));
}

/** Madry et al. go 2.5 times as far as the bound in all. */
const stepSizeOf = (epsilon: number, steps: number): number =>
  Math.max(1, Math.ceil((2.5 * epsilon) / steps));

/**
 * The smallest change, of those that are tried up to the largest, which fools the network, or what the largest came to. Lets in between
 * what else waits for the thread.
 * @throws what `signal` was aborted with
 */
export async function adversarialExample(
  engine: Engine,
  input: InputPipeline,
  image: Uint8Array<ArrayBuffer>,
  { method, target, largestEpsilon, steps: askedSteps }: AdversarialParams,
  tell: (progress: { readonly done: number }) => void,
  signal: AbortSignal,
): Promise<AdversarialExample> {
  const [before = noReading] = await readAll(engine, image, 1);
  const label = target ?? before.prediction;
  const isTargeted = target !== null;
  const steps = method === 'fgsm' ? 1 : askedSteps;
  const sizes = [...epsilons.filter((epsilon) => epsilon < largestEpsilon), largestEpsilon];
  const yielder = new EventLoopYielder();
  try {
    for (let first = 0; ; first += sizesAtOnce) {
      const tried = sizes.slice(first, first + sizesAtOnce);
      const options = tried.map((epsilon) => ({
        label,
        isTargeted,
        epsilon,
        stepSize: method === 'fgsm' ? epsilon : stepSizeOf(epsilon, steps),
      }));
      const images = new Uint8Array(tried.length * imageBytes);
      for (let n = 0; n < tried.length; n += 1) images.set(image, n * imageBytes);
      // oxlint-disable-next-line no-await-in-loop -- larger sizes are tried where these fool nobody
      const changed = await attack(engine, input, images, options, steps);
      // oxlint-disable-next-line no-await-in-loop -- the same
      const readings = await readAll(engine, changed, tried.length);
      const fooled = readings.findIndex(({ prediction }) => (prediction === label) === isTargeted);
      const isLast = first + tried.length >= sizes.length;
      if (fooled !== -1 || isLast) {
        const found = fooled === -1 ? tried.length - 1 : fooled;
        return {
          image: changed.slice(found * imageBytes, (found + 1) * imageBytes),
          epsilon: tried[found] ?? 0,
          isFooled: fooled !== -1,
          before,
          after: readings[found] ?? noReading,
        };
      }
      tell({ done: (first + tried.length) / sizes.length });
      // oxlint-disable-next-line no-await-in-loop -- so that a cancelling is heard
      await yielder.turn();
      signal.throwIfAborted();
    }
  } finally {
    yielder.close();
  }
}

const noReading: ImageReading = { prediction: 0, probabilities: new Float32Array(classCount) };
