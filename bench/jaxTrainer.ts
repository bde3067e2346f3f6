/**
 * Mynn as one would write it with jax-js (npm @jax-js/jax): forward pass, cross entropy, gradient and SGD in one jitted function.
 * Easier than for the engines: batches lie ready as floats, so nothing is gathered.
 */
import { defaultDevice, init, jit, lax, nn, numpy as np, random, tree, valueAndGrad } from '@jax-js/jax';
import type { BenchTask } from './row.ts';
import { benchBatch } from './task.ts';
import type { Trainer } from './trainer.ts';

type Params = {
  readonly conv1: np.Array;
  readonly bias1: np.Array;
  readonly conv2: np.Array;
  readonly bias2: np.Array;
  readonly fc1: np.Array;
  readonly fc1Bias: np.Array;
  readonly fc2: np.Array;
  readonly fc2Bias: np.Array;
};

const learningRate = 1e-4;
/** Batches that are resident. */
const batches = 8;

/** U(-1/sqrt(fanIn), 1/sqrt(fanIn)), PyTorch's default. */
function initial(key: np.Array, shape: number[], fanIn: number): np.Array {
  const bound = 1 / Math.sqrt(fanIn);
  return random.uniform(key, shape, { minval: -bound, maxval: bound });
}

function initialParams(): Params {
  const at = (seed: number, shape: number[], fanIn: number): np.Array =>
    initial(random.key(seed), shape, fanIn);
  return {
    conv1: at(1, [10, 1, 5, 5], 25),
    bias1: at(2, [10, 1, 1], 25),
    conv2: at(3, [20, 10, 5, 5], 250),
    bias2: at(4, [20, 1, 1], 250),
    fc1: at(5, [320, 50], 320),
    fc1Bias: at(6, [50], 320),
    fc2: at(7, [50, 10], 50),
    fc2Bias: at(8, [10], 50),
  };
}

function maxPool(x: np.Array): np.Array {
  return lax.reduceWindow(x, (window) => np.max(window), [2, 2], [2, 2]);
}

/** Half of `shape` dropped, the rest doubled. */
function dropoutMask(key: np.Array, shape: number[]): np.Array {
  return random.bernoulli(key, 0.5, shape).astype(np.float32).mul(2);
}

/** A jax-js function owns its arguments: each array is used once, or as `.ref` before. */
function loss(params: Params, x: np.Array, target: np.Array, key: np.Array): np.Array {
  const [batch = 0] = x.shape;
  const [key1, key2] = [key.ref.slice(0), key.slice(1)];
  let y = lax.conv(x, params.conv1, [1, 1], 'VALID').add(params.bias1);
  y = nn.relu(maxPool(y));
  y = lax.conv(y, params.conv2, [1, 1], 'VALID').add(params.bias2);
  y = maxPool(y.mul(dropoutMask(key1, [batch, 20, 1, 1])));
  y = nn.relu(y).reshape([batch, 320]);
  y = nn.relu(np.matmul(y, params.fc1).add(params.fc1Bias));
  y = y.mul(dropoutMask(key2, [batch, 50]));
  const logits = np.matmul(y, params.fc2).add(params.fc2Bias);
  return nn
    .logSoftmax(logits)
    .mul(target)
    .sum()
    .mul(-1 / batch);
}

function trainingStep(params: Params, x: np.Array, target: np.Array, key: np.Array): [Params, np.Array] {
  const [value, gradient] = valueAndGrad(loss)(tree.ref(params), x, target, key);
  const next = tree.map((p: np.Array, g: np.Array) => p.sub(g.mul(learningRate)), params, gradient);
  return [next, value];
}

interface Prepared {
  readonly images: readonly np.Array[];
  readonly targets: readonly np.Array[];
  readonly step: (params: Params, x: np.Array, target: np.Array, key: np.Array) => [Params, np.Array];
  params: Params;
}

export async function createJaxTrainer(): Promise<Trainer> {
  const devices = await init('webgpu');
  if (!devices.includes('webgpu')) throw new Error('jax-js found no WebGPU.');
  defaultDevice('webgpu');
  let prepared: Prepared | null = null;
  let steps = 0;
  const run = async (count: number): Promise<number> => {
    if (prepared === null) throw new Error('Prepare first.');
    const start = performance.now();
    let value: np.Array | null = null;
    for (let i = 0; i < count; i += 1) {
      const at = steps % batches;
      const [x, target] = [prepared.images[at], prepared.targets[at]];
      if (x === undefined || target === undefined) throw new Error('No such batch.');
      value?.dispose();
      const keys = random.split(random.key(steps), 2);
      [prepared.params, value] = prepared.step(prepared.params, x.ref, target.ref, keys);
      steps += 1;
    }
    await value?.data();
    return performance.now() - start;
  };
  return {
    prepare: async ({ network, batchSize }: BenchTask) => {
      if (network !== 'mynn') throw new Error('Only Mynn is written with jax-js here.');
      const data = Array.from({ length: batches }, (_, batch) => benchBatch(batch, batchSize));
      prepared = {
        images: data.map(({ pixels }) => np.array(pixels).reshape([batchSize, 1, 28, 28])),
        targets: data.map(({ target }) => np.array(target).reshape([batchSize, 10])),
        step: jit(trainingStep),
        params: initialParams(),
      };
      return run(1);
    },
    run,
  };
}
