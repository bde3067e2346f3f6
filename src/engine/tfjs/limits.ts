/** Whether each tensor of a run fits into one GPU buffer: past the binding limit tfjs computes garbage without a word. */
import { EngineError, type DeviceLimits } from '@/engine/engine';
import type { NetworkSpec } from '@/model/layers';
import { inferShapes, type Shape } from '@/model/shapes';
import { parameterEntries } from '@/model/stateDict';
import { sizeOf } from '@/model/tensor';

const bytesPerValue = 4;

export interface LargestTensor {
  /** What it is, in words: `weight classifier.0.weight`, `activation features.0 for 64 images`. */
  readonly what: string;
  readonly bytes: number;
  readonly isActivation: boolean;
}

/** The largest activation of one image, in bytes. */
export function largestActivationBytes(network: NetworkSpec, input: Shape): number {
  const outputs = inferShapes(network, input).map(({ output }) => sizeOf(output));
  return bytesPerValue * Math.max(sizeOf(input), ...outputs);
}

function tensors(network: NetworkSpec, input: Shape, batchSize: number): LargestTensor[] {
  return [
    ...parameterEntries(network).map(({ key, shape }) => ({
      what: `weight ${key}`,
      bytes: bytesPerValue * sizeOf(shape),
      isActivation: false,
    })),
    ...inferShapes(network, input).map(({ layer, output }) => ({
      what: `activation ${layer.name} for ${batchSize} images`,
      bytes: bytesPerValue * batchSize * sizeOf(output),
      isActivation: true,
    })),
  ];
}

/** @throws EngineError `limits` naming the largest tensor that does not fit, its bytes, the limit and what to change. */
export function checkLimits(
  network: NetworkSpec,
  input: Shape,
  batchSize: number,
  limits: DeviceLimits,
): void {
  for (const name of ['maxStorageBufferBindingSize', 'maxBufferSize'] as const) {
    const limit = limits[name];
    if (limit === null) continue;
    const worst = tensors(network, input, batchSize)
      .filter(({ bytes }) => bytes > limit)
      .toSorted((a, b) => b.bytes - a.bytes)[0];
    if (worst === undefined) continue;
    const advice = worst.isActivation
      ? 'Choose a smaller batch size, or the wasm backend.'
      : 'Choose a smaller network, or the wasm backend.';
    throw new EngineError(
      'limits',
      `${network.name}: ${worst.what} needs ${worst.bytes} bytes, this GPU allows ${limit} (${name}). ${advice}`,
    );
  }
}
