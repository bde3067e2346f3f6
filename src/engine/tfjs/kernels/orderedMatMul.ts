/**
 * BatchMatMul on WebGPU without atomics. For long inner dimensions tfjs splits the sum over workgroups, which add their
 * parts in whatever order they finish, so that two runs with one seed drift apart.
 */
import { env, type TensorInfo } from '@tensorflow/tfjs-core';
import {
  callKernel,
  copyKernel,
  hasKernel,
  putKernel,
  type KernelCall,
  type WebGPUBackend,
} from '@/engine/tfjs/kernels/tfjsInternals';

const stockName = 'BatchMatMul';
const copyName = 'StockBatchMatMul';
const flag = 'WEBGPU_MATMUL_PROGRAM_TYPE';

/** Values of tfjs's MatMulProgramType and the rule of its batchMatMulImpl. */
const programTypes = { automatic: -1, smallOutputSize: 2, packed: 3 } as const;
const splitInnerSize = 2000;
const reducedOutputSize = 128;
const fewWorkgroups = 32;

function programType({ inputs, attrs }: KernelCall<WebGPUBackend>): number {
  const { transposeA, transposeB } = attrs;
  const [a = [], b = []] = [inputs['a']?.shape, inputs['b']?.shape];
  const inner = (transposeA === true ? a.at(-2) : a.at(-1)) ?? 0;
  const rows = (transposeA === true ? a.at(-1) : a.at(-2)) ?? 0;
  const columns = (transposeB === true ? b.at(-2) : b.at(-1)) ?? 0;
  if (inner < splitInnerSize || rows * columns <= reducedOutputSize) return programTypes.automatic;
  const workgroups = Math.ceil(rows / 32) * Math.ceil(columns / 32);
  return workgroups <= fewWorkgroups ? programTypes.smallOutputSize : programTypes.packed;
}

function orderedMatMul(call: KernelCall<WebGPUBackend>): TensorInfo {
  env().set(flag, programType(call));
  try {
    return callKernel(copyName, 'webgpu', call);
  } finally {
    env().set(flag, programTypes.automatic);
  }
}

export function registerOrderedMatMul(): void {
  if (hasKernel(copyName, 'webgpu')) return;
  copyKernel(stockName, copyName, 'webgpu');
  putKernel(stockName, 'webgpu', orderedMatMul);
}
