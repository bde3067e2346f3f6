/** Weights to the places of a Winograd tile, and their gradients back. */
import { addSlices } from './elementwise';
import { panelStart, share, worker } from './simd';
import { weight, weightTransposed } from './build/winogradTransforms';
import { tileSide } from './winogradTiles';

/** Bytes of a row of weights at a time. */
const PART: usize = 512;

/** Weights [panel][ky][kx][in][R] -> G g G^T as [place][panel][in][R]; `flipped` ones lie in the opposite order of taps. */
export function winogradWeights<T>(
  w: usize, u: usize, scratch: usize, channels: i32, outChannels: i32, scheme: i32, panels: i32, flipped: i32, thread: i32, threads: i32,
): void {
  if (sizeof<T>() === 8) unreachable();
  const from = share(panels, thread, threads), to = share(panels, thread + 1, threads);
  const n = tileSide(scheme), kernel = scheme === 2 ? 3 : scheme, taps = kernel * kernel;
  const place = <usize>(channels * outChannels) * 4;
  const between = scratch + <usize>(worker * n * n) * PART;
  for (let panel = from; panel < to; panel++) {
    const c0 = panelStart(panel, outChannels, panels);
    const r = panelStart(panel + 1, outChannels, panels) - c0;
    const tap = <usize>(channels * r) * 4;
    const source = w + <usize>(c0 * channels * taps) * 4 + (flipped ? <usize>(taps - 1) * tap : 0);
    const next = flipped ? 0 - tap : tap;
    const target = u + <usize>(c0 * channels) * 4;
    for (let c: usize = 0; c < tap; c += PART) {
      const length = min(PART, tap - c);
      for (let kx = 0; kx < kernel; kx++) {
        weight(scheme, source + <usize>kx * next + c, <usize>kernel * next, between + <usize>kx * PART, <usize>kernel * PART, length);
      }
      for (let i = 0; i < n; i++) {
        weight(scheme, between + <usize>(i * kernel) * PART, PART, target + <usize>(i * n) * place + c, place, length);
      }
    }
  }
}

/** The sum of du [slice][place][panel][in][R] over slices -> dw = G^T du G, [panel][ky][kx][in][R]. */
export function winogradWeightOutput<T>(
  du: usize, dw: usize, scratch: usize, channels: i32, outChannels: i32, scheme: i32, panels: i32, slices: i32, thread: i32, threads: i32,
): void {
  if (sizeof<T>() === 8) unreachable();
  const from = share(panels, thread, threads), to = share(panels, thread + 1, threads);
  const n = tileSide(scheme), kernel = scheme;
  const place = <usize>(channels * outChannels) * 4;
  const between = scratch + <usize>(worker * n * n) * PART;
  for (let panel = from; panel < to; panel++) {
    const c0 = panelStart(panel, outChannels, panels);
    const r = panelStart(panel + 1, outChannels, panels) - c0;
    const tap = <usize>(channels * r) * 4;
    const source = du + <usize>(c0 * channels) * 4;
    const target = dw + <usize>(c0 * channels * kernel * kernel) * 4;
    for (let at = 0; at < n * n; at++) addSlices<T>(source + <usize>at * place, <usize>(n * n) * place, slices, tap);
    for (let c: usize = 0; c < tap; c += PART) {
      const length = min(PART, tap - c);
      for (let j = 0; j < n; j++) {
        weightTransposed(scheme, source + <usize>j * place + c, <usize>n * place, between + <usize>j * PART, <usize>n * PART, length);
      }
      for (let ky = 0; ky < kernel; ky++) {
        weightTransposed(scheme, between + <usize>(ky * n) * PART, PART, target + <usize>(ky * kernel) * tap + c, tap, length);
      }
    }
  }
}
