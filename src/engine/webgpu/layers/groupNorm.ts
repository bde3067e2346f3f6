/** GroupNorm, with a ReLU behind it. */
import { isTraining } from '@/engine/mode';
import {
  groupNormApply,
  groupNormBackwardApply,
  groupNormBackwardSums,
  groupNormParameterGradients,
  groupNormParameterSums,
  groupNormPartialsLength,
  groupNormStatistics,
} from '@/engine/webgpu/kernels/groupNorm';
import { channelParameter } from '@/engine/webgpu/layers/channelParameter';
import { lowerPlainOrder } from '@/engine/webgpu/layers/flatten';
import {
  dispatchWith,
  valueCount,
  type Gradient,
  type Lowered,
  type Lowering,
  type Value,
} from '@/engine/webgpu/lowering';
import type { GroupNorm } from '@/model/layers';

/** The groups of a row of values are parts of PyTorch's order, of an image parts of its channels. */
export function lowerGroupNorm(lowering: Lowering, layer: GroupNorm, given: Value, relu: boolean): Lowered {
  const { program, images, target } = lowering;
  const { numChannels: channels, numGroups: groups, eps, name } = layer;
  const plain = given.isFlat ? lowerPlainOrder(lowering, given) : null;
  const x = plain?.output ?? given;
  const weight = channelParameter(lowering, `${name}.weight`, channels);
  const bias = channelParameter(lowering, `${name}.bias`, channels);
  const shape = { images, pixels: x.height * x.width, channels, groups, isSoftware: target.isSoftware };
  const count = valueCount(lowering, x);
  const output: Value = {
    ...x,
    tensor: program.tensor(name, count),
    needsGradient: true,
    gate: relu ? { p: 0 } : null,
  };
  const operands = {
    x: x.tensor,
    saved: program.tensor(`${name} statistics`, 2 * images * groups),
    weight: weight.tensor,
    bias: bias.tensor,
    y: output.tensor,
  };
  dispatchWith(program, groupNormStatistics(shape, eps), operands);
  dispatchWith(program, groupNormApply({ ...shape, relu }), operands);
  const backward = (gradient: Gradient): Gradient | null => {
    // A gradient that has not passed the ReLU yet does so in these kernels.
    const params = { ...shape, relu: relu && !gradient.isGated };
    const dx = program.tensor(`${name} input gradient`, count);
    const of = {
      ...operands,
      dy: gradient.tensor,
      sums: program.tensor(`${name} gradient sums`, 2 * images * groups),
      partials: program.tensor(`${name} parameter sums`, groupNormPartialsLength(shape)),
      dx,
      dw: weight.gradient,
      db: bias.gradient,
    };
    if (isTraining(lowering.mode)) {
      dispatchWith(program, groupNormParameterSums(params), of);
      dispatchWith(program, groupNormParameterGradients(shape), of);
    }
    if (!x.needsGradient) return null;
    dispatchWith(program, groupNormBackwardSums(params), of);
    dispatchWith(program, groupNormBackwardApply(params), of);
    const result: Gradient = { tensor: dx, isOwned: true, isGated: false };
    return plain === null ? result : plain.backward(result);
  };
  return { output, backward };
}
