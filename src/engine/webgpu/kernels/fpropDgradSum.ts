/** The sum of an fprop or dgrad kernel (fpropDgrad.ts): what it loads, and the products. */
import type { Declaration } from '@/engine/webgpu/kernel';
import { partLoops, sumParts, tapLoops } from '@/engine/webgpu/kernels/fpropDgradLoops';
import { needsEdges, stepLength, type Plan } from '@/engine/webgpu/kernels/fpropDgradPlan';
import {
  ceilDiv,
  every,
  lines,
  quadOf,
  range,
  broadcastUnits,
  singleLoads,
  u,
  type Tile,
} from '@/engine/webgpu/kernels/gemmTile';
import { fn } from '@/engine/webgpu/wgsl';

/** `input(at, edge, ok, j)`: the 4 values at `at` + `j`, 0 where the window leaves the image or the run ends. */
export const inputFunction = (plan: Plan): Declaration =>
  fn(
    'input',
    `(at: u32, edge: u32, ok: bool, j: u32) -> ${plan.width === 4 ? 'vec4f' : 'f32'}`,
    inputBody(plan),
  );

function inputBody(plan: Plan): string {
  const { params, run, inputWidth, width: values } = plan;
  const { name, width, channels } = params.input;
  const isFprop = params.direction === 'fprop';
  const isPooled = !isFprop && params.pool > 1;
  const condition = (i: string): string => {
    const terms = needsEdges(plan) ? ['ok'] : [];
    if (needsEdges(plan) && isFprop) terms.push(`edge + j + ${i} < ${u(width * channels)}`);
    if (plan.sideBySide === 0 && run % (values * plan.blocks) !== 0) terms.push(`j + ${i} < ${u(run)}`);
    return every(terms);
  };
  if (inputWidth === 4) {
    const inside = condition('0u');
    const index = inside === 'true' ? '(at + j) / 4u' : 'select(0u, at + j, inside) / 4u';
    const value = isPooled
      ? `select(vec4f(), ${name}[i], argmax[i] == edge + j + vec4u(0, 1, 2, 3))`
      : `${name}[i]`;
    return `  let inside = ${inside};
  let i = ${index};
  return ${inside === 'true' ? value : `select(vec4f(), ${value}, inside)`};`;
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
    return `  ${halfOf('low', '0u')}
  ${halfOf('high', '2u')}
  return vec4f(low, high);`;
  }
  /** Statements for value `i`, of which `take` makes one of the WGSL of the value. */
  const element = (i: string, take: (value: string) => string): string => {
    const won = isPooled ? `counts & (argmax[place] == edge + j + ${i})` : 'counts';
    return `let counts = ${condition(i)};
  let place = select(0u, at + j + ${i}, counts);
  ${take(`select(0.0, ${name}[place], ${won})`)}`;
  };
  return values === 1
    ? `  ${element('0u', (value) => `return ${value};`)}`
    : `  ${singleLoads((i) => element(i, (value) => `v[${i}] = ${value};`))}`;
}

/** One step of the sum: width * blocks products for each row and column. */
function step(plan: Plan): { readonly setup: string; readonly code: string } {
  const { params, tile, blocks, width } = plan;
  const quads = tile.columns / 4;
  const isFprop = params.direction === 'fprop';
  const outChannels = params.output.channels;
  const units = broadcastUnits(
    tile,
    tile.columns * blocks,
    (unit) =>
      isFprop
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
    const products = isFprop
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
  const base = isFprop ? `weightRow + j * ${u(outChannels)}` : 'weightRow + j';
  return { setup: units.setup, code: `let base = ${base};\n${units.load}\n${lines(blocks, block)}` };
}

/** All products of one run, from a row of input that the lane's windows share. */
function patchedRun(plan: Plan): { readonly setup: string; readonly code: string } {
  const { params, tile, run, sideBySide } = plan;
  const { pool, stride, input, output } = params;
  const quads = tile.columns / 4;
  const units = broadcastUnits(
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
    `for (var j = ${from}${ownPart}; j < ${to}; j += ${u(stepLength(plan))}) {\n${code}\n}`;
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
