// One test digit against torchvision's affine and gaussian_blur, and the noise against its definition in PyTorch.
import { expect, test } from 'vitest';
import { decodeSafetensors } from '@/formats/safetensors';
import { floatTensor } from '../../scripts/fixtures/fixture.ts';
import { fixturePath, pytorchFixtures, readBytes } from '../../scripts/fixtures/readFixture.ts';
import { byteTensor } from '../../scripts/fixtures/readPredictions.ts';
import {
  blurred,
  corrupt,
  corruptionKinds,
  corruptionStrengths,
  moved,
  neutralStrength,
  noisy,
} from './corruptions';

const { tensors } = decodeSafetensors(readBytes(fixturePath(pytorchFixtures, 'corruptions.safetensors')));
const image = byteTensor(tensors, 'image');
const strengths = (name: string): Float32Array => floatTensor(tensors, `${name}/strengths`);

/** Largest distance to the fixture's image number `index` of this name. */
function distance(values: Float32Array, name: string, index: number): number {
  const wanted = floatTensor(tensors, name).subarray(index * 784, (index + 1) * 784);
  expect(wanted).toHaveLength(784);
  return Math.max(...values.map((value, pixel) => Math.abs(value - (wanted[pixel] ?? NaN))));
}

// torchvision computes affine's grid and the blur's kernel in float32 even for float64 images, so 1e-5: a 400th of a grey level.
const tolerance = 1e-5;

test('a shift is torchvision’s', () => {
  const [first] = strengths('shift');
  expect(first).toBe(0);
  for (let i = 0; i < 5; i += 1) {
    const [right = NaN, down = NaN] = strengths('shift').subarray(2 * i);
    expect(distance(moved(image, { right, down }), 'shift', i)).toBeLessThan(tolerance);
  }
});

test('a rotation is torchvision’s', () => {
  strengths('rotation').forEach((degrees, i) =>
    expect(distance(moved(image, { degrees }), 'rotation', i)).toBeLessThan(tolerance),
  );
});

test('a change of size is torchvision’s', () => {
  strengths('scale').forEach((size, i) =>
    expect(distance(moved(image, { size }), 'scale', i)).toBeLessThan(tolerance),
  );
});

test('a blur is torchvision’s', () => {
  strengths('blur').forEach((sigma, i) =>
    expect(distance(blurred(image, sigma), 'blur', i)).toBeLessThan(tolerance),
  );
});

test('noise is normal, and cut to the range of an image', () => {
  const key = tensors.get('noise_key');
  if (key?.dtype !== 'I64') throw new Error('No noise_key.');
  // The quantile has a relative error of 1e-7 at |z| < 5.5.
  strengths('noise').forEach((sigma, i) =>
    expect(distance(noisy(image, sigma, Number(key.data[0])), 'noise', i)).toBeLessThan(tolerance),
  );
});

test.each(corruptionKinds)(
  '%s leaves an image as it is at its neutral strength, and changes it more and more',
  (kind) => {
    const neutral = neutralStrength[kind];
    expect(corruptionStrengths[kind]).toContain(neutral);
    const changes = corruptionStrengths[kind]
      .filter((strength) => strength >= neutral)
      .map((strength) => {
        const spoiled = corrupt(image, { kind, strength }, 0, 18);
        return spoiled.reduce((sum, value, pixel) => sum + Math.abs(value - (image[pixel] ?? 0)), 0);
      });
    expect(changes[0]).toBe(0);
    changes.slice(1).forEach((change, i) => {
      if (kind !== 'shift' && kind !== 'rotation') expect(change).toBeGreaterThan(changes[i] ?? NaN);
      else expect(change).toBeGreaterThan(0);
    });
  },
);

test('what is drawn depends on the seed and the image, and not on the strength', () => {
  const turned = (seed: number, index: number, strength = 40) =>
    corrupt(image, { kind: 'rotation', strength }, seed, index).join();
  const both = new Set(Array.from({ length: 20 }, (_, index) => turned(0, index)));
  expect(both.size).toBe(2);
  expect(Array.from({ length: 20 }, (_, seed) => turned(seed, 0)).some((one) => one !== turned(0, 0))).toBe(
    true,
  );
  const centreOfInk = (strength: number): number => {
    const spoiled = corrupt(image, { kind: 'shift', strength }, 3, 5);
    return spoiled.reduce((sum, value, i) => sum + value * (i % 28) - value * Math.floor(i / 28), 0);
  };
  const [start, ...moves] = [0, 1, 2, 3].map(centreOfInk);
  const signs = moves.map((move) => Math.sign(move - (start ?? NaN)));
  expect(new Set(signs).size).toBe(1);
});
