/** What an fprop or dgrad kernel (fpropDgrad.ts) does with its sums: bias, pool, scales, masks, ReLU; and where it stores them. */
import { rectified } from '@/engine/webgpu/kernels/relu';
import type { Declaration } from '@/engine/webgpu/kernel';
import {
  extraNames,
  isByPixel,
  placeOf,
  tileWindows,
  windowCount,
  windowGrid,
  windowOf,
  type Plan,
} from '@/engine/webgpu/kernels/fpropDgradPlan';
import { nanFunction } from '@/engine/webgpu/kernels/exact';
import { sumNames } from '@/engine/webgpu/kernels/fpropDgradSum';
import { loadFunction, quadOf, store4, tileSize, u, when } from '@/engine/webgpu/kernels/gemmTile';
import { fn } from '@/engine/webgpu/wgsl';

/** `finish`: what happens to 4 sums of a row, with their bias, before they are stored; `at` is their place in the output, `n` the image. */
export function finishFunctions({ params, tile, outputWidth }: Plan): readonly Declaration[] {
  const { output, direction } = params;
  const channels = output.channels;
  const isPooled = direction === 'fprop' && params.pool > 1;
  const target = direction === 'fprop' ? 'y' : 'dx';
  const columns = { channels, wide: tileSize(tile).wide };
  const steps = [
    params.accumulate ? `v += load_${target}(at);` : '',
    params.channelScale ? `v *= load_scale(n * ${u(channels)} + column);` : '',
    params.scale === null ? '' : `v *= ${Math.fround(params.scale)}f;`,
    params.relu ? `v = ${rectified('v', 'vec4f')};` : '',
    params.mask ? `v *= load_mask(at);` : '',
    params.reluMask ? `v = select(v, vec4f(), load_x(at) == vec4f());` : '',
    store4(target, 'at', 'v', columns, outputWidth),
    isPooled ? store4('argmax', 'at', 'winner', columns, outputWidth) : '',
  ].filter((text) => text !== '');
  const loads = [...(params.accumulate ? [target] : []), ...extraNames(params)].map((name) =>
    loadFunction(name, outputWidth),
  );
  const parameters = `at: u32, n: u32, column: u32, sums: vec4f${isPooled ? ', winner: vec4u' : ''}`;
  const finish = fn('finish', `(${parameters})`, `  var v = sums;\n  ${steps.join('\n  ')}`);
  return [...loads, ...(isPooled ? [nanFunction(4)] : []), finish];
}

/** WGSL of the sum of pixel `k` of a window. */
type SumOf = (k: string) => string;

/**
 * `store` for every quad of every window of the lane; it sees their image `n`, place `out`, `wy`, `wx`, first column `first` and, where
 * there is a bias, the bias `shift`.
 */
function eachQuad(plan: Plan, store: (sum: SumOf) => string): string {
  const { params, tile, rowsWide, sideBySide } = plan;
  const window = windowOf(plan);
  const quads = tile.columns / 4;
  const windows = tile.rows / window;
  const sums = sumNames(tile).map((name, i) => quadOf(tile, params.output.channels, i % quads).whole(name));
  const { high } = windowGrid(plan);
  const { rowLanes } = tileSize(tile);
  const count = windowCount(plan);
  const apart = sideBySide === 0;
  const wide = params.direction === 'fprop' ? rowsWide / params.pool : rowsWide;
  const ofWindow = (statements: string): string => {
    // Of windows side by side rowSetup has found the place.
    const { m, n, wy, wx } = apart
      ? { m: `tileRow * ${u(tileWindows(plan))} + g * ${u(rowLanes)} + rowLane`, ...placeOf(plan, 'm') }
      : { m: 'm0', n: 'n0', wy: 'wy0', wx: `wx0 * ${u(sideBySide)} + g` };
    const terms = [
      ...(count % tileWindows(plan) === 0 ? [] : [`m < ${u(count)}`]),
      ...(apart || wide % sideBySide === 0 ? [] : [`wx < ${u(wide)}`]),
    ];
    return `let m = ${m};
  let n = ${n};
  let wy = ${wy};
  let wx = ${wx};
  let out = ${apart && !isByPixel(plan) ? 'm' : `(n * ${u(high)} + wy) * ${u(wide)} + wx`};
  ${when(terms, statements)}`;
  };
  const ofTurn = `let first = column + i % ${u(quads)} * 4u;
  ${params.bias ? 'let shift = load_bias(first);' : ''}
  let place = g * ${u(window * quads)} + i % ${u(quads)};
${store((k) => `sums[place + ${k} * ${u(quads)}]`)}`;
  return `var sums = array<vec4f, ${sums.length}>(${sums.join(', ')});
for (var i = zero; i < ${u(windows * quads)}; i++) {
  let g = i / ${u(quads)};
  ${ofWindow(ofTurn)}
}`;
}

/** Stores the tile, pooled where there is a pool: the first maximum in row-major order, NaN before all, as PyTorch. */
export function storing(plan: Plan): string {
  const { params } = plan;
  const { output, pool, direction, stride } = params;
  const { height, width, channels } = output;
  if (direction === 'dgrad') {
    const terms = [
      ...(height % stride === 0 ? [] : [`iy < ${u(height)}`]),
      ...(width % stride === 0 ? [] : [`ix < ${u(width)}`]),
    ];
    const place = `n * ${u(output.imageStride)} + ${u(output.offset)} + (iy * ${u(width)} + ix) * ${u(channels)} + first`;
    return eachQuad(
      plan,
      (sum) => `  let iy = wy * ${u(stride)} + phaseY;
  let ix = wx * ${u(stride)} + phaseX;
  ${when(terms, `finish(${place}, n, first, ${sum('0u')});`)}`,
    );
  }
  const shifted = (sum: string): string => (params.bias ? `${sum} + shift` : sum);
  if (pool === 1)
    return eachQuad(
      plan,
      (sum) => `  finish(out * ${u(channels)} + first, n, first, ${shifted(sum('0u'))});`,
    );
  const window = windowOf(plan);
  return eachQuad(plan, (sum) => {
    return `  var best = ${shifted(sum('0u'))};
  var winner = vec4u();
  for (var k = zero; k < ${u(window)}; k++) {
    let v = ${shifted(sum('k'))};
    let pixel = (wy * ${u(pool)} + k / ${u(pool)}) * ${u(width)} + wx * ${u(pool)} + k % ${u(pool)};
    let wins = (v > best) | isNan(v) | vec4<bool>(k == 0u);
    best = select(best, v, wins);
    winner = select(winner, vec4u(pixel * ${u(channels)} + first) + vec4u(0, 1, 2, 3), wins);
  }
  finish(out * ${u(channels)} + first, n, first, best, winner);`;
  });
}
