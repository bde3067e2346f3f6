/** Whether a run's steps, computed again, may come to other bits than the run had, and how far apart they are. */
import type { StateDict } from '@/model/tensor';
import type { RunEnvironment } from '@/storage/runs/runSchema';

/** Results do not depend on the number of threads. */
const withoutThreads = (device: string): string => device.replace(/, \d+ threads?$/, '');

/** Of a run that this computed, on what computes now. A browser compiles a GPU's kernels in its own way. */
export function mayDiffer(run: RunEnvironment | null, now: RunEnvironment): boolean {
  if (run === null) return false;
  return (
    run.engine !== now.engine ||
    run.backend !== now.backend ||
    withoutThreads(run.device) !== withoutThreads(now.device) ||
    run.pageVersion !== now.pageVersion ||
    (run.backend !== 'wasm' && run.backend !== 'cpu' && run.browser !== now.browser)
  );
}

/** Largest distance of two values, relative to the largest value of their tensor; NaN where one alone is none. */
export function largestDifference(a: StateDict, b: StateDict): number {
  let largest = 0;
  for (const [key, { data }] of a) {
    const other = b.get(key)?.data;
    if (!(data instanceof Float32Array) || !(other instanceof Float32Array)) continue;
    const scale = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    for (const [i, value] of data.entries()) {
      const distance = Object.is(value, other[i]) ? 0 : Math.abs(value - (other[i] ?? NaN)) / (scale || 1);
      if (distance > largest || Number.isNaN(distance)) largest = distance;
    }
  }
  return largest;
}
