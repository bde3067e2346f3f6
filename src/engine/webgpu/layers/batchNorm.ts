/** BatchNorm1d and BatchNorm2d, with a Residual's addition and a ReLU behind it. */
import { isTraining } from '@/engine/mode';
import {
  batchNormApply,
  batchNormBackwardApply,
  batchNormBackwardSums,
  batchNormEval,
  batchNormEvalBackward,
  batchNormPartialsLength,
  batchNormSums,
  batchNormSumsLength,
} from '@/engine/webgpu/kernels/batchNorm';
import { channelParameter, firstPiece, type ChannelParameter } from '@/engine/webgpu/layers/channelParameter';
import { lowerPlainOrder } from '@/engine/webgpu/layers/flatten';
import {
  dispatchWith,
  valueCount,
  type Gradient,
  type Lowered,
  type Lowering,
  type Value,
} from '@/engine/webgpu/lowering';
import type { Tensor } from '@/engine/webgpu/program';
import type { KernelTarget } from '@/engine/webgpu/kernels/convShape';
import type { BatchNorm1d, BatchNorm2d } from '@/model/layers';

/** A layer's parameters with their gradients, and its running statistics. */
function batchNormTensors(lowering: Lowering, { name, numFeatures }: BatchNorm1d | BatchNorm2d) {
  const { memory } = lowering;
  const parameter = (suffix: string): ChannelParameter =>
    channelParameter(lowering, `${name}.${suffix}`, numFeatures);
  const statistic = (suffix: string): Tensor =>
    lowering.statistic(firstPiece(memory.statistic(`${name}.${suffix}`, numFeatures)));
  return {
    weight: parameter('weight'),
    bias: parameter('bias'),
    runningMean: statistic('running_mean'),
    runningVar: statistic('running_var'),
  };
}

/** On an H100 a lane a chunk left most of it idle: BatchNorm was 30 % of a VGG-2 step. */
const rowLanesFor = ({ isSoftware }: KernelTarget): number => (isSoftware ? 1 : 8);

/**
 * y = relu(bn(x) + residual). The backward pass gives the gradient of x; that of the residual is the one that it is given,
 * behind the ReLU.
 */
export function lowerBatchNorm(
  lowering: Lowering,
  layer: BatchNorm1d | BatchNorm2d,
  x: Value,
  relu: boolean,
  residual?: Tensor,
): Lowered {
  const { program, mode } = lowering;
  const { numFeatures: channels, eps, momentum, name } = layer;
  const { weight, bias, runningMean, runningVar } = batchNormTensors(lowering, layer);
  const count = valueCount(lowering, x);
  const shape = { rows: count / channels, channels, rowLanes: rowLanesFor(lowering.target) };
  const output: Value = {
    ...x,
    tensor: program.tensor(name, count),
    needsGradient: true,
    gate: relu ? { p: 0 } : null,
  };
  const sums = program.tensor(`${name} statistics`, batchNormSumsLength(shape));
  const operands = {
    x: x.tensor,
    weight: weight.tensor,
    bias: bias.tensor,
    runningMean,
    runningVar,
    y: output.tensor,
    sums,
    ...(residual === undefined ? {} : { residual }),
  };
  const behind = { relu, residual: residual !== undefined };
  if (!isTraining(mode)) dispatchWith(program, batchNormEval({ ...shape, eps, ...behind }), operands);
  else {
    dispatchWith(program, batchNormSums(shape), operands);
    dispatchWith(program, batchNormApply({ ...shape, eps, momentum, ...behind }), operands);
  }
  const backward = (gradient: Gradient): Gradient | null => {
    // A gradient that has not passed the ReLU yet does so in these kernels.
    const masked = relu && !gradient.isGated;
    const dx = program.tensor(`${name} input gradient`, count);
    if (!isTraining(mode)) {
      if (!x.needsGradient) return null;
      dispatchWith(program, batchNormEvalBackward({ ...shape, eps, relu: masked }), {
        ...operands,
        dy: gradient.tensor,
        dx,
      });
      return { tensor: dx, isOwned: true, isGated: false };
    }
    const partials = program.tensor(`${name} gradient sums`, batchNormPartialsLength(shape));
    const given = {
      ...operands,
      dy: gradient.tensor,
      partials,
      dx,
      dw: weight.gradient,
      db: bias.gradient,
    };
    dispatchWith(program, batchNormBackwardSums({ ...shape, relu: masked }), given);
    dispatchWith(program, batchNormBackwardApply({ ...shape, relu: masked }), given);
    if (!x.needsGradient) return null;
    return { tensor: dx, isOwned: true, isGated: false };
  };
  return { output, backward };
}

/** The same on a row of values, each a channel of its own: an image that was flattened is put into PyTorch's order first. */
export function lowerBatchNorm1d(lowering: Lowering, layer: BatchNorm1d, x: Value, relu: boolean): Lowered {
  const plain = lowerPlainOrder(lowering, x);
  const { output, backward } = lowerBatchNorm(lowering, layer, plain.output, relu);
  return {
    output,
    backward: (dy) => {
      const gradient = backward(dy);
      return gradient === null ? null : plain.backward(gradient);
    },
  };
}
