/**
 * The largest eigenvalue of the Hessian of the run's loss on a fixed batch, every so many steps, in the second engine: the run waits for
 * it between two steps, and its own engine, state and random numbers are not touched, so its bits are those of a run without it.
 *
 * The batch is the first training images, without augmentation. BatchNorm takes the batch's own statistics, as in the gradient that the
 * run follows; Dropout is off: a mask that is drawn anew would be noise, and one that stays another network.
 */
import type { Engine } from '@/engine/engine';
import { imageBytes } from '@/data/manifest';
import { mostProducts, type CurvaturePoint, type CurvatureSettings } from '@/model/curvature';
import { withoutDropout } from '@/model/layers';
import { normal, streamKey, streams } from '@/model/random';
import { sameConfig, type RunConfig } from '@/model/runConfig';
import { stableEigenvalue } from '@/model/stability';
import type { StateDict } from '@/model/tensor';
import { largestEigenvalue } from '@/training/curvature/largestEigenvalue';
import { hessianProduct } from '@/training/curvature/hessianProduct';
import { imagesOf, type ImageSets } from '@/training/engineHost';
import { EventLoopYielder } from '@/training/eventLoop';
import { parameterSpans, sizeOfSpans } from '@/training/flatParameters';
import type { SecondEngine, Tenant } from '@/training/secondEngine';

/**
 * Products of the Hessian with a vector: at most so many, and when they end. LeNet after some hundred steps takes 5 to 15 and is 1 % off a
 * residual of 0.02; before that no eigenvalue stands out, and the iteration is cut.
 */
const curvatureLimits = { iterations: mostProducts, residual: 0.05, change: 0.002 } as const;

/** A run where it stands between two steps. */
export interface MeasuredRun {
  readonly runId: string;
  readonly config: RunConfig;
  /** Of the next step. */
  readonly learningRate: number;
  /** The first so many training images are the batch. */
  readonly images: number;
  readonly step: number;
  readonly parameters: StateDict;
  /** Whether the value is still waited for. */
  readonly isWanted: () => boolean;
  /** Hears, after each product, which share of those that it may take is done. */
  readonly onProduct?: (done: number) => void;
}

/** What the gradient is taken of. */
export function measuredConfig(config: RunConfig, images: number): RunConfig {
  return {
    ...config,
    network: withoutDropout(config.network),
    input: { ...config.input, augment: null },
    batchSize: images,
    trainingImages: images,
  };
}

export class CurvatureMeter {
  readonly #second: SecondEngine;
  readonly #source: ImageSets;
  readonly #yielder = new EventLoopYielder();
  /** What the engine holds; null: something else. */
  #compiled: RunConfig | null = null;
  readonly #tenant: Tenant = {
    leave: () => {
      this.#compiled = null;
      return Promise.resolve();
    },
    lost: () => {
      this.#compiled = null;
    },
  };
  #last: { readonly runId: string; readonly eigenvector: Float64Array<ArrayBuffer> } | null = null;
  #settings: CurvatureSettings | null = null;

  constructor(second: SecondEngine, source: ImageSets) {
    this.#second = second;
    this.#source = source;
  }

  /** Null: nothing is measured. */
  get settings(): CurvatureSettings | null {
    return this.#settings;
  }

  set settings(settings: CurvatureSettings | null) {
    this.#settings = settings;
    if (settings === null) {
      this.#last = null;
      this.#second.release(this);
    } else this.#second.hold(this);
  }

  /** Training images that have to be there. */
  imagesNeeded({ trainingImages }: RunConfig): number {
    return Math.min(this.#settings?.images ?? 0, trainingImages);
  }

  /** Null where it is not wanted any more. @throws EngineError where the network does not fit a second time, or the engine is lost */
  async measure(run: MeasuredRun): Promise<CurvaturePoint | null> {
    const { runId, config, step, learningRate, images, parameters, isWanted, onProduct } = run;
    const start = performance.now();
    const spans = parameterSpans(config.network);
    const last = this.#last?.runId === runId ? this.#last.eigenvector : null;
    let products = 0;
    const found = await this.#second.use(this.#tenant, async (engine) => {
      await this.#compile(engine, measuredConfig(config, images), parameters);
      const product = hessianProduct(engine, { parameters, spans, ...this.#batch(config, images) });
      return largestEigenvalue(
        async (vector) => {
          await this.#yielder.turn();
          if (!isWanted()) return null;
          const image = await product(vector);
          products += 1;
          onProduct?.(products / mostProducts);
          return image;
        },
        last ?? startingVector(sizeOfSpans(spans), config.seed),
        curvatureLimits,
      );
    });
    if (found === null) return null;
    const { eigenvalue, eigenvector, iterations, isConverged } = found;
    // Weights that are not numbers any more have no direction to go on from, and where it is measured once nothing goes on.
    const goesOn = this.#settings !== null && Number.isFinite(eigenvalue);
    this.#last = goesOn ? { runId, eigenvector } : null;
    return {
      step,
      eigenvalue,
      stable: stableEigenvalue(config.optimizer, learningRate),
      iterations,
      isConverged,
      milliseconds: performance.now() - start,
    };
  }

  dispose(): void {
    this.#yielder.close();
  }

  async #compile(engine: Engine, config: RunConfig, parameters: StateDict): Promise<void> {
    if (this.#compiled !== null && sameConfig(this.#compiled, config)) return;
    this.#compiled = null;
    await engine.compile(config, { step: 0, parameters, optimizer: {} });
    this.#compiled = config;
  }

  #batch(
    { data }: RunConfig,
    count: number,
  ): { images: Uint8Array<ArrayBuffer>; labels: Uint8Array<ArrayBuffer> } {
    const { images, labels } = imagesOf(this.#source, data).training;
    return { images: images.slice(0, count * imageBytes), labels: labels.slice(0, count) };
  }
}

/** Where the iteration begins: a random direction, which has a part along every eigenvector. */
export function startingVector(size: number, seed: number): Float64Array<ArrayBuffer> {
  const key = streamKey(seed, streams.direction, 0);
  return Float64Array.from({ length: size }, (_, i) => normal(key, i));
}
