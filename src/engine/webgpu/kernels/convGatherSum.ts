/** The sum of a gathering kernel (convGather.ts): where its lanes begin, the loops over the window, the products. */
import {
  isByPixel,
  needsEdges,
  placeOf,
  tapsOf,
  windowCount,
  windowGrid,
  windowOf,
  type Plan,
} from '@/engine/webgpu/kernels/convGatherPlan';
import {
  ceilDiv,
  lines,
  loopStart,
  quadOf,
  range,
  sharedUnits,
  tileSize,
  u,
  type Tile,
} from '@/engine/webgpu/kernels/gemmTile';

// Partial sums are added up after so many products at most, so that rounding errors grow like those of a blocked sum.
const longestPart = 128;

/** `input(at, edge, ok, j)`: the 4 values at `at` + `j`, 0 where the window leaves the image or the run ends. */
export function inputFunction(plan: Plan): string {
  const { params, run, inputWidth, width: values } = plan;
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
  if (inputWidth === 4) {
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
  if (inputWidth === 2) {
    const halfOf = (half: string, first: string): string => {
      const inside = condition(first);
      const value = isPooled
        ? `select(vec2f(), ${name}[i], argmax[i] == edge + j + ${first} + vec2u(0, 1))`
        : `${name}[i]`;
      return `var ${half} = vec2f();
  {
    let inside = ${inside};
    let i = ${inside === 'true' ? `(at + j + ${first})` : `select(0u, at + j + ${first}, inside)`} / 2u;
    ${half} = ${inside === 'true' ? value : `select(vec2f(), ${value}, inside)`};
  }`;
    };
    return `${head}
  ${halfOf('low', '0u')}
  ${halfOf('high', '2u')}
  return vec4f(low, high);
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
export function rowSetup(plan: Plan): string {
  const { params, tile } = plan;
  const { input, stride, padding, direction } = params;
  const window = windowOf(plan);
  const side = Math.round(Math.sqrt(window));
  const perWindow = (g: number): string => {
    const place = placeOf(plan, `c${g}`);
    return `
  let m${g} = tileRow * ${u(plan.sideBySide > 0 ? tileSize(tile).rowLanes : tileSize(tile).high / window)} + ${u(g * tileSize(tile).rowLanes)} + rowLane;
  let c${g} = min(m${g}, ${u(windowCount(plan) - 1)});
  let n${g} = ${place.n};
  let wy${g} = ${place.wy};
  let wx${g} = ${place.wx};`;
  };
  const rowFloats = input.width * input.channels;
  /** Pixel (dy, dx) of window g, from which the input's row `p` starts. */
  const start = (p: number, g: number, dy: number, dx: number, windows: number): string => `
  let y${p} = (wy${g} * ${u(side)} + ${u(dy)}) * ${u(stride)} - ${u(padding)};
  let edge${p} = ((wx${g} * ${u(side * windows)} + ${u(dx)}) * ${u(stride)} - ${u(padding)}) * ${u(input.channels)};
  let from${p} = n${g} * ${u(input.imageStride)} + ${u(input.offset)} + y${p} * ${u(rowFloats)} + edge${p};`;
  if (plan.sideBySide > 0) return perWindow(0) + lines(side, (dy) => start(dy, 0, dy, 0, plan.sideBySide));
  const perRow = (p: number): string =>
    start(p, Math.floor(p / window), Math.floor((p % window) / side), p % side, 1);
  return `${lines(tile.rows / window, perWindow)}
${direction === 'backward' ? '' : lines(tile.rows, perRow)}
${isByPixel(plan) ? insideTaps(plan) : ''}`;
}

/**
 * WGSL of the taps that some pixel of the workgroup has in the image: `firstKy`, `endKy`, `firstKx`, `endKx`; forward also of the
 * products of a run, `firstJ` and `endJ`.
 */
function insideTaps(plan: Plan): string {
  const { params, tile, width, blocks } = plan;
  const { input, direction, pool, batch, stride, padding } = params;
  const isForward = direction === 'forward';
  const { wide } = windowGrid(plan);
  const { high } = tileSize(tile);
  const taps = tapsOf(plan);
  const bounds = (axis: 'y' | 'x', size: number): string => {
    const { first, end } = taps[axis];
    const [low, top] = isForward
      ? [`${padding} - last_${axis} * ${stride}`, `${size + padding} - first_${axis} * ${stride}`]
      : [`first_${axis} + ${padding - size + 1}`, `last_${axis} + ${padding + 1}`];
    return `let firstK${axis} = u32(max(${first}, ${low})); let endK${axis} = u32(max(0, min(${end}, ${top})));`;
  };
  const side = isForward ? 1 : pool;
  const sizeOf = (size: number): number => Math.floor(size / side) * side;
  // Begins where a step of the loop would.
  const { first } = sumParts(plan);
  const stepLength = u(width * blocks);
  const products = `let firstJ = ${u(first)} + (firstKx * ${u(input.channels)} - ${u(first)}) / ${stepLength} * ${stepLength};
let endJ = endKx * ${u(input.channels)};`;
  return `let firstPixel = i32(tileRow * ${u(high)} / ${u(batch)});
let lastPixel = i32(min(tileRow * ${u(high)} + ${u(high - 1)}, ${u(windowCount(plan) - 1)}) / ${u(batch)});
let first_y = firstPixel / ${wide};
let last_y = lastPixel / ${wide};
let first_x = select(0, firstPixel % ${wide}, first_y == last_y);
let last_x = select(${wide - 1}, lastPixel % ${wide}, first_y == last_y);
${bounds('y', sizeOf(input.height))}
${bounds('x', sizeOf(input.width))}
${isForward ? products : ''}`;
}

/** The loops over the window; `turn` is one run, `before` and `after` surround the taps of a row where there are several runs. */
function tapLoops(plan: Plan, turn: string, before = '', after = ''): string {
  const { params, tile, run, phases } = plan;
  const { input, output, kernelSize, stride, padding, pool } = params;
  if (params.direction === 'forward') {
    const rowFloats = input.width * input.channels;
    const perRow = (p: number): string =>
      `let at${p} = from${p} + ky * ${u(rowFloats)}; let ok${p} = y${p} + ky < ${u(input.height)};`;
    const rows = tapsOf(plan).y;
    const [from, to] = isByPixel(plan)
      ? ['firstKy', 'endKy']
      : [`${loopStart(tile)} + ${u(rows.first)}`, u(rows.end)];
    return `for (var ky = ${from}; ky < ${to}; ky++) {
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
  const loopOver = (axis: 'y' | 'x'): string => {
    const tap = `k${axis}`;
    if (isByPixel(plan)) return `for (var ${tap} = firstK${axis}; ${tap} < endK${axis}; ${tap}++)`;
    const { first, end } = taps[axis];
    const start =
      phases === 1
        ? `${loopStart(tile)} + ${u(first)}`
        : `(phase${axis.toUpperCase()} + ${u(padding)}) % ${u(stride)}`;
    return `for (var ${tap} = ${start}; ${tap} < ${u(end)}; ${tap} += ${u(stride)})`;
  };
  const shift = (phase: string, tap: string): string =>
    `(i32(${phase}) + ${padding} - i32(${tap})) / ${stride}`;
  return `${loopOver('y')} {
let shiftY = ${shift('phaseY', 'ky')};
${before}
${loopOver('x')} {
let shiftX = ${shift('phaseX', 'kx')};
${lines(tile.rows, perRow)}
let weightRow = ((ky * ${u(kernelSize)} + kx) * ${u(output.channels)} + column) * ${u(input.channels)};
${turn}
}
${after}
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
  const multiply = (q: number, i: number, weights: string): string => {
    const { type, low } = quadOf(tile, outChannels, q);
    return `{ let w = ${weights}${low}; ${range(tile.rows)
      .map((p) => `sum${p}_${q} = fma(${type}(a${p}${width === 4 ? `[${i}]` : ''}), w, sum${p}_${q});`)
      .join(' ')} }`;
  };
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
    const { type } = quadOf(tile, output.channels, q);
    return `sum${p}_${q} = fma(${type}(patch${dy}_${Math.floor(at / 4)}[${at % 4}]), w, sum${p}_${q});`;
  };
  const products = lines(run, (j) =>
    lines(quads, (q) => {
      const all = range(tile.rows).map((p) => multiply(j, q, p));
      return `{ let w = ${units.unit(j * quads + q)}${quadOf(tile, output.channels, q).low}; ${all.join(' ')} }`;
    }),
  );
  return { setup: units.setup, code: `let base = weightRow;\n${units.load}\n${patches}\n${products}` };
}

/** Variables of the tile's sums: `sumP_Q` is row p's quad q. */
export const sumNames = (tile: Tile): string[] =>
  range(tile.rows).flatMap((p) => range(tile.columns / 4).map((q) => `sum${p}_${q}`));

/** `make` for every sum: what follows "sum" and "total" in its name, and its type. */
const eachSum = ({ tile, params }: Plan, make: (name: string, type: string) => string): string =>
  lines(tile.rows, (p) =>
    range(tile.columns / 4)
      .map((q) => make(`${p}_${q}`, quadOf(tile, params.output.channels, q).type))
      .join(' '),
  );

/**
 * How a sum is cut: products `first` to before `end` of every run count, and where it is long, parts are added to totals: the runs of
 * a window's row together, or up to `longestPart` products of one run. Follows from the shapes alone.
 */
export function sumParts(plan: Plan) {
  const { params, run } = plan;
  const isForward = params.direction === 'forward';
  const { x, y } = tapsOf(plan);
  const cuts = isForward && params.input.channels % 4 === 0;
  const [first, end] = cuts ? [x.first * params.input.channels, x.end * params.input.channels] : [0, run];
  const turns = Math.max(0, y.end - y.first) * (isForward ? 1 : Math.max(0, x.end - x.first));
  return {
    cuts,
    first,
    end,
    isLong: turns * (end - first) > longestPart,
    // A tap of few channels is too short a part to be worth the addition.
    isByRow: !isForward && (x.end - x.first) * run <= 1.5 * longestPart,
  };
}

/**
 * The loops over window and products, `loop(from, to)` being those of a stretch of one run; in parts, where the sum is long, between
 * which `clear` and `add` stand.
 */
export function partLoops(
  plan: Plan,
  loop: (from: string, to: string) => string,
  clear: string,
  add: string,
): string {
  const { cuts, first, end, isLong, isByRow } = sumParts(plan);
  const from = `${loopStart(plan.tile)} + ${u(first)}`;
  // Parts begin at the same products whichever are left out, so that the sum's order is that of the shapes alone.
  const clips = cuts && isByPixel(plan);
  const whole = clips ? loop('firstJ', 'endJ') : loop(from, u(end));
  if (!isLong) return tapLoops(plan, whole);
  if (isByRow) return tapLoops(plan, whole, clear, add);
  const part = (stretch: string): string => `${clear}\n${stretch}\n${add}`;
  if (end - first <= longestPart) return tapLoops(plan, part(whole));
  const length = u(longestPart);
  const [firstPart, last, begin] = clips
    ? [`${u(first)} + (firstJ - ${u(first)}) / ${length} * ${length}`, 'endJ', 'max(start, firstJ)']
    : [from, u(end), 'start'];
  return tapLoops(
    plan,
    `for (var start = ${firstPart}; start < ${last}; start += ${length}) {
${part(loop(begin, `min(start + ${length}, ${last})`))}
}`,
  );
}

/** The whole sum: parts of at most `longestPart` products, each added to a total. */
export function summation(plan: Plan): string {
  const { tile, blocks, width } = plan;
  const start = eachSum(plan, (name, type) => `var sum${name} = ${type}();`);
  if (plan.sideBySide > 0) {
    const { setup, code } = patchedRun(plan);
    return `${setup}\n${start}\n${tapLoops(plan, code)}`;
  }
  const { setup, code } = step(plan);
  const ownPart = tile.sumLanes === 1 ? '' : ` + sumLane * ${u(width * blocks)}`;
  const loop = (from: string, to: string): string =>
    `for (var j = ${from}${ownPart}; j < ${to}; j += ${u(width * blocks * tile.sumLanes)}) {\n${code}\n}`;
  const clear = eachSum(plan, (name, type) => `sum${name} = ${type}();`);
  const add = eachSum(plan, (name) => `total${name} += sum${name};`);
  const loops = partLoops(plan, loop, clear, add);
  if (!sumParts(plan).isLong) return `${setup}\n${start}\n${loops}`;
  return `${setup}
${start}
${eachSum(plan, (name, type) => `var total${name} = ${type}();`)}
${loops}
${eachSum(plan, (name) => `sum${name} = total${name};`)}`;
}
