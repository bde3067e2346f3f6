/** Values as a histogram of TensorBoard. */
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { HistogramProtoSchema } from '@/formats/tensorboard/tensorboard_pb';

/** As many as TensorFlow 2 takes. */
const buckets = 30;

/** Equal buckets over the finite values; null where there is none. */
export function histogramOf(values: Float32Array): MessageInitShape<typeof HistogramProtoSchema> | null {
  let [min, max, num, sum, sumSquares] = [Infinity, -Infinity, 0, 0, 0];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
    num += 1;
    sum += value;
    sumSquares += value ** 2;
  }
  if (num === 0) return null;
  const width = (max - min) / buckets;
  if (width === 0) return { min, max, num, sum, sumSquares, bucketLimit: [max], bucket: [num] };
  const bucket = Array.from({ length: buckets }, () => 0);
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    const at = Math.min(buckets - 1, Math.floor((value - min) / width));
    bucket[at] = (bucket[at] ?? 0) + 1;
  }
  const bucketLimit = bucket.map((_, i) => (i === buckets - 1 ? max : min + (i + 1) * width));
  return { min, max, num, sum, sumSquares, bucketLimit, bucket };
}
