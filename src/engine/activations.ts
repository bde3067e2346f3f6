/** What the engines share of Engine.activations: which layers are computed, and how one image's values lie. */
import { EngineError, type Activation, type LayerGradients } from '@/engine/engine';
import { classCount } from '@/model/classCounts';
import { flattenLayers, type LayerSpec } from '@/model/layers';
import type { RunConfig } from '@/model/runConfig';
import type { Shape } from '@/model/shape';
import { inferShapes, inputShape, networkInput } from '@/model/shapes';
import { sizeOf } from '@/model/tensor';

export interface ActivationPlan {
  /** The network's layers up to the last that is asked for. */
  readonly layers: readonly LayerSpec[];
  /** Shape of one image's values for each name, as PyTorch has it. */
  readonly shapes: ReadonlyMap<string, Shape>;
}

/** @throws EngineError `config` naming the layers that the network does not have. */
export function planActivations({ network, input }: RunConfig, names: readonly string[]): ActivationPlan {
  const shape = inputShape(input);
  const known = new Map<string, Shape>([
    [networkInput, shape],
    ...inferShapes(network, shape).map(({ layer, output }) => [layer.name, output] as const),
  ]);
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new EngineError('config', `${network.name} has no layer ${unknown.join(', ')}.`);
  }
  const wanted = new Set(names);
  const last = network.layers.findLastIndex((layer) =>
    flattenLayers([layer]).some(({ name }) => wanted.has(name)),
  );
  return {
    layers: network.layers.slice(0, last + 1),
    shapes: new Map([...known].filter(([name]) => wanted.has(name))),
  };
}

/** Collects where the outputs of some layers lie, while an engine lowers the network. */
export class KeptOutputs<Value> {
  readonly values = new Map<string, Value>();
  readonly #names: ReadonlySet<string>;

  constructor(names: Iterable<string> = []) {
    this.#names = new Set(names);
  }

  /** Whether this layer's output is to be read: then it has one, which no layer behind it may take over or write on. */
  has(name: string): boolean {
    return this.#names.has(name);
  }

  add(name: string, value: Value): void {
    this.values.set(name, value);
  }
}

/** Room for what `count` images give. */
export function emptyActivations({ shapes }: ActivationPlan, count: number): ReadonlyMap<string, Activation> {
  return new Map(
    [...shapes].map(([name, shape]) => [
      name,
      { shape: [count, ...shape], data: new Float32Array(count * sizeOf(shape)) },
    ]),
  );
}

/** Room for what `count` images give, and for the gradients by it. */
export function emptyGradients(plan: ActivationPlan, count: number): LayerGradients {
  return {
    logits: new Float32Array(count * classCount),
    activations: emptyActivations(plan, count),
    gradients: emptyActivations(plan, count),
  };
}

/** The values of the images from number `first` on. */
export function fromImage({ shape, data }: Activation, first: number): Float32Array {
  return data.subarray(first * sizeOf(shape.slice(1)));
}

/** One image's values [pixels][channels] in PyTorch's order [channels][pixels]. */
export function channelsFirst(values: Float32Array, channels: number, target: Float32Array): void {
  const pixels = values.length / channels;
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    for (let c = 0; c < channels; c += 1) target[c * pixels + pixel] = values[pixel * channels + c] ?? NaN;
  }
}
