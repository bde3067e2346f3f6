/** Test equipment: whole networks at random, of every kind of the registry, so that what kernels take over of each other is tried, too. */
import { findRandomLayer } from '@/engine/testing/layerCase';
import {
  flattenLayers,
  layerDefinitions,
  layerKinds,
  type LayerKind,
  type LayerSpec,
  type NetworkSpec,
} from '@/model/layers';
import { randomBits } from '@/model/random';
import type { Shape } from '@/model/shape';
import { outputShape } from '@/model/shapes';
import { sizeOf } from '@/model/tensor';

const kindsOf = (groups: readonly string[]): LayerKind[] =>
  layerKinds.filter((kind) => groups.includes(layerDefinitions[kind].group));
/** What may stand between two layers with weights. */
const between = kindsOf(['activation', 'pooling', 'normalization', 'dropout']);
const largestImage = 6000;

class Draw {
  readonly #seed: number;
  #at = 0;
  constructor(seed: number) {
    this.#seed = seed;
  }
  below(count: number): number {
    this.#at += 1;
    return randomBits(this.#seed, this.#at) % count;
  }
  of<Value>(values: readonly Value[]): Value {
    const value = values[this.below(values.length)];
    if (value === undefined) throw new RangeError('Nothing to draw from.');
    return value;
  }
}

/** A layer of the kind that fits behind `shape` and makes it no larger than a test can wait for; null where none is found. */
function fitting(kind: LayerKind, shape: Shape, seed: number): LayerSpec | null {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const layer = findRandomLayer(kind, shape, seed + 7919 * attempt);
    if (layer === null) return null;
    if (sizeOf(outputShape(layer, shape)) <= largestImage) return layer;
  }
  return null;
}

/** One to three convolutions and one or two Linear layers with up to three layers between any two; some of those in a Residual. */
export function randomNetwork(seed: number): NetworkSpec {
  const draw = new Draw(seed);
  const layers: LayerSpec[] = [];
  let shape: Shape = [1, 28, 28];
  const named = (layer: LayerSpec): LayerSpec => ({ ...layer, name: `layer${flattenLayers(layers).length}` });
  const add = (layer: LayerSpec | null): void => {
    if (layer === null) return;
    const one = named(layer);
    layers.push(one);
    shape = outputShape(one, shape);
  };
  // Only behind several channels, and once: else it takes a weight's whole size out, whose gradient is then rounding.
  let isNormalised = false;
  const addBetween = (): void => {
    for (let left = draw.below(4); left > 0; left -= 1) {
      const layer = fitting(draw.of(between), shape, seed + 31 * layers.length);
      if (layer === null) continue;
      const normalises = layerDefinitions[layer.kind].group === 'normalization';
      const isThin = layers.some((one) => one.kind === 'Conv2d' && one.outChannels < 3);
      if (normalises && (isNormalised || isThin || shape.length === 1)) continue;
      isNormalised ||= normalises;
      const keepsShape = outputShape(layer, shape).join() === shape.join();
      if (keepsShape && draw.below(4) === 0) {
        const inside = { ...layer, name: `inside${layers.length}` };
        add({ kind: 'Residual', name: '', body: [inside], shortcut: [] });
      } else add(layer);
    }
  };
  for (let left = 1 + draw.below(3); left > 0; left -= 1) {
    add(fitting('Conv2d', shape, seed + 101 * left));
    addBetween();
  }
  add({ kind: 'Flatten', name: '' });
  const end = (outFeatures: number): LayerSpec => ({
    kind: 'Linear',
    name: '',
    inFeatures: sizeOf(shape),
    outFeatures,
    bias: true,
    init: { kind: 'default' },
  });
  if (draw.below(2) === 0) {
    add(end(2 + draw.below(40)));
    addBetween();
  }
  add(end(10));
  return { id: 'custom', name: `Random ${seed}`, layers, outputActivation: 'none' };
}
