/**
 * Weight gradients where a row of the window is short (one channel): a lane takes a whole row of the window. In each step it loads the
 * stretch of the image under a block of neighbouring pixels, once for all of them. The gradients of the block, pooled ones with their
 * winners, come from all lanes of the subgroup where those share loads; on a real GPU several lanes share a sum, a block each in turn.
 */
import type { Declaration } from '@/engine/webgpu/kernel';
import {
  insideTerms,
  singleInputs,
  storeSum,
  type Plan,
  type WgradSource,
} from '@/engine/webgpu/kernels/wgradPlan';
import {
  ceilDiv,
  joinLanes,
  lines,
  loadFunction,
  quadOf,
  range,
  broadcastUnits,
  tileSize,
  u,
} from '@/engine/webgpu/kernels/gemmTile';
import { fn } from '@/engine/webgpu/wgsl';

/** Windows of the pool, or single pixels, that a step takes. */
const blockOf = ({ params, tile }: Plan): number => Math.max(1, Math.floor(tile.pixels / params.pool));

/** `input(at, row, edge)`: 4 values of the image, 0 outside. */
const inputFunction = ({ params }: Plan): Declaration =>
  fn('input', '(at: u32, row: u32, edge: u32) -> vec4f', `  ${singleInputs((i) => insideTerms(params, i))}`);

export function patchedSource(plan: Plan): WgradSource {
  const { params, tile, run, outHeight, outWidth, outputWidth } = plan;
  const { batch, kernelSize, inChannels, outChannels, stride, padding, width, pool, bias } = params;
  const quads = tile.columns / 4;
  const [high, wide] = [Math.floor(outHeight / pool), Math.floor(outWidth / pool)];
  const block = blockOf(plan);
  const blocksWide = ceilDiv(wide, block);
  const blocks = batch * high * blocksWide;
  const perSplit = ceilDiv(blocks, tile.splits);
  const first = tile.sumLanes === 1 ? '' : ' + sumLane';
  const rowFloats = width * inChannels;
  const place = (unit: string): string =>
    `(${unit} / ${u(quads)}) * ${u(outChannels)} + (${unit} % ${u(quads)}) * 4u`;
  const count = block * quads;
  const units = broadcastUnits(tile, count, place, (at) => `load_dy(${at})`);
  const winners = broadcastUnits(tile, count, place, (at) => `load_argmax(${at})`);
  // The winners' variables beside the gradients'.
  const named = (text: string): string => text.replaceAll('shared', 'winners').replaceAll('place', 'spot');
  const length = (block * pool - 1) * stride * inChannels + run;
  const patch = lines(pool, (dy) => {
    const row = `(wy * ${u(pool)} + ${u(dy)}) * ${u(stride)} + ky - ${u(padding)}`;
    return `let row${dy} = ${row};
let edge${dy} = wx * ${u(pool * stride * inChannels)} - ${u(padding * inChannels)};
let at${dy} = n * ${u(params.imageStride)} + ${u(params.offset)} + row${dy} * ${u(rowFloats)} + edge${dy};
${lines(
  ceilDiv(length, 4),
  (i) =>
    `let patch${dy}_${i} = select(input(at${dy} + ${u(4 * i)}, row${dy}, edge${dy} + ${u(4 * i)}), vec4f(1.0), isBias);`,
)}`;
  });
  const multiply = (dy: number, dx: number, q: number): string => {
    const { type, low } = quadOf(tile, outChannels, q);
    const products = range(run).map((j) => {
      const at = dx * stride * inChannels + j;
      return `sum${j}_${q} = fma(${type}(patch${dy}_${Math.floor(at / 4)}[${at % 4}]), g, sum${j}_${q});`;
    });
    const own = `own + ${u((dy * outWidth + dx) * outChannels + 4 * q)} + vec4u(0, 1, 2, 3)`;
    const g = pool === 1 ? 'gradient' : `select(vec4f(), gradient, winner == ${own})`;
    return `{ let g = ${low === '' ? g : `(${g})${low}`}; ${products.join(' ')} }`;
  };
  const oneWindow = (w: number): string =>
    lines(quads, (q) => {
      const index = w * quads + q;
      const gradient = units.unit(index);
      // The last block of a row may have windows past its end.
      const isWhole = wide % block === 0 || w === 0;
      const pixels = range(pool ** 2).map((k) => multiply(Math.floor(k / pool), w * pool + (k % pool), q));
      return `{ let gradient = ${isWhole ? gradient : `select(vec4f(), ${gradient}, wx + ${u(w)} < ${u(wide)})`};
${pool === 1 ? '' : `let winner = ${named(winners.unit(index))};`}
${pixels.join('\n')} }`;
    });
  const sums = range(run * quads).map((k) => {
    const { type, whole } = quadOf(tile, outChannels, k % quads);
    const name = `sum${Math.floor(k / quads)}_${k % quads}`;
    return { name, start: `var ${name} = ${type}();`, value: whole(name) };
  });
  const storing = `let firstColumn = column;
  var sums = array<vec4f, ${sums.length}>(${sums.map(({ value }) => value).join(', ')});
  for (var k = zero; k < ${u(sums.length)}; k++) {
    let column = firstColumn + k % ${u(quads)} * 4u;
    let v = sums[k];
    if (t < ${u(kernelSize)}) {
      let at = (t * ${u(run)} + k / ${u(quads)}) * ${u(outChannels)} + column;
      ${storeSum(plan, 'dw', 'at')}
    }${
      bias
        ? ` else if (t == ${u(kernelSize)} && k < ${u(quads)}) {
      ${storeSum(plan, 'db', 'column')}
    }`
        : ''
    }
  }`;
  const names = sums.map(({ name }) => name);
  const joined = joinLanes(tile, names, storing);
  return {
    declarations: [
      inputFunction(plan),
      loadFunction('dy', outputWidth),
      ...(pool === 1 ? [] : [loadFunction('argmax', outputWidth, 'u')]),
    ],
    workgroupArrays: joined.workgroupArrays,
    body: `  let t = tileRow * ${u(tileSize(tile).high)} + rowLane;
  let ky = min(t, ${u(kernelSize - 1)});
  let isBias = ${bias ? `t == ${u(kernelSize)}` : 'false'};
  ${units.setup}
  ${pool === 1 ? '' : named(winners.setup)}
  ${sums.map(({ start }) => start).join(' ')}
  for (var at = split * ${u(perSplit)}${first}; at < min((split + 1u) * ${u(perSplit)}, ${u(blocks)}); at += ${u(tile.sumLanes)}) {
    let wx = at % ${u(blocksWide)} * ${u(block)};
    let wy = at / ${u(blocksWide)} % ${u(high)};
    let n = at / ${u(blocksWide * high)};
    let base = ((n * ${u(high)} + wy) * ${u(wide)} + wx) * ${u(outChannels)} + column;
    let own = (wy * ${u(pool * outWidth)} + wx * ${u(pool)}) * ${u(outChannels)} + column;
    ${units.load}
    ${pool === 1 ? '' : named(winners.load)}
    ${patch}
    ${lines(block, oneWindow)}
  }
  ${joined.code}`,
  };
}
