/**
 * BatchMatMul with a transposed operand on wasm. tfjs hands only plain products to XNNPACK and runs these in plain
 * loops; here the smaller operand is transposed instead. For a * b^T that gives (b * a^T)^T, so that a large weight b
 * is neither copied nor packed.
 */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import {
  copyKernel,
  hasKernel,
  putKernel,
  Scratch,
  type BackendWasm,
  type KernelCall,
} from '@/engine/tfjs/kernels/tfjsInternals';

const stockName = 'BatchMatMul';
const copyName = 'StockBatchMatMul';
const plain = { transposeA: false, transposeB: false };

function matMul({ backend, inputs, attrs }: KernelCall<BackendWasm>): TensorInfo {
  const { a, b } = inputs;
  if (a === undefined || b === undefined) throw new TypeError('BatchMatMul needs a and b.');
  const scratch = new Scratch(backend);
  const swap = (x: TensorInfo) => scratch.run('Transpose', { x }, { perm: [1, 0] });
  const isMatrix = a.shape.length === 2 && b.shape.length === 2;
  if (isMatrix && attrs['transposeA'] === true && attrs['transposeB'] !== true) {
    return scratch.free(scratch.run(copyName, { a: swap(a), b }, plain));
  }
  if (isMatrix && attrs['transposeA'] !== true && attrs['transposeB'] === true) {
    return scratch.free(swap(scratch.run(copyName, { a: b, b: swap(a) }, plain)));
  }
  return scratch.free(scratch.run(copyName, { a, b }, { ...attrs }));
}

export function registerMatMulWasm(): void {
  if (hasKernel(copyName, 'wasm')) return;
  copyKernel(stockName, copyName, 'wasm');
  putKernel(stockName, 'wasm', matMul);
}
