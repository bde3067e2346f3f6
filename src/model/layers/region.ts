/** Which places of a layer's input a part of its output is computed from, channels aside: what receptive fields are made of. */
import type { Shape } from '@/model/shape';

/** Places along an axis, ascending. */
export type Places = readonly number[];

/** Places along each axis: rows and columns of an image, whose crossings are meant, or features of a row of values. */
export type Region = readonly Places[];

const ascending = (places: Iterable<number>): number[] => [...new Set(places)].sort((a, b) => a - b);

/** Every place of values of this shape. */
export function wholeRegion(shape: Shape): Region {
  const axes = shape.length === 1 ? shape : shape.slice(1);
  return axes.map((size) => Array.from({ length: size }, (_, place) => place));
}

/** The smallest region that holds both. */
export function unionOf(a: Region, b: Region): Region {
  return a.map((places, axis) => ascending([...places, ...(b[axis] ?? [])]));
}

/** @param windowAt places of the window of one output along an axis of `size` places, also beside the image */
export function windowsRegion(
  output: Region,
  input: Shape,
  windowAt: (place: number, size: number) => Places,
): Region {
  return output.map((places, axis) => {
    const size = input[axis + 1] ?? 0;
    return ascending(
      places.flatMap((place) => windowAt(place, size)).filter((place) => place >= 0 && place < size),
    );
  });
}

interface KernelWindow {
  readonly kernelSize: number;
  readonly stride: number;
  readonly padding: number;
  readonly dilation?: number;
}

/** Windows of a kernel whose taps lie `dilation` apart. */
export function kernelRegion(
  output: Region,
  input: Shape,
  { kernelSize, stride, padding, dilation = 1 }: KernelWindow,
): Region {
  return windowsRegion(output, input, (place) =>
    Array.from({ length: kernelSize }, (_, tap) => place * stride - padding + tap * dilation),
  );
}

/** Rows and columns of values with these numbers among all of an image of this shape. */
export function imageRegion(features: Places, [, height = 1, width = 1]: Shape): Region {
  return [
    ascending(features.map((feature) => Math.floor(feature / width) % height)),
    ascending(features.map((feature) => feature % width)),
  ];
}
