/**
 * The only place that knows tfjs's insides: the backends' classes and how a kernel reads and makes tensors. Types alone
 * are imported from deep paths; at run time everything comes from the registered backend.
 */
import type { BackendName } from '@/model/backend';
import * as tf from '@tensorflow/tfjs-core';
import type { KernelConfig, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu/dist/backend_cpu';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm/dist/backend_wasm';
import type { GPGPUProgram, MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import type { WebGPUBackend, WebGPUProgram } from '@tensorflow/tfjs-backend-webgpu';

export type { BackendWasm, GPGPUProgram, MathBackendCPU, MathBackendWebGL, WebGPUBackend, WebGPUProgram };

/** A backend whose tensors the CPU can read and write in place. */
export type HostBackend = MathBackendCPU | BackendWasm;

/** What a kernel function gets; tfjs types `backend` as {}. */
export interface KernelCall<Backend> {
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly backend: Backend;
}

export function hasKernel(kernelName: string, backendName: BackendName): boolean {
  // Typed as always there; the registry answers undefined.
  return (tf.getKernel(kernelName, backendName) as KernelConfig | undefined) !== undefined;
}

/** Keeps a kernel under a second name, so that the first can be replaced by one that calls it. */
export function copyKernel(kernelName: string, copyName: string, backendName: BackendName): void {
  tf.registerKernel({ ...tf.getKernel(kernelName, backendName), kernelName: copyName });
}

/** Registers a kernel, in place of tfjs's own where there is one. The registry is global in a worker. */
export function putKernel<Backend>(
  kernelName: string,
  backendName: BackendName,
  kernelFunc: (call: KernelCall<Backend>) => TensorInfo,
): void {
  if (hasKernel(kernelName, backendName)) tf.unregisterKernel(kernelName, backendName);
  const config: KernelConfig = {
    kernelName,
    backendName,
    // tfjs leaves the backend's and the attributes' types open.
    kernelFunc: kernelFunc as unknown as KernelFunc,
  };
  tf.registerKernel(config);
}

/** Runs a registered kernel inside another one: no tape, no bookkeeping; free the result with disposeData. */
export function callKernel<Backend>(
  kernelName: string,
  backendName: BackendName,
  call: KernelCall<Backend>,
): TensorInfo {
  const { kernelFunc } = tf.getKernel(kernelName, backendName);
  return (kernelFunc as unknown as (call: KernelCall<Backend>) => TensorInfo)(call);
}

/** Runs kernels and remembers their results. Tensors made inside a kernel are invisible to tidy: free() them. */
export class Scratch {
  readonly #backend: BackendWasm;
  readonly #tensors: TensorInfo[] = [];
  constructor(backend: BackendWasm) {
    this.#backend = backend;
  }

  run(name: string, inputs: Record<string, TensorInfo>, attrs: Record<string, unknown>): TensorInfo {
    return this.hold(callKernel(name, 'wasm', { inputs, attrs, backend: this.#backend }));
  }

  hold(tensor: TensorInfo): TensorInfo {
    this.#tensors.push(tensor);
    return tensor;
  }

  /** Frees all but the result. */
  free(result: TensorInfo): TensorInfo {
    for (const tensor of this.#tensors) {
      if (tensor !== result) this.#backend.disposeData(tensor.dataId);
    }
    return result;
  }
}

/** One kernel as an op: its result is an ordinary tensor of the current tidy. */
export function runKernel(
  kernelName: string,
  inputs: Readonly<Record<string, tf.Tensor>>,
  attrs: Readonly<Record<string, unknown>> = {},
): tf.Tensor {
  return tf.engine().runKernel(kernelName, { ...inputs }, { ...attrs } as tf.NamedAttrMap);
}

function isWasm(backend: HostBackend): backend is BackendWasm {
  return 'typedArrayFromHeap' in backend;
}

/** A float32 tensor of zeros or of unspecified content (wasm): the caller writes every value. Make it before taking views. */
export function makeHostTensor(backend: HostBackend, shape: readonly number[]): TensorInfo {
  if (isWasm(backend)) return backend.makeOutput([...shape], 'float32');
  return backend.makeTensorInfo([...shape], 'float32', new Float32Array(tf.util.sizeFromShape([...shape])));
}

/** The tensor's own values, not a copy; on wasm the view dies with the next allocation, which may grow the heap. */
export function hostValues(backend: HostBackend, tensor: TensorInfo): Float32Array {
  const values = isWasm(backend)
    ? backend.typedArrayFromHeap(tensor)
    : backend.data.get(tensor.dataId).values;
  if (values instanceof Float32Array) return values;
  throw new TypeError(`A kernel expected a float32 tensor, this one is ${tensor.dtype}.`);
}

/** tfjs's WebGPU backend; call it only where the backend is webgpu. */
export function webgpuBackend(): WebGPUBackend {
  return tf.engine().findBackend('webgpu') as WebGPUBackend;
}

/** The canvas whose context tfjs's WebGL backend draws with; call it only where the backend is webgl. */
export function webglCanvas(): EventTarget {
  const { gl } = (tf.engine().findBackend('webgl') as MathBackendWebGL).gpgpu;
  // TypeScript's worker types leave the canvas out.
  return (gl as unknown as { readonly canvas: EventTarget }).canvas;
}

/** Ends the reads that tfjs's WebGL backend waits for: of a lost context none ends, and each is asked after for ever. */
export function abandonWebglReads(): void {
  const { gpgpu } = tf.engine().findBackend('webgl') as MathBackendWebGL;
  (gpgpu as unknown as { itemsToPoll: unknown[] }).itemsToPoll = [];
}

/** Layout and size of a one-thread-a-value dispatch, which every WebGPU program needs. */
export function flatDispatch(
  outputShape: readonly number[],
): Pick<WebGPUProgram, 'outputShape' | 'dispatchLayout' | 'dispatch' | 'workgroupSize' | 'size'> {
  const workgroup = 64;
  const size = outputShape.reduce((product, dimension) => product * dimension, 1);
  return {
    outputShape: [...outputShape],
    dispatchLayout: { x: outputShape.map((_, axis) => axis) },
    dispatch: [Math.ceil(size / workgroup), 1, 1],
    workgroupSize: [workgroup, 1, 1],
    size: true,
  };
}

/**
 * Drops what XNNPACK keeps of a weight, a packed copy as large as the weight itself: when its values were changed in
 * place, and when they will be before it is multiplied with again.
 */
export function dropPackedCopy(backend: HostBackend, tensor: TensorInfo): void {
  if (!isWasm(backend)) return;
  const { id, memoryOffset } = backend.dataIdMap.get(tensor.dataId);
  backend.wasm.tfjs.disposeData(id);
  backend.wasm.tfjs.registerTensor(id, tf.util.sizeFromShape(tensor.shape), memoryOffset);
}

/** The current backend where the CPU reads and writes tensors in place, else null. */
export function hostBackend(): HostBackend | null {
  const name = tf.getBackend();
  return name === 'cpu' || name === 'wasm' ? (tf.backend() as HostBackend) : null;
}
