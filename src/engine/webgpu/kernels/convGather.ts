/**
 * Sums that gather: y of a convolution or Linear, and the gradient of its input. One generator, an implicit GEMM: rows are pixels,
 * columns are output channels, the sum runs over a window and its channels. Lanes hold neighbouring pixels.
 */
import {
  bindingsOf,
  gatherSize,
  isPlain,
  lengthsOf,
  planOf,
  tapsOf,
  tileWindows,
  windowCount,
  type GatherParams,
} from '@/engine/webgpu/kernels/convGatherPlan';
import { isStaged, loadingPlan, stagedSummation } from '@/engine/webgpu/kernels/convGatherStaged';
import { finishFunctions, storing } from '@/engine/webgpu/kernels/convGatherStore';
import { rowSetup } from '@/engine/webgpu/kernels/convGatherLoops';
import { inputFunction, sumNames, summation } from '@/engine/webgpu/kernels/convGatherSum';
import { countTaps, gridOf, type KernelSequence, type KernelTarget } from '@/engine/webgpu/kernels/convShape';
import { ceilDiv, joinLanes, loadFunction, tileKernel, tileSize, u } from '@/engine/webgpu/kernels/gemmTile';
import { gatherTile } from '@/engine/webgpu/kernels/tuning';

/** The kernel for these parameters, with the target's tile. */
export function gatherKernel(params: GatherParams, target: KernelTarget): KernelSequence {
  if (params.direction === 'forward' && params.pool === 1 && !isPlain(params.output))
    throw new RangeError(`${params.label}: a forward kernel fills its whole output.`);
  const tile = gatherTile(gatherSize(params), target);
  const plan = planOf(params, tile);
  const { wide } = tileSize(tile);
  const tileRows = ceilDiv(windowCount(plan), tileWindows(plan));
  const tileColumns = ceilDiv(params.output.channels, wide);
  const grid = gridOf(tileRows * tileColumns * plan.phases);
  const phase =
    params.direction === 'backward'
      ? `let phase = tile / ${u(tileRows * tileColumns)};
  let phaseY = phase / ${u(params.stride)};
  let phaseX = phase % ${u(params.stride)};`
      : '';
  const joined = joinLanes(tile, sumNames(tile), storing(plan));
  const staged = isStaged(plan) ? stagedSummation(plan) : null;
  const body = `  let tileRow = tile % ${u(tileRows)};
  let firstColumn = tile / ${u(tileRows)} % ${u(tileColumns)} * ${u(wide)};
  let column = firstColumn + lane % ${u(tile.columnLanes)} * ${u(tile.columns)};
  ${phase}
${staged?.code ?? `${rowSetup(plan)}\n${summation(plan)}`}
${joined.code}`;
  const kernel = tileKernel({
    label: params.label,
    bindings: bindingsOf(plan),
    tile,
    grid,
    declarations: [
      inputFunction(staged === null ? plan : loadingPlan(plan)),
      loadFunction('weight', plan.weightWidth),
      ...finishFunctions(plan),
    ],
    workgroupArrays: [...joined.workgroupArrays, ...(staged?.workgroupArrays ?? [])],
    body,
  });
  const { x, y } = tapsOf(params);
  const { input, output, batch, direction } = params;
  // Each pixel of a strided convolution's output meets all taps, its gradient's pixels meet them once in stride x stride.
  const pixels = direction === 'forward' ? output.height * output.width : input.height * input.width;
  const products = batch * pixels * countTaps(y, x) * input.channels * output.channels;
  return { kernels: [{ ...kernel, products }], partialsLength: 0, lengths: lengthsOf(params) };
}
