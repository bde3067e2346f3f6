/** The algorithms of the stages behind the convolution, as lines of code. */
import type { LabDocument } from '@/features/convLab/convLabState';

/** `setUp` before the first step; `start` begins a sum, `operate` is a step, `land` writes the finished cell. */
export type LineRole = 'setUp' | 'start' | 'operate' | 'land';

export type Listing = readonly (readonly [text: string, role?: LineRole])[];

export function reluListing(python: boolean): Listing {
  return python
    ? [
        ['for f in range(filters):', 'setUp'],
        ['    for i in range(height):'],
        ['        for j in range(width):'],
        ['            out[f, i, j] = max(0, x[f, i, j])', 'operate'],
      ]
    : [
        ['for (let f = 0; f < filters; f++)', 'setUp'],
        ['  for (let i = 0; i < height; i++)'],
        ['    for (let j = 0; j < width; j++)'],
        ['      out[f][i][j] = Math.max(0, x[f][i][j]);', 'operate'],
      ];
}

export function pointwiseListing(python: boolean): Listing {
  return python
    ? [
        ['for f in range(filters):', 'setUp'],
        ['    for i in range(height):'],
        ['        for j in range(width):'],
        ['            total = 0', 'start'],
        ['            for c in range(channels):'],
        ['                total += x[c, i, j] * w[f, c]', 'operate'],
        ['            out[f, i, j] = total', 'land'],
      ]
    : [
        ['for (let f = 0; f < filters; f++)', 'setUp'],
        ['  for (let i = 0; i < height; i++)'],
        ['    for (let j = 0; j < width; j++) {'],
        ['      let sum = 0;', 'start'],
        ['      for (let c = 0; c < channels; c++)'],
        ['        sum += x[c][i][j] * w[f][c];', 'operate'],
        ['      out[f][i][j] = sum;', 'land'],
        ['    }'],
      ];
}

/** Its first line where there is padding. */
function poolPadLines(padding: number, filler: string, python: boolean): Listing {
  if (padding === 0) return [];
  const edges = `(${padding}, ${padding})`;
  return python
    ? [[`x = np.pad(x, ((0, 0), ${edges}, ${edges}), constant_values=${filler})`, 'setUp']]
    : [[`x = pad(x, ${padding}, ${filler});`, 'setUp']];
}

export function avgPoolListing(
  { pool: { kernelSize: k, stride: s, padding, countIncludePad } }: LabDocument,
  python: boolean,
): Listing {
  const divisor =
    countIncludePad || padding === 0 ? k * k : python ? 'cells_inside(i, j)' : 'cellsInside(i, j)';
  return python
    ? [
        ...poolPadLines(padding, '0', true),
        ['for c in range(channels):', 'setUp'],
        ['    for i in range(out_height):'],
        ['        for j in range(out_width):'],
        ['            total = 0', 'start'],
        [`            for u in range(${k}):`],
        [`                for v in range(${k}):`],
        [`                    total += x[c, i*${s} + u, j*${s} + v]`, 'operate'],
        [`            out[c, i, j] = total / ${divisor}`, 'land'],
      ]
    : [
        ...poolPadLines(padding, '0', false),
        ['for (let c = 0; c < channels; c++)', 'setUp'],
        ['  for (let i = 0; i < outHeight; i++)'],
        ['    for (let j = 0; j < outWidth; j++) {'],
        ['      let sum = 0;', 'start'],
        [`      for (let u = 0; u < ${k}; u++)`],
        [`        for (let v = 0; v < ${k}; v++)`],
        [`          sum += x[c][i*${s} + u][j*${s} + v];`, 'operate'],
        [`      out[c][i][j] = sum / ${divisor};`, 'land'],
        ['    }'],
      ];
}

export function maxPoolListing(
  { pool: { kernelSize: k, stride: s, padding } }: LabDocument,
  python: boolean,
): Listing {
  return python
    ? [
        ...poolPadLines(padding, '-inf', true),
        ['for c in range(channels):', 'setUp'],
        ['    for i in range(out_height):'],
        ['        for j in range(out_width):'],
        ['            largest = -inf', 'start'],
        [`            for u in range(${k}):`],
        [`                for v in range(${k}):`],
        [`                    if x[c, i*${s} + u, j*${s} + v] > largest:`, 'operate'],
        [`                        largest = x[c, i*${s} + u, j*${s} + v]`, 'operate'],
        ['            out[c, i, j] = largest', 'land'],
      ]
    : [
        ...poolPadLines(padding, '-Infinity', false),
        ['for (let c = 0; c < channels; c++)', 'setUp'],
        ['  for (let i = 0; i < outHeight; i++)'],
        ['    for (let j = 0; j < outWidth; j++) {'],
        ['      let largest = -Infinity;', 'start'],
        [`      for (let u = 0; u < ${k}; u++)`],
        [`        for (let v = 0; v < ${k}; v++)`],
        [`          if (x[c][i*${s} + u][j*${s} + v] > largest)`, 'operate'],
        [`            largest = x[c][i*${s} + u][j*${s} + v];`, 'operate'],
        ['      out[c][i][j] = largest;', 'land'],
        ['    }'],
      ];
}
