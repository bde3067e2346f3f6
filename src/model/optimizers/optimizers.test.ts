// The definitions of optimizers against PyTorch in float64: fixtures/pytorch/optimizers.py.
import { expect, it } from 'vitest';
import { clipGradientNorm } from '@/model/clipGradientNorm';
import { clipGradientValue } from '@/model/clipGradientValue';
import { optimizerKinds, optimizerSlots, updateParameter, type OptimizerSpec } from '@/model/optimizers';
import text from '../../../fixtures/pytorch/optimizers.json?raw';

type Named = Readonly<Record<string, readonly number[]>>;

interface File {
  readonly start: Named;
  readonly gradients: readonly Named[];
  readonly cases: readonly {
    readonly spec: OptimizerSpec;
    readonly learningRate: number;
    readonly maxNorm: number | null;
    readonly maxValue: number | null;
    readonly updated: { readonly parameters: Named; readonly slots: Readonly<Record<string, Named>> };
  }[];
}

const { start, gradients, cases } = JSON.parse(text) as File;

/** Float64 operations in another order. */
const rounding = 1e-12;

function expectClose(
  actual: ArrayLike<number>,
  expected: readonly number[] = [],
  tolerance = rounding,
): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, i) => expect(Math.abs((actual[i] ?? NaN) - value)).toBeLessThan(tolerance));
}

it('knows every optimizer', () => {
  expect(new Set(cases.map(({ spec }) => spec.kind))).toEqual(new Set(optimizerKinds));
});

it.each(cases)(
  '$spec, clipped to $maxNorm and $maxValue',
  ({ spec, learningRate, maxNorm, maxValue, updated }) => {
    expect(Object.keys(updated.slots).toSorted()).toEqual([...optimizerSlots(spec)].toSorted());
    const parameters = new Map(Object.entries(start).map(([key, data]) => [key, Float64Array.from(data)]));
    const slots = new Map(
      [...parameters].map(([key, data]) => [
        key,
        Object.fromEntries(optimizerSlots(spec).map((name) => [name, new Float64Array(data.length)])),
      ]),
    );
    gradients.forEach((gradient, step) => {
      const given = new Map(Object.entries(gradient).map(([key, data]) => [key, Float64Array.from(data)]));
      if (maxNorm !== null) clipGradientNorm([...given.values()], maxNorm);
      if (maxValue !== null) for (const one of given.values()) clipGradientValue(one, maxValue);
      for (const [key, parameter] of parameters) {
        const update = { parameter, gradient: given.get(key) ?? parameter, slots: slots.get(key) ?? {} };
        updateParameter(spec, { ...update, learningRate, updates: step + 1 });
      }
    });
    for (const [key, parameter] of parameters) {
      // clipGradientNorm rounds the norm to float32, as PyTorch does in a run.
      const tolerance = maxNorm === null ? rounding : 1e-7;
      expectClose(parameter, updated.parameters[key], tolerance);
      for (const [name, slot] of Object.entries(slots.get(key) ?? {}))
        expectClose(slot, updated.slots[name]?.[key], tolerance);
    }
  },
);
