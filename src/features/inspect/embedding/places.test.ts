import { expect, test } from 'vitest';
import { principalComponents } from '@/model/principalComponents';
import { readPredictions } from '../../../../scripts/fixtures/readPredictions.ts';
import { frameOf, type Hidden, obstacleOf, placesOn } from './places';

const { hidden: features, labels: all } = readPredictions();
const labels = all.slice(0, features.length / 50);
const hidden: Hidden = {
  layer: 'relu3',
  isInput: false,
  features,
  images: new Uint8Array(0),
  labels,
  step: 600,
};
const components = principalComponents(features, 50, 2);

test('points of another step move along the same axes: twice the activations, twice as far from the mean', () => {
  const places = placesOn(components, hidden);
  const moved = placesOn(components, {
    ...hidden,
    features: features.map((value, i) => 2 * value - (components.mean[i % 50] ?? NaN)),
  });
  moved.forEach((value, i) => expect(value).toBeCloseTo(2 * (places[i] ?? NaN), 3));
});

test('values that vary in one direction alone lie on a line', () => {
  const line = { ...hidden, labels: labels.slice(0, 3), features: Float32Array.of(0, 0, 1, 2, 2, 4) };
  const places = placesOn(principalComponents(line.features, 2, 2), line);
  expect([places[1], places[3], places[5]]).toEqual([0, 0, 0]);
  expect((places[4] ?? NaN) - (places[0] ?? NaN)).toBeCloseTo(Math.sqrt(20), 5);
});

test('a frame holds all points, and those of another one', () => {
  const [left, right, low, high] = frameOf(Float32Array.of(0, 0, 10, 20));
  expect([left, right, low, high]).toEqual([-0.5, 10.5, -1, 21]);
  expect(frameOf(Float32Array.of(-5, 3, 4, 4), [left, right, low, high])[0]).toBeCloseTo(-5.45, 5);
  expect(frameOf(Float32Array.of(-5, 3, 4, 4), [left, right, low, high]).slice(1)).toEqual([10.5, -1, 21]);
  const [from, to] = frameOf(Float32Array.of(7, 7, 7, 7));
  expect(to).toBeGreaterThan(from);
});

test('says why there is nothing to lay out', () => {
  expect(obstacleOf(hidden)).toBeNull();
  expect(obstacleOf({ ...hidden, layer: null, features: new Float32Array(0) })).toBe('no_linear');
  expect(obstacleOf({ ...hidden, features: features.map((value, i) => (i === 77 ? NaN : value)) })).toBe(
    'not_numbers',
  );
  expect(obstacleOf({ ...hidden, features: features.map((_, i) => i % 50) })).toBe('all_same');
});
