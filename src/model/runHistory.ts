/** What was measured of a run so far, for files that tell of it. */
import type { StepStatistics } from '@/model/layerStatistics';
import type { ResultBackend } from '@/model/runResult';
import type { StepMetrics } from '@/model/stepMetrics';
import type { EvaluationPoint } from '@/model/testFigures';
import type { WeightsOrigin } from '@/model/weightsOrigin';

export interface RunHistory {
  readonly runId: string;
  /** Steps done. */
  readonly step: number;
  /** What its weights went through before the first of them. */
  readonly origin: WeightsOrigin;
  /** What computes it; null before a backend is there. */
  readonly backend: ResultBackend | null;
  /** Every step that is known. */
  readonly metrics: StepMetrics;
  /** When the page heard of each of them, in milliseconds since 1970. */
  readonly times: Float64Array<ArrayBuffer>;
  /** Some steps, layer by layer. */
  readonly statistics: readonly StepStatistics[];
  /** In order. */
  readonly tests: readonly EvaluationPoint[];
}
