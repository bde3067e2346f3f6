/** A network whose activations are known: every engine's are compared with float64, whatever its kernels fuse. */
import type { Activation, Engine, EngineState, LayerGradients } from '@/engine/engine';
import { needsVector } from '@/engine/testing/layerCase';
import { initialState } from '@/model/initialise';
import { defaultLayer } from '@/model/edit';
import {
  definitionOf,
  flattenLayers,
  layerKinds,
  type BatchNorm2d,
  type Conv2d,
  type LayerKind,
  type LayerOf,
  type LayerSpec,
} from '@/model/layers';
import type { Pass, Tensor64, Weights64 } from '@/model/layers/reference';
import { randomBits } from '@/model/random';
import { sequencePass } from '@/model/reference';
import type { RunConfig } from '@/model/runConfig';
import type { Shape } from '@/model/shape';
import { outputShape, networkInput } from '@/model/shapes';
import type { TensorData } from '@/model/tensor';

/** Not a multiple of eight, which some kernels compute side by side. */
export const activationsCount = 11;

export const activationsImages = Uint8Array.from({ length: activationsCount * 784 }, (_, i) =>
  randomBits(1, i >> 3) % 3 === 0 ? randomBits(2, i) & 255 : 0,
);

/** Another sum of logits for each image. */
export const activationsUpstream = Float32Array.from(
  { length: activationsCount * 10 },
  (_, i) => (randomBits(3, i) % 1000) / 500 - 1,
);

const conv = (name: string, inChannels: number, outChannels: number, bias = true): Conv2d => ({
  kind: 'Conv2d',
  name,
  inChannels,
  outChannels,
  kernelSize: 3,
  stride: 1,
  padding: 1,
  bias,
  init: { kind: 'default' },
});
const norm = (name: string, numFeatures: number): BatchNorm2d => ({
  kind: 'BatchNorm2d',
  name,
  numFeatures,
  eps: 1e-5,
  momentum: 0.1,
});

/** Layers in all orders in which kernels take over from each other. */
const layers: readonly LayerSpec[] = [
  conv('conv', 1, 5),
  { kind: 'ReLU', name: 'relu' },
  { kind: 'MaxPool2d', name: 'pool', kernelSize: 2, stride: 2, padding: 0 },
  { kind: 'Dropout2d', name: 'drop', p: 0.5 },
  {
    kind: 'Residual',
    name: 'block',
    body: [conv('block.conv', 5, 8, false), norm('block.norm', 8)],
    shortcut: [conv('block.short', 5, 8)],
  },
  { kind: 'ReLU', name: 'relu2' },
  {
    kind: 'Residual',
    name: 'same',
    body: [norm('same.norm', 8), { kind: 'ReLU', name: 'same.relu' }, conv('same.conv', 8, 8)],
    shortcut: [],
  },
  { kind: 'MaxPool2d', name: 'pool2', kernelSize: 3, stride: 2, padding: 1 },
  { kind: 'ReLU', name: 'relu3' },
  { kind: 'AdaptiveAvgPool2d', name: 'average', outputSize: 3 },
  { kind: 'Flatten', name: 'flatten' },
  { kind: 'Linear', name: 'fc', inFeatures: 72, outFeatures: 20, bias: true, init: { kind: 'default' } },
  { kind: 'ReLU', name: 'relu4' },
  { kind: 'Dropout', name: 'drop2', p: 0.5 },
  { kind: 'Linear', name: 'fc2', inFeatures: 20, outFeatures: 10, bias: false, init: { kind: 'default' } },
];

/** Every kind of the registry behind a convolution, as the editor makes it, and a head. */
function layersOfEveryKind(): readonly LayerSpec[] {
  const found: LayerSpec[] = [conv('first', 1, 6)];
  let shape: Shape = [6, 28, 28];
  const add = (layer: LayerSpec): void => {
    found.push(layer);
    shape = outputShape(layer, shape);
  };
  const needVectors: LayerKind[] = [];
  for (const kind of layerKinds) {
    if (kind === 'Flatten' || kind === 'Linear') continue;
    if (needsVector(kind, shape)) needVectors.push(kind);
    else add({ ...defaultLayer(kind, shape), name: `every ${kind}` });
  }
  add({ kind: 'Flatten', name: 'flatten' });
  for (const kind of needVectors) add({ ...defaultLayer(kind, shape), name: `every ${kind}` });
  const [inFeatures = 0] = shape;
  add({ kind: 'Linear', name: 'last', inFeatures, outFeatures: 10, bias: true, init: { kind: 'default' } });
  return found;
}

const configOf = (own: readonly LayerSpec[]): RunConfig => ({
  network: { id: 'custom', name: 'Activations', layers: own, outputActivation: 'none' },
  input: { augment: null, resize: null, normalize: { mean: 0.5, std: 0.5 } },
  loss: { kind: 'cross_entropy', labelSmoothing: 0 },
  optimizer: { kind: 'SGD', momentum: 0.9, dampening: 0, nesterov: false, weightDecay: 0 },
  learningRate: 0.05,
  schedule: { kind: 'constant' },
  warmupSteps: 0,
  clipGradNorm: null,
  epochs: 1,
  batchSize: activationsCount,
  seed: 5,
  shuffle: false,
  dropLast: false,
  trainingImages: activationsCount,
});

/** Layers that take over from each other. */
export const activationsConfig = configOf(layers);
export const everyKindConfig = configOf(layersOfEveryKind());

/** Everything that can be asked for. */
export function activationNames({ network }: RunConfig): string[] {
  return [networkInput, ...flattenLayers(network.layers).map(({ name }) => name)];
}

/** Fresh parameters, with running statistics that are not those of a fresh BatchNorm. */
export function activationsState({ network, seed }: RunConfig): EngineState {
  const parameters = new Map<string, TensorData>(initialState(network, seed));
  const norms = flattenLayers(network.layers).filter(hasRunningStatistics);
  for (const [key, tensor] of parameters) {
    if (tensor.dtype !== 'F32' || !norms.some(({ name }) => key.startsWith(`${name}.`))) continue;
    const data = tensor.data.map((value, i) => value + (randomBits(4, i + key.length) % 100) / 200);
    parameters.set(key, { ...tensor, data });
  }
  return { step: 0, parameters, optimizer: {} };
}

type RunningNorm = LayerOf<'BatchNorm1d' | 'BatchNorm2d'>;

function hasRunningStatistics(layer: LayerSpec): layer is RunningNorm {
  return definitionOf(layer).seesBatch;
}

function runningNorm({ name, eps }: RunningNorm, x: Tensor64, weights: Weights64): Pass {
  const [, channels = 1, height = 1, width = 1] = x.shape;
  const [weight, bias, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map((key) =>
    weights.get(`${name}.${key}`),
  );
  const channelOf = (i: number): number => Math.floor(i / (height * width)) % channels;
  const scales = Array.from(
    { length: channels },
    (_, c) => (weight?.[c] ?? NaN) / Math.sqrt((variance?.[c] ?? NaN) + eps),
  );
  const scaleAt = (i: number): number => scales[channelOf(i)] ?? NaN;
  const data = x.data.map(
    (value, i) => (value - (mean?.[channelOf(i)] ?? NaN)) * scaleAt(i) + (bias?.[channelOf(i)] ?? NaN),
  );
  return { y: { shape: x.shape, data }, backward: (dy) => dy.map((gradient, i) => gradient * scaleAt(i)) };
}

/** By layer name. */
interface Found {
  readonly activations: Map<string, Tensor64>;
  /** Filled by the backward pass. */
  readonly gradients: Map<string, Tensor64>;
}

/** Eval mode, with every layer's output on the way, and the gradients by them on the way back. */
function evaluate(
  sequence: readonly LayerSpec[],
  x: Tensor64,
  weights: Weights64,
  found: Found,
): Pick<Pass, 'y'> & { readonly backward: (dy: Float64Array) => Float64Array } {
  const passes: { readonly name: string; readonly pass: Pass }[] = [];
  let y = x;
  for (const layer of sequence) {
    const pass = passOf(layer, y, weights, found);
    ({ y } = pass);
    passes.push({ name: layer.name, pass });
    found.activations.set(layer.name, y);
  }
  const backward = (dy: Float64Array): Float64Array =>
    passes.reduceRight((gradient, { name, pass }) => {
      found.gradients.set(name, { shape: pass.y.shape, data: gradient });
      return pass.backward(gradient, new Map());
    }, dy);
  return { y, backward };
}

function passOf(layer: LayerSpec, x: Tensor64, weights: Weights64, found: Found): Pass {
  // The references are those of training; these kinds are others in eval mode, or have layers inside.
  if (hasRunningStatistics(layer)) return runningNorm(layer, x, weights);
  if (layer.kind === 'Dropout' || layer.kind === 'Dropout2d') return { y: x, backward: (dy) => dy };
  if (layer.kind !== 'Residual') return sequencePass([layer], x, weights);
  const body = evaluate(layer.body, x, weights, found);
  const shortcut = evaluate(layer.shortcut, x, weights, found);
  return {
    y: { shape: body.y.shape, data: body.y.data.map((value, i) => value + (shortcut.y.data[i] ?? NaN)) },
    backward: (dy) => {
      const throughShortcut = shortcut.backward(dy);
      return body.backward(dy).map((gradient, i) => gradient + (throughShortcut[i] ?? NaN));
    },
  };
}

const known = new Map<RunConfig, Found>();

/** The activations and the gradients by them in float64, in PyTorch's layout. */
function expectedOf(config: RunConfig): Found {
  const found = known.get(config) ?? computed(config);
  known.set(config, found);
  return found;
}

function computed(config: RunConfig): Found {
  const weights = new Map(
    [...activationsState(config).parameters].flatMap(([key, tensor]) =>
      tensor.dtype === 'F32' ? [[key, Float64Array.from(tensor.data)] as const] : [],
    ),
  );
  const input: Tensor64 = {
    shape: [activationsCount, 1, 28, 28],
    data: Float64Array.from(activationsImages, (byte) => (byte / 255 - 0.5) / 0.5),
  };
  const found: Found = { activations: new Map([[networkInput, input]]), gradients: new Map() };
  const pass = evaluate(config.network.layers, input, weights, found);
  const data = pass.backward(Float64Array.from(activationsUpstream));
  found.gradients.set(networkInput, { shape: input.shape, data });
  return found;
}

/**
 * Names of the tensors that are not those of float64, of their shape: float32 sums a few hundred products, so what is wrong
 * is wrong by far more than `tolerance` of the largest value.
 */
function wrongOf(
  actual: ReadonlyMap<string, Activation>,
  expected: ReadonlyMap<string, Tensor64>,
  names: readonly string[],
  tolerance: number,
): string[] {
  if (actual.size !== new Set(names).size) return [`${actual.size} of ${names.length} tensors`];
  return names.filter((name) => {
    const [a, b] = [actual.get(name), expected.get(name)];
    if (a === undefined || b === undefined || a.shape.join() !== b.shape.join()) return true;
    const largest = b.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    return !a.data.every((value, i) => Math.abs(value - (b.data[i] ?? NaN)) <= tolerance * largest);
  });
}

/** Names of the activations that are not those of float64. */
function wrongActivations(
  actual: ReadonlyMap<string, Activation>,
  config: RunConfig,
  names: readonly string[] = activationNames(config),
): string[] {
  return wrongOf(actual, expectedOf(config).activations, names, 1e-5);
}

/** The same with the gradients by them, of `activationsUpstream` times the logits. */
export function wrongGradients(
  { activations, gradients }: LayerGradients,
  config: RunConfig,
  names: readonly string[] = activationNames(config),
): string[] {
  const expected = expectedOf(config);
  return [
    ...wrongOf(activations, expected.activations, names, 1e-5),
    ...wrongOf(gradients, expected.gradients, names, 2e-5).map((name) => `gradient by ${name}`),
  ];
}

/** Of all activations, and of each choice of them, asked of an engine that has the network: the names of those that are not float64's. */
export async function wrongChoices(
  engine: Engine,
  config: RunConfig,
  choices: readonly (readonly string[])[] = [],
): Promise<string[]> {
  const wrong: string[] = [];
  for (const names of [activationNames(config), ...choices]) {
    const found = await engine.activations(activationsImages, activationsCount, names);
    wrong.push(...wrongActivations(found, config, names));
  }
  return wrong;
}

/** What three steps of training give; `looks`: at gradients inside of the network after each. */
export async function trainedThrough(engine: Engine, looks: boolean): Promise<unknown> {
  const count = activationsCount;
  await engine.setImages('train', { images: activationsImages, labels: new Uint8Array(count), count });
  await engine.compile({ ...activationsConfig, epochs: 9 }, activationsState(activationsConfig));
  for (let step = 0; step < 3; step += 1) {
    await engine.step(1);
    if (looks)
      await engine.layerGradients(activationsImages, count, activationsUpstream, ['conv', 'same.norm']);
  }
  return { metrics: await engine.readMetrics(), state: await engine.readState() };
}
