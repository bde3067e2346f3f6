/** One training step with a look at every layer on the way: the program runs in parts, and stops where something is to be read. */
import { changeRatio, statisticsOf, TensorSums } from '@/engine/tensorSums';
import type { EncodedProgram, EncodedWatch, Watch } from '@/engine/wasm/program';
import { addressOf } from '@/engine/wasm/stateTransfer';
import type { Values } from '@/engine/wasm/precision';
import type { WasmRun } from '@/engine/wasm/wasmRun';
import type { WasmRuntime } from '@/engine/wasm/wasmRuntime';
import {
  runningLayers,
  weightedLayers,
  type LayerStatistics,
  type RunningStatistics,
  type StepStatistics,
} from '@/model/layerStatistics';

/** Images side by side in memory. */
const lanes = 8;

type GradientWatch = Extract<Watch, { readonly kind: 'gradient' }>;

/** What a layer read: the images of the batch without the rest of the last block, and without the border. */
function inputStatistics(
  run: WasmRun,
  input: GradientWatch['input'],
  address: number,
  images: number,
): Pick<LayerStatistics, 'input' | 'deadShare'> {
  const { channels, height, width, border, isFlat } = input;
  const row = (width + 2 * border) * channels * lanes;
  const block = row * (height + 2 * border);
  const blocks = Math.ceil(images / lanes);
  const values = run.values(address, blocks * block);
  const sums = new TensorSums();
  const isAlive = new Uint8Array(isFlat ? height * width * channels : channels);
  for (let b = 0; b < blocks; b += 1) {
    const used = Math.min(lanes, images - b * lanes);
    for (let y = 0; y < height; y += 1) {
      let at = b * block + (y + border) * row + border * channels * lanes;
      for (let x = 0; x < width; x += 1) {
        const feature = isFlat ? (y * width + x) * channels : 0;
        for (let c = 0; c < channels; c += 1) {
          if (sums.addValues(values, at, at + used)) isAlive[feature + c] = 1;
          at += lanes;
        }
      }
    }
  }
  const alive = isAlive.reduce((sum, one) => sum + one, 0);
  return { input: sums.statistics(), deadShare: 1 - alive / isAlive.length };
}

type Figures = Omit<LayerStatistics, 'name' | 'updateRatio'>;

class StepWatcher {
  readonly #run: WasmRun;
  readonly #images: number;
  readonly #figures = new Map<string, Figures>();
  readonly #ratios = new Map<string, number>();
  #before: Values = new Float32Array(0);

  constructor(run: WasmRun, images: number) {
    this.#run = run;
    this.#images = images;
  }

  look({ watch, addressOf: addressIn }: EncodedWatch): void {
    const weight = this.#weight(watch.layer);
    switch (watch.kind) {
      case 'gradient':
        this.#figures.set(watch.layer, {
          weight: statisticsOf(weight),
          gradient: statisticsOf(this.#run.values(addressIn(watch.gradient), weight.length)),
          ...inputStatistics(this.#run, watch.input, addressIn(watch.input.buffer), this.#images),
        });
        break;
      case 'before_update':
        // One layer at a time: a copy of all of VGG-16 would be half a gigabyte.
        this.#before = weight.slice();
        break;
      case 'after_update':
        this.#ratios.set(watch.layer, changeRatio(this.#before, weight));
        this.#before = new Float32Array(0);
        break;
    }
  }

  layers(): LayerStatistics[] {
    return weightedLayers(this.#run.config.network.layers).flatMap(({ name }) => {
      const figures = this.#figures.get(name);
      return figures === undefined
        ? []
        : [{ name, ...figures, updateRatio: this.#ratios.get(name) ?? Number.NaN }];
    });
  }

  /** As they stand now. */
  running(): RunningStatistics[] {
    return runningLayers(this.#run.config.network.layers).map(({ name }) => {
      const counts = ['running_mean', 'running_var'].map(
        (part) => statisticsOf(this.#values(`${name}.${part}`)).nonFinite,
      );
      return { name, nonFinite: counts.reduce((a, b) => a + b, 0) };
    });
  }

  #weight(layer: string): Values {
    return this.#values(`${layer}.weight`);
  }

  #values(key: string): Values {
    const { memory } = this.#run;
    return this.#run.values(addressOf(memory, key), memory.tensors.get(key)?.count ?? 0);
  }
}

/** Runs a training program on a batch of `images` and gives the statistics of its layers. */
export function runWithStatistics(
  runtime: WasmRuntime,
  run: WasmRun,
  program: EncodedProgram,
  images: number,
): StepStatistics {
  const watcher = new StepWatcher(run, images);
  let done = 0;
  for (const watched of program.watches) {
    runtime.run(program, done, watched.after);
    done = watched.after;
    watcher.look(watched);
  }
  runtime.run(program, done);
  return { step: run.step, layers: watcher.layers(), running: watcher.running() };
}
