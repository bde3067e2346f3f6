/** Test equipment: runs of a small network under every optimizer, by PyTorch (fixtures/pytorch/optimizers.py) and by an engine. */
import type { ImageSet } from '@/data/imageSet';
import type { Engine, EngineState } from '@/engine/engine';
import { configOf } from '@/engine/testing/nonFiniteCases';
import { pooledNetwork } from '@/engine/testing/optimizerCase';
import type { OptimizerSpec } from '@/model/optimizers';
import { parameterEntries } from '@/model/stateDict';
import { sizeOf, type StateDict, type TensorData } from '@/model/tensor';

type Named = Readonly<Record<string, readonly number[]>>;

interface WrittenState {
  readonly parameters: Named;
  readonly slots: Readonly<Record<string, Named>>;
}

export interface OptimizerFile {
  readonly network: Named;
  readonly cases: readonly {
    readonly spec: OptimizerSpec;
    readonly learningRate: number;
    readonly maxNorm: number | null;
    readonly maxValue: number | null;
    /** After three steps, and after three more. */
    readonly states: readonly [WrittenState, WrittenState];
  }[];
}

const half = 3;
const batchSize = 8;
const count = 2 * half * batchSize;

/** By the formula of the script. */
const images: ImageSet = {
  images: Uint8Array.from(
    { length: count * 784 },
    (_, i) => (Math.floor(i / 7) * 91 + Math.floor(i / 784) * 13) % 256,
  ),
  labels: Uint8Array.from({ length: count }, (_, n) => (3 * n) % 10),
  count,
};

function stateDict(values: Named): StateDict {
  return new Map(
    parameterEntries(pooledNetwork).map(({ key, shape }): [string, TensorData] => {
      const data = Float32Array.from(values[key] ?? []);
      if (data.length !== sizeOf(shape))
        throw new RangeError(`The fixture's ${key} has ${data.length} values.`);
      return [key, { dtype: 'F32', shape, data }];
    }),
  );
}

/** Largest difference of a tensor, in parts of its largest value. */
function differences(found: StateDict, expected: Named): number[] {
  return Object.entries(expected).map(([key, values]) => {
    const actual = Array.from(found.get(key)?.data ?? [], Number);
    if (actual.length !== values.length) return Infinity;
    const scale = Math.max(...values.map(Math.abs));
    return Math.max(...values.map((value, i) => Math.abs((actual[i] ?? NaN) - value))) / scale;
  });
}

function worstDifference({ parameters, optimizer }: EngineState, expected: WrittenState): number {
  const names = Object.keys(expected.slots);
  if (names.toSorted().join() !== Object.keys(optimizer).toSorted().join()) return Infinity;
  return Math.max(
    ...differences(parameters, expected.parameters),
    ...names.flatMap((name) => differences(optimizer[name] ?? new Map(), expected.slots[name] ?? {})),
  );
}

/** How far the engine is from PyTorch after three steps, and after three more from PyTorch's state, relative to each tensor. */
export async function distanceFromPytorch(
  engine: Engine,
  { network }: OptimizerFile,
  { spec, learningRate, maxNorm, maxValue, states: [middle, end] }: OptimizerFile['cases'][number],
): Promise<readonly [number, number]> {
  const config = configOf([], 'cross_entropy', {
    network: pooledNetwork,
    optimizer: spec,
    learningRate,
    clipGradNorm: maxNorm,
    ...(maxValue === null ? {} : { clipGradValue: maxValue }),
    batchSize,
    trainingImages: count,
  });
  await engine.setImages('train', images);
  await engine.compile(config, { step: 0, parameters: stateDict(network), optimizer: {} });
  await engine.step(half);
  const atMiddle = worstDifference(await engine.readState(), middle);
  const slots = Object.entries(middle.slots).map(([name, values]) => [name, stateDict(values)] as const);
  await engine.compile(config, {
    step: half,
    parameters: stateDict(middle.parameters),
    optimizer: Object.fromEntries(slots),
  });
  await engine.step(half);
  return [atMiddle, worstDifference(await engine.readState(), end)];
}
