/**
 * Per-layer statistics of the reference engine. Where the CPU holds the tensors they are computed at once; on a GPU as a
 * few sums a tensor, which wait there until all of them are read back together.
 */
import * as tf from '@tensorflow/tfjs-core';
import { hostBackend, hostValues } from '@/engine/tfjs/kernels/tfjsInternals';
import type { Gradients } from '@/engine/tfjs/layerOp';
import type { UpdateWatcher } from '@/engine/tfjs/optimizerState';
import type { ParameterStore } from '@/engine/tfjs/parameterStore';
import { changeRatio, ratioOfSquares, statisticsOf, TensorSums } from '@/engine/tensorSums';
import {
  weightedLayers,
  type LayerStatistics,
  type StepStatistics,
  type TensorStatistics,
} from '@/model/layerStatistics';
import type { NetworkSpec } from '@/model/layers';

/** Values summed up by one op: more would lose digits, and need temporary tensors as large as VGG-16's largest weight. */
const partSize = 2 ** 22;
const largestFloat = 3.4028234e38;
const sumsInPart = 6;

/** A figure whose sums may still be on the device. */
interface Later<T> {
  readonly sums: tf.Tensor1D | null;
  readonly read: (sums: Float32Array) => T;
}

const now = <T>(value: T): Later<T> => ({ sums: null, read: () => value });

/** The tensor in pieces of at most partSize values; call inside tidy. */
function partsOf(x: tf.Tensor): tf.Tensor1D[] {
  const flat = tf.reshape<tf.Rank.R1>(x, [x.size]);
  return Array.from({ length: Math.ceil(x.size / partSize) }, (_, part) => {
    const from = part * partSize;
    return tf.slice1d(flat, from, Math.min(partSize, x.size - from));
  });
}

/** The figures of PartSums in order: [6]. */
function partSums(x: tf.Tensor1D): tf.Tensor1D {
  return tf.tidy(() => {
    // NaN compares false.
    const isFinite = tf.lessEqual(tf.abs(x), largestFloat);
    const counted = tf.cast(isFinite, 'float32');
    const values = tf.where(isFinite, x, tf.zerosLike(x));
    const finite = tf.sum(counted);
    const mean = tf.div(tf.sum(values), tf.maximum(finite, 1));
    const deviations = tf.mul(tf.sub(values, mean), counted);
    const zeros = tf.sum(tf.cast(tf.equal(x, 0), 'float32'));
    const nonFinite = tf.sum(tf.sub(1, counted));
    const squaredDeviations = tf.sum(tf.square(deviations));
    return tf.stack([
      finite,
      mean,
      squaredDeviations,
      tf.max(tf.abs(values)),
      zeros,
      nonFinite,
    ]) as tf.Tensor1D;
  });
}

function readStatistics(sums: Float32Array): TensorStatistics {
  const total = new TensorSums();
  for (let at = 0; at < sums.length; at += sumsInPart) {
    const [finite = 0, mean = 0, squaredDeviations = 0, maxAbs = 0, zeros = 0, nonFinite = 0] =
      sums.subarray(at);
    total.addPart({ finite, mean, squaredDeviations, maxAbs, zeros, nonFinite });
  }
  return total.statistics();
}

function kept(sums: () => tf.Tensor1D): tf.Tensor1D {
  return tf.keep(tf.tidy(sums));
}

function tensorStatistics(x: tf.Tensor): Later<TensorStatistics> {
  const host = hostBackend();
  if (host !== null) return now(statisticsOf(hostValues(host, x)));
  return { sums: kept(() => tf.concat1d(partsOf(x).map(partSums))), read: readStatistics };
}

/** Share of channels, the last axis, without a value that is not 0. */
function deadShare(x: tf.Tensor): Later<number> {
  const channels = x.shape.at(-1) ?? 1;
  const host = hostBackend();
  if (host === null) {
    const alive = kept(() => {
      // Not any() or a cast: tfjs's WebGPU cannot reduce booleans, and a cast keeps them.
      const isAlive = tf.where(tf.notEqual(x, 0), tf.onesLike(x), tf.zerosLike(x));
      return tf.reshape<tf.Rank.R1>(tf.sum(tf.max(isAlive, [...x.shape.keys()].slice(0, -1))), [1]);
    });
    return { sums: alive, read: ([sum = 0]) => 1 - sum / channels };
  }
  const isAlive = new Uint8Array(channels);
  hostValues(host, x).forEach((value, i) => {
    if (value !== 0) isAlive[i % channels] = 1;
  });
  return now(1 - isAlive.reduce((sum, one) => sum + one, 0) / channels);
}

function updateRatio(before: tf.Tensor, after: tf.Tensor): Later<number> {
  const host = hostBackend();
  if (host !== null) return now(changeRatio(hostValues(host, before), hostValues(host, after)));
  const sums = kept(() => {
    const newParts = partsOf(after);
    const pairs = partsOf(before).flatMap((old, part) => {
      const change = tf.sub(newParts[part] ?? old, old);
      return [tf.sum(tf.square(change)), tf.sum(tf.square(old))];
    });
    return tf.stack(pairs) as tf.Tensor1D;
  });
  const sumFrom = (values: Float32Array, first: number): number =>
    values.reduce((sum, value, i) => (i % 2 === first ? sum + value : sum), 0);
  return { sums, read: (values) => ratioOfSquares(sumFrom(values, 0), sumFrom(values, 1)) };
}

type Figures = { -readonly [K in Exclude<keyof LayerStatistics, 'name'>]?: Later<LayerStatistics[K]> };

/** Follows one training step: what enters the layers, their gradients, their update. */
export class StepWatcher implements UpdateWatcher {
  readonly step: number;
  readonly layers: ReadonlyMap<string, Figures>;
  /** Of mean and variance, by the name of the BatchNorm2d. */
  readonly runningParts = new Map<string, Later<TensorStatistics>[]>();
  readonly #before = new Map<string, tf.Tensor>();

  constructor(step: number, network: NetworkSpec) {
    this.step = step;
    this.layers = new Map(weightedLayers(network.layers).map(({ name }) => [name, {}]));
  }

  readonly input = (layer: string, x: tf.Tensor): void => {
    const figures = this.layers.get(layer);
    if (figures === undefined) return;
    figures.input = tensorStatistics(x);
    figures.deadShare = deadShare(x);
  };

  gradients(parameters: ParameterStore, gradients: Gradients): void {
    for (const [name, figures] of this.layers) {
      const gradient = gradients.get(`${name}.weight`);
      if (gradient === undefined) continue;
      figures.weight = tensorStatistics(parameters.get(`${name}.weight`));
      figures.gradient = tensorStatistics(gradient);
    }
  }

  /** As the forward pass leaves them, by their keys. */
  running(updatedBuffers: ReadonlyMap<string, tf.Tensor>): void {
    for (const [key, tensor] of updatedBuffers) {
      const name = key.slice(0, key.lastIndexOf('.'));
      const parts = this.runningParts.get(name) ?? [];
      parts.push(tensorStatistics(tensor));
      this.runningParts.set(name, parts);
    }
  }

  beforeUpdate(key: string, parameter: tf.Tensor): void {
    // A copy, since optimizers on the CPU write in place.
    if (this.#layerOf(key) !== undefined) this.#before.set(key, tf.keep(tf.mul(parameter, 1)));
  }

  afterUpdate(key: string, parameter: tf.Tensor): void {
    const before = this.#before.get(key);
    const figures = this.#layerOf(key);
    if (before === undefined || figures === undefined) return;
    figures.updateRatio = updateRatio(before, parameter);
    before.dispose();
    this.#before.delete(key);
  }

  #layerOf(key: string): Figures | undefined {
    return key.endsWith('.weight') ? this.layers.get(key.slice(0, -'.weight'.length)) : undefined;
  }
}

function latersOf(figures: Figures): Later<unknown>[] {
  return Object.values(figures);
}

/** Steps whose figures nobody has read yet. */
export class TfjsStatistics {
  interval: number | null = null;
  #pending: StepWatcher[] = [];

  /** The watcher of this step, or null where it is not one of the chosen. */
  watcher(step: number, network: NetworkSpec): StepWatcher | null {
    if (this.interval === null || step % this.interval !== 0) return null;
    const watcher = new StepWatcher(step, network);
    this.#pending.push(watcher);
    return watcher;
  }

  async read(): Promise<readonly StepStatistics[]> {
    const pending = this.#pending;
    this.#pending = [];
    const values = await readTogether(pending);
    const readLater = <T>(later: Later<T>): T => later.read(values(later.sums));
    return pending.map(({ step, layers, runningParts }) => ({
      step,
      running: [...runningParts].map(([name, parts]) => ({
        name,
        nonFinite: parts.reduce((sum, part) => sum + readLater(part).nonFinite, 0),
      })),
      layers: [...layers].flatMap(([name, figures]) => {
        const { weight, gradient, input, deadShare: dead, updateRatio: ratio } = figures;
        if (!weight || !gradient || !input || !dead || !ratio) return [];
        return [
          {
            name,
            weight: readLater(weight),
            gradient: readLater(gradient),
            input: readLater(input),
            deadShare: readLater(dead),
            updateRatio: readLater(ratio),
          },
        ];
      }),
    }));
  }

  dispose(): void {
    for (const tensor of sumsOf(this.#pending)) tensor.dispose();
    this.#pending = [];
  }
}

function sumsOf(watchers: readonly StepWatcher[]): tf.Tensor1D[] {
  return watchers.flatMap(({ layers, runningParts }) =>
    [...[...layers.values()].flatMap(latersOf), ...[...runningParts.values()].flat()].flatMap(({ sums }) =>
      sums === null ? [] : [sums],
    ),
  );
}

/** One readback for all; gives the part of a tensor, and frees the tensors. */
async function readTogether(
  watchers: readonly StepWatcher[],
): Promise<(sums: tf.Tensor1D | null) => Float32Array> {
  const tensors = sumsOf(watchers);
  const places = new Map<tf.Tensor1D | null, Float32Array>();
  if (tensors.length > 0) {
    const joined = tf.tidy(() => tf.concat1d(tensors));
    const values = await joined.data<'float32'>();
    let at = 0;
    for (const tensor of tensors) {
      places.set(tensor, values.subarray(at, at + tensor.size));
      at += tensor.size;
    }
    tf.dispose([joined, tensors]);
  }
  return (sums) => places.get(sums) ?? new Float32Array(0);
}
