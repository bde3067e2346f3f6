import { expect, test } from 'vitest';
import { floatTensor } from '../fixtures/fixture.ts';
import { pytorchFixtures, readFixture } from '../fixtures/readFixture.ts';
import { byRunNoise, runNoises, stateChecks, type RunNoises } from './rules.ts';

const run = 'ce/adam';
const key = 'conv2.0.weight';
const fixture = readFixture(pytorchFixtures, 'lenet');

const reference = fixture.manifest.after3[run];
const expected = reference?.state[key];
if (reference === undefined || expected === undefined || 'value' in expected || expected.delta === undefined)
  throw new Error(`The fixture lacks ${key}.`);
const summary = expected;
const { delta } = expected;

/** What PyTorch had after three steps, with `count` values of a tensor moved by a share of the steps' size. */
function failures(count: number, share: number, noises: RunNoises | null): string[] {
  const state = floatTensor(fixture.tensors, `after3/${run}/${key}`).slice();
  for (let i = 0; i < count; i += 1) state[i] = (state[i] ?? 0) + share * 3e-3;
  return stateChecks(fixture, run, key, state, summary, noises)
    .filter(({ pass }) => !pass)
    .map(({ quantity, name }) => `${quantity}: ${name}`);
}

test('the noise of a run is the largest of those that are compared', () => {
  const of = (noise: number | null) => ({ ...summary, noise: 1e-4, delta: { ...delta, noise } });
  const state = { a: of(3e-3), b: of(7e-3), c: of(0.5), d: of(null), e: { value: 3 } };
  const manifest = { ...fixture.manifest, after3: { [run]: { ...reference, state } } };
  expect(runNoises({ ...fixture, manifest }, run)).toEqual({ state: 1e-4, delta: 7e-3 });
});

test('by the run’s noise a single value may be off, a whole tensor may not', () => {
  const noises = { state: 1e-4, delta: 7e-3 };
  expect(failures(0, 0, null)).toEqual([]);
  expect(failures(1, 0.02, null)).toEqual([`delta ${run}: ${key} first8`]);
  expect(failures(1, 0.02, noises)).toEqual([]);
  expect(failures(1, 0.2, noises)).toContain(`delta ${run}${byRunNoise}: ${key} first8`);
  expect(failures(2400, 0.02, noises)).toContain(`delta ${run}: ${key} l2`);
});
