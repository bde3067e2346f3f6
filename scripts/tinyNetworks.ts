/** The networks of fixtures/pytorch/tiny_networks.py, with what PyTorch gave of them. */
import { join } from 'node:path';
import type { Engine } from '@/engine/engine';
import { runConfig } from '@/engine/testing/testRuns';
import type { NetworkSpec } from '@/model/layers';
import { batchNorm, conv, dropout, flatten, linear, maxPool, relu } from '@/model/layerBuilders';
import type { RunConfig } from '@/model/runConfig';
import { stateEntries } from '@/model/stateDict';
import type { StateDict, TensorData } from '@/model/tensor';
import { measuredConfig, startingVector } from '@/training/curvature/curvatureMeter';
import { hessianProduct } from '@/training/curvature/hessianProduct';
import { largestEigenvalue } from '@/training/curvature/largestEigenvalue';
import { flattened, norm, parameterSpans } from '@/training/flatParameters';
import { otherParameters } from '@/training/landscape/otherParameters';
import { SecondEngine } from '@/training/secondEngine';
import { pytorchFixtures, readJson } from './fixtures/readFixture.ts';
import { mnist } from './trainerLab.ts';

const smooth: NetworkSpec = {
  id: 'smooth',
  name: 'Smooth',
  outputActivation: 'none',
  layers: [
    conv('conv', 1, 3, 5, { stride: 3, bias: false }),
    batchNorm('norm', 3),
    { kind: 'Tanh', name: 'tanh' },
    { kind: 'AvgPool2d', name: 'pool', kernelSize: 2, stride: 2, padding: 0, countIncludePad: true },
    flatten(),
    dropout('drop'),
    linear('fc', 48, 10),
  ],
};
const kinked: NetworkSpec = {
  id: 'kinked',
  name: 'Kinked',
  outputActivation: 'none',
  layers: [
    conv('conv', 1, 3, 5, { stride: 3 }),
    relu('relu'),
    maxPool('pool'),
    flatten(),
    linear('fc', 48, 10),
  ],
};

const networks = { smooth, kinked } as const;
export type TinyNetwork = keyof typeof networks;
/** Values by key, row-major. */
type Lists = Readonly<Record<string, readonly number[]>>;

export function tinyConfig(name: TinyNetwork): RunConfig {
  return runConfig(networks[name]);
}

/** What curvature.py wrote of a network. */
interface CurvatureFixture {
  readonly state: Lists;
  readonly images: number;
  readonly loss: number;
  readonly largest: readonly number[];
  readonly product: readonly number[];
  readonly differences: number;
}

export function curvatureFixture(name: TinyNetwork): CurvatureFixture {
  const all = readJson(join(pytorchFixtures, 'curvature.json')) as Record<TinyNetwork, CurvatureFixture>;
  return all[name];
}

/** How far an engine is from autograd's Hessian in float64 of a whole network, relatively. */
export interface CurvatureErrors {
  /** Of the Hessian times a given vector, in the Euclidean norm. */
  readonly product: number;
  /** Of the largest eigenvalue. */
  readonly eigenvalue: number;
  /** Of the same of the matrix of differences, which has the kinks in. */
  readonly differences: number;
}

/**
 * What is left of the third order over a difference of 0.4 % of the weights' norm: all engines, and float64 as well, come to 0.5e-4 to
 * 0.8e-4 for the product and 7e-4 for the smooth network's eigenvalue; float32's rounding is a tenth of that. BatchNorm in eval mode, a
 * sum in place of the mean or a one-sided difference is off by more than a hundredth.
 */
export const curvatureTolerance = { product: 3e-4, eigenvalue: 2e-3 } as const;

export async function curvatureErrors(engine: Engine, name: TinyNetwork): Promise<CurvatureErrors> {
  const { state, images, largest, product: expected, differences } = curvatureFixture(name);
  const config = measuredConfig(tinyConfig(name), images);
  const parameters = tinyState(name, state);
  await engine.compile(config, { step: 0, parameters, optimizer: {} });
  const { training } = mnist();
  const product = hessianProduct(engine, {
    parameters,
    spans: parameterSpans(config.network),
    images: training.images.slice(0, images * 784),
    labels: training.labels.slice(0, images),
  });
  const cosines = Float64Array.from(expected, (_, i) => Math.cos(i));
  const length = norm(cosines);
  const image = await product(cosines.map((value) => value / length));
  const found = await largestEigenvalue(product, startingVector(expected.length, 1), {
    iterations: 200,
    residual: 1e-3,
    change: 1e-6,
  });
  const relative = (value = NaN): number => Math.abs((found?.eigenvalue ?? NaN) - value) / value;
  return {
    product: norm(image.map((value, i) => value - (expected[i] ?? NaN))) / norm(expected),
    eigenvalue: relative(largest[0]),
    differences: relative(differences),
  };
}

/** Parameters and, where they are there, buffers in the network's shapes. */
export function tinyState(name: TinyNetwork, lists: Lists): StateDict {
  const entries = stateEntries(networks[name]).flatMap(({ key, shape, dtype }): [string, TensorData][] => {
    const values = lists[key];
    if (values === undefined) return [];
    return [
      dtype === 'I64'
        ? [key, { dtype, shape, data: BigInt64Array.from(values, BigInt) }]
        : [key, { dtype: 'F32', shape, data: Float32Array.from(values) }],
    ];
  });
  return new Map(entries);
}

/** What loss_landscape.py wrote of the smooth network. */
interface LandscapeFixture {
  readonly state: Lists;
  readonly images: number;
  readonly random: {
    readonly raw: readonly (readonly number[])[];
    readonly directions: readonly (readonly number[])[];
    readonly points: readonly LandscapePoint[];
  };
  readonly path: {
    readonly states: readonly Lists[];
    readonly explained: readonly number[];
    readonly components: readonly (readonly number[])[];
    readonly places: readonly (readonly number[])[];
    readonly points: readonly LandscapePoint[];
  };
}

interface LandscapePoint {
  readonly x: number;
  readonly y: number;
  readonly loss: number;
  readonly accuracy: number;
}

export function landscapeFixture(): LandscapeFixture {
  return readJson(join(pytorchFixtures, 'loss_landscape.json')) as LandscapeFixture;
}

/** Of float32 rounding over a few layers the mean over 200 images leaves 1e-8 to 2e-8. */
export const landscapeTolerance = 2e-7;

/** Largest relative error of an engine's loss, and largest error of its accuracy, on PyTorch's points of both planes. */
export async function landscapeErrors(
  create: () => Promise<Engine>,
): Promise<{ loss: number; accuracy: number }> {
  const { state, images, random, path } = landscapeFixture();
  const config = tinyConfig('smooth');
  const parameters = tinyState('smooth', state);
  const spans = parameterSpans(config.network);
  const weights = flattened(spans, parameters);
  const source = mnist();
  const second = new SecondEngine({ source, open: create, inUse: () => null, onBusy: () => undefined });
  const turn = (): Promise<void> => Promise.resolve();
  const evaluate = otherParameters(
    { split: 'test', images },
    { config, step: 0, parameters, spans, weights },
    { source, second, trainer: { isTraining: false } },
    turn,
  );
  const errors = { loss: 0, accuracy: 0 };
  for (const [directions, points] of [
    [random.directions, random.points],
    [path.components, path.points],
  ] as const)
    for (const { x, y, loss, accuracy } of points) {
      const found = await evaluate(
        (i) => (weights[i] ?? NaN) + x * (directions[0]?.[i] ?? NaN) + y * (directions[1]?.[i] ?? NaN),
      );
      errors.loss = Math.max(errors.loss, Math.abs(found.loss - loss) / loss);
      errors.accuracy = Math.max(errors.accuracy, Math.abs(found.accuracy - accuracy));
    }
  return errors;
}
