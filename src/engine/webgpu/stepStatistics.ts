/**
 * Statistics of a training step: dispatches of their own beside those of the step, which stay as they are, and the few numbers
 * that they leave, joined in float64.
 */
import { ratioOfSquares, TensorSums } from '@/engine/tensorSums';
import { changeParts } from '@/engine/webgpu/kernels/optimizer';
import {
  activityLength,
  channelActivity,
  deadShareOf,
  partsOf,
  partStride,
  tensorParts,
} from '@/engine/webgpu/kernels/statistics';
import { valueCount, type Lowering, type Value } from '@/engine/webgpu/lowering';
import { stretch, type Program, type Resource, type Tensor } from '@/engine/webgpu/program';
import {
  pieceTensor,
  type Bank,
  type Piece,
  type RunMemory,
  type StoredTensor,
} from '@/engine/webgpu/runMemory';
import type { LayerStatistics, StepStatistics, TensorStatistics } from '@/model/layerStatistics';

/** Stretches of a buffer begin at multiples of 256 bytes. */
const alignment = 64;

/** A buffer that grows while the program is built. */
class Results implements Resource {
  readonly name = 'statistics';
  #words = 0;

  get bytes(): number {
    return this.#words * 4;
  }

  /** A place for so many words; its first. */
  take(words: number): number {
    const first = this.#words;
    this.#words += Math.ceil(words / alignment) * alignment;
    return first;
  }
}

/** Words of the results. */
interface Place {
  readonly first: number;
  readonly count: number;
}

interface WatchedLayer {
  readonly name: string;
  readonly weight: StoredTensor;
  readonly input: Place;
  readonly alive: Place;
  readonly channels: number;
  readonly figures: { readonly weight: Place; readonly gradient: Place }[];
}

export class StepStatisticsPlan {
  readonly results: Resource;
  readonly #results = new Results();
  readonly #names: readonly string[];
  readonly #layers: WatchedLayer[] = [];
  readonly #changes = new Map<Bank, Place>();
  /** By the name of the BatchNorm2d. */
  readonly #running = new Map<string, Place[]>();

  /** `names`: of the layers, in the order of the report. */
  constructor(names: readonly string[]) {
    this.results = this.#results;
    this.#names = names;
  }

  /** Emits what is taken of a layer's input. */
  watch(lowering: Lowering, name: string, x: Value, weight: StoredTensor): void {
    const count = valueCount(lowering, x);
    const channels = x.isFlat ? x.channels * x.height * x.width : x.channels;
    const { program } = lowering;
    const input = this.#emitParts(program, x.tensor, count);
    const activity = { rows: count / channels, channels, offset: 0 };
    const alive = this.#take(activityLength(activity));
    program.dispatchSeparately(channelActivity(activity), { x: x.tensor, alive: this.#tensor(alive) });
    this.#layers.push({ name, weight, input, alive, channels, figures: [] });
  }

  /** Emits what is taken of weights and gradients, before the update. */
  emitBeforeUpdate(program: Program, memory: RunMemory): void {
    for (const { name, weight, figures } of this.#layers) {
      for (const piece of weight.pieces) {
        const gradient = memory.slot('gradient', piece.bank);
        figures.push({
          weight: this.#emitParts(program, pieceTensor(`${name}.weight`, piece), piece.count),
          gradient: this.#emitParts(program, pieceTensor(`${name} gradient`, piece, gradient), piece.count),
        });
      }
    }
  }

  /** Emits what is taken of the running statistics, which the forward pass has moved by then. */
  emitRunning(program: Program, { statistics }: RunMemory): void {
    for (const { key, pieces } of statistics.values()) {
      const name = key.slice(0, key.lastIndexOf('.'));
      const places = this.#running.get(name) ?? [];
      for (const piece of pieces) places.push(this.#emitParts(program, pieceTensor(key, piece), piece.count));
      this.#running.set(name, places);
    }
  }

  /** Binding `changes` of a bank's update. */
  changes(bank: Bank): Tensor {
    const pairs = changeParts(bank.tensors).reduce((sum, { parts }) => sum + parts, 0);
    const place = this.#take(2 * pairs);
    this.#changes.set(bank, place);
    return this.#tensor(place);
  }

  /** A step's statistics out of a copy of the results. */
  read(copy: Float32Array<ArrayBuffer>): Omit<StepStatistics, 'step'> {
    const running = [...this.#running].map(([name, places]) => ({
      name,
      nonFinite: joined(copy, places).nonFinite,
    }));
    return { layers: this.#readLayers(copy), running };
  }

  #readLayers(copy: Float32Array<ArrayBuffer>): LayerStatistics[] {
    const words = new Uint32Array(copy.buffer);
    const layers = this.#layers.toSorted((a, b) => this.#names.indexOf(a.name) - this.#names.indexOf(b.name));
    return layers.map(({ name, weight, input, alive, channels, figures }) => ({
      name,
      weight: joined(
        copy,
        figures.map((figure) => figure.weight),
      ),
      gradient: joined(
        copy,
        figures.map((figure) => figure.gradient),
      ),
      input: joined(copy, [input]),
      deadShare: deadShareOf(words.subarray(alive.first, alive.first + alive.count), channels),
      updateRatio: this.#updateRatio(copy, weight.pieces),
    }));
  }

  #updateRatio(copy: Float32Array, pieces: readonly Piece[]): number {
    let change = 0;
    let norm = 0;
    for (const { bank, first } of pieces) {
      const at = bank.tensors.findIndex((tensor) => tensor.first === first);
      const own = changeParts(bank.tensors)[at];
      const place = this.#changes.get(bank);
      if (own === undefined || place === undefined) continue;
      for (let pair = own.first; pair < own.first + own.parts; pair += 1) {
        change += copy[place.first + 2 * pair] ?? NaN;
        norm += copy[place.first + 2 * pair + 1] ?? NaN;
      }
    }
    return ratioOfSquares(change, norm);
  }

  #emitParts(program: Program, x: Tensor, count: number): Place {
    const place = this.#take(partsOf(count) * partStride);
    program.dispatchSeparately(tensorParts({ count, firstPart: 0 }), { x, parts: this.#tensor(place) });
    return place;
  }

  #take(count: number): Place {
    return { first: this.#results.take(count), count };
  }

  #tensor({ first, count }: Place): Tensor {
    return stretch('statistics', this.#results, first, count);
  }
}

function joined(copy: Float32Array, places: readonly Place[]): TensorStatistics {
  const sums = new TensorSums();
  for (const { first, count } of places) {
    for (let at = first; at < first + count; at += partStride) {
      const [finite = 0, mean = 0, squaredDeviations = 0, maxAbs = 0, zeros = 0, nonFinite = 0] =
        copy.subarray(at, at + partStride);
      sums.addPart({ finite, mean, squaredDeviations, maxAbs, zeros, nonFinite });
    }
  }
  return sums.statistics();
}
