/**
 * Generates the inner kernels of convolutions of a few images as AssemblyScript. Each image has been packed by itself, with its zeros
 * around it (assembly/imageConv.ts), so that every window is the same sum, and a tile takes pixels wherever rows end.
 */
import { pieceLength, range } from './tiles.ts';

/**
 * Pixels or inputs of a tile: with two vectors eight sums, as many as keep the multiply-adds busy. Ten, or two values of k written out,
 * have V8 spill sums: half the speed.
 */
const atOnce = 4;
/** Output pixels whose products are summed in registers before they go into the running sums (see pieceLength). */
const piecePixels = 64;

const lines = (parts: readonly string[]): string => parts.join('\n');

/** Parameters that every one of `vectors` has: of four output channels. */
const perVector = (vectors: number, names: readonly string[], type: string): string =>
  range(vectors)
    .flatMap((v) => names.map((name) => `${name}${v}: ${type}`))
    .join(', ');

/** By the rules of productTile `vectors` of output channels of an image, `count` pixels from the `ox`th of a row on, whose window begins at p. */
function convTile(vectors: number): string {
  const pixels = range(atOnce);
  const places = pixels.flatMap((i) => range(vectors).map((v) => [`${i}_${v}`, i, v] as const));
  const each = (line: (place: string, i: number, v: number) => string): string =>
    lines(places.map(([place, i, v]) => line(place, i, v)));
  const step = `${range(vectors)
    .map((v) => `const w${v} = v128.load(a${v}); a${v} += step${v};`)
    .join(' ')}
          ${lines(
            pixels.map(
              (i) =>
                `{ const x = v128.load32_splat(p${i}); ${range(vectors)
                  .map((v) => `c${i}_${v} = madd(w${v}, x, c${i}_${v});`)
                  .join(' ')} p${i} += 4; }`,
            ),
          )}`;
  return `
export function imageConv${vectors}(${perVector(vectors, ['weights', 'step', 'out', 'bias'], 'usize')}, ${perVector(vectors, ['n'], 'i32')},
  p: usize, ox: i32, count: i32, outWidth: i32, pStep: usize, rowSkip: usize, outStep: usize, rows: i32, run: i32, xRow: usize,
  flags: i32): void {
  const zero = f32x4.splat(0), skip = xRow - <usize>run * 4;
  while (count > 0) {
    // The last tile takes its last pixel several times.
    const last = count - 1;
    ${lines(
      pixels.map((i) => {
        const place =
          i === 0
            ? 'p'
            : `p${i - 1}Start; if (last >= ${i}) { p${i}Start += pStep; if (++ox === outWidth) { ox = 0; p${i}Start += rowSkip; } }`;
        return `let p${i}Start = ${place}${i === 0 ? ';' : ''} const o${i} = <usize>min(last, ${i}) * outStep;`;
      }),
    )}
    ${pixels.map((i) => `let p${i} = p${i}Start;`).join(' ')}
    ${range(vectors)
      .map((v) => `let a${v} = weights${v};`)
      .join(' ')}
    ${each((place) => `let c${place} = zero, t${place} = zero;`)}
    let summed = 0;
    for (let row = rows; row > 0; row--) {
      let left = run;
      while (left > 0) {
        if (summed >= ${pieceLength}) {
          ${each((place) => `t${place} = f32x4.add(t${place}, c${place}); c${place} = zero;`)}
          summed = 0;
        }
        let k = min(left, ${pieceLength});
        left -= k; summed += k;
        for (; k > 0; k--) {
          ${step}
        }
      }
      ${pixels.map((i) => `p${i} += skip;`).join(' ')}
    }
    ${each((place) => `t${place} = f32x4.add(t${place}, c${place});`)}
    ${lines(
      range(vectors).map(
        (v) =>
          `if (bias${v}) { const b = v128.load(bias${v}); ${pixels.map((i) => `t${i}_${v} = f32x4.add(t${i}_${v}, b);`).join(' ')} }`,
      ),
    )}
    if (flags & RELU) {
      ${each((place) => `t${place} = f32x4.pmax(t${place}, zero);`)}
    }
    if (flags & FIRST) {
      ${each((place, i, v) => `storeFirst(out${v} + o${i}, t${place}, n${v});`)}
    } else {
      ${each((place, i, v) => `storeLanes(out${v} + o${i}, t${place}, n${v});`)}
    }
    count -= ${atOnce};
    ${range(vectors)
      .map((v) => `out${v} += ${atOnce} * outStep;`)
      .join(' ')}
    p = p${atOnce - 1}Start + pStep;
    if (++ox === outWidth) { ox = 0; p += rowSkip; }
  }
}`;
}

/** Weight gradients of `vectors` of output channels x `inputs` neighbours, whose output gradients lie packed at d. */
function gradientTile(vectors: number): string {
  const inputs = range(atOnce);
  const places = inputs.flatMap((j) => range(vectors).map((v) => [`${j}_${v}`, j, v] as const));
  const each = (line: (place: string, j: number, v: number) => string): string =>
    lines(places.map(([place, j, v]) => line(place, j, v)));
  return `
export function imageConvGradient${vectors}(d: usize, x: usize, ${perVector(vectors, ['dw', 'step'], 'usize')}, ${perVector(vectors, ['n'], 'i32')},
  inputs: i32, images: i32, dImage: usize, xImage: usize, rows: i32, xRow: usize, cols: i32, xCol: usize): void {
  const zero = f32x4.splat(0), skip = xRow - <usize>cols * xCol;
  for (; inputs > 0; inputs -= ${atOnce}) {
    ${each((place) => `let c${place} = zero, t${place} = zero;`)}
    let gradients = d, image = x, summed = 0;
    for (let n = images; n > 0; n--) {
      let pd = gradients, px = image;
      for (let row = rows; row > 0; row--) {
        if (summed >= ${piecePixels}) {
          ${each((place) => `t${place} = f32x4.add(t${place}, c${place}); c${place} = zero;`)}
          summed = 0;
        }
        summed += cols;
        for (let col = cols; col > 0; col--) {
          ${range(vectors)
            .map((v) => `const d${v} = v128.load(pd, ${v * 16});`)
            .join(' ')}
          ${lines(
            inputs.map(
              (j) =>
                `{ const value = v128.load32_splat(px, ${j * 4}); ${range(vectors)
                  .map((v) => `c${j}_${v} = madd(d${v}, value, c${j}_${v});`)
                  .join(' ')} }`,
            ),
          )}
          pd += ${vectors * 16}; px += xCol;
        }
        px += skip;
      }
      gradients += dImage; image += xImage;
    }
    ${each((place) => `t${place} = f32x4.add(t${place}, c${place});`)}
    ${each((place, j, v) => `${j === 0 ? '' : `if (inputs > ${j}) `}storeWeights(dw${v} + ${j} * step${v}, t${place}, n${v}, false);`)}
    x += ${atOnce * 4};
    ${range(vectors)
      .map((v) => `dw${v} += ${atOnce} * step${v};`)
      .join(' ')}
  }
}`;
}

/** Tiles of one vector and of two. */
export function imageConvTilesSource(): string {
  return `// Generated by scripts/buildWasm.ts from scripts/wasm/imageConvTiles.ts. Do not edit.
import { storeFirst, storeLanes, storeWeights } from '../imageLanes';
import { madd } from '../simd';
import { RELU } from './tiles';
/** The image is the first of its block: the others of the eight become 0. */
export const FIRST: i32 = 4;
${[convTile(1), convTile(2), gradientTile(1), gradientTile(2)].join('\n')}
`;
}
