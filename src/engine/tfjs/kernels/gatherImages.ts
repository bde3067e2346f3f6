/** GatherImages (WebGPU): the batch's images out of the resident bytes, packed 4 to a word, as floats u8 / 255. */
import type * as tf from '@tensorflow/tfjs-core';
import {
  flatDispatch,
  putKernel,
  runKernel,
  type KernelCall,
  type WebGPUBackend,
  type WebGPUProgram,
} from '@/engine/tfjs/kernels/tfjsInternals';

const kernelName = 'GatherImages';
const side = 28;

/** `words`: int32 [images * 196]; `indices`: int32 [n]. Gives [n, 28, 28, 1]. */
export function gatherImages(words: tf.Tensor, indices: tf.Tensor): tf.Tensor {
  return runKernel(kernelName, { words, indices });
}

function onWebGPU(call: KernelCall<WebGPUBackend>): tf.TensorInfo {
  const { words, indices } = call.inputs;
  if (words === undefined || indices === undefined)
    throw new TypeError('GatherImages needs words and indices.');
  const program: WebGPUProgram = {
    ...flatDispatch([indices.shape[0] ?? 0, side, side, 1]),
    variableNames: ['words', 'indices'],
    shaderKey: kernelName,
    getUserCode: () => `
      fn main(index : i32) {
        if (index < uniforms.size) {
          let pixel = u32(index) % ${side * side}u;
          let image = u32(indices[index / ${side * side}]);
          let word = u32(words[image * ${(side * side) / 4}u + pixel / 4u]);
          let byte = (word >> (8u * (pixel % 4u))) & 0xffu;
          setOutputAtIndex(index, f32(byte) / 255.0);
        }
      }`,
  };
  return call.backend.runWebGPUProgram(program, [words, indices], 'float32');
}

export function registerGatherImages(): void {
  putKernel(kernelName, 'webgpu', onWebGPU);
}
