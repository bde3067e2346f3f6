/** Test equipment: small networks around kinds of layers, by PyTorch (fixtures/pytorch/layers.py) and by an engine. */
import type { ImageSet } from '@/data/imageSet';
import type { Engine, EngineState } from '@/engine/engine';
import { parseNetworkSpec } from '@/model/networkSchema';
import type { OptimizerSpec } from '@/model/optimizers';
import type { RunConfig } from '@/model/runConfig';
import { stateEntries } from '@/model/stateDict';
import { sizeOf, type StateDict, type TensorData } from '@/model/tensor';

type Named = Readonly<Record<string, readonly number[]>>;

export interface LayerFile {
  readonly cases: readonly {
    readonly layers: readonly { readonly kind: string; readonly name: string }[];
    readonly count: number;
    readonly start: Named;
    readonly loss: number;
    readonly logits: readonly number[];
    readonly gradients: Named;
    /** Parameters and running statistics after three steps. */
    readonly after: { readonly SGD: Named; readonly Adam: Named };
    /** Logits in eval mode after those of Adam. */
    readonly evaluated: readonly number[];
    /** Of networks that normalise: what worstFromPytorch gives of PyTorch's own float32. */
    readonly noise?: number;
  }[];
}

type LayerCase = LayerFile['cases'][number];

/** What the case is, for a test's name: its layers between the first and the last two. */
export function caseName({ layers, count }: LayerCase): string {
  const text = layers.slice(1, -1).map((layer) => JSON.stringify({ ...layer, name: undefined }));
  return `${text.join(' ')} on ${count} images`.replaceAll('"', '');
}

/**
 * What worstFromPytorch may give: PyTorch computes in float64, so what is left are an engine's own roundings. Where a normalisation
 * magnifies them, they may be four times those of PyTorch's float32, which rounds in other places.
 */
export function toleranceOf({ noise = 0 }: LayerCase): number {
  return Math.max(1e-5, 4 * noise);
}

/** By the formula of the script. */
function imagesOf(count: number): ImageSet {
  return {
    images: Uint8Array.from({ length: count * 784 }, (_, i) => (((i * i) % 65_521) * 31 + i) % 256),
    labels: Uint8Array.from({ length: count }, (_, n) => (3 * n) % 10),
    count,
  };
}

const optimizers = {
  SGD: {
    learningRate: 0.1,
    optimizer: { kind: 'SGD', momentum: 0.9, dampening: 0, nesterov: false, weightDecay: 0 },
  },
  Adam: {
    learningRate: 0.01,
    optimizer: { kind: 'Adam', beta1: 0.9, beta2: 0.999, eps: 1e-4, weightDecay: 0 },
  },
} as const satisfies Record<string, { learningRate: number; optimizer: OptimizerSpec }>;

function configOf({ layers, count }: LayerCase, optimizer: keyof typeof optimizers): RunConfig {
  const init = { kind: 'default' } as const;
  const drawn = layers.map((layer) =>
    layer.kind === 'Conv2d' || layer.kind === 'Linear' ? { ...layer, init } : layer,
  );
  return {
    network: parseNetworkSpec({ id: 'custom', name: 'custom', layers: drawn, outputActivation: 'none' }),
    input: { augment: null, resize: null, normalize: null },
    loss: { kind: 'cross_entropy', labelSmoothing: 0 },
    ...optimizers[optimizer],
    schedule: { kind: 'constant' },
    warmupSteps: 0,
    clipGradNorm: null,
    epochs: 100,
    batchSize: count,
    seed: 1,
    shuffle: false,
    dropLast: false,
    trainingImages: count,
  };
}

/** Largest difference, in parts of the largest value. */
function difference(found: ArrayLike<number | bigint> | undefined, expected: readonly number[]): number {
  if (found?.length !== expected.length) return Infinity;
  const scale = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((value, i) => Math.abs(Number(found[i]) - value))) / scale;
}

function startOf({ start }: LayerCase, config: RunConfig): EngineState {
  const parameters = stateEntries(config.network).map(({ key, shape, dtype }): [string, TensorData] => {
    const values = start[key] ?? [];
    if (values.length !== sizeOf(shape))
      throw new RangeError(`The fixture's ${key} has ${values.length} values.`);
    const tensor: TensorData =
      dtype === 'F32'
        ? { dtype, shape, data: Float32Array.from(values) }
        : { dtype, shape, data: BigInt64Array.from(values, BigInt) };
    return [key, tensor];
  });
  return { step: 0, parameters: new Map(parameters), optimizer: {} };
}

/** Largest difference of logits, gradients, and parameters and running statistics after three steps, each tensor in parts of its largest value. */
export async function worstFromPytorch(engine: Engine, one: LayerCase): Promise<number> {
  const set = imagesOf(one.count);
  await engine.setImages('train', set);
  const errors: number[] = [];
  const compare = (found: StateDict, expected: Named): void => {
    for (const [key, values] of Object.entries(expected))
      errors.push(difference(found.get(key)?.data, values));
  };
  for (const name of ['SGD', 'Adam'] as const) {
    const config = configOf(one, name);
    await engine.compile(config, startOf(one, config));
    if (name === 'SGD') {
      const found = await engine.inspectBatch(set.images, set.labels);
      errors.push(Math.abs(found.loss - one.loss) / one.loss, difference(found.logits, one.logits));
      compare(found.gradients, one.gradients);
    }
    await engine.step(3);
    compare((await engine.readState()).parameters, one.after[name]);
  }
  errors.push(difference(await engine.predict(set.images, set.count), one.evaluated));
  return errors.reduce((worst, error) => (error <= worst ? worst : error), 0);
}
