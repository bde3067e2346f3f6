import { array, assert, double, property, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { centreOfMass, mnistPreprocess, mnistCentre, mnistPenWidth } from '@/model/mnistPreprocess';
import type { Stroke } from '@/model/strokes';
import { mnistImages } from '../../scripts/mnistImages.ts';

type Place = readonly [x: number, y: number];

const strokes = (...lines: readonly (readonly Place[])[]): Stroke[] =>
  lines.map((points) => ({ points: points.map(([x, y]) => ({ x, y })) }));
/** The same drawing, so many times as large and moved by so much. */
const moved = (drawing: readonly Stroke[], scale: number, dx: number, dy: number): Stroke[] =>
  drawing.map(({ points }) => ({
    points: points.map(({ x, y }) => ({ x: x * scale + dx, y: y * scale + dy })),
  }));

const sum = (bytes: Uint8Array): number => bytes.reduce((total, byte) => total + byte, 0);
/** Sum of absolute differences as a share of the ink. */
const difference = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((total, byte, i) => total + Math.abs(byte - (b[i] ?? 0)), 0) / sum(a);

function extent(bytes: Uint8Array): { width: number; height: number } {
  const inked = [...bytes.keys()].filter((index) => (bytes[index] ?? 0) > 0);
  const xs = inked.map((index) => index % 28);
  const ys = inked.map((index) => Math.floor(index / 28));
  return { width: Math.max(...xs) - Math.min(...xs) + 1, height: Math.max(...ys) - Math.min(...ys) + 1 };
}

const centreOf = (bytes: Uint8Array): { x: number; y: number } =>
  centreOfMass({ width: 28, height: 28, values: Float32Array.from(bytes) });

const seven = strokes([
  [0.25, 0.2],
  [0.75, 0.2],
  [0.45, 0.85],
]);

const coordinate = double({ min: 0.1, max: 0.9, noNaN: true });
// The mass of a digit lies near the middle of its box; a closed outline over the whole box keeps these drawings so, too.
const digitLike = array(tuple(coordinate, coordinate), { minLength: 2, maxLength: 8 }).map((points) =>
  strokes(
    [
      [0.1, 0.1],
      [0.9, 0.1],
      [0.9, 0.9],
      [0.1, 0.9],
      [0.1, 0.1],
    ],
    points,
  ),
);

describe('mnistPreprocess', () => {
  it('gives black for an empty drawing, and for one off the pad', () => {
    expect(sum(mnistPreprocess([]))).toBe(0);
    expect(
      sum(
        mnistPreprocess(
          strokes([
            [1.1, 0.2],
            [1.4, 0.9],
          ]),
        ),
      ),
    ).toBe(0);
  });

  it('brings the mass to within half a pixel of MNIST’s and keeps within 20 x 20', () => {
    assert(
      property(digitLike, (drawing) => {
        const bytes = mnistPreprocess(drawing);
        const { x, y } = centreOf(bytes);
        // 0.02 for rounding to bytes.
        expect(Math.abs(x - mnistCentre)).toBeLessThanOrEqual(0.52);
        expect(Math.abs(y - mnistCentre)).toBeLessThanOrEqual(0.52);
        const { width, height } = extent(bytes);
        expect(Math.max(width, height)).toBeLessThanOrEqual(20);
      }),
      { numRuns: 60 },
    );
  });

  it('centres where MNIST does: on the test images the centre of mass is 14.5 on average, and at most half a pixel off', () => {
    const { images } = mnistImages('test');
    const count = 1000;
    let [x, y] = [0, 0];
    for (let i = 0; i < count; i += 1) {
      const centre = centreOf(images.subarray(i * 784, (i + 1) * 784));
      expect(Math.abs(centre.x - mnistCentre)).toBeLessThanOrEqual(0.52);
      expect(Math.abs(centre.y - mnistCentre)).toBeLessThanOrEqual(0.52);
      x += centre.x / count;
      y += centre.y / count;
    }
    // Spread evenly over a pixel, a thousand of them have a mean within 0.03 in all but one of a thousand draws.
    expect(Math.abs(x - mnistCentre)).toBeLessThan(0.03);
    expect(Math.abs(y - mnistCentre)).toBeLessThan(0.03);
  });

  it('fills the 20 pixels with the longer side, with a stroke as wide as MNIST’s', () => {
    const upright = mnistPreprocess(
      strokes([
        [0.5, 0.1],
        [0.5, 0.9],
      ]),
    );
    expect(extent(upright).height).toBe(20);
    const middle = upright.subarray(14 * 28, 15 * 28);
    expect(sum(middle) / 255).toBeCloseTo(mnistPenWidth, 1);
  });

  it('gives the same image wherever and however large it is drawn', () => {
    const drawn = mnistPreprocess(seven);
    for (const scale of [0.15, 0.3, 0.6, 1]) {
      for (const [dx, dy] of [
        [0, 0],
        [0.03, -0.02],
      ] as const) {
        // Rounding may bring a centre of mass to the other side of half a pixel in none of these.
        expect(difference(drawn, mnistPreprocess(moved(seven, scale, dx, dy)))).toBeLessThan(1e-3);
      }
    }
  });

  it('is full ink inside a stroke and grey at its edge', () => {
    const bytes = mnistPreprocess(seven);
    expect(Math.max(...bytes)).toBe(255);
    expect([...bytes].some((byte) => byte > 20 && byte < 235)).toBe(true);
  });

  it('shows a tap as a dot of the pen’s width', () => {
    for (const [x, y] of [
      [0.9, 0.1],
      [0, 0],
    ] as const) {
      const bytes = mnistPreprocess(strokes([[x, y]]));
      expect(sum(bytes) / 255).toBeCloseTo((Math.PI * mnistPenWidth ** 2) / 4, 0);
      expect(Math.max(...Object.values(extent(bytes)))).toBeLessThanOrEqual(4);
    }
    const shaken = mnistPreprocess(
      strokes([
        [0.5, 0.5],
        [0.505, 0.503],
      ]),
    );
    expect(Math.max(...Object.values(extent(shaken)))).toBeLessThanOrEqual(6);
  });

  it('reads of a stroke that leaves the pad what is seen on it', () => {
    const outAndBack = strokes([
      [0.5, 0.2],
      [1.5, 0.2],
      [1.5, 0.7],
      [0.5, 0.7],
    ]);
    const seen = strokes(
      [
        [0.5, 0.2],
        [1, 0.2],
      ],
      [
        [1, 0.7],
        [0.5, 0.7],
      ],
    );
    expect(mnistPreprocess(outAndBack)).toEqual(mnistPreprocess(seen));
  });

  it('moves a lopsided drawing so that its mass, not its box, is in the middle', () => {
    const bytes = mnistPreprocess(
      strokes(
        [
          [0.2, 0.2],
          [0.8, 0.2],
        ],
        [
          [0.2, 0.25],
          [0.8, 0.25],
        ],
        [
          [0.5, 0.2],
          [0.5, 0.8],
        ],
      ),
    );
    const inkedRows = [...bytes.keys()].filter((i) => (bytes[i] ?? 0) > 0).map((i) => Math.floor(i / 28));
    const boxMiddle = (Math.min(...inkedRows) + Math.max(...inkedRows) + 1) / 2;
    expect(boxMiddle).toBeGreaterThan(16);
  });

  it('leaves a test image under the strokes as it is, as far as the whole has room', () => {
    const { images } = mnistImages('test');
    for (let i = 0; i < 20; i += 1) {
      const image = images.slice(i * 784, (i + 1) * 784);
      // A dot where there is ink already, well within the image.
      const distance = (index: number): number => Math.hypot((index % 28) - 14, Math.floor(index / 28) - 14);
      const full = [...image.keys()]
        .filter((index) => (image[index] ?? 0) > 200)
        .reduce((nearest, index) => (distance(index) < distance(nearest) ? index : nearest), 0);
      const dot = strokes([[((full % 28) + 0.5) / 28, (Math.floor(full / 28) + 0.5) / 28]]);
      const drawn = mnistPreprocess(dot, image);
      const added = sum(drawn) - sum(image);
      expect(added).toBeGreaterThanOrEqual(0);
      expect(added / 255).toBeLessThan((Math.PI * mnistPenWidth ** 2) / 4 + 1);
      const shifts = [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => dy * 28 + dx));
      // It may have moved by a pixel, to where the mass is now.
      const kept = shifts.map((shift) =>
        [...image.keys()].every((k) => (drawn[k + shift] ?? 0) >= (image[k] ?? 0)),
      );
      expect(kept).toContain(true);
    }
  });

  it('makes room for a stroke beside a test image', () => {
    const image = mnistImages('test').images.slice(0, 784);
    const bytes = mnistPreprocess(
      strokes([
        [0.02, 0.02],
        [0.98, 0.98],
      ]),
      image,
    );
    expect(extent(bytes)).toEqual({ width: 20, height: 20 });
  });
});
