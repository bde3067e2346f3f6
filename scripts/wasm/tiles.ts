/**
 * Generates the register-blocked inner kernels as AssemblyScript. They are unrolled with one local variable for each accumulator,
 * since V8 keeps those in registers; arrays or loops over accumulators would go through memory.
 */

export const range = (n: number): number[] => [...Array(n).keys()];

/**
 * Products that are summed in registers before they go into the running sum at `out`. In one chain of 4,608 the rounding would be
 * several times that of PyTorch's blocked sums; pieces near the square root of the length lose least (Higham 1993, 3.2).
 */
export const pieceLength = 64;

/**
 * Sums of a product tile. Multiply-adds take four cycles and two start in each, so that fewer than eight sums would wait for
 * themselves: small tiles keep several sets, one for each step in turn, and add them up at the end.
 */
class Sums {
  readonly sets: number;
  readonly #rows: number;

  constructor(rows: number) {
    this.#rows = rows;
    this.sets = rows >= 4 ? 1 : rows === 1 ? 4 : 2;
  }

  #each(line: (name: string, offset: number, set: number) => string): string {
    return range(this.sets)
      .flatMap((set) =>
        range(this.#rows).flatMap((i) => [
          line(`c${i}_0_${set}`, i * 32, set),
          line(`c${i}_1_${set}`, i * 32 + 16, set),
        ]),
      )
      .join('\n');
  }

  declare(): string {
    return this.#each((c) => `let ${c} = zero;`);
  }

  clear(): string {
    return this.#each((c) => `${c} = zero;`);
  }

  /** Adds A[k][R] * B[k][8] for the k that is `step` after the pointers. */
  step(step: number): string {
    const set = step % this.sets;
    return `let v0_${step} = v128.load(pb, ${step * 32}), v1_${step} = v128.load(pb, ${step * 32 + 16});
      ${range(this.#rows)
        .map((i) => {
          const factor = `s${i}_${step}`;
          return `let ${factor} = v128.load32_splat(pa, ${(step * this.#rows + i) * 4}); c${i}_0_${set} = madd(${factor}, v0_${step}, c${i}_0_${set}); c${i}_1_${set} = madd(${factor}, v1_${step}, c${i}_1_${set});`;
        })
        .join('\n')}`;
  }

  /** All sets into the first one. */
  gather(): string {
    return this.#each((c, _, set) =>
      set === 0 ? '' : `${c.slice(0, -1)}0 = f32x4.add(${c.slice(0, -1)}0, ${c});`,
    );
  }

  #first(line: (name: string, offset: number, row: number) => string): string {
    return range(this.#rows)
      .map((i) => `${line(`c${i}_0_0`, i * 32, i)} ${line(`c${i}_1_0`, i * 32 + 16, i)}`)
      .join('\n');
  }

  addRunningSum(): string {
    return `if (isStarted) {
      ${this.#first((c, offset) => `${c} = f32x4.add(${c}, v128.load(out, ${offset}));`)}
    }`;
  }

  finish(): string {
    return `if (bias) {
      ${this.#first((c, _, row) => `${c} = f32x4.add(${c}, v128.load32_splat(bias, ${row * 4}));`)}
    }
    if (flags & RELU) {
      ${this.#first((c) => `${c} = f32x4.pmax(${c}, zero);`)}
    }`;
  }

  store(): string {
    return this.#first((c, offset) => `v128.store(out, ${c}, ${offset});`);
  }
}

/** `steps` consecutive values of k, then the pointers moved behind them. */
function block(sums: Sums, rows: number, steps: number): string {
  return `${range(steps)
    .map((u) => sums.step(u))
    .join('\n')}
    pa += ${steps * rows * 4}; pb += ${steps * 32};`;
}

/** A loop over `k` values of k. */
function loopOverRun(sums: Sums, rows: number, unroll: number): string {
  const rest = unroll > 1 ? `for (; k > 0; k--) { ${block(sums, rows, 1)} }` : '';
  return `for (; k >= ${unroll}; k -= ${unroll}) { ${block(sums, rows, unroll)} }\n${rest}`;
}

/**
 * R output channels x 8 images: out += A[k][R] (broadcast) * B[k][8] over rows x cols x run values of k.
 * Forward convolution, its input gradient and Linear are all this one kernel with different strides.
 */
export function productTile(r: number, leastUnroll: number): string {
  const sums = new Sums(r);
  const unroll = Math.max(leastUnroll, sums.sets);
  return `
export function product${r}(a: usize, b: usize, out: usize, count: i32, bStep: usize, outStep: usize,
  rows: i32, aRow: usize, bRow: usize, cols: i32, aCol: usize, bCol: usize, run: i32, bias: usize, flags: i32): void {
  const zero = f32x4.splat(0);
  for (let i = 0; i < count; i++) {
    let isStarted = flags & ACCUMULATE, summed = 0;
    ${sums.declare()}
    let ra = a, rb = b;
    for (let row = rows; row > 0; row--) {
      let ca = ra, cb = rb;
      for (let col = cols; col > 0; col--) {
        let pa = ca, pb = cb, left = run;
        while (left > 0) {
          if (summed >= ${pieceLength}) {
            ${sums.gather()}
            ${sums.addRunningSum()}
            ${sums.store()}
            ${sums.clear()}
            isStarted = 1; summed = 0;
          }
          let k = min(left, ${pieceLength});
          left -= k; summed += k;
          ${loopOverRun(sums, r, unroll)}
        }
        ca += aCol; cb += bCol;
      }
      ra += aRow; rb += bRow;
    }
    ${sums.gather()}
    ${sums.addRunningSum()}
    ${sums.finish()}
    ${sums.store()}
    b += bStep; out += outStep;
  }
}`;
}

/** The same for a single run of one piece, without bias: the products of Winograd tiles, whose sums are short. */
export function shortProductTile(r: number, leastUnroll: number): string {
  const sums = new Sums(r);
  return `
export function shortProduct${r}(a: usize, b: usize, out: usize, count: i32, bStep: usize, outStep: usize, run: i32): void {
  const zero = f32x4.splat(0);
  for (let i = 0; i < count; i++) {
    ${sums.declare()}
    let pa = a, pb = b, k = run;
    ${loopOverRun(sums, r, Math.max(leastUnroll, sums.sets))}
    ${sums.gather()}
    ${sums.store()}
    b += bStep; out += outStep;
  }
}`;
}

/** Values of k in a row for which pieceProduct is faster than product, which writes more of them out. */
const longestRow = 8;

/**
 * The same for one piece of short rows of k: a first convolution, 3 x 3 or 5 x 5 taps of one channel. Written out no further than the
 * sums need it, since V8 loads all factors first, and spills sums for them.
 */
export function pieceProductTile(r: number): string {
  const sums = new Sums(r);
  return `
export function pieceProduct${r}(a: usize, b: usize, out: usize, count: i32, bStep: usize, outStep: usize,
  rows: i32, aRow: usize, bRow: usize, run: i32, bias: usize, flags: i32): void {
  const zero = f32x4.splat(0);
  const aSkip = aRow - <usize>(run * ${r * 4});
  for (let i = 0; i < count; i++) {
    const isStarted = flags & ACCUMULATE;
    ${sums.declare()}
    let pa = a, rb = b;
    for (let row = rows; row > 0; row--) {
      let pb = rb, k = run;
      ${loopOverRun(sums, r, sums.sets)}
      pa += aSkip; rb += bRow;
    }
    ${sums.gather()}
    ${sums.addRunningSum()}
    ${sums.finish()}
    ${sums.store()}
    b += bStep; out += outStep;
  }
}`;
}

/** Sums the lanes of the named vectors into consecutive floats at `dw`. */
function storeLaneSums(names: readonly string[]): string {
  const lines: string[] = [];
  for (let at = 0; at < names.length; at += 4) {
    const [a, b = 'zero', c = 'zero', d = 'zero'] = names.slice(at, at + 4);
    const left = Math.min(4, names.length - at);
    lines.push(`{
      const ab = f32x4.add(v128.shuffle<f32>(${a}, ${b}, 0, 4, 1, 5), v128.shuffle<f32>(${a}, ${b}, 2, 6, 3, 7));
      const cd = ${left > 2 ? `f32x4.add(v128.shuffle<f32>(${c}, ${d}, 0, 4, 1, 5), v128.shuffle<f32>(${c}, ${d}, 2, 6, 3, 7))` : 'zero'};
      let s = f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));`);
    const offset = at * 4;
    if (left === 4) {
      lines.push(`if (accumulate) s = f32x4.add(s, v128.load(dw, ${offset})); v128.store(dw, s, ${offset});`);
    } else {
      for (const lane of range(left)) {
        const value = `f32x4.extract_lane(s, ${lane})`;
        lines.push(
          `store<f32>(dw, accumulate ? load<f32>(dw, ${offset + lane * 4}) + ${value} : ${value}, ${offset + lane * 4});`,
        );
      }
    }
    lines.push('}');
  }
  return lines.join('\n');
}

/**
 * Weight gradient of R output channels x J inputs, for `count` neighbouring groups of J inputs:
 * dw[j][R] (+)= sum over rows x cols x 8 images of dy[R] * x[J]. As in Sums, at least eight sums are under way: where R * J is
 * less, the two halves of the eight images have their own.
 */
export function gradientTile(r: number, j: number): string {
  const rows = range(r);
  const columns = range(j);
  const sets = r * j >= 8 ? 1 : 2;
  const name = (i: number, c: number, set: number): string => `c${c}_${i}_${set}`;
  const ofSet = (set: number): string[] => columns.flatMap((c) => rows.map((i) => name(i, c, set)));
  const half = (v: number): string =>
    columns.map((c) => `let x${c}_${v} = v128.load(px, ${c * 32 + v * 16});`).join(' ') +
    rows
      .map((i) => {
        const sums = columns.map((c) => {
          const sum = name(i, c, v % sets);
          return `${sum} = madd(d${i}_${v}, x${c}_${v}, ${sum});`;
        });
        return `\nlet d${i}_${v} = v128.load(pd, ${i * 32 + v * 16}); ${sums.join(' ')}`;
      })
      .join('');
  const gather =
    sets === 1 ? [] : ofSet(0).map((sum, i) => `${sum} = f32x4.add(${sum}, ${ofSet(1)[i] ?? ''});`);
  return `
export function gradient${r}x${j}(dy: usize, x: usize, dw: usize, count: i32, rows: i32, dyRow: usize, xRow: usize,
  cols: i32, dyCol: usize, xCol: usize, accumulate: bool): void {
  const zero = f32x4.splat(0);
  for (let i = 0; i < count; i++) {
    let ${range(sets)
      .flatMap(ofSet)
      .map((sum) => `${sum} = zero`)
      .join(', ')};
    let rd = dy, rx = x;
    for (let row = rows; row > 0; row--) {
      let pd = rd, px = rx;
      for (let col = cols; col > 0; col--) {
        ${half(0)}
        ${half(1)}
        pd += dyCol; px += xCol;
      }
      rd += dyRow; rx += xRow;
    }
    ${gather.join('\n')}
    ${storeLaneSums(ofSet(0))}
    x += ${j * 32}; dw += ${r * j * 4};
  }
}`;
}

/** All tiles up to `maxRows` output channels, with dispatchers by number of rows. */
export function tilesSource(maxRows: number, unroll: number): string {
  const sizes = range(maxRows).map((i) => i + 1);
  const productArguments =
    'a, b, out, count, bStep, outStep, rows, aRow, bRow, cols, aCol, bCol, run, bias, flags';
  const gradientArguments = 'dy, x, dw, count, rows, dyRow, xRow, cols, dyCol, xCol, accumulate';
  return `// Generated by scripts/buildWasm.ts from scripts/wasm/tiles.ts. Do not edit.
import { doubleGradient, doubleProduct } from '../double';
import { gather, loadLanes, storeLanes, storeWeights } from '../imageLanes';
import { fewImages, madd } from '../simd';
export const ACCUMULATE: i32 = 1;
export const RELU: i32 = 2;
${sizes.flatMap((r) => [productTile(r, unroll), shortProductTile(r, unroll), pieceProductTile(r)]).join('\n')}
export function product<T>(r: i32, a: usize, b: usize, out: usize, count: i32, bStep: usize, outStep: usize,
  rows: i32, aRow: usize, bRow: usize, cols: i32, aCol: usize, bCol: usize, run: i32, bias: usize, flags: i32): void {
  if (sizeof<T>() === 8) {
    doubleProduct(r, ${productArguments.replace('flags', '(flags & ACCUMULATE) !== 0, (flags & RELU) !== 0')});
    return;
  }
  if (fewImages > 0) {
    imageProducts(r, ${productArguments});
    return;
  }
  if (cols === 1 && run <= ${longestRow} && rows * run <= ${pieceLength}) {
    switch (r) {
      ${sizes.map((r) => `case ${r}: pieceProduct${r}(a, b, out, count, bStep, outStep, rows, aRow, bRow, run, bias, flags); break;`).join('\n')}
      default: unreachable();
    }
    return;
  }
  switch (r) {
    ${sizes.map((r) => `case ${r}: product${r}(${productArguments}); break;`).join('\n')}
    default: unreachable();
  }
}
/** One tile product of run values of k: see shortProductTile. */
export function shortProduct(r: i32, a: usize, b: usize, out: usize, count: i32, bStep: usize, outStep: usize, run: i32): void {
  if (run > ${pieceLength}) {
    product<f32>(r, a, b, out, count, bStep, outStep, 1, 0, 0, 1, 0, 0, run, 0, 0);
    return;
  }
  switch (r) {
    ${sizes.map((r) => `case ${r}: shortProduct${r}(a, b, out, count, bStep, outStep, run); break;`).join('\n')}
    default: unreachable();
  }
}
${sizes.flatMap((r) => [gradientTile(r, 1), gradientTile(r, 2)]).join('\n')}
/** Groups of 2 inputs, then a last single one if their number is odd. */
export function gradient<T>(r: i32, inputs: i32, dy: usize, x: usize, dw: usize, rows: i32, dyRow: usize, xRow: usize,
  cols: i32, dyCol: usize, xCol: usize, accumulate: bool): void {
  if (sizeof<T>() === 8) {
    doubleGradient(r, inputs, ${gradientArguments.replace(', count', '')});
    return;
  }
  if (fewImages > 0) {
    imageGradients(r, inputs, ${gradientArguments.replace(', count', '')});
    return;
  }
  let count = inputs >> 1;
  switch (r) {
    ${sizes.map((r) => `case ${r}: gradient${r}x2(${gradientArguments}); break;`).join('\n')}
    default: unreachable();
  }
  if (inputs & 1) {
    x += <usize>count * 64; dw += <usize>count * <usize>r * 8; count = 1;
    switch (r) {
      ${sizes.map((r) => `case ${r}: gradient${r}x1(${gradientArguments}); break;`).join('\n')}
      default: unreachable();
    }
  }
}
`;
}
