/**
 * Weight gradients (wgrad): dw = x^T dy, db = the sum of dy, over all pixels of a batch. Rows are groups of 4 weights that lie side by side
 * in a row of the window, columns are output channels, the sum runs over pixels. The pixels are split into ranges, whose sums go
 * to `partials` and are added in a fixed order: no atomics, so every run gives the same bits.
 */
import type { Declaration } from '@/engine/webgpu/kernel';
import { additionKernel, partialLayout, roundUp, type WgradParams } from '@/engine/webgpu/kernels/splitK';
import { patchedSource } from '@/engine/webgpu/kernels/wgradPatch';
import {
  bindingsOf,
  insideTerms,
  planOf,
  wgradRows,
  singleInputs,
  storeSum,
  type Plan,
  type WgradSource,
  type WgradTile,
} from '@/engine/webgpu/kernels/wgradPlan';
import { countTaps, gridOf, liveTaps, type KernelSequence } from '@/engine/webgpu/kernels/convShape';
import {
  ceilDiv,
  every,
  joinLanes,
  lines,
  loadFunction,
  quadOf,
  range,
  broadcastUnits,
  tileKernel,
  tileSize,
  u,
} from '@/engine/webgpu/kernels/gemmTile';
import { fn } from '@/engine/webgpu/wgsl';

const longestPart = 512;

/** `input(at, row, edge, counts)`: 4 values of x, 0 outside the image and past the range. */
const inputFunction = (plan: Plan): Declaration =>
  fn('input', '(at: u32, row: u32, edge: u32, counts: bool) -> vec4f', inputBody(plan));

function inputBody({ params, inputWidth, mayEnd }: Plan): string {
  const terms = (i: string): string[] => [...(mayEnd ? ['counts'] : []), ...insideTerms(params, i)];
  const condition = (i: string): string => every(terms(i));
  if (inputWidth === 4) {
    const inside = condition('0u');
    return inside === 'true'
      ? '  return x[at / 4u];'
      : `  let inside = ${inside};
  return select(vec4f(), x[select(0u, at, inside) / 4u], inside);`;
  }
  if (inputWidth === 2) {
    const half = (name: string, first: string): string => {
      const inside = condition(first);
      return inside === 'true'
        ? `let ${name} = x[(at + ${first}) / 2u];`
        : `let ${name}Inside = ${inside};
  let ${name} = select(vec2f(), x[select(0u, at + ${first}, ${name}Inside) / 2u], ${name}Inside);`;
    };
    return `  ${half('low', '0u')}
  ${half('high', '2u')}
  return vec4f(low, high);`;
  }
  return `  ${singleInputs(terms)}`;
}

/** `gradient(at)`: 4 values of dy before pooling; `at` is their place in the convolution's output. */
function gradientFunctions({ params, outputWidth, outHeight, outWidth }: Plan): readonly Declaration[] {
  const { outChannels, pool } = params;
  const gradient = (body: string): Declaration => fn('gradient', '(at: u32) -> vec4f', body);
  const loadDy = loadFunction('dy', outputWidth);
  if (pool === 1) return [loadDy, gradient('  return load_dy(at);')];
  const [high, wide] = [Math.floor(outHeight / pool), Math.floor(outWidth / pool)];
  return [
    loadDy,
    loadFunction('argmax', outputWidth, 'u'),
    gradient(`  let pixel = at / ${u(outChannels)};
  let n = pixel / ${u(outHeight * outWidth)};
  let py = pixel / ${u(outWidth)} % ${u(outHeight)} / ${u(pool)};
  let px = pixel % ${u(outWidth)} / ${u(pool)};
  let inside = ${every([`py < ${u(high)}`, `px < ${u(wide)}`])};
  let place = select(0u, ((n * ${u(high)} + py) * ${u(wide)} + px) * ${u(outChannels)} + at % ${u(outChannels)}, inside);
  let own = at - n * ${u(outHeight * outWidth * outChannels)} + vec4u(0, 1, 2, 3);
  let won = (load_argmax(place) == own) & vec4<bool>(inside);
  return select(vec4f(), load_dy(place), won);`),
  ];
}

function rowSetup({ params, tile, groups }: Plan): string {
  const { kernelSize, width, inChannels, padding } = params;
  const rowFloats = width * inChannels;
  return lines(
    tile.rows,
    (r) => `let t${r} = tileRow * ${u(tileSize(tile).high)} + ${u(r * tileSize(tile).rowLanes)} + rowLane;
let ky${r} = min(t${r} / ${u(groups)}, ${u(kernelSize - 1)});
let j${r} = t${r} % ${u(groups)} * 4u;
let isBias${r} = ${params.bias ? `t${r} == ${u(kernelSize * groups)}` : 'false'};
let y${r} = ky${r} - ${u(padding)};
let edge${r} = j${r} - ${u(padding * inChannels)};
let from${r} = ${u(params.offset)} + y${r} * ${u(rowFloats)} + edge${r};`,
  );
}

/** Variables of the tile's sums: `sumR_I_Q` is weight i of group r, quad q. */
const sumNames = (tile: WgradTile): string[] =>
  range(tile.rows).flatMap((r) =>
    range(4).flatMap((i) => range(tile.columns / 4).map((q) => `sum${r}_${i}_${q}`)),
  );

/** `make` for every sum: what follows "sum" and "total" in its name, and its type. */
const eachSum = ({ tile, params }: Plan, make: (name: string, type: string) => string): string =>
  lines(tile.rows, (r) =>
    range(4)
      .flatMap((i) =>
        range(tile.columns / 4).map((q) => make(`${r}_${i}_${q}`, quadOf(tile, params.outChannels, q).type)),
      )
      .join(' '),
  );

/** One step of the sum: `pixels` pixels from `pixel` on. */
function step(plan: Plan): { readonly setup: string; readonly code: string } {
  const { params, tile, outHeight, outWidth, mayEnd } = plan;
  const { stride, width, inChannels, imageStride, bias } = params;
  const quads = tile.columns / 4;
  const units = broadcastUnits(
    tile,
    tile.pixels * quads,
    (unit) => `(${unit} / ${u(quads)}) * ${u(params.outChannels)} + (${unit} % ${u(quads)}) * 4u`,
    (at) => `gradient(${at})`,
  );
  const isImage = outHeight * outWidth > 1;
  const onePixel = (i: number): string => {
    const place = isImage
      ? `let n = p / ${u(outHeight * outWidth)}; let oy = p / ${u(outWidth)} % ${u(outHeight)} * ${u(stride)}; let ox = p % ${u(outWidth)} * ${u(stride * inChannels)};
let at = n * ${u(imageStride)} + oy * ${u(width * inChannels)} + ox;`
      : `let at = p * ${u(imageStride)}; let oy = 0u; let ox = 0u;`;
    const inputs = (r: number): string => {
      const value = `input(at + from${r}, oy + y${r}, ox + edge${r}, counts)`;
      const one = mayEnd ? 'select(0.0, 1.0, counts)' : '1.0';
      return bias
        ? `let a${r} = select(${value}, vec4f(${one}, 0.0, 0.0, 0.0), isBias${r});`
        : `let a${r} = ${value};`;
    };
    const multiply = (q: number): string => {
      const { type, low } = quadOf(tile, params.outChannels, q);
      return `{ let g = ${units.unit(i * quads + q)}${low};
${lines(tile.rows, (r) =>
  range(4)
    .map((c) => `sum${r}_${c}_${q} = fma(${type}(a${r}[${c}]), g, sum${r}_${c}_${q});`)
    .join(' '),
)} }`;
    };
    return `{ let p = pixel + ${u(i)};
let counts = p < to;
${place}
${lines(tile.rows, inputs)}
${lines(quads, multiply)} }`;
  };
  return {
    setup: units.setup,
    code: `let base = pixel * ${u(params.outChannels)} + column;\n${units.load}\n${lines(tile.pixels, onePixel)}`,
  };
}

function summation(plan: Plan): string {
  const { tile, perSplit } = plan;
  const { setup, code } = step(plan);
  const start = eachSum(plan, (name, type) => `var sum${name} = ${type}();`);
  const ownPart = tile.sumLanes === 1 ? '' : ` + sumLane * ${u(tile.pixels)}`;
  const loop = (from: string, to: string): string =>
    `for (var pixel = ${from}${ownPart}; pixel < ${to}; pixel += ${u(tile.pixels * tile.sumLanes)}) {\n${code}\n}`;
  if (perSplit <= longestPart) return `${setup}\n${start}\n${loop('start', 'to')}`;
  const part = roundUp(longestPart, tile.pixels);
  return `${setup}
${start}
${eachSum(plan, (name, type) => `var total${name} = ${type}();`)}
for (var first = start; first < to; first += ${u(part)}) {
${eachSum(plan, (name, type) => `sum${name} = ${type}();`)}
${loop('first', `min(first + ${u(part)}, to)`)}
${eachSum(plan, (name) => `total${name} += sum${name};`)}
}
${eachSum(plan, (name) => `sum${name} = total${name};`)}`;
}

/** Statement that empties the range of a workgroup whose weights meet no pixel; nothing where there are none such. */
function skipDead({ params, tile, outHeight, outWidth, run }: Plan): string {
  const { height, width, kernelSize, inChannels } = params;
  const y = liveTaps(height, outHeight, params);
  const x = liveTaps(width, outWidth, params);
  const isWhole = y.first === 0 && x.first === 0 && y.end === kernelSize && x.end === kernelSize;
  if (isWhole || inChannels % 4 !== 0) return '';
  const { high } = tileSize(tile);
  const perTap = inChannels / 4;
  return `let firstTap = tileRow * ${u(high)} / ${u(perTap)};
let lastTap = (tileRow * ${u(high)} + ${u(high - 1)}) / ${u(perTap)};
let tapY = firstTap / ${u(kernelSize)};
let tapX = firstTap % ${u(run / inChannels)};
let isLive = tapY >= ${u(y.first)} && tapY < ${u(y.end)} && tapX >= ${u(x.first)} && tapX < ${u(x.end)};
if (firstTap == lastTap && firstTap < ${u(kernelSize ** 2)} && !isLive) { to = start; }`;
}

/** Stores the tile: weights, and the biases' row where there is one. */
function storing(plan: Plan): string {
  const { params, tile, groups, run } = plan;
  const { kernelSize, outChannels, bias } = params;
  const quads = tile.columns / 4;
  const { high, rowLanes } = tileSize(tile);
  const sums = sumNames(tile).map((name, i) => quadOf(tile, outChannels, i % quads).whole(name));
  return `let firstColumn = column;
var sums = array<vec4f, ${sums.length}>(${sums.join(', ')});
for (var k = zero; k < ${u(sums.length)}; k++) {
  let t = tileRow * ${u(high)} + k / ${u(4 * quads)} * ${u(rowLanes)} + rowLane;
  let j = t % ${u(groups)} * 4u + k / ${u(quads)} % 4u;
  let column = firstColumn + k % ${u(quads)} * 4u;
  let v = sums[k];
  if (t < ${u(kernelSize * groups)} && j < ${u(run)}) {
    let at = (t / ${u(groups)} * ${u(run)} + j) * ${u(outChannels)} + column;
    ${storeSum(plan, 'dw', 'at')}
  }${
    bias
      ? ` else if (t == ${u(kernelSize * groups)} && j == 0u) {
    ${storeSum(plan, 'db', 'column')}
  }`
      : ''
  }
}`;
}

/** A tile of groups of 4 weights. */
function tiledSource(plan: Plan): WgradSource {
  const joined = joinLanes(plan.tile, sumNames(plan.tile), storing(plan));
  return {
    declarations: [inputFunction(plan), ...gradientFunctions(plan)],
    workgroupArrays: joined.workgroupArrays,
    body: `  let start = split * ${u(plan.perSplit)};
  var to = min(start + ${u(plan.perSplit)}, ${u(plan.total)});
  ${skipDead(plan)}
${rowSetup(plan)}
${summation(plan)}
${joined.code}`,
  };
}

export function wgradKernels(params: WgradParams, tile: WgradTile): KernelSequence {
  const plan = planOf(params, tile);
  const { high, wide } = tileSize(tile);
  const tileRows = ceilDiv(wgradRows(params, tile.patches), high);
  const tileColumns = ceilDiv(params.outChannels, wide);
  const grid = gridOf(tileRows * tileColumns * tile.splits);
  const source = tile.patches ? patchedSource(plan) : tiledSource(plan);
  const body = `  let tileRow = tile % ${u(tileRows)};
  let column = tile / ${u(tileRows)} % ${u(tileColumns)} * ${u(wide)} + lane % ${u(tile.columnLanes)} * ${u(tile.columns)};
  let split = tile / ${u(tileRows * tileColumns)};
${source.body}`;
  const made = tileKernel({
    label: params.label,
    bindings: bindingsOf(plan),
    tile,
    grid,
    declarations: source.declarations,
    workgroupArrays: source.workgroupArrays,
    body,
  });
  const { stride, biasStart, weights } = partialLayout(params);
  const { pool, batch, outChannels } = params;
  const x = liveTaps(params.width, plan.outWidth, params);
  const y = liveTaps(params.height, plan.outHeight, params);
  const kernel = { ...made, products: plan.total * countTaps(y, x) * params.inChannels * outChannels };
  const outputs = batch * Math.floor(plan.outHeight / pool) * Math.floor(plan.outWidth / pool) * outChannels;
  const lengths = {
    x: batch * params.imageStride,
    dy: outputs,
    argmax: outputs,
    dw: weights,
    db: outChannels,
    partials: (params.partialsOffset ?? 0) + tile.splits * stride,
  };
  if (params.partialsOffset !== undefined) {
    const weight = params.partialsOffset;
    const left = { splits: tile.splits, stride, weight, bias: weight + biasStart };
    return { kernels: [kernel], partialsLength: tile.splits * stride, lengths, left };
  }
  if (!plan.isPartial) return { kernels: [kernel], partialsLength: 0, lengths };
  return {
    kernels: [kernel, additionKernel(params, tile.splits)],
    partialsLength: tile.splits * stride,
    lengths,
  };
}
