/** Test equipment: every optimizer of the registry against its definition in float64, over random settings. */
import type { Engine, EngineState } from '@/engine/engine';
import { configOf, linear } from '@/engine/testing/nonFiniteCases';
import { specAt } from '@/model/testing/arbitrarySpecs';
import { clipGradientNorm } from '@/model/clipGradientNorm';
import { clipGradientValue } from '@/model/clipGradientValue';
import { learningRateAt } from '@/model/learningRate';
import type { NetworkSpec } from '@/model/layers';
import {
  defaultOptimizer,
  optimizerProblems,
  optimizers,
  optimizerSlots,
  updateParameter,
  type OptimizerKind,
  type OptimizerSpec,
} from '@/model/optimizers';
import { normal, randomBits, uniform } from '@/model/random';
import type { RunConfig } from '@/model/runConfig';
import { defaultSchedule, scheduleKinds, schedules, type ScheduleSpec } from '@/model/schedules';
import type { StateDict } from '@/model/tensor';

/** Steps of a case. */
export const caseSteps = 4;

export interface OptimizerCase {
  readonly spec: OptimizerSpec;
  readonly learningRate: number;
  /** Of clip_grad_norm_, or null. */
  readonly maxNorm: number | null;
  /** Of clip_grad_value_, or null. */
  readonly maxValue: number | null;
  readonly schedule: ScheduleSpec;
}

/** Settings that PyTorch takes, of one kind; the first are the defaults. */
export function optimizerCases(kind: OptimizerKind, count: number): OptimizerCase[] {
  const cases: OptimizerCase[] = [];
  for (let at = 0; cases.length < count; at += 1) {
    const spec = specAt<OptimizerSpec>(defaultOptimizer(kind), optimizers[kind].fields, at);
    if (optimizerProblems(spec).length > 0) continue;
    const schedule = scheduleKinds[at % scheduleKinds.length] ?? 'constant';
    cases.push({
      spec,
      learningRate: 1e-3 * 100 ** uniform(at, 100),
      maxNorm: at % 2 === 0 ? null : 0.3,
      maxValue: at % 3 === 1 ? 0.1 : null,
      schedule: specAt<ScheduleSpec>(defaultSchedule(schedule), schedules[schedule].fields, at),
    });
  }
  return cases;
}

/** Values by tensor: `weight`, or `exp_avg weight`. */
export type Values = ReadonlyMap<string, ArrayLike<number>>;

interface ReferenceRun extends Pick<OptimizerCase, 'spec' | 'maxNorm' | 'maxValue'> {
  readonly start: ReadonlyMap<string, ArrayLike<number>>;
  readonly rates: readonly number[];
  readonly gradientAt: (step: number, key: string) => ArrayLike<number>;
}

/** What rounding does to a value that was `before`: in the exact run nothing. */
type Rounding = (value: number, before: number, index: number) => number;

function referenceRun(run: ReferenceRun, rounding: Rounding): Map<string, Float64Array> {
  const { spec, maxNorm, maxValue, start, rates, gradientAt } = run;
  const values = new Map([...start].map(([key, data]) => [key, Float64Array.from(data)]));
  for (const [key, data] of start)
    for (const slot of optimizerSlots(spec)) values.set(`${slot} ${key}`, new Float64Array(data.length));
  rates.forEach((learningRate, step) => {
    const gradients = new Map(
      [...start.keys()].map((key) => {
        const gradient = Float64Array.from(gradientAt(step, key));
        return [key, gradient.map((value, i) => rounding(value, value, i))];
      }),
    );
    if (maxNorm !== null) clipGradientNorm([...gradients.values()], maxNorm);
    if (maxValue !== null) for (const gradient of gradients.values()) clipGradientValue(gradient, maxValue);
    const before = new Map([...values].map(([key, data]) => [key, data.slice()]));
    for (const [key, gradient] of gradients) {
      const slots = Object.fromEntries(
        optimizerSlots(spec).map((slot) => [slot, values.get(`${slot} ${key}`) ?? new Float64Array()]),
      );
      const parameter = values.get(key) ?? new Float64Array();
      updateParameter(spec, { parameter, gradient, slots, learningRate, updates: step + 1 });
    }
    for (const [key, data] of values)
      data.forEach((value, i) => (data[i] = rounding(value, before.get(key)?.[i] ?? 0, i + step)));
  });
  return values;
}

/** Roundings that are tried: each value off by four float32 units, in another pattern of signs each time. */
const roundings = 12;

/**
 * Largest error of `actual` in parts of what rounding may do: the largest change of the same value in float64 runs whose values are
 * each off by four units of float32 after every step, and as much of the value itself.
 */
export function worstRatio(run: ReferenceRun, actual: Values): number {
  const exact = referenceRun(run, (value) => value);
  const rounded = Array.from({ length: roundings }, (_, key) =>
    referenceRun(run, (value, before, i) => {
      const unit = 2 ** -22 * Math.max(Math.abs(value), Math.abs(before));
      return uniform(key, i) < 0.5 ? value - unit : value + unit;
    }),
  );
  if ([...actual.keys()].toSorted().join() !== [...exact.keys()].toSorted().join()) return Infinity;
  let worst = 0;
  for (const [key, expected] of exact) {
    const found = actual.get(key) ?? [];
    const start = run.start.get(key) ?? [];
    if (found.length !== expected.length) return Infinity;
    expected.forEach((value, i) => {
      const moved = Math.max(...rounded.map((other) => Math.abs((other.get(key)?.[i] ?? NaN) - value)));
      const allowed = moved + 2 ** -22 * Math.max(Math.abs(value), Math.abs(start[i] ?? 0));
      const ratio = Math.abs((found[i] ?? NaN) - value) / Math.max(allowed, 2 ** -126);
      if (!(ratio <= worst)) worst = ratio;
    });
  }
  return worst;
}

/** Random gradients for an update alone, and where it starts. */
export function looseRun({ spec, learningRate }: OptimizerCase, length: number): ReferenceRun {
  const floats = (key: number): Float32Array => Float32Array.from({ length }, (_, i) => normal(key, i));
  return {
    spec,
    maxNorm: null,
    maxValue: null,
    start: new Map([['weight', floats(1)]]),
    rates: Array.from({ length: caseSteps }, () => learningRate),
    gradientAt: (step) => floats(step + 2),
  };
}

const batchSize = 8;
const labels = Uint8Array.from({ length: caseSteps * batchSize }, (_, n) => randomBits(1, n) % 10);

const inputs = 16;
/** Few weights. */
export const pooledNetwork: NetworkSpec = {
  id: 'custom',
  name: 'Pooled',
  outputActivation: 'none',
  layers: [
    { kind: 'AdaptiveAvgPool2d', name: 'pool', outputSize: 4 },
    { kind: 'Flatten', name: 'flatten' },
    linear('fc', inputs, 10),
  ],
};

function configFor({ spec, learningRate, maxNorm, maxValue, schedule }: OptimizerCase): RunConfig {
  return configOf([], 'nll_logits', {
    network: pooledNetwork,
    optimizer: spec,
    learningRate,
    schedule,
    clipGradNorm: maxNorm,
    ...(maxValue === null ? {} : { clipGradValue: maxValue }),
    batchSize,
    trainingImages: labels.length,
  });
}

function valuesOf({ parameters, optimizer }: EngineState): Values {
  const named = (state: StateDict, slot: string) =>
    [...state].map(([key, { data }]) => [`${slot}${key}`, Array.from(data, Number)] as const);
  return new Map([
    ...named(parameters, ''),
    ...Object.entries(optimizer).flatMap(([slot, state]) => named(state, `${slot} `)),
  ]);
}

/**
 * As worstRatio, of a run of the engine. Its images are black and its loss is -z[t], so that the gradient is exact: of the bias the
 * share of each label in the batch, of the weights 0. Half-way the run goes on from its written state.
 */
export async function worstRunRatio(engine: Engine, one: OptimizerCase): Promise<number> {
  const config = configFor(one);
  await engine.setImages('train', {
    images: new Uint8Array(labels.length * 784),
    labels,
    count: labels.length,
  });
  await engine.compile(config);
  const { parameters } = await engine.readState();
  await engine.step(caseSteps / 2);
  const half = await engine.readState();
  await engine.compile(config, half);
  await engine.step(caseSteps / 2);
  const bias = (step: number): Float64Array => {
    const gradient = new Float64Array(10);
    for (const label of labels.subarray(step * batchSize, (step + 1) * batchSize))
      gradient[label] = (gradient[label] ?? 0) - 1 / batchSize;
    return gradient;
  };
  const run: ReferenceRun = {
    spec: one.spec,
    maxNorm: one.maxNorm,
    maxValue: one.maxValue,
    start: valuesOf({ step: 0, parameters, optimizer: {} }),
    rates: Array.from({ length: caseSteps }, (_, step) => learningRateAt(config, step)),
    gradientAt: (step, key) => (key === 'fc.bias' ? bias(step) : new Float64Array(10 * inputs)),
  };
  return worstRatio(run, valuesOf(await engine.readState()));
}
