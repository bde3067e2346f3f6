/** Kept runs as a table for a file: settings and what each came to. */
import { engineOfRun } from '@/features/runs/runRows';
import { dataOf } from '@/model/dataSet';
import { nameOfRun } from '@/storage/runs/runName';
import type { RecordedRun } from '@/storage/runs/runSchema';
import type { ExportTable } from '@/ui/export/exportFiles';

/** @param statusOf the word for a run's state */
export function runFigures(
  runs: readonly RecordedRun[],
  statusOf: (run: RecordedRun) => string,
): ExportTable {
  return {
    header: [
      'id',
      'name',
      'network',
      'data',
      'loss',
      'optimizer',
      'learning_rate',
      'batch_size',
      'epochs',
      'seed',
      'last_loss',
      'best_accuracy',
      'last_accuracy',
      'steps',
      'seconds',
      'engine',
      'status',
      'created_at',
      'tags',
    ],
    rows: runs.map((run) => {
      const { id, config, summary, createdAt, notes } = run;
      return [
        id,
        nameOfRun(run),
        config.network.name,
        dataOf(config).name,
        config.loss.kind,
        config.optimizer.kind,
        config.learningRate,
        config.batchSize,
        config.epochs,
        config.seed,
        summary.lastLoss ?? NaN,
        summary.bestAccuracy ?? NaN,
        summary.lastAccuracy ?? NaN,
        summary.steps,
        summary.seconds,
        engineOfRun(run),
        statusOf(run),
        new Date(createdAt).toISOString(),
        notes.tags.join('; '),
      ];
    }),
  };
}
