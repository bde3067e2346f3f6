/** The register tiles of build/tiles.ts in float64: for the runs that src/engine/wasm/precision.ts names, plain rather than fast. */

export function doubleProduct(
  r: i32, a: usize, b: usize, out: usize, count: i32, bStep: usize, outStep: usize, rows: i32, aRow: usize, bRow: usize,
  cols: i32, aCol: usize, bCol: usize, run: i32, bias: usize, accumulate: bool, relu: bool,
): void {
  const step = <usize>r * 8;
  const least = relu ? f64x2.splat(0) : f64x2.splat(-Infinity);
  for (let i = 0; i < count; i++) {
    for (let o: usize = 0; o < <usize>r; o++) {
      const target = out + o * 64;
      let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
      if (accumulate) {
        s0 = v128.load(target); s1 = v128.load(target, 16); s2 = v128.load(target, 32); s3 = v128.load(target, 48);
      }
      let ra = a + o * 8, rb = b;
      for (let row = rows; row > 0; row--) {
        let ca = ra, cb = rb;
        for (let col = cols; col > 0; col--) {
          let pa = ca, pb = cb;
          for (let k = run; k > 0; k--) {
            const w = v128.load64_splat(pa);
            s0 = f64x2.add(s0, f64x2.mul(v128.load(pb), w));
            s1 = f64x2.add(s1, f64x2.mul(v128.load(pb, 16), w));
            s2 = f64x2.add(s2, f64x2.mul(v128.load(pb, 32), w));
            s3 = f64x2.add(s3, f64x2.mul(v128.load(pb, 48), w));
            pa += step; pb += 64;
          }
          ca += aCol; cb += bCol;
        }
        ra += aRow; rb += bRow;
      }
      if (bias) {
        const shift = v128.load64_splat(bias + o * 8);
        s0 = f64x2.add(s0, shift); s1 = f64x2.add(s1, shift); s2 = f64x2.add(s2, shift); s3 = f64x2.add(s3, shift);
      }
      v128.store(target, f64x2.pmax(s0, least));
      v128.store(target, f64x2.pmax(s1, least), 16);
      v128.store(target, f64x2.pmax(s2, least), 32);
      v128.store(target, f64x2.pmax(s3, least), 48);
    }
    b += bStep; out += outStep;
  }
}

export function doubleGradient(
  r: i32, inputs: i32, dy: usize, x: usize, dw: usize, rows: i32, dyRow: usize, xRow: usize, cols: i32, dyCol: usize,
  xCol: usize, accumulate: bool,
): void {
  for (let j = 0; j < inputs; j++) {
    for (let o: usize = 0; o < <usize>r; o++) {
      let s0 = f64x2.splat(0), s1 = s0;
      let rd = dy + o * 64, rx = x;
      for (let row = rows; row > 0; row--) {
        let pd = rd, px = rx;
        for (let col = cols; col > 0; col--) {
          s0 = f64x2.add(s0, f64x2.mul(v128.load(pd), v128.load(px)));
          s1 = f64x2.add(s1, f64x2.mul(v128.load(pd, 16), v128.load(px, 16)));
          s0 = f64x2.add(s0, f64x2.mul(v128.load(pd, 32), v128.load(px, 32)));
          s1 = f64x2.add(s1, f64x2.mul(v128.load(pd, 48), v128.load(px, 48)));
          pd += dyCol; px += xCol;
        }
        rd += dyRow; rx += xRow;
      }
      const sum = f64x2.add(s0, s1);
      const value = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
      store<f64>(dw, accumulate ? load<f64>(dw) + value : value);
      dw += 8;
    }
    x += 64;
  }
}

export function doubleWindowGradient(dy: usize, windows: usize, count: i32, x: usize, depth: i32, sums: usize): void {
  for (; count > 0; count--) {
    const g = load<f64>(dy), window = x + load<usize>(windows);
    for (let k: usize = 0; k < <usize>depth; k++) {
      const sum = sums + k * 8;
      store<f64>(sum, load<f64>(sum) + g * load<f64>(window + k * 8));
    }
    dy += 8; windows += 4;
  }
}
