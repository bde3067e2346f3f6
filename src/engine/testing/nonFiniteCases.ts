/** Numbers that are NaN, infinite or past float32, with what PyTorch makes of them: every engine gives the same (fixtures/pytorch/non_finite.py). */
import type { ImageSet } from '@/data/imageSet';
import type { Engine } from '@/engine/engine';
import { defaultLayer } from '@/model/edit';
import { layerKinds, type LayerSpec, type NetworkSpec } from '@/model/layers';
import { parseNetworkSpec } from '@/model/networkSchema';
import { defaultLoss, type LossKind, lossKinds } from '@/model/losses';
import type { RunConfig } from '@/model/runConfig';
import { stateEntries } from '@/model/stateDict';
import { sizeOf, type StateDict, type TensorData } from '@/model/tensor';

/** JSON has no NaN and no infinity: texts stand for them, which Number reads. */
type Written = number | string;

interface NetworkCases {
  readonly layers: readonly { readonly kind: string; readonly name: string }[];
  readonly cases: readonly {
    readonly images: number;
    /** The weight whose first value is `value`. */
    readonly key: string;
    readonly value: Written;
    /** Of each gradient, `3.2N`: three finite values and two NaN; + and - are the infinities. */
    readonly classes: Readonly<Record<string, string>>;
  }[];
}

/** fixtures/pytorch/non_finite.json; tests import it, since in a browser no file can be read. */
export interface NonFiniteFile {
  readonly logits: readonly {
    readonly name: string;
    readonly logits: readonly Written[];
    readonly argmax: number;
    readonly losses: readonly {
      readonly kind: string;
      readonly label: number;
      readonly loss: Written;
      readonly gradient: readonly Written[];
    }[];
  }[];
  readonly activations: readonly {
    readonly kind: string;
    readonly x: readonly Written[];
    readonly y: readonly Written[];
    /** Gradient of x where that of y is 1. */
    readonly slope: readonly Written[];
  }[];
  readonly networks: readonly NetworkCases[];
  /** A network that the WebAssembly engine convolves by Winograd's tiles. */
  readonly tiled: NetworkCases;
  readonly clipping: readonly {
    readonly name: string;
    readonly weights: readonly Written[];
    readonly after: Readonly<Record<string, readonly Written[]>>;
  }[];
}

interface LossCase {
  readonly kind: LossKind;
  readonly label: number;
  readonly loss: number;
  /** d loss / d logits. */
  readonly gradient: readonly number[];
}

export interface LogitsCase {
  readonly name: string;
  readonly logits: readonly number[];
  readonly argmax: number;
  readonly losses: readonly LossCase[];
}

function lossKind(name: string): LossKind {
  const kind = lossKinds.find((one) => one === name);
  if (kind === undefined) throw new RangeError(`No loss is named ${name}.`);
  return kind;
}

export function logitsCases(file: NonFiniteFile): LogitsCase[] {
  return file.logits.map(({ name, logits, argmax, losses }) => ({
    name,
    logits: logits.map(Number),
    argmax,
    losses: losses.map(({ kind, label, loss, gradient }) => ({
      kind: lossKind(kind),
      label,
      loss: Number(loss),
      gradient: gradient.map(Number),
    })),
  }));
}

/** Rounding of ten exponentials and their sum. */
const tolerance = 2e-6;

/** Whether the numbers are equal up to rounding; NaN equals NaN, and an infinity itself. */
export function sameNumber(actual: number | undefined, expected: number): boolean {
  if (actual === undefined || !Number.isFinite(expected)) return Object.is(actual, expected);
  return Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected));
}

const labels = [0, 1, 9] as const;

/** Black images: the network's output is its bias. */
const blackImages: ImageSet = {
  images: new Uint8Array(labels.length * 784),
  labels: Uint8Array.from(labels),
  count: labels.length,
};

export const linear = (name: string, inFeatures: number, outFeatures: number): LayerSpec => ({
  kind: 'Linear',
  name,
  inFeatures,
  outFeatures,
  bias: true,
  init: { kind: 'default' },
});

function networkOf(layers: readonly LayerSpec[]): NetworkSpec {
  const flatten: LayerSpec = { kind: 'Flatten', name: 'flatten' };
  return { id: 'custom', name: 'Linear', outputActivation: 'none', layers: [flatten, ...layers] };
}

/** A run of these layers behind a Flatten, one image a batch. */
export function configOf(
  layers: readonly LayerSpec[],
  kind: LossKind,
  changes: Partial<RunConfig>,
): RunConfig {
  return {
    network: networkOf(layers),
    input: { augment: null, resize: null, normalize: null },
    loss: defaultLoss(kind),
    optimizer: { kind: 'SGD', momentum: 0, dampening: 0, nesterov: false, weightDecay: 0 },
    learningRate: 0,
    schedule: { kind: 'constant' },
    warmupSteps: 0,
    clipGradNorm: null,
    epochs: 1,
    batchSize: 1,
    seed: 1,
    shuffle: false,
    dropLast: false,
    trainingImages: 1,
    ...changes,
  };
}

const floats = (shape: readonly number[], values: Iterable<number>): TensorData => ({
  dtype: 'F32',
  shape,
  data: Float32Array.from(values),
});
const zeros = (...shape: readonly number[]): TensorData =>
  floats(shape, new Float32Array(shape.reduce((a, b) => a * b, 1)));

/** Its output for a black image is its bias. */
export const biasOnly = [linear('fc', 784, 10)];
export const biased = (logits: readonly number[]): StateDict =>
  new Map([
    ['fc.weight', zeros(10, 784)],
    ['fc.bias', floats([10], logits)],
  ]);

function valuesOf(state: StateDict, key: string): number[] {
  return [...(state.get(key)?.data ?? [])].map(Number);
}

/** The engine's losses and gradients of every row that are not PyTorch's, in words. */
export async function wrongLosses(engine: Engine, file: NonFiniteFile, kind: LossKind): Promise<string[]> {
  const wrong: string[] = [];
  await engine.compile(configOf(biasOnly, kind, {}));
  for (const { name, logits, losses } of logitsCases(file)) {
    await engine.writeParameters(biased(logits));
    for (const { label, loss, gradient } of losses.filter((one) => one.kind === kind)) {
      const found = await engine.inspectBatch(new Uint8Array(784), Uint8Array.of(label));
      const bias = valuesOf(found.gradients, 'fc.bias');
      if (!sameNumber(found.loss, loss))
        wrong.push(`${name}, ${label}: a loss of ${found.loss}, not ${loss}`);
      if (!gradient.every((value, i) => sameNumber(bias[i], value)))
        wrong.push(`${name}, ${label}: a gradient of ${bias.join()}, not ${gradient.join()}`);
    }
  }
  return wrong;
}

/** The rows that the engine reads as another class than torch.argmax does, in training or in tests. */
export async function wrongPredictions(engine: Engine, file: NonFiniteFile): Promise<string[]> {
  const wrong: string[] = [];
  await engine.setImages('train', blackImages);
  await engine.setImages('test', blackImages);
  const config = configOf(biasOnly, 'cross_entropy', { trainingImages: labels.length });
  for (const { name, logits, argmax } of logitsCases(file)) {
    const right = labels.map((label) => (label === argmax ? 1 : 0));
    const inTraining: number[] = [];
    for (const step of labels.keys()) {
      // Anew before each step: a gradient of NaN changes the weights at any learning rate.
      await engine.compile(config, { step, parameters: biased(logits), optimizer: {} });
      await engine.step(1);
      inTraining.push(...(await engine.readMetrics()).accuracy);
    }
    if (inTraining.join() !== right.join())
      wrong.push(`${name}: right in training ${inTraining.join()}, not ${right.join()}`);
    await engine.writeParameters(biased(logits));
    const { predictions } = await engine.evaluate('test', labels.length);
    if (!predictions.every((prediction) => prediction === argmax))
      wrong.push(`${name}: read as ${predictions.join()}, not ${argmax}`);
  }
  return wrong;
}

/** The values and slopes of activations that the engine computes otherwise than PyTorch, in words. */
export async function wrongActivations(engine: Engine, file: NonFiniteFile): Promise<string[]> {
  const wrong: string[] = [];
  for (const { kind: named, x, y, slope } of file.activations) {
    const kind = layerKinds.find((one) => one === named);
    if (kind === undefined) throw new RangeError(`No layer is a ${named}.`);
    await engine.compile(
      configOf([...biasOnly, { ...defaultLayer(kind, [10]), name: 'last' }], 'nll_logits', {}),
    );
    await engine.writeParameters(biased(x.map(Number)));
    for (const [label, input] of x.entries()) {
      // The loss is minus what the label's logit is, so its gradient is -1 there.
      const { logits, gradients } = await engine.inspectBatch(new Uint8Array(784), Uint8Array.of(label));
      const found = [logits[label], -(valuesOf(gradients, 'fc.bias')[label] ?? Number.NaN)];
      const expected = [y[label], slope[label]].map(Number);
      if (!expected.every((value, i) => sameNumber(found[i], value)))
        wrong.push(`${kind} of ${input}: value and slope are ${found.join()}, not ${expected.join()}`);
    }
  }
  return wrong;
}

/** By the formula of the script: no pixel is 0, so that none makes NaN of an infinity. */
const brightImages = (count: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length: count * 784 }, (_, i) => ((((i * i) % 65_521) * 31 + i) % 255) + 1);

const networkWeights = (size: number): number[] =>
  Array.from({ length: size }, (_, i) => (((i * 7919 + 1) % 2003) - 1001) / 8192);

function classOf(value: number): string {
  if (Number.isNaN(value)) return 'N';
  if (Number.isFinite(value)) return '.';
  return value > 0 ? '+' : '-';
}

/** Which values are finite, without the kind of the others. */
function finiteOf(classes: string): string {
  return classes.replaceAll(/(\d+)(.)/gu, (_, count, kind) =>
    (kind === '.' ? '.' : 'N').repeat(Number(count)),
  );
}

function classesOf(values: readonly number[]): string {
  const runs =
    values
      .map(classOf)
      .join('')
      .match(/(.)\1*/gu) ?? [];
  return runs.map((run) => `${run.length}${run.at(0)}`).join('');
}

interface GradientChoice {
  /** Leaves out groups of channels, and the network of tiles: tfjs multiplies by zeros that others leave out. */
  readonly isDense?: boolean;
  /** The first network alone. */
  readonly isShort?: boolean;
  /** Images of a batch; all that were recorded where it is absent. */
  readonly count?: number;
}

/** The gradients of networks with a weight that is infinite or NaN which are so, or are not, where PyTorch's are otherwise. */
export async function wrongGradients(
  engine: Engine,
  file: NonFiniteFile,
  { isDense = false, isShort = false, count }: GradientChoice = {},
): Promise<string[]> {
  const wrong: string[] = [];
  const networks = isShort ? file.networks.slice(0, 1) : [...file.networks, ...(isDense ? [] : [file.tiled])];
  for (const { layers, cases } of networks) {
    if (isDense && layers.some((layer) => 'groups' in layer)) continue;
    const init = { kind: 'default' } as const;
    const spec = layers.map((layer) => (/Conv2d|Linear/u.test(layer.kind) ? { ...layer, init } : layer));
    const network = parseNetworkSpec({
      id: 'custom',
      name: 'custom',
      layers: spec,
      outputActivation: 'none',
    });
    const batch = { batchSize: 2, trainingImages: 2 };
    await engine.compile({ ...configOf([], 'nll_logits', batch), network });
    // What of infinities a normalisation makes NaN is a matter of how it factors its sums.
    const hasNorm = layers.some(({ kind }) => kind.includes('Norm'));
    const compared = (text: string): string => (hasNorm ? finiteOf(text) : text);
    for (const { images, key, value, classes } of cases) {
      if (count !== undefined && images !== count) continue;
      const parameters = stateEntries(network).map(({ key: name, dtype, shape }): [string, TensorData] => {
        if (dtype === 'I64') return [name, { dtype, shape, data: new BigInt64Array(sizeOf(shape)) }];
        const values = networkWeights(sizeOf(shape));
        if (name === key) values[0] = Number(value);
        return [name, floats(shape, values)];
      });
      await engine.writeParameters(new Map(parameters));
      const { gradients } = await engine.inspectBatch(brightImages(images), new Uint8Array(images));
      for (const [name, expected] of Object.entries(classes)) {
        const found = classesOf(valuesOf(gradients, name));
        if (compared(found) !== compared(expected))
          wrong.push(
            `${layers.map(({ kind }) => kind).join()}, ${images} images, ${key} ${value}: ${name} is ${found}, not ${expected}`,
          );
      }
    }
  }
  return wrong;
}

const clippedLabel = 3;
/** Fills no block of the WebAssembly engine, but tfjs's pairs of rows on WebGL. */
const clippedImages = 6;

/** The parameters that differ from PyTorch's after one clipped step whose gradients have a norm past float32, or are none at all. */
export async function wrongClipping(engine: Engine, file: NonFiniteFile): Promise<string[]> {
  const wrong: string[] = [];
  await engine.setImages('train', {
    images: new Uint8Array(clippedImages * 784).fill(255),
    labels: new Uint8Array(clippedImages).fill(clippedLabel),
    count: clippedImages,
  });
  const layers = [linear('first', 784, 2), linear('last', 2, 10)];
  const batch = { batchSize: clippedImages, trainingImages: clippedImages };
  await engine.compile(configOf(layers, 'nll_logits', { ...batch, learningRate: 1, clipGradNorm: 1 }));
  for (const { name, weights, after } of file.clipping) {
    const last = Array.from({ length: 20 }, (_, i) => Number(weights[i - 2 * clippedLabel] ?? 0));
    const parameters: StateDict = new Map([
      ['first.weight', zeros(2, 784)],
      ['first.bias', zeros(2)],
      ['last.weight', floats([10, 2], last)],
      ['last.bias', zeros(10)],
    ]);
    await engine.writeParameters(parameters);
    await engine.step(1);
    const state = await engine.readState();
    for (const [key, values] of Object.entries(after)) {
      const expected = values.map(Number);
      const found = valuesOf(state.parameters, key);
      const isSame = found.every((value, i) =>
        sameNumber(value, expected[Math.floor((i * expected.length) / found.length)] ?? Number.NaN),
      );
      if (!isSame)
        wrong.push(`${name}: ${key} is ${[...new Set(found)].join()}, not ${[...new Set(expected)].join()}`);
    }
  }
  return wrong;
}
