// Directions through the weights against PyTorch and numpy (fixtures/pytorch/loss_landscape.py).
import { describe, expect, it } from 'vitest';
import { landscapeFixture, tinyConfig, tinyState } from '../../../scripts/tinyNetworks.ts';
import { dot, flattened, norm, parameterSpans } from '@/training/flatParameters';
import { principalPlane } from './principalPlane';
import { filterNormalise, randomDirections } from './randomDirections';

const fixture = landscapeFixture();
const spans = parameterSpans(tinyConfig('smooth').network);
const weights = flattened(spans, tinyState('smooth', fixture.state));

/** Largest distance of two vectors' values, by the largest value. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a).toHaveLength(b.length);
  const largest = Math.max(...Array.from(b, Math.abs));
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - (b[i] ?? NaN)))) / largest;
}

describe('random directions', () => {
  // PyTorch computes norm and product in float32.
  const rounding = 8 * 2 ** -24;

  it('are filter-normalised as by the code of Li et al.', () => {
    for (const [which, raw] of fixture.random.raw.entries()) {
      const direction = filterNormalise(Float32Array.from(raw), weights, spans);
      expect(distance(direction, fixture.random.directions[which] ?? [])).toBeLessThan(rounding);
    }
  });

  it('are one pair a seed, each filter as long as its own, at a right angle but for chance', () => {
    const [a, b] = randomDirections(1, weights, spans);
    expect(randomDirections(1, weights, spans)).toEqual([a, b]);
    expect(randomDirections(2, weights, spans)[0]).not.toEqual(a);
    const fc = spans.find(({ key }) => key === 'fc.weight');
    for (const direction of [a, b])
      expect(norm(direction.subarray(fc?.start, (fc?.start ?? 0) + 48))).toBeCloseTo(
        norm(weights.subarray(fc?.start, (fc?.start ?? 0) + 48)),
        5,
      );
    // A cosine of random directions of n dimensions is about 1 / sqrt(n).
    expect(Math.abs(dot(a, b)) / norm(a) / norm(b)).toBeLessThan(4 / Math.sqrt(weights.length));
  });
});

describe('the plane of the path', () => {
  const states = fixture.path.states.map((lists) => flattened(spans, tinyState('smooth', lists)));
  const last = states.at(-1) ?? new Float32Array();
  const planeOf = (count: number, heldBytes?: number) =>
    principalPlane(
      {
        count,
        last,
        at: (index) => Promise.resolve((states[index] ?? last).slice()),
        turn: () => Promise.resolve(),
      },
      heldBytes,
    );

  it('is that of the principal components, however few states are in memory', async () => {
    const plane = await planeOf(states.length - 1);
    expect(await planeOf(states.length - 1, 1)).toEqual(plane);
    expect(plane?.explained[0]).toBeCloseTo(fixture.path.explained[0] ?? NaN, 6);
    expect(plane?.explained[1]).toBeCloseTo(fixture.path.explained[1] ?? NaN, 6);
    // Differences are rounded to float32, by 2^-24 of the weights, which are a few times as long as the second component's part.
    for (const axis of [0, 1] as const) {
      const expected = fixture.path.components[axis] ?? [];
      const component = plane?.components[axis] ?? [];
      const sign = Math.sign(dot(component, expected));
      expect(
        distance(
          component,
          expected.map((value) => sign * value),
        ),
      ).toBeLessThan(1e-5);
      const places = fixture.path.places.map((place) => sign * (place[axis] ?? NaN));
      expect(distance(plane?.places.map((place) => place[axis]) ?? [], places)).toBeLessThan(1e-5);
    }
    expect(plane?.places[0]?.[0], 'from the left').toBeLessThan(0);
  });

  it('is none where the states lie on a line', async () => {
    expect(await planeOf(2)).toBeNull();
  });
});
