/**
 * Generates the inner kernels for batches of a few images as AssemblyScript: a vector holds a panel's output channels of one image,
 * where the tiles of tiles.ts hold eight images, most of which such a batch does not have. Images lie as ever, with eight between two
 * values of one: those of imageConvTiles.ts are packed, which leaves groups, strided input gradients and infinities to these.
 */
import { pieceLength, range } from './tiles.ts';

/** Pixels of a product tile; what is left over goes one by one. */
const pixelsAtOnce = 4;
/** Inputs of a gradient tile of one vector, and of half a one. */
const inputsAtOnce = 8;

/** Names of the sums of a tile of `vectors` x `columns`, in `sets` that take turns (see Sums of tiles.ts). */
function sumsOf(vectors: number, columns: number, sets: number): string[][] {
  return range(sets).map((set) =>
    range(columns).flatMap((c) => range(vectors).map((v) => `c${c}_${v}_${set}`)),
  );
}

const declare = (names: readonly string[]): string =>
  `let ${names.map((name) => `${name} = zero`).join(', ')};`;

/**
 * Of one image up to 4 * `vectors` output channels x `pixels` outputs, by the rules of productTile: sums of pieces, which go into
 * totals.
 */
function imageProductTile(vectors: number, pixels: number): string {
  // The same for every pixel: equal windows have to give equal values, of which pooling takes the first.
  const sets = 2 / vectors;
  const sums = sumsOf(vectors, pixels, sets);
  const [first = []] = sums;
  const totals = first.map((name) => name.replace('c', 't'));
  const places = range(pixels).flatMap((p) => range(vectors).map((v) => [p, v] as const));
  const each = (line: (total: string, sum: string, p: number, v: number) => string): string =>
    places.map(([p, v], i) => line(totals[i] ?? '', first[i] ?? '', p, v)).join('\n');
  const gather = sums
    .slice(1)
    .flatMap((set) => set.map((sum, i) => `${first[i] ?? ''} = f32x4.add(${first[i] ?? ''}, ${sum});`))
    .join('\n');
  const step = (u: number): string =>
    `${range(vectors)
      .map((v) => `let w${v}_${u} = v128.load(pa, ${v * 16});`)
      .join(' ')}
    ${range(pixels)
      .map((p) => {
        const products = range(vectors).map((v) => {
          const sum = `c${p}_${v}_${u % sets}`;
          return `${sum} = madd(w${v}_${u}, x${p}_${u}, ${sum});`;
        });
        return `let x${p}_${u} = v128.load32_splat(p${p}, ${u * 32}); ${products.join(' ')}`;
      })
      .join('\n')}
    pa += step;`;
  const steps = (count: number): string =>
    `${range(count).map(step).join('\n')}\n${range(pixels)
      .map((p) => `p${p} += ${count * 32};`)
      .join(' ')}`;
  return `
function imageProduct${vectors}x${pixels}(r: i32, a: usize, b: usize, out: usize, bStep: usize, outStep: usize,
  rows: i32, aRow: usize, bRow: usize, cols: i32, aCol: usize, bCol: usize, run: i32, bias: usize, flags: i32): void {
  const zero = f32x4.splat(0), step = <usize>r * 4;
  ${declare(totals)}
  ${sums.map(declare).join('\n')}
  if (flags & ACCUMULATE) {
    ${each((total, _, p, v) => `${total} = loadLanes(out + ${p} * outStep + ${v * 128}, r - ${v * 4});`)}
  }
  let ra = a, rb = b, summed = 0;
  for (let row = rows; row > 0; row--) {
    let ca = ra, cb = rb;
    for (let col = cols; col > 0; col--) {
      let pa = ca, left = run;
      let ${range(pixels)
        .map((p) => `p${p} = cb + ${p} * bStep`)
        .join(', ')};
      while (left > 0) {
        if (summed >= ${pieceLength}) {
          ${gather}
          ${each((total, sum) => `${total} = f32x4.add(${total}, ${sum});`)}
          ${sums.flatMap((set) => set.map((sum) => `${sum} = zero;`)).join(' ')}
          summed = 0;
        }
        let k = min(left, ${pieceLength});
        left -= k; summed += k;
        for (; k >= ${sets}; k -= ${sets}) { ${steps(sets)} }
        ${sets > 1 ? `for (; k > 0; k--) { ${steps(1)} }` : ''}
      }
      ca += aCol; cb += bCol;
    }
    ra += aRow; rb += bRow;
  }
  ${gather}
  ${each((total, sum) => `${total} = f32x4.add(${total}, ${sum});`)}
  if (bias) {
    ${each((total, _, __, v) => `${total} = f32x4.add(${total}, v128.load(bias, ${v * 16}));`)}
  }
  if (flags & RELU) {
    ${each((total) => `${total} = f32x4.pmax(${total}, zero);`)}
  }
  ${each((total, _, p, v) => `storeLanes(out + ${p} * outStep + ${v * 128}, ${total}, r - ${v * 4});`)}
}`;
}

/** Up to 4 * `vectors` output channels x `inputs`, by the rules of gradientTile, of one image after the other. */
function imageGradientTile(vectors: number, inputs: number): string {
  const [sums = []] = sumsOf(vectors, inputs, 1);
  return `
function imageGradient${vectors}x${inputs}(r: i32, dy: usize, x: usize, dw: usize, rows: i32, dyRow: usize, xRow: usize,
  cols: i32, dyCol: usize, xCol: usize, accumulate: bool): void {
  const zero = f32x4.splat(0);
  ${declare(sums)}
  for (let n: usize = 0; n < <usize>fewImages; n++) {
    let rd = dy + n * 4, rx = x + n * 4;
    for (let row = rows; row > 0; row--) {
      let pd = rd, px = rx;
      for (let col = cols; col > 0; col--) {
        ${range(vectors)
          .map((v) => `const d${v} = gather(pd + ${v * 128});`)
          .join(' ')}
        ${range(inputs)
          .map(
            (j) =>
              `const x${j} = v128.load32_splat(px, ${j * 32}); ${range(vectors)
                .map((v) => `c${j}_${v}_0 = madd(d${v}, x${j}, c${j}_${v}_0);`)
                .join(' ')}`,
          )
          .join('\n')}
        pd += dyCol; px += xCol;
      }
      rd += dyRow; rx += xRow;
    }
  }
  ${range(inputs)
    .map((j) =>
      range(vectors)
        .map(
          (v) =>
            `storeWeights(dw + ${j * 4} * <usize>r + ${v * 16}, c${j}_${v}_0, r - ${v * 4}, accumulate);`,
        )
        .join(' '),
    )
    .join('\n')}
}`;
}

/** Tiles for up to `maxRows` output channels, with their dispatchers. */
export function imageTilesSource(maxRows: number): string {
  const sizes = range(Math.ceil(maxRows / 4)).map((v) => v + 1);
  const operands = 'bStep, outStep, rows, aRow, bRow, cols, aCol, bCol, run, bias, flags';
  const byVectors = (call: (vectors: number) => string): string =>
    sizes.map((v) => (v < sizes.length ? `if (r <= ${v * 4}) ${call(v)} else ` : call(v))).join('');
  return `
${sizes.flatMap((v) => [imageProductTile(v, pixelsAtOnce), imageProductTile(v, 1)]).join('\n')}
/** product of images 0..fewImages; 0 for the others of the eight. */
function imageProducts(r: i32, a: usize, b: usize, out: usize, count: i32, bStep: usize, outStep: usize,
  rows: i32, aRow: usize, bRow: usize, cols: i32, aCol: usize, bCol: usize, run: i32, bias: usize, flags: i32): void {
  if (!(flags & ACCUMULATE)) {
    for (let i = 0, at = out; i < count; i++) {
      memory.fill(at, 0, <usize>r * 32);
      at += outStep;
    }
  }
  for (let n: usize = 0; n < <usize>fewImages; n++) {
    let from = b + n * 4, to = out + n * 4, left = count;
    for (; left >= ${pixelsAtOnce}; left -= ${pixelsAtOnce}) {
      ${byVectors((v) => `imageProduct${v}x${pixelsAtOnce}(r, a, from, to, ${operands});`)}
      from += ${pixelsAtOnce} * bStep; to += ${pixelsAtOnce} * outStep;
    }
    for (; left > 0; left--) {
      ${byVectors((v) => `imageProduct${v}x1(r, a, from, to, ${operands});`)}
      from += bStep; to += outStep;
    }
  }
}
${sizes.flatMap((v) => [imageGradientTile(v, inputsAtOnce / v), imageGradientTile(v, 1)]).join('\n')}
/** gradient of images 0..fewImages. */
function imageGradients(r: i32, inputs: i32, dy: usize, x: usize, dw: usize, rows: i32, dyRow: usize, xRow: usize,
  cols: i32, dyCol: usize, xCol: usize, accumulate: bool): void {
  const most = ${sizes.length > 1 ? `r <= 4 ? ${inputsAtOnce} : ${inputsAtOnce / 2}` : inputsAtOnce};
  while (inputs > 0) {
    const taken = inputs >= most ? most : 1;
    if (taken > 1) {
      ${byVectors((v) => `imageGradient${v}x${inputsAtOnce / v}(r, dy, x, dw, rows, dyRow, xRow, cols, dyCol, xCol, accumulate);`)}
    } else {
      ${byVectors((v) => `imageGradient${v}x1(r, dy, x, dw, rows, dyRow, xRow, cols, dyCol, xCol, accumulate);`)}
    }
    inputs -= taken; x += <usize>taken * 32; dw += <usize>(taken * r) * 4;
  }
}
`;
}
