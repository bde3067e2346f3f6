/**
 * ChannelDot: sums over all axes but the last, of x or of x * y. On cpu and wasm it adds in float64, as PyTorch's CPU
 * BatchNorm does: in float32 the rounding of these long sums is what limits a deep network's gradients.
 */
import type { BackendName } from '@/model/backend';
import * as tf from '@tensorflow/tfjs-core';
import {
  hostValues,
  makeHostTensor,
  putKernel,
  runKernel,
  type HostBackend,
  type KernelCall,
} from '@/engine/tfjs/kernels/tfjsInternals';

const kernelName = 'ChannelDot';

function onHost({ backend, inputs }: KernelCall<HostBackend>): tf.TensorInfo {
  const { x, y } = inputs;
  if (x === undefined) throw new TypeError('ChannelDot needs x.');
  const channels = x.shape.at(-1) ?? 1;
  const output = makeHostTensor(backend, [channels]);
  const xs = hostValues(backend, x);
  const ys = y === undefined ? null : hostValues(backend, y);
  const sums = new Float64Array(channels);
  for (let at = 0; at < xs.length; at += channels) {
    for (let c = 0; c < channels; c += 1) {
      const value = xs[at + c] ?? 0;
      sums[c] = (sums[c] ?? 0) + (ys === null ? value : value * (ys[at + c] ?? 0));
    }
  }
  hostValues(backend, output).set(sums);
  return output;
}

/** [n, h, w, c] or [n, c] -> [c]: the sums of x, or of x * y. */
export function channelDot(x: tf.Tensor, y?: tf.Tensor): tf.Tensor {
  const backend = tf.getBackend();
  if (backend === 'cpu' || backend === 'wasm') {
    return runKernel(kernelName, y === undefined ? { x } : { x, y });
  }
  return tf.tidy(() => {
    // One axis after the other: many short sums lose less to rounding than one over all pixels.
    let sum = y === undefined ? x : tf.mul(x, y);
    while (sum.rank > 1) sum = tf.sum(sum, sum.rank - 2);
    return sum;
  });
}

export function registerChannelDot(backend: BackendName): void {
  if (backend === 'cpu' || backend === 'wasm') putKernel(kernelName, backend, onHost);
}
