/** Filters of a convolution as they are, and as they were when the run began. */
import type { Engine } from '@/engine/engine';
import { initialEntry } from '@/model/initialise';
import { flattenLayers, type NetworkSpec } from '@/model/layers';
import { channelsOfGroup } from '@/model/layers/conv2d';
import type { RunConfig } from '@/model/runConfig';
import type { StateDict } from '@/model/tensor';
import type { ConvolutionFilters } from '@/protocol/requests';
import { values } from '@/training/layerInput';

interface Slice {
  readonly first: number;
  readonly count: number;
}

export interface FiltersAsked {
  readonly layer: string;
  readonly filters: Slice;
  /** Of the layer's group. */
  readonly channels: Slice;
}

/** What the seed drew, which takes as long as a large layer is; as long as the network is in use. */
const drawnWeights = new WeakMap<NetworkSpec, Map<string, Float32Array>>();

function drawn({ network, seed }: RunConfig, key: string): Float32Array {
  let known = drawnWeights.get(network);
  if (known === undefined) {
    known = new Map();
    drawnWeights.set(network, known);
  }
  const name = `${seed} ${key}`;
  const found = known.get(name) ?? values(new Map([[key, initialEntry(network, seed, key)]]), key);
  known.set(name, found);
  return found;
}

/** Those of the slice that are among `all`. */
const within = ({ first, count }: Slice, all: number): [from: number, to: number] => {
  const from = Math.max(0, Math.min(first, all));
  return [from, Math.max(from, Math.min(first + count, all))];
};

/**
 * @param initialParameters what the run began with; null: what its seed draws
 * @throws RangeError when there is no such convolution
 */
export async function convolutionFilters(
  engine: Engine,
  config: RunConfig,
  initialParameters: StateDict | null,
  { layer: name, filters, channels }: FiltersAsked,
): Promise<ConvolutionFilters> {
  const layer = flattenLayers(config.network.layers).find((one) => one.name === name);
  if (layer?.kind !== 'Conv2d') throw new RangeError(`The network has no convolution ${name}.`);
  const key = `${name}.weight`;
  const now = values(await engine.readParameters([key]), key);
  const before = initialParameters === null ? drawn(config, key) : values(initialParameters, key);
  const perFilter = channelsOfGroup(layer);
  const size = layer.kernelSize ** 2;
  const [firstFilter, endFilter] = within(filters, layer.outChannels);
  const [firstChannel, endChannel] = within(channels, perFilter);
  const length = (endChannel - firstChannel) * size;
  const slice = (weights: Float32Array): Float32Array<ArrayBuffer> => {
    const part = new Float32Array((endFilter - firstFilter) * length);
    for (let filter = firstFilter; filter < endFilter; filter += 1) {
      const from = (filter * perFilter + firstChannel) * size;
      part.set(weights.subarray(from, from + length), (filter - firstFilter) * length);
    }
    return part;
  };
  return {
    shape: [endFilter - firstFilter, endChannel - firstChannel, layer.kernelSize, layer.kernelSize],
    weight: slice(now),
    initial: slice(before),
    ...measured(now, before),
  };
}

function measured(
  now: Float32Array,
  before: Float32Array,
): Pick<ConvolutionFilters, 'largestWeight' | 'largestChange' | 'relativeChange'> {
  let [largestWeight, largestChange, changes, squares] = [0, 0, 0, 0];
  for (let i = 0; i < now.length; i += 1) {
    const [weight, initial] = [now[i] ?? 0, before[i] ?? 0];
    const change = weight - initial;
    largestWeight = Math.max(largestWeight, Math.abs(weight), Math.abs(initial));
    largestChange = Math.max(largestChange, Math.abs(change));
    changes += change * change;
    squares += initial * initial;
  }
  return { largestWeight, largestChange, relativeChange: Math.sqrt(changes / squares) };
}
