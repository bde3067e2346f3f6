/**
 * The loops of an fprop or dgrad kernel (fpropDgrad.ts): where its lanes begin, the taps of the window that they pass, and the parts
 * that a long sum is cut into.
 */
import {
  isByPixel,
  placeOf,
  stepLength,
  tapsOf,
  tileWindows,
  windowCount,
  windowGrid,
  windowOf,
  type Plan,
} from '@/engine/webgpu/kernels/fpropDgradPlan';
import { every, lines, loopStart, tileSize, u } from '@/engine/webgpu/kernels/gemmTile';

// Partial sums are added up after so many products at most, so that rounding errors grow like those of a blocked sum.
const longestPart = 128;

/** Where each row of the tile begins: per row `n`, `y`, `x` and what the tap loops start from. */
export function rowSetup(plan: Plan): string {
  const { params, tile } = plan;
  const { input, stride, padding, direction } = params;
  const window = windowOf(plan);
  const side = Math.round(Math.sqrt(window));
  const perWindow = (g: number): string => {
    const place = placeOf(plan, `c${g}`);
    return `
  let m${g} = tileRow * ${u(tileWindows(plan))} + ${u(g * tileSize(tile).rowLanes)} + rowLane;
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
  const inside = isByPixel(plan) ? insideTaps(plan) : '';
  if (plan.sideBySide > 0) return perWindow(0) + lines(side, (dy) => start(dy, 0, dy, 0, plan.sideBySide));
  const perRow = (p: number): string =>
    start(p, Math.floor(p / window), Math.floor((p % window) / side), p % side, 1);
  return `${lines(tile.rows / window, perWindow)}
${direction === 'dgrad' ? '' : lines(tile.rows, perRow)}
${inside}`;
}

/**
 * WGSL of the taps that some pixel of the workgroup has in the image: `firstKy`, `endKy`, `firstKx`, `endKx`; fprop also of the
 * products of a run, `firstJ` and `endJ`.
 */
function insideTaps(plan: Plan): string {
  const { params } = plan;
  const { input, direction, pool, batch, stride, padding } = params;
  const isFprop = direction === 'fprop';
  const { wide } = windowGrid(plan);
  const high = tileWindows(plan);
  const taps = tapsOf(params);
  const bounds = (axis: 'y' | 'x', size: number): string => {
    const { first, end } = taps[axis];
    const [low, top] = isFprop
      ? [`${padding} - last_${axis} * ${stride}`, `${size + padding} - first_${axis} * ${stride}`]
      : [`first_${axis} + ${padding - size + 1}`, `last_${axis} + ${padding + 1}`];
    return `let firstK${axis} = u32(max(${first}, ${low})); let endK${axis} = u32(max(0, min(${end}, ${top})));`;
  };
  const side = isFprop ? 1 : pool;
  const sizeOf = (size: number): number => Math.floor(size / side) * side;
  // Begins where a step of the loop would.
  const { first } = sumParts(plan);
  const length = u(stepLength(plan));
  const products = `let firstJ = ${u(first)} + (firstKx * ${u(input.channels)} - ${u(first)}) / ${length} * ${length};
let endJ = endKx * ${u(input.channels)};`;
  return `let firstPixel = i32(tileRow * ${u(high)} / ${u(batch)});
let lastPixel = i32(min(tileRow * ${u(high)} + ${u(high - 1)}, ${u(windowCount(plan) - 1)}) / ${u(batch)});
let first_y = firstPixel / ${wide};
let last_y = lastPixel / ${wide};
let first_x = select(0, firstPixel % ${wide}, first_y == last_y);
let last_x = select(${wide - 1}, lastPixel % ${wide}, first_y == last_y);
${bounds('y', sizeOf(input.height))}
${bounds('x', sizeOf(input.width))}
${isFprop ? products : ''}`;
}

/** The loops over the window; `turn` is one run, `before` and `after` surround the taps of a row where there are several runs. */
export function tapLoops(plan: Plan, turn: string, before = '', after = ''): string {
  const { params, tile, run, phases } = plan;
  const { input, output, kernelSize, stride, padding, pool } = params;
  if (params.direction === 'fprop') {
    const rowFloats = input.width * input.channels;
    const perRow = (p: number): string =>
      `let at${p} = from${p} + ky * ${u(rowFloats)}; let ok${p} = y${p} + ky < ${u(input.height)};`;
    const rows = tapsOf(params).y;
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
let ok${p} = ${every([`oy${p} < ${u(high * pool)}`, `ox${p} < ${u(wide * pool)}`])};
let edge${p} = (oy${p} * ${u(input.width)} + ox${p}) * ${u(input.channels)};
let at${p} = n${p} * ${u(pool > 1 ? high * wide * input.channels : input.imageStride)} + ${u(input.offset)} + ${
    pool > 1
      ? `((oy${p} / ${u(pool)}) * ${u(wide)} + ox${p} / ${u(pool)}) * ${u(input.channels)}`
      : `edge${p}`
  };`;
  const taps = tapsOf(params);
  const loopOver = (axis: 'y' | 'x'): string => {
    const tap = `k${axis}`;
    if (isByPixel(plan)) return `for (var ${tap} = firstK${axis}; ${tap} < endK${axis}; ${tap}++)`;
    const { first, end } = taps[axis];
    const start =
      phases === 1
        ? `${loopStart(tile)} + ${u(first)}`
        : // The phase's first tap among those that meet the image.
          `${u(first)} + (phase${axis.toUpperCase()} + ${u(padding + stride * kernelSize - first)}) % ${u(stride)}`;
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

/**
 * How a sum is cut: products `first` to before `end` of every run count, and where it is long, parts are added to totals: the runs of
 * a window's row together, or up to `longestPart` products of one run. Follows from the shapes alone.
 */
export function sumParts(plan: Plan) {
  const { params, run } = plan;
  const isFprop = params.direction === 'fprop';
  const { x, y } = tapsOf(params);
  const cuts = isFprop && params.input.channels % 4 === 0;
  const [first, end] = cuts ? [x.first * params.input.channels, x.end * params.input.channels] : [0, run];
  const turns = Math.max(0, y.end - y.first) * (isFprop ? 1 : Math.max(0, x.end - x.first));
  return {
    cuts,
    first,
    end,
    isLong: turns * (end - first) > longestPart,
    // A tap of few channels is too short a part to be worth the addition.
    isByRow: !isFprop && (x.end - x.first) * run <= 1.5 * longestPart,
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
