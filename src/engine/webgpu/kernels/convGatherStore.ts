/** What a gathering kernel (convGather.ts) does with its sums: bias, pool, scales, masks, ReLU; and where it stores them. */
import {
  extraNames,
  isByPixel,
  placeOf,
  windowCount,
  windowGrid,
  windowOf,
  type Plan,
} from '@/engine/webgpu/kernels/convGatherPlan';
import { sumNames } from '@/engine/webgpu/kernels/convGatherSum';
import { loadFunction, quadOf, store4, tileSize, u } from '@/engine/webgpu/kernels/gemmTile';

/** `finish`: what happens to 4 sums of a row before they are stored; `at` is their place in the output, `n` the image. */
export function finishFunction({ params, outputWidth }: Plan): string {
  const { output, direction } = params;
  const channels = output.channels;
  const isPooled = direction === 'forward' && params.pool > 1;
  const target = direction === 'forward' ? 'y' : 'dx';
  const steps = [
    params.accumulate ? `v += load_${target}(at);` : '',
    !isPooled && params.bias ? `v += load_bias(column);` : '',
    params.channelScale ? `v *= load_scale(n * ${u(channels)} + column);` : '',
    params.scale === null ? '' : `v *= ${Math.fround(params.scale)}f;`,
    params.relu ? 'v = select(v, vec4f(), v < vec4f());' : '',
    params.mask ? `v *= load_mask(at);` : '',
    params.reluMask ? `v = select(v, vec4f(), load_x(at) == vec4f());` : '',
    store4(target, 'at', 'v', channels, outputWidth),
    isPooled ? store4('argmax', 'at', 'winner', channels, outputWidth) : '',
  ].filter((text) => text !== '');
  const loads = [...(params.accumulate ? [target] : []), ...extraNames(params)].map((name) =>
    loadFunction(name, outputWidth),
  );
  const parameters = `at: u32, n: u32, column: u32, sums: vec4f${isPooled ? ', winner: vec4u' : ''}`;
  // v != v is folded to false by some compilers.
  const nan =
    'fn isNan(v: vec4f) -> vec4<bool> { return (bitcast<vec4u>(v) & vec4u(0x7fffffffu)) > vec4u(0x7f800000u); }';
  return `${loads.join('\n')}
${isPooled ? nan : ''}
fn finish(${parameters}) {
  var v = sums;
  ${steps.join('\n  ')}
}`;
}

/** Stores the tile, pooled where there is a pool: the first maximum in row-major order, NaN before all, as PyTorch. */
export function storing(plan: Plan): string {
  const { params, tile, rowsWide, sideBySide } = plan;
  const { output, pool, direction, stride } = params;
  const channels = output.channels;
  const window = windowOf(plan);
  const quads = tile.columns / 4;
  const sums = sumNames(tile).map((name, i) => quadOf(tile, channels, i % quads).whole(name));
  const { high } = windowGrid(plan);
  const place = placeOf(plan, 'm');
  const { high: tileHigh, rowLanes } = tileSize(tile);
  const apart = sideBySide === 0;
  const windowsWide = direction === 'forward' ? rowsWide / pool : rowsWide;
  const each = (statements: string): string => `var sums = array<vec4f, ${sums.length}>(${sums.join(', ')});
for (var i = zero; i < ${u((tile.rows / window) * quads)}; i++) {
  let g = i / ${u(quads)};
  let m = tileRow * ${u(apart ? tileHigh / window : rowLanes)}${apart ? ` + g * ${u(rowLanes)}` : ''} + rowLane;
  if (m >= ${u(windowCount(plan))}) { continue; }
  let first = column + i % ${u(quads)} * 4u;
  let n = ${place.n};
  let wy = ${place.wy};
  let wx = ${place.wx}${apart ? '' : ` * ${u(sideBySide)} + g`};
  ${apart ? '' : `if (wx >= ${u(windowsWide)}) { continue; }`}
  let out = ${apart && !isByPixel(plan) ? 'm' : `(n * ${u(high)} + wy) * ${u(windowsWide)} + wx`};
${statements}
}`;
  if (direction === 'backward')
    return each(`  let iy = wy * ${u(stride)} + phaseY;
  let ix = wx * ${u(stride)} + phaseX;
  if (iy < ${u(output.height)} && ix < ${u(output.width)}) {
    finish(n * ${u(output.imageStride)} + ${u(output.offset)} + (iy * ${u(output.width)} + ix) * ${u(channels)} + first, n, first, sums[i]);
  }`);
  if (pool === 1) return each(`  finish(out * ${u(channels)} + first, n, first, sums[i]);`);
  return each(`  let shift = ${params.bias ? 'load_bias(first)' : 'vec4f()'};
  let place = g * ${u(window * quads)} + i % ${u(quads)};
  var best = sums[place] + shift;
  var winner = vec4u();
  for (var k = zero; k < ${u(window)}; k++) {
    let v = sums[place + k * ${u(quads)}] + shift;
    let pixel = (wy * ${u(pool)} + k / ${u(pool)}) * ${u(output.width)} + wx * ${u(pool)} + k % ${u(pool)};
    let wins = (v > best) | isNan(v) | vec4<bool>(k == 0u);
    best = select(best, v, wins);
    winner = select(winner, vec4u(pixel * ${u(channels)} + first) + vec4u(0, 1, 2, 3), wins);
  }
  finish(out * ${u(channels)} + first, n, first, best, winner);`);
}
