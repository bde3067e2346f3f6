/**
 * Sums that gather: y of a convolution or Linear, and the gradient of its input. One generator, an implicit GEMM: rows are pixels,
 * columns are output channels, the sum runs over a window and its channels. Lanes hold neighbouring pixels.
 */
import { gridOf, liveTaps, type KernelSequence } from '@/engine/webgpu/kernels/convShape';
import {
  floats,
  lines,
  loadFunction,
  range,
  sharedUnits,
  store4,
  tileKernel,
  tileSize,
  words,
  type Tile,
  type TypedBinding,
} from '@/engine/webgpu/kernels/gemmTile';

/** A stack of images [batch][height][width][channels] inside a buffer. */
export interface ImageStack {
  readonly name: string;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Floats from one image to the next, and before the first; height * width * channels and 0 where there is nothing between. */
  readonly imageStride: number;
  readonly offset: number;
}

export interface GatherParams {
  readonly label: string;
  /**
   * forward: `input` is x, `output` is the convolution's output before pooling.
   * backward: `input` is the gradient of the output (not pooled), `output` is dx; weights are read transposed and mirrored.
   */
  readonly direction: 'forward' | 'backward';
  readonly batch: number;
  readonly input: ImageStack;
  readonly output: ImageStack;
  readonly kernelSize: number;
  readonly stride: number;
  readonly padding: number;
  /** Side of the max pool behind the convolution; 1 for none. Backward, `input` is bound pooled, with its argmax. */
  readonly pool: number;
  readonly bias: boolean;
  readonly channelScale: boolean;
  readonly mask: boolean;
  readonly relu: boolean;
  readonly accumulate: boolean;
  readonly reluMask: boolean;
  readonly scale: number | null;
}

// Partial sums are added up after so many products at most, so that rounding errors grow like those of a blocked sum.
const longestPart = 512;

const isPlain = (stack: ImageStack): boolean =>
  stack.offset === 0 && stack.imageStride === stack.height * stack.width * stack.channels;
const isAligned = (stack: ImageStack): boolean =>
  stack.channels % 4 === 0 && stack.imageStride % 4 === 0 && stack.offset % 4 === 0;
const ceilDiv = (a: number, b: number): number => Math.ceil(a / b);
const u = (value: number): string => `${value >>> 0}u`;

/** What the parts of the source share. */
interface Plan {
  readonly params: GatherParams;
  readonly tile: Tile;
  /** Consecutive floats of `input` that one turn of the tap loops sums over: a row of the window, or one pixel's channels. */
  readonly run: number;
  readonly inputAligned: boolean;
  readonly weightAligned: boolean;
  readonly outputAligned: boolean;
  /** Rows of the product per image: output pixels, or pixels of one phase of a strided gradient. */
  readonly rowsHigh: number;
  readonly rowsWide: number;
  readonly phases: number;
  /**
   * Products along the sum that a lane loads at once: 4, or 1 where nothing is shared and channels fill no vector (each load site
   * is a loop in lavapipe's code, and 32 of them compile for half a minute).
   */
  readonly width: 4 | 1;
  /** Groups of `width` products that a step of the inner loop takes. */
  readonly blocks: number;
  /**
   * Where a run is short (one channel): a lane's windows lie side by side, and it loads the row of input under all of them once
   * for all their pixels. 0 where windows are apart by the number of lanes, so that neighbouring lanes read neighbouring memory.
   */
  readonly sideBySide: number;
}

// The products of a whole run are written out then.
const longestPatchedRun = 8;

function planOf(params: GatherParams, tile: Tile): Plan {
  const { direction, input, output, kernelSize, stride, pool } = params;
  const isForward = direction === 'forward';
  const fillsWeights = (isForward ? output.channels : input.channels) % 4 === 0;
  const window = isForward ? pool ** 2 : 1;
  const isPatched = isForward && kernelSize * input.channels <= longestPatchedRun;
  const width = tile.shares || isPatched || (isAligned(input) && fillsWeights) ? 4 : 1;
  return {
    params,
    tile,
    inputAligned: isAligned(input) && width === 4,
    weightAligned: fillsWeights && (isForward || width === 4),
    width,
    run: isForward ? kernelSize * input.channels : input.channels,
    outputAligned: isAligned(output),
    rowsHigh: isForward ? Math.floor(output.height / pool) * pool : ceilDiv(output.height, stride),
    rowsWide: isForward ? Math.floor(output.width / pool) * pool : ceilDiv(output.width, stride),
    phases: isForward ? 1 : stride ** 2,
    sideBySide: isPatched ? tile.rows / window : 0,
    blocks: tile.shares ? Math.max(1, Math.floor(tile.lanes / tile.columns)) : 1,
  };
}

/** Taps of the window that any pixel needs. */
function tapsOf({ params }: Plan) {
  const { direction, input, output } = params;
  const [from, to] = direction === 'forward' ? [input, output] : [output, input];
  return { y: liveTaps(from.height, to.height, params), x: liveTaps(from.width, to.width, params) };
}

/** Pixels that a lane's rows form together: a pool's window, else single pixels. */
const windowOf = ({ params }: Plan): number => (params.direction === 'forward' ? params.pool ** 2 : 1);

function needsEdges({ params }: Plan): boolean {
  const { direction, padding, kernelSize, stride, pool } = params;
  return direction === 'forward' ? padding > 0 : kernelSize > 1 || stride > 1 || padding > 0 || pool > 1;
}

/** `input(at, edge, ok, j)`: the 4 values at `at` + `j`, 0 where the window leaves the image or the run ends. */
function inputFunction(plan: Plan): string {
  const { params, run, inputAligned, width: values } = plan;
  const { name, width, channels } = params.input;
  const isForward = params.direction === 'forward';
  const isPooled = !isForward && params.pool > 1;
  const head = `fn input(at: u32, edge: u32, ok: bool, j: u32) -> ${values === 4 ? 'vec4f' : 'f32'} {`;
  const condition = (i: string): string => {
    const terms = needsEdges(plan) ? ['ok'] : [];
    if (needsEdges(plan) && isForward) terms.push(`edge + j + ${i} < ${u(width * channels)}`);
    if (plan.sideBySide === 0 && run % (values * plan.blocks) !== 0) terms.push(`j + ${i} < ${u(run)}`);
    return terms.length === 0 ? 'true' : terms.join(' && ');
  };
  if (inputAligned) {
    const inside = condition('0u');
    const index = inside === 'true' ? '(at + j) / 4u' : 'select(0u, at + j, inside) / 4u';
    const value = isPooled
      ? `select(vec4f(), ${name}[i], argmax[i] == edge + j + vec4u(0, 1, 2, 3))`
      : `${name}[i]`;
    return `${head}
  let inside = ${inside};
  let i = ${index};
  return ${inside === 'true' ? value : `select(vec4f(), ${value}, inside)`};
}`;
  }
  const inside = condition('i');
  const one = isPooled
    ? `select(0.0, ${name}[place], counts && argmax[place] == edge + j + i)`
    : `select(0.0, ${name}[place], counts)`;
  const element = `let counts = ${inside};
  let place = select(0u, at + j + i, counts);`;
  return values === 1
    ? `${head}
  let i = 0u;
  ${element}
  return ${one};
}`
    : `${head}
  var v = vec4f();
  for (var i = zero; i < 4u; i++) {
  ${element}
  v[i] = ${one};
  }
  return v;
}`;
}

/** Where each row of the tile begins: per row `n`, `y`, `x` and what the tap loops start from. */
function rowSetup(plan: Plan): string {
  const { params, tile } = plan;
  const { input, stride, padding, direction } = params;
  const { high, wide } = windowGrid(plan);
  const window = windowOf(plan);
  const side = Math.round(Math.sqrt(window));
  const perWindow = (g: number): string => `
  let m${g} = tileRow * ${u(plan.sideBySide > 0 ? tileSize(tile).rowLanes : tileSize(tile).high / window)} + ${u(g * tileSize(tile).rowLanes)} + rowLane;
  let c${g} = min(m${g}, ${u(windowCount(plan) - 1)});
  let n${g} = c${g} / ${u(high * wide)};
  let wy${g} = c${g} / ${u(wide)} % ${u(high)};
  let wx${g} = c${g} % ${u(wide)};`;
  const rowFloats = input.width * input.channels;
  /** Pixel (dy, dx) of window g, from which the input's row `p` starts. */
  const start = (p: number, g: number, dy: number, dx: number, windows: number): string => `
  let y${p} = (wy${g} * ${u(side)} + ${u(dy)}) * ${u(stride)} - ${u(padding)};
  let edge${p} = ((wx${g} * ${u(side * windows)} + ${u(dx)}) * ${u(stride)} - ${u(padding)}) * ${u(input.channels)};
  let from${p} = n${g} * ${u(input.imageStride)} + ${u(input.offset)} + y${p} * ${u(rowFloats)} + edge${p};`;
  if (plan.sideBySide > 0) return perWindow(0) + lines(side, (dy) => start(dy, 0, dy, 0, plan.sideBySide));
  const perRow = (p: number): string =>
    start(p, Math.floor(p / window), Math.floor((p % window) / side), p % side, 1);
  return lines(tile.rows / window, perWindow) + (direction === 'backward' ? '' : lines(tile.rows, perRow));
}

/** Windows of the whole batch as lanes count them: side by side ones are one, and the last of a row may lack some. */
function windowGrid({ params, rowsHigh, rowsWide, sideBySide }: Plan): { high: number; wide: number } {
  if (params.direction === 'backward') return { high: rowsHigh, wide: rowsWide };
  const { pool } = params;
  return { high: rowsHigh / pool, wide: ceilDiv(rowsWide / pool, Math.max(1, sideBySide)) };
}

function windowCount(plan: Plan): number {
  const { high, wide } = windowGrid(plan);
  return plan.params.batch * high * wide;
}

/** The loops over the window; `turn` is one run. */
function tapLoops(plan: Plan, turn: string): string {
  const { params, tile, run, phases } = plan;
  const { input, output, kernelSize, stride, padding, pool } = params;
  if (params.direction === 'forward') {
    const rowFloats = input.width * input.channels;
    const perRow = (p: number): string =>
      `let at${p} = from${p} + ky * ${u(rowFloats)}; let ok${p} = y${p} + ky < ${u(input.height)};`;
    const rows = tapsOf(plan).y;
    return `for (var ky = group.z + ${u(rows.first)}; ky < ${u(rows.end)}; ky++) {
${lines(plan.sideBySide > 0 ? pool : tile.rows, perRow)}
let weightRow = ky * ${u(run * output.channels)} + column;
${turn}
}`;
  }
  const [high, wide] = [Math.floor(input.height / pool), Math.floor(input.width / pool)];
  const perRow = (p: number): string => `let oy${p} = u32(i32(wy${p}) + shiftY);
let ox${p} = u32(i32(wx${p}) + shiftX);
let ok${p} = oy${p} < ${u(high * pool)} && ox${p} < ${u(wide * pool)};
let edge${p} = (oy${p} * ${u(input.width)} + ox${p}) * ${u(input.channels)};
let at${p} = n${p} * ${u(pool > 1 ? high * wide * input.channels : input.imageStride)} + ${u(input.offset)} + ${
    pool > 1
      ? `((oy${p} / ${u(pool)}) * ${u(wide)} + ox${p} / ${u(pool)}) * ${u(input.channels)}`
      : `edge${p}`
  };`;
  const taps = tapsOf(plan);
  const first = (phase: string, live: number): string =>
    phases === 1 ? `group.z + ${u(live)}` : `(${phase} + ${u(padding)}) % ${u(stride)}`;
  const shift = (phase: string, tap: string): string =>
    `(i32(${phase}) + ${padding} - i32(${tap})) / ${stride}`;
  return `for (var ky = ${first('phaseY', taps.y.first)}; ky < ${u(taps.y.end)}; ky += ${u(stride)}) {
let shiftY = ${shift('phaseY', 'ky')};
for (var kx = ${first('phaseX', taps.x.first)}; kx < ${u(taps.x.end)}; kx += ${u(stride)}) {
let shiftX = ${shift('phaseX', 'kx')};
${lines(tile.rows, perRow)}
let weightRow = ((ky * ${u(kernelSize)} + kx) * ${u(output.channels)} + column) * ${u(input.channels)};
${turn}
}
}`;
}

/** One step of the sum: width * blocks products for each row and column. */
function step(plan: Plan): { readonly setup: string; readonly code: string } {
  const { params, tile, blocks, width } = plan;
  const quads = tile.columns / 4;
  const isForward = params.direction === 'forward';
  const outChannels = params.output.channels;
  const units = sharedUnits(
    tile,
    tile.columns * blocks,
    (unit) =>
      isForward
        ? `(${unit} / ${quads}u) * ${u(outChannels)} + (${unit} % ${quads}u) * 4u`
        : `(${unit} % ${u(tile.columns)}) * ${u(params.input.channels)} + (${unit} / ${u(tile.columns)}) * 4u`,
    (at) => `load_weight(${at})`,
  );
  const multiply = (q: number, i: number, weights: string): string =>
    `{ let w = ${weights}; ${range(tile.rows)
      .map((p) => `sum${p}_${q} = fma(vec4f(a${p}${width === 4 ? `[${i}]` : ''}), w, sum${p}_${q});`)
      .join(' ')} }`;
  const block = (b: number): string => {
    const inputs = lines(tile.rows, (p) => {
      const edge = needsEdges(plan) ? `edge${p}, ok${p}` : '0u, true';
      return `let a${p} = input(at${p}, ${edge}, j + ${u(width * b)});`;
    });
    const oneByOne = (q: number): string => {
      const rows = range(4).map((c) => `weight[base + ${u((4 * q + c) * params.input.channels)}]`);
      return multiply(q, 0, `vec4f(${rows.join(', ')})`);
    };
    const products = isForward
      ? lines(width, (i) => lines(quads, (q) => multiply(q, i, units.unit((4 * b + i) * quads + q))))
      : width === 1
        ? lines(quads, oneByOne)
        : lines(quads, (q) => {
            const columns = range(4).map((c) => `let w${c} = ${units.unit(b * tile.columns + 4 * q + c)};`);
            return `{ ${columns.join(' ')}
${lines(4, (i) => multiply(q, i, `vec4f(w0[${i}], w1[${i}], w2[${i}], w3[${i}])`))} }`;
          });
    return `{
${inputs}
${products}
}`;
  };
  const base = isForward ? `weightRow + j * ${u(outChannels)}` : 'weightRow + j';
  return { setup: units.setup, code: `let base = ${base};\n${units.load}\n${lines(blocks, block)}` };
}

/** All products of one run, from a row of input that the lane's windows share. */
function patchedRun(plan: Plan): { readonly setup: string; readonly code: string } {
  const { params, tile, run, sideBySide } = plan;
  const { pool, stride, input, output } = params;
  const quads = tile.columns / 4;
  const units = sharedUnits(
    tile,
    run * quads,
    (unit) => `(${unit} / ${u(quads)}) * ${u(output.channels)} + (${unit} % ${u(quads)}) * 4u`,
    (at) => `load_weight(${at})`,
  );
  const length = (sideBySide * pool - 1) * stride * input.channels + run;
  const edge = (dy: number): string => (needsEdges(plan) ? `edge${dy}, ok${dy}` : '0u, true');
  const patches = lines(pool, (dy) =>
    lines(ceilDiv(length, 4), (i) => `let patch${dy}_${i} = input(at${dy}, ${edge(dy)}, ${u(4 * i)});`),
  );
  const multiply = (j: number, q: number, p: number): string => {
    const [g, inWindow] = [Math.floor(p / pool ** 2), p % pool ** 2];
    const [dy, dx] = [Math.floor(inWindow / pool), g * pool + (inWindow % pool)];
    const at = dx * stride * input.channels + j;
    return `sum${p}_${q} = fma(vec4f(patch${dy}_${Math.floor(at / 4)}[${at % 4}]), w, sum${p}_${q});`;
  };
  const products = lines(run, (j) =>
    lines(quads, (q) => {
      const all = range(tile.rows).map((p) => multiply(j, q, p));
      return `{ let w = ${units.unit(j * quads + q)}; ${all.join(' ')} }`;
    }),
  );
  return { setup: units.setup, code: `let base = weightRow;\n${units.load}\n${patches}\n${products}` };
}

const eachSum = (tile: Tile, make: (p: number, q: number) => string): string =>
  lines(tile.rows, (p) =>
    range(tile.columns / 4)
      .map((q) => make(p, q))
      .join(' '),
  );

/** The whole sum: parts of at most `longestPart` products, each added to a total. */
function summation(plan: Plan): string {
  const { params, tile, run, blocks, width } = plan;
  const start = eachSum(tile, (p, q) => `var sum${p}_${q} = vec4f();`);
  if (plan.sideBySide > 0) {
    const { setup, code } = patchedRun(plan);
    return `${setup}\n${start}\n${tapLoops(plan, code)}`;
  }
  const { setup, code } = step(plan);
  const isForward = params.direction === 'forward';
  const { x, y } = tapsOf(plan);
  const cuts = isForward && params.input.channels % 4 === 0;
  const [first, end] = cuts ? [x.first * params.input.channels, x.end * params.input.channels] : [0, run];
  const turns = Math.max(0, y.end - y.first) * (isForward ? 1 : Math.max(0, x.end - x.first));
  const loop = (from: string, to: string): string =>
    `for (var j = ${from}; j < ${to}; j += ${u(width * blocks)}) {\n${code}\n}`;
  const whole = loop(`group.z + ${u(first)}`, u(end));
  if (turns * (end - first) <= longestPart) return `${setup}\n${start}\n${tapLoops(plan, whole)}`;
  const part = `${eachSum(tile, (p, q) => `sum${p}_${q} = vec4f();`)}
${end - first <= longestPart ? whole : loop('start', `min(start + ${u(longestPart)}, ${u(end)})`)}
${eachSum(tile, (p, q) => `total${p}_${q} += sum${p}_${q};`)}`;
  const parts =
    end - first <= longestPart
      ? part
      : `for (var start = group.z + ${u(first)}; start < ${u(end)}; start += ${u(longestPart)}) {\n${part}\n}`;
  return `${setup}
${start}
${eachSum(tile, (p, q) => `var total${p}_${q} = vec4f();`)}
${tapLoops(plan, parts)}
${eachSum(tile, (p, q) => `sum${p}_${q} = total${p}_${q};`)}`;
}

/** `finish`: what happens to 4 sums of a row before they are stored; `at` is their place in the output, `n` the image. */
function finishFunction({ params, outputAligned }: Plan): string {
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
    store4(target, 'at', 'v', channels, outputAligned),
    isPooled ? store4('argmax', 'at', 'winner', channels, outputAligned) : '',
  ].filter((text) => text !== '');
  const loads = [...(params.accumulate ? [target] : []), ...extraNames(params)].map((name) =>
    loadFunction(name, outputAligned),
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
function storing(plan: Plan): string {
  const { params, tile, rowsWide, sideBySide } = plan;
  const { output, pool, direction, stride } = params;
  const channels = output.channels;
  const window = windowOf(plan);
  const quads = tile.columns / 4;
  const sums = range(tile.rows).flatMap((p) => range(quads).map((q) => `sum${p}_${q}`));
  const { high, wide } = windowGrid(plan);
  const { high: tileHigh, rowLanes } = tileSize(tile);
  const apart = sideBySide === 0;
  const windowsWide = direction === 'forward' ? rowsWide / pool : rowsWide;
  const each = (statements: string): string => `var sums = array<vec4f, ${sums.length}>(${sums.join(', ')});
for (var i = zero; i < ${u((tile.rows / window) * quads)}; i++) {
  let g = i / ${u(quads)};
  let m = tileRow * ${u(apart ? tileHigh / window : rowLanes)}${apart ? ` + g * ${u(rowLanes)}` : ''} + rowLane;
  if (m >= ${u(windowCount(plan))}) { continue; }
  let first = column + i % ${u(quads)} * 4u;
  let n = m / ${u(high * wide)};
  let wy = m / ${u(wide)} % ${u(high)};
  let wx = m % ${u(wide)}${apart ? '' : ` * ${u(sideBySide)} + g`};
  ${apart ? '' : `if (wx >= ${u(windowsWide)}) { continue; }`}
  let out = ${apart ? 'm' : `(n * ${u(high)} + wy) * ${u(windowsWide)} + wx`};
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

/** Read-only bindings beside the operands, as the output is aligned. */
function extraNames(params: GatherParams): string[] {
  return [
    ...(params.bias ? ['bias'] : []),
    ...(params.channelScale ? ['scale'] : []),
    ...(params.mask ? ['mask'] : []),
    ...(params.reluMask ? ['x'] : []),
  ];
}

function bindingsOf({ params, inputAligned, weightAligned, outputAligned }: Plan): TypedBinding[] {
  const isForward = params.direction === 'forward';
  const operands = [
    floats(params.input.name, 'read', inputAligned),
    ...(!isForward && params.pool > 1 ? [words('argmax', 'read', inputAligned)] : []),
    floats('weight', 'read', weightAligned),
  ];
  const extras = extraNames(params).map((name) => floats(name, 'read', outputAligned));
  return [
    ...operands,
    ...extras,
    floats(params.output.name, 'read_write', outputAligned),
    ...(isForward && params.pool > 1 ? [words('argmax', 'read_write', outputAligned)] : []),
  ];
}

/** The kernel for these parameters; `tile.rows` must be a multiple of the pool's window where it is fused. */
export function gatherKernel(params: GatherParams, tile: Tile): KernelSequence {
  if (params.direction === 'forward' && params.pool === 1 && !isPlain(params.output))
    throw new RangeError(`${params.label}: a forward kernel fills its whole output.`);
  const plan = planOf(params, tile);
  const { high, wide, rowLanes } = tileSize(tile);
  const tileRows = ceilDiv(windowCount(plan), plan.sideBySide > 0 ? rowLanes : high / windowOf(plan));
  const tileColumns = ceilDiv(params.output.channels, wide);
  const grid = gridOf(tileRows * tileColumns * plan.phases);
  const phase =
    params.direction === 'backward'
      ? `let phase = tile / ${u(tileRows * tileColumns)};
  let phaseY = phase / ${u(params.stride)};
  let phaseX = phase % ${u(params.stride)};`
      : '';
  const body = `  let tileRow = tile % ${u(tileRows)};
  let column = tile / ${u(tileRows)} % ${u(tileColumns)} * ${u(wide)} + lane % ${u(tile.columnLanes)} * ${u(tile.columns)};
  ${phase}
${rowSetup(plan)}
${summation(plan)}
${storing(plan)}`;
  const kernel = tileKernel({
    label: params.label,
    bindings: bindingsOf(plan),
    tile,
    grid,
    functions: [inputFunction(plan), loadFunction('weight', plan.weightAligned), finishFunction(plan)].join(
      '\n',
    ),
    body,
  });
  return { kernels: [kernel], partialsLength: 0, lengths: lengthsOf(params) };
}

function lengthsOf({
  direction,
  batch,
  input,
  output,
  kernelSize,
  pool,
}: GatherParams): Record<string, number> {
  const stackLength = ({ height, width, channels, imageStride }: ImageStack, side: number): number =>
    batch * (side > 1 ? Math.floor(height / side) * Math.floor(width / side) * channels : imageStride);
  const isForward = direction === 'forward';
  const inputs = stackLength(input, isForward ? 1 : pool);
  const outputs = stackLength(output, isForward ? pool : 1);
  return {
    [input.name]: inputs,
    [output.name]: outputs,
    weight: kernelSize ** 2 * input.channels * output.channels,
    argmax: isForward ? outputs : inputs,
    bias: output.channels,
    scale: batch * output.channels,
    mask: outputs,
    ...(isForward ? {} : { x: outputs }),
  };
}
