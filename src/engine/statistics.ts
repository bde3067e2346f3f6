/**
 * Per-layer statistics of a training step, which feed the doctor and the plots. Taken every so many steps, on the engine's own
 * side, so that only these few numbers are read back.
 */
import type { StepStatistics } from '@/model/layerStatistics';

/** Part of Engine: see engine.ts. */
export interface StatisticsSource {
  /** Takes statistics on the steps divisible by `interval`; null, the default and after each compile() and writeParameters(), for none. */
  setStatisticsInterval(interval: number | null): void;
  /** All that were taken since the last call, oldest first. */
  readStatistics(): Promise<readonly StepStatistics[]>;
}
