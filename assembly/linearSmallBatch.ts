/**
 * Gradients of Linear layers for small batches, where the tiles of build/tiles.ts cost more than their products: turning all weights for
 * the input gradient, and adding up the lanes of every weight's gradient.
 */
import { storeWeights } from './imageLanes';
import { madd, panelStart, transpose } from './simd';

/** Panels that are summed in registers before they go into the running sum: pieceLength of scripts/wasm/tiles.ts. */
const PANELS: i32 = 8;

/** Inputs from `from` to `to` of the input gradient, along the panels as they lie. */
export function inputGradientAlongPanels(
  dy: usize, w: usize, dx: usize, blocks: i32, inFeatures: i32, outFeatures: i32, panels: i32, from: i32, to: i32, accumulate: i32,
): void {
  for (let first = 0; first < panels; first += PANELS) {
    const last = min(panels, first + PANELS), adds = first > 0 || accumulate !== 0;
    for (let i = from; i < to;) {
      const isTile = i + 4 <= to;
      for (let block = 0; block < blocks; block++) {
        const gradients = dy + <usize>(block * outFeatures) * 32, target = dx + <usize>(block * inFeatures + i) * 32;
        if (isTile) fourInputs(gradients, w, target, inFeatures, outFeatures, panels, first, last, i, adds);
        else oneInput(gradients, w, target, inFeatures, outFeatures, panels, first, last, i, adds);
      }
      i += isTile ? 4 : 1;
    }
  }
}

// @ts-ignore: decorator
@inline
function addTo(at: usize, low: v128, high: v128, adds: bool): void {
  v128.store(at, adds ? f32x4.add(v128.load(at), low) : low);
  v128.store(at, adds ? f32x4.add(v128.load(at, 16), high) : high, 16);
}

function fourInputs(
  dy: usize, w: usize, dx: usize, inFeatures: i32, outFeatures: i32, panels: i32, panel: i32, last: i32, i: i32, adds: bool,
): void {
  let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0;
  let o0 = panelStart(panel, outFeatures, panels);
  for (; panel < last; panel++) {
    const end = panelStart(panel + 1, outFeatures, panels), row = <usize>(end - o0) * 4;
    let pd = dy + <usize>o0 * 32, pa = w + <usize>o0 * <usize>inFeatures * 4 + <usize>i * row;
    let pb = pa + row, pc = pb + row, pe = pc + row;
    for (const stop = pb; pa < stop;) {
      const low = v128.load(pd), high = v128.load(pd, 16);
      const wa = v128.load32_splat(pa), wb = v128.load32_splat(pb), wc = v128.load32_splat(pc), wd = v128.load32_splat(pe);
      a0 = madd(wa, low, a0); a1 = madd(wa, high, a1);
      b0 = madd(wb, low, b0); b1 = madd(wb, high, b1);
      c0 = madd(wc, low, c0); c1 = madd(wc, high, c1);
      d0 = madd(wd, low, d0); d1 = madd(wd, high, d1);
      pd += 32; pa += 4; pb += 4; pc += 4; pe += 4;
    }
    o0 = end;
  }
  addTo(dx, a0, a1, adds);
  addTo(dx + 32, b0, b1, adds);
  addTo(dx + 64, c0, c1, adds);
  addTo(dx + 96, d0, d1, adds);
}

function oneInput(
  dy: usize, w: usize, dx: usize, inFeatures: i32, outFeatures: i32, panels: i32, panel: i32, last: i32, i: i32, adds: bool,
): void {
  let a0 = f32x4.splat(0), a1 = a0;
  let o0 = panelStart(panel, outFeatures, panels);
  for (; panel < last; panel++) {
    const end = panelStart(panel + 1, outFeatures, panels), row = <usize>(end - o0) * 4;
    let pd = dy + <usize>o0 * 32, pa = w + <usize>o0 * <usize>inFeatures * 4 + <usize>i * row;
    for (const stop = pa + row; pa < stop; pa += 4) {
      const factor = v128.load32_splat(pa);
      a0 = madd(factor, v128.load(pd), a0); a1 = madd(factor, v128.load(pd, 16), a1);
      pd += 32;
    }
    o0 = end;
  }
  addTo(dx, a0, a1, adds);
}

/** dw [input][r] = the sum over the images of one block of a panel's gradients [r][8] times each of `inputs` inputs. */
export function weightGradientOfBlock(
  r: i32, inputs: i32, dy: usize, x: usize, dw: usize, packed: usize,
): void {
  const row = <usize>r * 4;
  transpose<f32>(dy, packed, r, 8);
  for (; inputs >= 4; inputs -= 4) {
    let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0;
    let pd = packed;
    for (const end = x + 32; x < end; x += 4) {
      const low = v128.load(pd), high = v128.load(pd, 16);
      const xa = v128.load32_splat(x), xb = v128.load32_splat(x, 32), xc = v128.load32_splat(x, 64), xd = v128.load32_splat(x, 96);
      a0 = madd(xa, low, a0); a1 = madd(xa, high, a1);
      b0 = madd(xb, low, b0); b1 = madd(xb, high, b1);
      c0 = madd(xc, low, c0); c1 = madd(xc, high, c1);
      d0 = madd(xd, low, d0); d1 = madd(xd, high, d1);
      pd += row;
    }
    storeRow(dw, r, a0, a1);
    storeRow(dw + row, r, b0, b1);
    storeRow(dw + 2 * row, r, c0, c1);
    storeRow(dw + 3 * row, r, d0, d1);
    x += 96; dw += 4 * row;
  }
  for (; inputs > 0; inputs--) {
    let a0 = f32x4.splat(0), a1 = a0;
    let pd = packed;
    for (const end = x + 32; x < end; x += 4) {
      const factor = v128.load32_splat(x);
      a0 = madd(factor, v128.load(pd), a0); a1 = madd(factor, v128.load(pd, 16), a1);
      pd += row;
    }
    storeRow(dw, r, a0, a1);
    dw += row;
  }
}

// @ts-ignore: decorator
@inline
function storeRow(at: usize, r: i32, low: v128, high: v128): void {
  storeWeights(at, low, r, false);
  if (r > 4) storeWeights(at + 16, high, r - 4, false);
}
