import { expect, test } from 'vitest';
import { overlayColours, overlayPixels } from '@/features/inspect/why/overlay';

const rgbAt = (rgba: Uint8ClampedArray, pixel: number): number[] => [
  ...rgba.subarray(pixel * 4, pixel * 4 + 3),
];

test('colours a value as strongly as it is large, over the digit', () => {
  const pixels = new Uint8Array(784).fill(200);
  const values = new Float32Array(784);
  values.set([0, 2, -2, 1, 9, NaN]);
  const rgba = overlayPixels({ pixels, values, extent: 2 });
  expect(rgbAt(rgba, 0)).toEqual([120, 120, 120]);
  expect(rgbAt(rgba, 1)).toEqual([...overlayColours.positive]);
  expect(rgbAt(rgba, 2)).toEqual([...overlayColours.negative]);
  const between = overlayColours.positive.map((channel) => (120 + channel) / 2);
  rgbAt(rgba, 3).forEach((channel, c) =>
    expect(Math.abs(channel - (between[c] ?? NaN))).toBeLessThanOrEqual(0.5),
  );
  expect(rgbAt(rgba, 4)).toEqual([...overlayColours.positive]);
  expect(rgbAt(rgba, 5)).toEqual([255, 0, 200]);
  expect(rgbAt(overlayPixels({ pixels, values: new Float32Array(784), extent: 0 }), 3)).toEqual([
    120, 120, 120,
  ]);
});
