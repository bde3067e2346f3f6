import { array, assert, double, property, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { centreOfMass, type GreyImage, mnistPreprocess } from '@/model/mnistPreprocess';
import { drawStrokes, emptyImage, type Stroke, type StrokePoint } from '@/model/strokes';

const size = 140;

function drawn(...strokes: readonly (readonly (readonly [number, number])[])[]): GreyImage {
  const image = emptyImage(size);
  drawStrokes(
    image,
    strokes.map((points): Stroke => ({ points: points.map(([x, y]): StrokePoint => ({ x, y })) })),
  );
  return image;
}

const asImage = (bytes: Uint8Array): GreyImage => ({
  width: 28,
  height: 28,
  values: Float32Array.from(bytes),
});

function extent(bytes: Uint8Array): { width: number; height: number } {
  const inked = [...bytes.keys()].filter((index) => (bytes[index] ?? 0) > 0);
  const xs = inked.map((index) => index % 28);
  const ys = inked.map((index) => Math.floor(index / 28));
  return { width: Math.max(...xs) - Math.min(...xs) + 1, height: Math.max(...ys) - Math.min(...ys) + 1 };
}

const seven = [
  [0.25, 0.2],
  [0.75, 0.2],
  [0.45, 0.85],
] as const;

const coordinate = double({ min: 0.1, max: 0.9, noNaN: true });
// The mass of a digit lies near the middle of its box; a closed outline over the whole box keeps these drawings so, too.
const digitLike = array(tuple(coordinate, coordinate), { minLength: 2, maxLength: 8 }).map((points) =>
  drawn(
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
  it('gives black for an empty drawing', () => {
    expect(mnistPreprocess(emptyImage(size)).every((byte) => byte === 0)).toBe(true);
  });

  it('centres the mass within half a pixel and keeps within 20 x 20', () => {
    assert(
      property(digitLike, (drawing) => {
        const bytes = mnistPreprocess(drawing);
        const { x, y } = centreOfMass(asImage(bytes));
        // 0.02 for rounding to bytes.
        expect(Math.abs(x - 14)).toBeLessThanOrEqual(0.52);
        expect(Math.abs(y - 14)).toBeLessThanOrEqual(0.52);
        const { width, height } = extent(bytes);
        expect(Math.max(width, height)).toBeLessThanOrEqual(20);
      }),
      { numRuns: 60 },
    );
  });

  it('fills the 20 pixels with the longer side and keeps the aspect ratio', () => {
    const { width, height } = extent(
      mnistPreprocess(
        drawn([
          [0.5, 0.1],
          [0.5, 0.9],
        ]),
      ),
    );
    expect(height).toBe(20);
    // A stroke of 0.8 plus the pen's 0.09 high and 0.09 wide: 20 * 0.09 / 0.89 = 2.
    expect(width).toBe(2);
  });

  it('gives the same image wherever on the pad it is drawn', () => {
    const moved = seven.map(([x, y]): readonly [number, number] => [x - 14 / size, y + 7 / size]);
    expect(mnistPreprocess(drawn(moved))).toEqual(mnistPreprocess(drawn(seven)));
  });

  it('gives nearly the same image at half the size with half the pen', () => {
    const large = mnistPreprocess(drawn(seven));
    const doubled = emptyImage(size * 2);
    drawStrokes(doubled, [{ points: seven.map(([x, y]) => ({ x, y })) }]);
    const difference = mnistPreprocess(doubled).reduce(
      (sum, byte, i) => sum + Math.abs(byte - (large[i] ?? 0)),
      0,
    );
    const ink = large.reduce((sum, byte) => sum + byte, 0);
    expect(difference / ink).toBeLessThan(0.06);
  });

  it('is full ink inside a stroke and grey at its edge', () => {
    const bytes = mnistPreprocess(drawn(seven));
    expect(Math.max(...bytes)).toBe(255);
    expect([...bytes].some((byte) => byte > 20 && byte < 235)).toBe(true);
  });

  it('moves a lopsided drawing so that its mass, not its box, is in the middle', () => {
    const bytes = mnistPreprocess(
      drawn(
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
    expect(boxMiddle).toBeGreaterThan(15.5);
  });

  it('shows a single dot', () => {
    const { width, height } = extent(mnistPreprocess(drawn([[0.9, 0.1]])));
    expect([width, height]).toEqual([20, 20]);
  });
});
