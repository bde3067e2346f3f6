/**
 * Generates the register-blocked inner kernels as AssemblyScript. They are unrolled with one local variable for each accumulator,
 * since V8 keeps those in registers; arrays or loops over accumulators would go through memory.
 */

const range = (n: number): number[] => [...Array(n).keys()];

/**
 * Products that are summed in registers before they go into the running sum at `out`. In one chain of 4,608 the rounding would be
 * several times that of PyTorch's blocked sums; pieces near the square root of the length lose least (Higham 1993, 3.2).
 */
const pieceLength = 64;

/**
 * R output channels x 8 images: out += A[k][R] (broadcast) * B[k][8] over rows x cols x run values of k.
 * Forward convolution, its input gradient and Linear are all this one kernel with different strides.
 */
export function productTile(r: number, unroll: number): string {
  const rows = range(r);
  const each = (line: (accumulator: string, offset: number) => string): string =>
    rows.map((i) => `${line(`c${i}_0`, i * 32)} ${line(`c${i}_1`, i * 32 + 16)}`).join('\n');
  const step = (u: number): string =>
    `let v0_${u} = v128.load(pb, ${u * 32}), v1_${u} = v128.load(pb, ${u * 32 + 16});\n` +
    rows
      .map(
        (i) =>
          `let s${i}_${u} = v128.load32_splat(pa, ${(u * r + i) * 4}); c${i}_0 = madd(s${i}_${u}, v0_${u}, c${i}_0); c${i}_1 = madd(s${i}_${u}, v1_${u}, c${i}_1);`,
      )
      .join('\n');
  const addRunningSum = `if (isStarted) {
      ${each((c, offset) => `${c} = f32x4.add(${c}, v128.load(out, ${offset}));`)}
    }`;
  const store = each((c, offset) => `v128.store(out, ${c}, ${offset});`);
  return `
export function product${r}(a: usize, b: usize, out: usize, count: i32, bStep: usize, outStep: usize,
  rows: i32, aRow: usize, bRow: usize, cols: i32, aCol: usize, bCol: usize, run: i32, bias: usize, flags: i32): void {
  const zero = f32x4.splat(0);
  for (let i = 0; i < count; i++) {
    let isStarted = flags & ACCUMULATE, summed = 0;
    let ${rows.flatMap((i) => [`c${i}_0 = zero`, `c${i}_1 = zero`]).join(', ')};
    let ra = a, rb = b;
    for (let row = rows; row > 0; row--) {
      let ca = ra, cb = rb;
      for (let col = cols; col > 0; col--) {
        let pa = ca, pb = cb, left = run;
        while (left > 0) {
          if (summed >= ${pieceLength}) {
            ${addRunningSum}
            ${store}
            ${each((c) => `${c} = zero;`)}
            isStarted = 1; summed = 0;
          }
          let k = min(left, ${pieceLength});
          left -= k; summed += k;
          for (; k >= ${unroll}; k -= ${unroll}) {
            ${range(unroll).map(step).join('\n')}
            pa += ${unroll * r * 4}; pb += ${unroll * 32};
          }
          ${
            unroll > 1
              ? `for (; k > 0; k--) {
            ${step(0)}
            pa += ${r * 4}; pb += 32;
          }`
              : ''
          }
        }
        ca += aCol; cb += bCol;
      }
      ra += aRow; rb += bRow;
    }
    ${addRunningSum}
    if (bias) {
      ${rows.map((i) => `{ const b${i} = v128.load32_splat(bias, ${i * 4}); c${i}_0 = f32x4.add(c${i}_0, b${i}); c${i}_1 = f32x4.add(c${i}_1, b${i}); }`).join('\n')}
    }
    if (flags & RELU) {
      ${each((c) => `${c} = f32x4.pmax(${c}, zero);`)}
    }
    ${store}
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
 * dw[j][R] (+)= sum over rows x cols x 8 images of dy[R] * x[J].
 */
export function gradientTile(r: number, j: number): string {
  const rows = range(r);
  const columns = range(j);
  const name = (i: number, c: number): string => `c${c}_${i}`;
  const accumulators = columns.flatMap((c) => rows.map((i) => name(i, c)));
  const half = (v: number): string =>
    columns.map((c) => `let x${c}_${v} = v128.load(px, ${c * 32 + v * 16});`).join(' ') +
    rows
      .map(
        (i) =>
          `\nlet d${i}_${v} = v128.load(pd, ${i * 32 + v * 16}); ` +
          columns.map((c) => `${name(i, c)} = madd(d${i}_${v}, x${c}_${v}, ${name(i, c)});`).join(' '),
      )
      .join('');
  return `
export function gradient${r}x${j}(dy: usize, x: usize, dw: usize, count: i32, rows: i32, dyRow: usize, xRow: usize,
  cols: i32, dyCol: usize, xCol: usize, accumulate: bool): void {
  const zero = f32x4.splat(0);
  for (let i = 0; i < count; i++) {
    let ${accumulators.map((a) => `${a} = zero`).join(', ')};
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
    ${storeLaneSums(accumulators)}
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
import { madd } from '../simd';
export const ACCUMULATE: i32 = 1;
export const RELU: i32 = 2;
${sizes.map((r) => productTile(r, unroll)).join('\n')}
export function product<T>(r: i32, a: usize, b: usize, out: usize, count: i32, bStep: usize, outStep: usize,
  rows: i32, aRow: usize, bRow: usize, cols: i32, aCol: usize, bCol: usize, run: i32, bias: usize, flags: i32): void {
  if (sizeof<T>() === 8) {
    doubleProduct(r, ${productArguments.replace('flags', '(flags & ACCUMULATE) !== 0, (flags & RELU) !== 0')});
    return;
  }
  switch (r) {
    ${sizes.map((r) => `case ${r}: product${r}(${productArguments}); break;`).join('\n')}
    default: unreachable();
  }
}
${sizes.flatMap((r) => [gradientTile(r, 1), gradientTile(r, 2)]).join('\n')}
/** Groups of 2 inputs, then a last single one if \`inputs\` is odd. */
export function gradient<T>(r: i32, inputs: i32, dy: usize, x: usize, dw: usize, rows: i32, dyRow: usize, xRow: usize,
  cols: i32, dyCol: usize, xCol: usize, accumulate: bool): void {
  if (sizeof<T>() === 8) {
    doubleGradient(r, inputs, ${gradientArguments.replace(', count', '')});
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
