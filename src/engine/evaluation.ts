/** Loss and accuracy of logits that were read back, in float64: one rule for every engine. */
import type { Evaluation } from '@/engine/engine';
import { argmax } from '@/model/argmax';
import { exactLoss, weightOf, type LossSpec } from '@/model/losses';
import { classCount } from '@/model/classCounts';

const largestFloat32 = (2 - 2 ** -23) * 2 ** 127;

/** A sum of losses as PyTorch's float32 has it: infinite where it is larger than any. Not rounded else. */
export function lossInFloat32(sum: number): number {
  return Math.abs(sum) > largestFloat32 ? sum * Infinity : sum;
}

/** Loss of one image from its logits, times its weight, as PyTorch's float32 has it. */
export function lossOf(loss: LossSpec, logits: readonly number[], label: number): number {
  return lossInFloat32(exactLoss(loss, logits, label));
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
  let totalWeight = 0;
  let hits = 0;
  let sumOfBatchMeans = 0;
  let batchTotal = 0;
  let batchWeight = 0;
  labels.forEach((label, n) => {
    const row = Array.from(logits.subarray(n * classCount, (n + 1) * classCount));
    const prediction = argmax(row);
    predictions[n] = prediction;
    if (prediction === label) hits += 1;
    batchTotal += lossOf(loss, row, label);
    batchWeight += weightOf(loss, [label]);
    const inBatch = (n % batchSize) + 1;
    if (inBatch === batchSize || n === count - 1) {
      const sum = lossInFloat32(batchTotal);
      total += sum;
      totalWeight += batchWeight;
      sumOfBatchMeans += sum / batchWeight;
      batchTotal = 0;
      batchWeight = 0;
    }
  });
  return { loss: total / totalWeight, sumOfBatchMeans, accuracy: hits / count, count, predictions };
}
