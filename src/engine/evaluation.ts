/** Loss and accuracy of logits that were read back, in float64: one rule for every engine. */
import type { Evaluation } from '@/engine/engine';
import { assertNever } from '@/model/layers';
import type { LossSpec } from '@/model/runConfig';

const classes = 10;

function logSoftmax(values: readonly number[]): number[] {
  const largest = Math.max(...values);
  const logSum = largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
  return values.map((value) => value - logSum);
}

/** Loss of one image from its logits, as model/runConfig.ts defines the kinds. */
export function lossOf(loss: LossSpec, logits: readonly number[], label: number): number {
  const at = (values: readonly number[]): number => values[label] ?? NaN;
  switch (loss.kind) {
    case 'cross_entropy': {
      const logP = logSoftmax(logits);
      const mean = logP.reduce((sum, value) => sum + value, 0) / logP.length;
      return -(1 - loss.labelSmoothing) * at(logP) - loss.labelSmoothing * mean;
    }
    case 'nll_log_softmax':
      return -at(logSoftmax(logits));
    case 'nll_logits':
      return -at(logits);
    case 'nll_softmax':
      return -Math.exp(at(logSoftmax(logits)));
    case 'cross_entropy_softmax':
      return -at(logSoftmax(logSoftmax(logits).map(Math.exp)));
    default:
      return assertNever(loss.kind);
  }
}

/** Evaluation of `labels.length` images; the report's sum of batch means is over batches of `batchSize`. */
export function evaluationOf(
  logits: Float32Array,
  labels: Uint8Array,
  loss: LossSpec,
  batchSize: number,
): Evaluation {
  const count = labels.length;
  const predictions = new Uint8Array(count);
  let total = 0;
  let hits = 0;
  let sumOfBatchMeans = 0;
  let batchTotal = 0;
  labels.forEach((label, n) => {
    const row = Array.from(logits.subarray(n * classes, (n + 1) * classes));
    const prediction = row.indexOf(Math.max(...row));
    predictions[n] = Math.max(0, prediction);
    if (prediction === label) hits += 1;
    const value = lossOf(loss, row, label);
    total += value;
    batchTotal += value;
    const inBatch = (n % batchSize) + 1;
    if (inBatch === batchSize || n === count - 1) {
      sumOfBatchMeans += batchTotal / inBatch;
      batchTotal = 0;
    }
  });
  return { loss: total / count, sumOfBatchMeans, accuracy: hits / count, count, predictions };
}
