/**
 * MaxPoolGrad by PyTorch's rule: the first maximum of a window, in row-major order, gets the gradient, or its last NaN. tfjs's WebGPU
 * and WebGL kernels take the last one, and MNIST's flat background makes ties common.
 */
import type { BackendName } from '@/model/backend';
import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import {
  flatDispatch,
  hostValues,
  makeHostTensor,
  putKernel,
  type GPGPUProgram,
  type HostBackend,
  type KernelCall,
  type MathBackendWebGL,
  type WebGPUBackend,
  type WebGPUProgram,
} from '@/engine/tfjs/kernels/tfjsInternals';
import { assertNever } from '@/model/layers';

interface PoolCall {
  readonly dy: TensorInfo;
  readonly x: TensorInfo;
  readonly info: backend_util.Conv2DInfo;
}

function poolCall(call: KernelCall<unknown>): PoolCall {
  const { dy, input } = call.inputs;
  if (dy === undefined || input === undefined) throw new TypeError('MaxPoolGrad needs dy and input.');
  const { filterSize, strides, pad } = call.attrs as unknown as {
    readonly filterSize: number | [number, number];
    readonly strides: number | [number, number];
    readonly pad: number;
  };
  const shape = input.shape as [number, number, number, number];
  return {
    dy,
    x: input,
    info: backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, 'floor'),
  };
}

function onHost(call: KernelCall<HostBackend>): TensorInfo {
  const { dy, x, info } = poolCall(call);
  const output = makeHostTensor(call.backend, info.inShape);
  const dx = hostValues(call.backend, output).fill(0);
  const xs = hostValues(call.backend, x);
  const dys = hostValues(call.backend, dy);
  const { inHeight, inWidth, inChannels: channels, outHeight, outWidth, filterHeight, filterWidth } = info;
  let at = 0;
  for (let n = 0; n < info.batchSize; n += 1) {
    for (let row = 0; row < outHeight; row += 1) {
      const top = row * info.strideHeight - info.padInfo.top;
      for (let column = 0; column < outWidth; column += 1) {
        const left = column * info.strideWidth - info.padInfo.left;
        const bottom = Math.min(inHeight, top + filterHeight);
        const right = Math.min(inWidth, left + filterWidth);
        for (let c = 0; c < channels; c += 1) {
          let best = -1;
          let largest = -Infinity;
          for (let r = Math.max(0, top); r < bottom; r += 1) {
            let index = ((n * inHeight + r) * inWidth + Math.max(0, left)) * channels + c;
            for (let k = Math.max(0, left); k < right; k += 1) {
              const value = xs[index] ?? NaN;
              // PyTorch lets NaN win, so that it is not hidden.
              if (value > largest || best < 0 || value !== value) {
                largest = value;
                best = index;
              }
              index += channels;
            }
          }
          dx[best] = (dx[best] ?? 0) + (dys[at] ?? 0);
          at += 1;
        }
      }
    }
  }
  return output;
}

/** The same gather in WGSL and GLSL: which windows hold this pixel, and in which of them is it the first maximum? */
function onWebGPU(call: KernelCall<WebGPUBackend>): TensorInfo {
  const { dy, x, info } = poolCall(call);
  const program: WebGPUProgram = {
    ...flatDispatch(info.inShape),
    variableNames: ['dy', 'x'],
    uniforms: 'window : vec2<i32>, strides : vec2<i32>, pads : vec2<i32>,',
    shaderKey: 'firstMaxPoolGrad',
    getUserCode: () => `
      fn isFirstMax(n : i32, c : i32, at : vec2<i32>, corner : vec2<i32>, value : f32) -> bool {
        for (var row = max(corner.x, 0); row < min(corner.x + uniforms.window.x, uniforms.xShape.y); row++) {
          for (var column = max(corner.y, 0); column < min(corner.y + uniforms.window.y, uniforms.xShape.z); column++) {
            let other = getX(n, row, column, c);
            let isEarlier = row < at.x || (row == at.x && column < at.y);
            let isLater = !isEarlier && (row != at.x || column != at.y);
            if (select(isnan(other) || other > value || (other == value && isEarlier), isnan(other) && isLater, isnan(value))) { return false; }
          }
        }
        return true;
      }
      fn main(index : i32) {
        if (index < uniforms.size) {
          let coords = getCoordsFromIndex(index);
          let at = coords.yz;
          let value = getX(coords.x, at.x, at.y, coords.w);
          let reach = at + uniforms.pads;
          let first = (max(reach - uniforms.window + vec2<i32>(1), vec2<i32>(0)) + uniforms.strides - vec2<i32>(1)) / uniforms.strides;
          let last = min(reach / uniforms.strides, uniforms.dyShape.yz - vec2<i32>(1));
          var gradient = 0.0;
          for (var row = first.x; row <= last.x; row++) {
            for (var column = first.y; column <= last.y; column++) {
              let corner = vec2<i32>(row, column) * uniforms.strides - uniforms.pads;
              if (isFirstMax(coords.x, coords.w, at, corner, value)) {
                gradient += getDy(coords.x, row, column, coords.w);
              }
            }
          }
          setOutputAtIndex(index, gradient);
        }
      }`,
  };
  return call.backend.runWebGPUProgram(program, [dy, x], 'float32', [
    { type: 'int32', data: [info.filterHeight, info.filterWidth] },
    { type: 'int32', data: [info.strideHeight, info.strideWidth] },
    { type: 'int32', data: [info.padInfo.top, info.padInfo.left] },
  ]);
}

function onWebGL(call: KernelCall<MathBackendWebGL>): TensorInfo {
  const { dy, x, info } = poolCall(call);
  const program: GPGPUProgram = {
    variableNames: ['dy', 'x'],
    outputShape: [...info.inShape],
    userCode: `
      const ivec2 window = ivec2(${info.filterHeight}, ${info.filterWidth});
      const ivec2 strides = ivec2(${info.strideHeight}, ${info.strideWidth});
      const ivec2 pads = ivec2(${info.padInfo.top}, ${info.padInfo.left});
      bool isFirstMax(int n, int c, ivec2 at, ivec2 corner, float value) {
        for (int row = max(corner.x, 0); row < min(corner.x + window.x, ${info.inHeight}); row++) {
          for (int column = max(corner.y, 0); column < min(corner.y + window.y, ${info.inWidth}); column++) {
            float other = getX(n, row, column, c);
            bool isEarlier = row < at.x || (row == at.x && column < at.y);
            bool isLater = !isEarlier && (row != at.x || column != at.y);
            if (isnan(value) ? isnan(other) && isLater : isnan(other) || other > value || (other == value && isEarlier)) { return false; }
          }
        }
        return true;
      }
      void main() {
        ivec4 coords = getOutputCoords();
        ivec2 at = coords.yz;
        float value = getX(coords.x, at.x, at.y, coords.w);
        ivec2 reach = at + pads;
        ivec2 first = (max(reach - window + 1, ivec2(0)) + strides - 1) / strides;
        ivec2 last = min(reach / strides, ivec2(${info.outHeight - 1}, ${info.outWidth - 1}));
        float gradient = 0.0;
        for (int row = first.x; row <= last.x; row++) {
          for (int column = first.y; column <= last.y; column++) {
            ivec2 corner = ivec2(row, column) * strides - pads;
            if (isFirstMax(coords.x, coords.w, at, corner, value)) {
              gradient += getDy(coords.x, row, column, coords.w);
            }
          }
        }
        setOutput(gradient);
      }`,
  };
  return call.backend.runWebGLProgram(program, [dy, x], 'float32');
}

export function registerMaxPoolGrad(backend: BackendName): void {
  switch (backend) {
    case 'cpu':
    case 'wasm':
      return putKernel('MaxPoolGrad', backend, onHost);
    case 'webgpu':
      return putKernel('MaxPoolGrad', backend, onWebGPU);
    case 'webgl':
      return putKernel('MaxPoolGrad', backend, onWebGL);
    default:
      return assertNever(backend);
  }
}
