/**
 * A convolution or Linear forward (fprop), and the gradient of its input (dgrad): one generator, an implicit GEMM. Rows are pixels,
 * columns are output channels, the sum runs over a window and its channels. Lanes hold neighbouring pixels.
 */
import {
  bindingsOf,
  fpropDgradSize,
  isPlain,
  lengthsOf,
  planOf,
  tapsOf,
  tileWindows,
  windowCount,
  type FpropDgradParams,
} from '@/engine/webgpu/kernels/fpropDgradPlan';
import {
  usesWorkgroupTiling,
  loadingPlan,
  workgroupSummation,
} from '@/engine/webgpu/kernels/fpropDgradWorkgroup';
import { finishFunctions, storing } from '@/engine/webgpu/kernels/fpropDgradEpilogue';
import { rowSetup } from '@/engine/webgpu/kernels/fpropDgradLoops';
import { inputFunction, sumNames, summation } from '@/engine/webgpu/kernels/fpropDgradSum';
import { countTaps, gridOf, type KernelSequence, type KernelTarget } from '@/engine/webgpu/kernels/convShape';
import { ceilDiv, joinLanes, loadFunction, tileKernel, tileSize, u } from '@/engine/webgpu/kernels/gemmTile';
import { fpropDgradTile } from '@/engine/webgpu/kernels/tuning';

/** The kernel for these parameters, with the target's tile. */
export function fpropDgradKernel(params: FpropDgradParams, target: KernelTarget): KernelSequence {
  if (params.direction === 'fprop' && params.pool === 1 && !isPlain(params.output))
    throw new RangeError(`${params.label}: an fprop kernel fills its whole output.`);
  const tile = fpropDgradTile(fpropDgradSize(params), target);
  const plan = planOf(params, tile);
  const { wide } = tileSize(tile);
  const tileRows = ceilDiv(windowCount(plan), tileWindows(plan));
  const tileColumns = ceilDiv(params.output.channels, wide);
  const grid = gridOf(tileRows * tileColumns * plan.phases);
  const phase =
    params.direction === 'dgrad'
      ? `let phase = tile / ${u(tileRows * tileColumns)};
  let phaseY = phase / ${u(params.stride)};
  let phaseX = phase % ${u(params.stride)};`
      : '';
  const joined = joinLanes(tile, sumNames(tile), storing(plan));
  const tiled = usesWorkgroupTiling(plan) ? workgroupSummation(plan) : null;
  const body = `  let tileRow = tile % ${u(tileRows)};
  let firstColumn = tile / ${u(tileRows)} % ${u(tileColumns)} * ${u(wide)};
  let column = firstColumn + lane % ${u(tile.columnLanes)} * ${u(tile.columns)};
  ${phase}
${tiled?.code ?? `${rowSetup(plan)}\n${summation(plan)}`}
${joined.code}`;
  const kernel = tileKernel({
    label: params.label,
    bindings: bindingsOf(plan),
    tile,
    grid,
    declarations: [
      inputFunction(tiled === null ? plan : loadingPlan(plan)),
      loadFunction('weight', plan.weightWidth),
      ...finishFunctions(plan),
    ],
    workgroupArrays: [...joined.workgroupArrays, ...(tiled?.workgroupArrays ?? [])],
    body,
  });
  const { x, y } = tapsOf(params);
  const { input, output, batch, direction } = params;
  // Each pixel of a strided convolution's output meets all taps, its gradient's pixels meet them once in stride x stride.
  const pixels = direction === 'fprop' ? output.height * output.width : input.height * input.width;
  const products = batch * pixels * countTaps(y, x) * input.channels * output.channels;
  return { kernels: [{ ...kernel, products }], partialsLength: 0, lengths: lengthsOf(params) };
}
