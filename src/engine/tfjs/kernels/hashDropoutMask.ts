/**
 * HashDropoutMask: dropout masks from the counter-based hash of model/random.ts, computed where the tensors live, with
 * the same bits on every backend. tfjs's own masks come from Math.random on the CPU and differ from run to run.
 */
import type { BackendName } from '@/model/backend';
import type * as tf from '@tensorflow/tfjs-core';
import {
  flatDispatch,
  hostValues,
  makeHostTensor,
  putKernel,
  runKernel,
  type GPGPUProgram,
  type HostBackend,
  type KernelCall,
  type MathBackendWebGL,
  type WebGPUBackend,
  type WebGPUProgram,
} from '@/engine/tfjs/kernels/tfjsInternals';
import { assertNever } from '@/model/layers';
import { hash32 } from '@/model/random';

const kernelName = 'HashDropoutMask';

interface MaskAttributes {
  /** NHWC; the hash reads the element's NCHW row-major index, as PyTorch would number it. */
  readonly shape: readonly [number, number, number, number];
  readonly key: number;
  /** keep iff (bits >>> 8) >= threshold, which is uniform >= p in integers. */
  readonly threshold: number;
  readonly scale: number;
}

const attributesOf = (call: KernelCall<unknown>): MaskAttributes => call.attrs as unknown as MaskAttributes;

/**
 * Mask of shape [n, h, w, c]: 1 / (1 - p) where randomBits keep the element, else 0.
 * For Dropout2d ask for [n, 1, 1, c], whose indices are n * C + c.
 */
export function hashDropoutMask(
  shape: readonly [number, number, number, number],
  key: number,
  p: number,
): tf.Tensor {
  const attributes: MaskAttributes = {
    shape,
    key,
    threshold: Math.ceil(p * 2 ** 24),
    scale: p < 1 ? 1 / (1 - p) : 0,
  };
  return runKernel(kernelName, {}, { ...attributes });
}

function onHost(call: KernelCall<HostBackend>): tf.TensorInfo {
  const { shape, key, threshold, scale } = attributesOf(call);
  const [batch, height, width, channels] = shape;
  const output = makeHostTensor(call.backend, shape);
  const mask = hostValues(call.backend, output);
  let at = 0;
  for (let n = 0; n < batch; n += 1) {
    for (let pixel = 0; pixel < height * width; pixel += 1) {
      for (let c = 0; c < channels; c += 1) {
        const index = (n * channels + c) * height * width + pixel;
        mask[at] = hash32((hash32(index) + key) >>> 0) >>> 8 >= threshold ? scale : 0;
        at += 1;
      }
    }
  }
  return output;
}

function onWebGPU(call: KernelCall<WebGPUBackend>): tf.TensorInfo {
  const { shape, key, threshold, scale } = attributesOf(call);
  const program: WebGPUProgram = {
    ...flatDispatch(shape),
    variableNames: [],
    uniforms: 'key : u32, threshold : u32, scale : f32,',
    shaderKey: kernelName,
    getUserCode: () => `
      fn hash32(value : u32) -> u32 {
        var x = value;
        x ^= x >> 16u; x *= 0x7feb352du;
        x ^= x >> 15u; x *= 0x846ca68bu;
        return x ^ (x >> 16u);
      }
      fn main(index : i32) {
        if (index < uniforms.size) {
          let at = getCoordsFromIndex(index);
          let dims = uniforms.outShape;
          let element = ((at.x * dims.w + at.w) * dims.y + at.y) * dims.z + at.z;
          let bits = hash32(hash32(u32(element)) + uniforms.key);
          setOutputAtIndex(index, select(0.0, uniforms.scale, (bits >> 8u) >= uniforms.threshold));
        }
      }`,
  };
  return call.backend.runWebGPUProgram(program, [], 'float32', [
    { type: 'uint32', data: [key] },
    { type: 'uint32', data: [threshold] },
    { type: 'float32', data: [scale] },
  ]);
}

function onWebGL(call: KernelCall<MathBackendWebGL>): tf.TensorInfo {
  const { shape, key, threshold, scale } = attributesOf(call);
  const [, height, width, channels] = shape;
  const program: GPGPUProgram = {
    variableNames: [],
    outputShape: [...shape],
    customUniforms: [
      { name: 'key', type: 'int' },
      { name: 'threshold', type: 'int' },
      { name: 'scale', type: 'float' },
    ],
    userCode: `
      uint hash32(uint x) {
        x ^= x >> 16u; x *= 0x7feb352du;
        x ^= x >> 15u; x *= 0x846ca68bu;
        return x ^ (x >> 16u);
      }
      void main() {
        ivec4 at = getOutputCoords();
        int element = ((at.x * ${channels} + at.w) * ${height} + at.y) * ${width} + at.z;
        uint bits = hash32(hash32(uint(element)) + uint(key));
        setOutput((bits >> 8u) >= uint(threshold) ? scale : 0.0);
      }`,
  };
  return call.backend.runWebGLProgram(program, [], 'float32', [[key | 0], [threshold], [scale]]);
}

export function registerHashDropoutMask(backend: BackendName): void {
  switch (backend) {
    case 'cpu':
    case 'wasm':
      return putKernel(kernelName, backend, onHost);
    case 'webgpu':
      return putKernel(kernelName, backend, onWebGPU);
    case 'webgl':
      return putKernel(kernelName, backend, onWebGL);
    default:
      return assertNever(backend);
  }
}
