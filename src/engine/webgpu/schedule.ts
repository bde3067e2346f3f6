/** The stretch of the schedule that is on the GPU: what each step's optimizer reads, computed here in float64. */
import { scheduleRows } from '@/engine/webgpu/buildProgram';
import { scheduleRow, scheduleStride } from '@/engine/webgpu/kernels/optimizers';
import type { RunConfig } from '@/model/runConfig';
import { learningRateAt } from '@/model/learningRate';

/**
 * Rows from step `firstStep` on. `updatesBefore`: updates that the optimizer's slots have seen before step `origin`.
 */
export function scheduleStretch(
  config: RunConfig,
  firstStep: number,
  updatesAt: (step: number) => number,
): Float32Array<ArrayBuffer> {
  const rows = new Float32Array(scheduleRows * scheduleStride);
  for (let i = 0; i < scheduleRows; i += 1) {
    const step = firstStep + i;
    rows.set(
      scheduleRow(config.optimizer, learningRateAt(config, step), updatesAt(step)),
      i * scheduleStride,
    );
  }
  return rows;
}
