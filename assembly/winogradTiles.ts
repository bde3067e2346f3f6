/**
 * Two-dimensional Winograd transforms of single tiles: columns first, then rows, `part` bytes of channels at a time, so that what
 * lies between stays in the level-1 cache. A tile is 4 x 4 output pixels (2 x 2 in scheme 2), or the input pixels that they see. `scheme` is a
 * number of scripts/wasm/winogradTransforms.ts.
 */
import {
  inputColumns, inputColumns2, inputColumns3, inputColumns4, inputColumns5, inputRows, inputTransposedAdd, inputTransposedColumns,
  inputTransposedRows, outputColumns, outputFinish, outputTransposedColumns, outputTransposedColumns3, outputTransposedColumns4,
  outputTransposedColumns5, outputTransposedRows, partBytes,
} from './build/winogradTransforms';
import { addSupported, ALL } from './support';

/** Input pixels along a side of a tile. */
// @ts-ignore: decorator
@inline
export function tileSide(scheme: i32): i32 {
  return scheme === 2 ? 4 : scheme + 3;
}

/** Output pixels along a side of a tile. */
// @ts-ignore: decorator
@inline
export function outputSide(scheme: i32): i32 {
  return scheme === 2 ? 2 : 4;
}

/** Bytes of a tile's channels: an odd number of cache lines, since a power of two would map many tiles to the same few of them. */
// @ts-ignore: decorator
@inline
export function tileBytes(channels: i32): usize {
  return (<usize>(channels + 1) / 2 * 64) | 64;
}

/** Bytes for the support of a tile's pixels, and for that of what they reach. */
const SUPPORT_BYTES: usize = 64;

/** Bytes that the transforms below need for themselves: zeros, what lies between columns and rows, one row at an edge, and supports. */
// @ts-ignore: decorator
@inline
export function tileScratch(scheme: i32): usize {
  const n = tileSide(scheme);
  return <usize>(1 + n * n + n) * partBytes(scheme) + 2 * SUPPORT_BYTES;
}

/** Where in the scratch memory the support of a tile lies (support.ts). */
// @ts-ignore: decorator
@inline
export function supportAt(scheme: i32, scratch: usize): usize {
  return scratch + tileScratch(scheme) - 2 * SUPPORT_BYTES;
}

/** Makes the scratch memory ready. */
export function clearZeros(scheme: i32, scratch: usize): void {
  memory.fill(scratch, 0, partBytes(scheme));
}

// @ts-ignore: decorator
@inline
function rowAt(first: usize, top: i32, i: i32, height: i32, row: usize, zeros: usize): usize {
  return top + i >= 0 && top + i < height ? first + <usize>i * row : zeros;
}

/** B^T d B of the patch at (top, left), zeros outside the image; result (i, j) goes to out + (i * n + j) * place. */
export function inputTile(
  scheme: i32, image: usize, top: i32, left: i32, height: i32, width: i32, size: usize, out: usize, place: usize, scratch: usize,
): void {
  const n = tileSide(scheme);
  const part = partBytes(scheme);
  const zeros = scratch, between = scratch + part;
  const row = <usize>width * size;
  const isInside = top >= 0 && top + n <= height;
  for (let c: usize = 0; c < size; c += part) {
    const length = min(part, size - c);
    for (let j = 0; j < n; j++) {
      const x = left + j;
      const f = image + <usize>(top * width + x) * size + c;
      const target = between + <usize>j * part;
      if (x < 0 || x >= width) inputColumns(scheme, zeros, 0, target, length);
      else if (isInside) inputColumns(scheme, f, row, target, length);
      else if (scheme === 2) {
        inputColumns2(
          rowAt(f, top, 0, height, row, zeros), rowAt(f, top, 1, height, row, zeros), rowAt(f, top, 2, height, row, zeros),
          rowAt(f, top, 3, height, row, zeros), target, length,
        );
      } else if (scheme === 3) {
        inputColumns3(
          rowAt(f, top, 0, height, row, zeros), rowAt(f, top, 1, height, row, zeros), rowAt(f, top, 2, height, row, zeros),
          rowAt(f, top, 3, height, row, zeros), rowAt(f, top, 4, height, row, zeros), rowAt(f, top, 5, height, row, zeros),
          target, length,
        );
      } else if (scheme === 4) {
        inputColumns4(
          rowAt(f, top, 0, height, row, zeros), rowAt(f, top, 1, height, row, zeros), rowAt(f, top, 2, height, row, zeros),
          rowAt(f, top, 3, height, row, zeros), rowAt(f, top, 4, height, row, zeros), rowAt(f, top, 5, height, row, zeros),
          rowAt(f, top, 6, height, row, zeros), target, length,
        );
      } else {
        inputColumns5(
          rowAt(f, top, 0, height, row, zeros), rowAt(f, top, 1, height, row, zeros), rowAt(f, top, 2, height, row, zeros),
          rowAt(f, top, 3, height, row, zeros), rowAt(f, top, 4, height, row, zeros), rowAt(f, top, 5, height, row, zeros),
          rowAt(f, top, 6, height, row, zeros), rowAt(f, top, 7, height, row, zeros), target, length,
        );
      }
    }
    for (let i = 0; i < n; i++) {
      inputRows(scheme, between + <usize>(i * n) * part, out + <usize>(i * n) * place + c, place, length);
    }
  }
}

/** A^T m A of one tile, plus bias and ReLU: `rows` x `columns` of its pixels lie inside the image. */
export function outputTile(
  scheme: i32, m: usize, place: usize, bias: usize, relu: i32, out: usize, row: usize, size: usize, rows: i32, columns: i32,
  scratch: usize,
): void {
  const n = tileSide(scheme);
  const part = partBytes(scheme);
  const between = scratch + part;
  for (let c: usize = 0; c < size; c += part) {
    const length = min(part, size - c);
    for (let j = 0; j < n; j++) {
      outputColumns(scheme, m + <usize>j * place + c, <usize>n * place, between + <usize>j * part, length);
    }
    for (let y = 0; y < rows; y++) {
      outputFinish(
        scheme, between + <usize>(y * n) * part, out + <usize>y * row + c, size, length, bias ? bias + (c >> 3) : 0, relu, columns,
      );
    }
  }
}

/** A dy A^T of the tile at (top, left) of an image of gradients, zeros outside. */
export function gradientTile(
  scheme: i32, image: usize, top: i32, left: i32, height: i32, width: i32, size: usize, out: usize, place: usize, scratch: usize,
): void {
  const n = tileSide(scheme);
  const part = partBytes(scheme);
  const zeros = scratch, between = scratch + part;
  const row = <usize>width * size;
  for (let c: usize = 0; c < size; c += part) {
    const length = min(part, size - c);
    for (let j = 0; j < 4; j++) {
      const x = left + j;
      const f = image + <usize>(top * width + x) * size + c;
      const target = between + <usize>j * part;
      if (x >= width) outputTransposedColumns(scheme, zeros, 0, target, length);
      else {
        const r1 = rowAt(f, top, 1, height, row, zeros), r2 = rowAt(f, top, 2, height, row, zeros);
        const r3 = rowAt(f, top, 3, height, row, zeros);
        if (scheme === 3) outputTransposedColumns3(f, r1, r2, r3, target, length);
        else if (scheme === 4) outputTransposedColumns4(f, r1, r2, r3, target, length);
        else outputTransposedColumns5(f, r1, r2, r3, target, length);
      }
    }
    for (let i = 0; i < n; i++) {
      outputTransposedRows(scheme, between + <usize>(i * 4) * part, out + <usize>(i * n) * place + c, place, length);
    }
  }
}

/** Adds B e B^T to the patch at (top, left) of an image; what lies outside is dropped, and outside of `support` where it is not 0. */
export function addInputTile(
  scheme: i32, e: usize, place: usize, image: usize, top: i32, left: i32, height: i32, width: i32, size: usize, support: usize,
  scratch: usize,
): void {
  const n = tileSide(scheme);
  const part = partBytes(scheme);
  const between = scratch + part, edge = between + <usize>(n * n) * part;
  const isWhole = !support && left >= 0 && left + n <= width;
  const first = max(0, -left), last = min(n, width - left);
  for (let c: usize = 0; c < size; c += part) {
    const length = min(part, size - c);
    for (let j = 0; j < n; j++) {
      inputTransposedColumns(scheme, e + <usize>j * place + c, <usize>n * place, between + <usize>j * part, length);
    }
    for (let i = max(0, -top); i < min(n, height - top); i++) {
      const source = between + <usize>(i * n) * part;
      const target = image + <usize>((top + i) * width + left) * size + c;
      if (isWhole) {
        inputTransposedAdd(scheme, source, target, size, length);
        continue;
      }
      inputTransposedRows(scheme, source, edge, part, length);
      for (let j = first; j < last; j++) {
        const images = support ? <i32>load<u8>(support + <usize>(i * n + j)) : ALL;
        addSupported(edge + <usize>j * part, target + <usize>j * size, length, images);
      }
    }
  }
}
