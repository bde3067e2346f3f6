/** Test equipment: every kind of layer of the registry inside a network on an engine, against its definition in float64. */
import * as v from 'valibot';
import type { Engine } from '@/engine/engine';
import { precisionOf, steadyValues } from '@/engine/wasm/precision';
import { dropoutOrdinals } from '@/model/dropoutOrdinals';
import { defaultLayer } from '@/model/edit';
import { initialState } from '@/model/initialise';
import {
  definitionOf,
  layerDefinitions,
  layersSchema,
  type LayerKind,
  type LayerSpec,
  type NetworkSpec,
} from '@/model/layers';
import type { LayerField } from '@/model/layers/definition';
import type { Gradients64 } from '@/model/layers/reference';
import { exactGradient } from '@/model/losses';
import { dropoutKeeps, randomBits, uniform } from '@/model/random';
import { sequencePass } from '@/model/reference';
import type { RunConfig } from '@/model/runConfig';
import { ShapeError, type Shape } from '@/model/shape';
import { outputShape } from '@/model/shapes';
import { sizeOf, type StateDict, type TensorData } from '@/model/tensor';

/** A batch of one, one that fills no block of eight, and one that does. */
const batchSizes = [1, 11, 3, 8];
/** Integers of a random layer are at most this far above their least. */
const mostAbove = 4;

function randomValue({ kind, scale, min, max }: LayerField, key: number, at: number): number | null {
  // A range over many powers of ten is for small changes of a usual value.
  if (scale === 'log') return null;
  if (kind === 'integer') return min + (randomBits(key, at) % (Math.min(max - min, mostAbove) + 1));
  return min + (max - min) * uniform(key, at);
}

/** A layer of this kind with random numbers, which fits behind `input`; null where none does. */
export function findRandomLayer(kind: LayerKind, input: Shape, key: number): LayerSpec | null {
  const usual = defaultLayer(kind, input);
  const { fields, switches } = definitionOf(usual);
  for (let attempt = 0; attempt < 1000; attempt += 1) {
    const changes = new Map<string, number | boolean | string>();
    fields.forEach((field, i) => {
      const value = field.isDerived ? null : randomValue(field, key + attempt, i);
      if (value !== null) changes.set(field.key, value);
      if (field.word !== undefined && randomBits(key + attempt, 200 + i) % 4 === 0)
        changes.set(field.key, field.word);
    });
    switches.forEach((name, i) => changes.set(name, randomBits(key + attempt, 100 + i) % 2 === 0));
    const [layer = usual] = v.parse(layersSchema, [{ ...usual, ...Object.fromEntries(changes) }]);
    try {
      outputShape(layer, input);
      return layer;
    } catch (error) {
      if (!(error instanceof ShapeError)) throw error;
    }
  }
  return null;
}

/** The same; throws where none fits. */
export function randomLayer(kind: LayerKind, input: Shape, key: number): LayerSpec {
  const layer = findRandomLayer(kind, input, key);
  if (layer === null) throw new Error(`No random ${kind} fits behind ${input.join('x')}.`);
  return layer;
}

const init = { kind: 'default' } as const;

const relu = (name: string): LayerSpec => ({ kind: 'ReLU', name });
const isOneOf = (key: number, at: number): boolean => randomBits(key, at) % 2 === 0;

/** Whether this kind takes no images. */
export function needsVector(kind: LayerKind, image: Shape): boolean {
  try {
    outputShape(defaultLayer(kind, image), image);
    return false;
  } catch (error) {
    if (error instanceof ShapeError && error.code === 'needs_vector') return true;
    throw error;
  }
}

/**
 * A convolution, the layer and a Linear: what the layer gives shows in the logits, its input gradient in the convolution's. By chance
 * with a ReLU before and behind the layer, which kernels may take over, and in a Residual, where it keeps the shape.
 */
export function networkAround(kind: LayerKind, key: number): NetworkSpec {
  const channels = 2 + (randomBits(key, 0) % 4);
  const side = 6 + (randomBits(key, 1) % 4);
  const kernelSize = 28 - 3 * (side - 1);
  const image = [channels, side, side];
  const conv: LayerSpec = {
    kind: 'Conv2d',
    name: 'before',
    inChannels: 1,
    outChannels: channels,
    kernelSize,
    stride: 3,
    padding: 0,
    // Behind it a normalisation may take every shift out again: its gradient would be 0 and its rounding.
    bias: layerDefinitions[kind].group !== 'normalization',
    init,
  };
  const flatten: LayerSpec = { kind: 'Flatten', name: 'flatten' };
  const isVector = needsVector(kind, image);
  const shape = isVector ? [sizeOf(image)] : image;
  const layer: LayerSpec = { ...randomLayer(kind, shape, key), name: 'layer' };
  const inFeatures = sizeOf(outputShape(layer, shape));
  const end: LayerSpec = { kind: 'Linear', name: 'end', inFeatures, outFeatures: 10, bias: true, init };
  const keepsShape = outputShape(layer, shape).join() === shape.join();
  const held: LayerSpec = { kind: 'Residual', name: 'sum', body: [layer], shortcut: [] };
  const placed = [
    ...(isOneOf(key, 2) ? [relu('relu1')] : []),
    keepsShape && isOneOf(key, 3) ? held : layer,
    ...(isOneOf(key, 4) ? [relu('relu2')] : []),
  ];
  const middle = isVector ? [flatten, ...placed] : [...placed, flatten];
  return { id: 'custom', name: kind, layers: [conv, ...middle, end], outputActivation: 'none' };
}

/** Fresh parameters, moved a little, so that no scale is 1 and no shift 0. */
export function movedState(network: NetworkSpec, key: number): StateDict {
  return new Map(
    [...initialState(network, key)].map(([name, tensor], at): [string, TensorData] => {
      if (tensor.dtype !== 'F32') return [name, tensor];
      const data = tensor.data.map((value, i) => value + 0.2 * (2 * uniform(key + at, i) - 1));
      return [name, { ...tensor, data }];
    }),
  );
}

function configOf(network: NetworkSpec, count: number, seed: number): RunConfig {
  return {
    network,
    input: { augment: null, resize: null, normalize: null },
    loss: { kind: 'cross_entropy', labelSmoothing: 0 },
    optimizer: { kind: 'SGD', momentum: 0, dampening: 0, nesterov: false, weightDecay: 0 },
    learningRate: 0.1,
    schedule: { kind: 'constant' },
    warmupSteps: 0,
    clipGradNorm: null,
    epochs: 1,
    batchSize: count,
    seed,
    shuffle: false,
    dropLast: false,
    trainingImages: count,
  };
}

/**
 * Largest error of the logits and of all gradients, each relative to its largest value (for a gradient at least a thousandth of the
 * largest of all), of one batch of random images in training,
 * from parameters that follow from `seed`.
 */
export async function worstNetworkError(
  engine: Engine,
  network: NetworkSpec,
  count: number,
  seed: number,
): Promise<number> {
  const images = Uint8Array.from({ length: count * 784 }, (_, i) => randomBits(seed, i) & 255);
  const labels = Uint8Array.from({ length: count }, (_, i) => randomBits(seed, -1 - i) % 10);
  const parameters = movedState(network, seed);
  await engine.setImages('train', { images, labels, count });
  await engine.compile(configOf(network, count, seed), { step: 0, parameters, optimizer: {} });
  const found = await engine.inspectBatch(images, labels);

  const ordinals = dropoutOrdinals(network.layers);
  const pass = sequencePass(
    network.layers,
    { shape: [count, 1, 28, 28], data: Float64Array.from(images, (byte) => byte / 255) },
    new Map([...parameters].map(([name, { data }]) => [name, Float64Array.from(data, Number)])),
    (name, index, p) => dropoutKeeps(seed, 0, ordinals.get(name) ?? 0, index, p),
  );
  const logits = [...pass.y.data];
  const dy = Array.from(labels, (label, i) =>
    exactGradient({ kind: 'cross_entropy', labelSmoothing: 0 }, logits.slice(10 * i, 10 * i + 10), label),
  );
  const gradients: Gradients64 = new Map();
  pass.backward(
    Float64Array.from(dy.flat(), (value) => value / count),
    gradients,
  );
  const compared = [
    [found.logits, pass.y.data] as const,
    ...[...gradients].map(([name, expected]) => [found.gradients.get(name)?.data ?? [], expected] as const),
  ];
  const largestOf = (values: Float64Array): number =>
    values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  // What a BatchNorm takes out again has a gradient of 0, and is compared with what the others are.
  const floor = 1e-3 * Math.max(...[...gradients.values()].map(largestOf));
  let worst = 0;
  for (const [actual, expected] of compared) {
    const largest = Math.max(largestOf(expected), floor);
    expected.forEach((value, i) => {
      const error = Math.abs(Number(actual[i] ?? NaN) - value) / largest;
      if (!(error <= worst)) worst = error;
    });
  }
  return worst;
}

/** The batch size, or a larger one where a BatchNorm sees so few values a channel that float32 is not enough for it. */
export function steadyBatch(network: NetworkSpec, size: number): number {
  return precisionOf(configOf(network, size, 0)) === 'float32' ? size : size + steadyValues;
}

/** The worst of `cases` random layers of this kind, each in a small network of its own. */
export async function worstLayerError(engine: Engine, kind: LayerKind, cases: number): Promise<number> {
  let worst = 0;
  for (let at = 0; at < cases; at += 1) {
    const seed = 1000 * at + 7;
    const network = networkAround(kind, seed);
    const size = batchSizes[at % batchSizes.length] ?? 1;
    const count = steadyBatch(network, size);
    const error = await worstNetworkError(engine, network, count, seed);
    if (!(error <= worst)) worst = error;
  }
  return worst;
}
