/**
 * `clock`: where a run stands, 8 words in a storage buffer that every kernel of a step may read. The input kernel at the
 * head of a step copies next* into step, row and slot, the optimizer at its end sets next*, so nothing else has to count.
 * To start at a step the engine writes all of it: step = nextStep, row = nextRow, slot = nextSlot.
 */
import type { KernelBinding } from '@/engine/webgpu/kernel';
import { struct } from '@/engine/webgpu/wgsl';

export const clockWords = 8;

export interface Clock {
  /** Since the start of the run; the counter of all random numbers. */
  readonly step: number;
  /** Of `schedule` (optimizer.ts). */
  readonly row: number;
  /** Of the ring buffer `metrics` (loss.ts). */
  readonly slot: number;
  readonly seed: number;
}

/** The type of `clock`, whose `gradientScale` clipping multiplies gradients with. */
export const clockStruct = struct('Clock', {
  step: 'u32',
  row: 'u32',
  slot: 'u32',
  seed: 'u32',
  gradientScale: 'f32',
  nextStep: 'u32',
  nextRow: 'u32',
  nextSlot: 'u32',
});

/** Needs clockStruct. */
export function clockBinding(access: 'read' | 'read_write'): KernelBinding {
  return { name: 'clock', access, type: clockStruct.name };
}

/** The buffer's contents at the start of a step. */
export function clockData({ step, row, slot, seed }: Clock): Uint32Array<ArrayBuffer> {
  const data = Uint32Array.of(step, row, slot, seed, 0, step, row, slot);
  new Float32Array(data.buffer)[4] = 1;
  return data;
}
