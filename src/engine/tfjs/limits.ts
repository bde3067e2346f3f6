/** Refuses a run that the device cannot hold: past a GPU's binding limit or wasm's heap, tfjs computes garbage or aborts. */
import type { BackendInfo } from '@/model/backend';
import { EngineError } from '@/engine/engine';
import {
  fitsLimits,
  leastHeapBytes,
  memoryNeed,
  runCost,
  wasmHeap,
  type LimitProblem,
  type MemoryNeed,
} from '@/model/cost';
import type { RunConfig } from '@/model/runConfig';

/** tfjs builds its wasm module with the most that 32-bit addresses reach. A lower bound, so that nothing is refused that would fit. */
export function heapNeed(config: RunConfig, { backend }: Pick<BackendInfo, 'backend'>): MemoryNeed | null {
  return backend === 'wasm' ? memoryNeed(config, wasmHeap, leastHeapBytes) : null;
}

function advice({ remedy, largest }: LimitProblem): string {
  switch (remedy) {
    case 'smaller_batch':
      return `Choose a batch size of at most ${largest ?? 1}, or the wasm backend.`;
    case 'fewer_images':
      return `Choose at most ${largest ?? 1} training images, or the wasm backend.`;
    case 'another_network_or_backend':
    default:
      return 'Choose a smaller network, or the wasm backend.';
  }
}

/**
 * @throws EngineError `limits` naming the largest tensor that does not fit, its bytes, the limit and what to change.
 * @throws ShapeError when the layers do not fit together.
 */
export function checkLimits(config: RunConfig, info: Pick<BackendInfo, 'backend' | 'limits'>): void {
  const cost = runCost(config);
  const { name } = config.network;
  const worst = fitsLimits(cost, info.limits).toSorted((a, b) => b.bytes - a.bytes)[0];
  if (worst !== undefined) {
    const what = worst.role === 'activation' ? `the output of ${worst.tensor}` : worst.tensor;
    throw new EngineError(
      'limits',
      `${name}: ${what} needs ${worst.bytes} bytes, this GPU allows ${worst.allowed} (${worst.limit}). ${advice(worst)}`,
    );
  }
  const heap = heapNeed(config, info);
  if (heap !== null && heap.bytes > heap.allowed) {
    throw new EngineError(
      'limits',
      `${name} needs at least ${heap.bytes} bytes, WebAssembly's memory ends at ${heap.allowed}. Choose a ${heap.largestBatch === null ? 'smaller network' : 'smaller batch size'}.`,
    );
  }
}
