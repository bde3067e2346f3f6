/** Everything that defines a run, as plain data: it is posted to the worker, stored, and put into links. */
import { dataKey, type DataSpec } from '@/model/dataSet';
import type { NetworkSpec } from '@/model/layers';
import type { LossSpec } from '@/model/losses';
import type { OptimizerSpec } from '@/model/optimizers';
import type { ScheduleSpec } from '@/model/schedules';

export interface AugmentSpec {
  /** Largest shift in pixels, each axis, uniform. */
  readonly shift: number;
  /** Largest rotation in degrees, uniform. */
  readonly rotate: number;
  /** Largest relative change of size, such as 0.1 for 0.9 to 1.1, uniform. */
  readonly scale: number;
}

/** From bytes to the network's input: u8/255, augment (training only), resize, normalise. */
export interface InputPipeline {
  readonly augment: AugmentSpec | null;
  /** Height = width after torchvision's Resize on tensors (bilinear, half-pixel centres), or null to keep 28. */
  readonly resize: number | null;
  readonly normalize: { readonly mean: number; readonly std: number } | null;
}

export interface RunConfig {
  readonly network: NetworkSpec;
  readonly input: InputPipeline;
  readonly loss: LossSpec;
  readonly optimizer: OptimizerSpec;
  readonly learningRate: number;
  readonly schedule: ScheduleSpec;
  /** Linear warm-up from 0 over this many steps, before and multiplied with the schedule; 0 for none. */
  readonly warmupSteps: number;
  /** torch.nn.utils.clip_grad_norm_ with this max_norm, or null. */
  readonly clipGradNorm: number | null;
  /** torch.nn.utils.clip_grad_value_ with this clip_value, after the clipping by norm; absent where values are not clipped. */
  readonly clipGradValue?: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly shuffle: boolean;
  /** DataLoader's drop_last: leaves out the last batch of an epoch where it would be smaller. */
  readonly dropLast: boolean;
  /** The first n of the data's. */
  readonly trainingImages: number;
  /** What it is trained and tested on; absent for MNIST as it comes. */
  readonly data?: DataSpec;
}

/** What says how an epoch is cut into batches. */
export type BatchConfig = Pick<RunConfig, 'trainingImages' | 'batchSize' | 'dropLast'>;

/** Steps of one epoch; the last batch may be smaller, or is dropped, as PyTorch's DataLoader does it. */
export function stepsPerEpoch({ trainingImages, batchSize, dropLast }: BatchConfig): number {
  const batches = trainingImages / batchSize;
  return dropLast ? Math.floor(batches) : Math.ceil(batches);
}

/** Images that an epoch trains on. */
export function imagesPerEpoch(config: BatchConfig): number {
  return Math.min(config.trainingImages, stepsPerEpoch(config) * config.batchSize);
}

/** The sizes of an epoch's batches, the whole ones' first; none where all images are dropped. */
export function batchSizesOf(config: BatchConfig): readonly number[] {
  const { trainingImages, batchSize, dropLast } = config;
  const rest = dropLast ? 0 : trainingImages % batchSize;
  return [...(trainingImages >= batchSize ? [batchSize] : []), ...(rest > 0 ? [rest] : [])];
}

/**
 * Data is the same by its checksum, whatever it is called. The rest of configurations is plain data, built in one place with one order of keys; what comes from outside is put in order by its schema.
 */
export function sameConfig(a: RunConfig, b: RunConfig): boolean {
  if (a === b) return true;
  const { data: dataOfA, ...restOfA } = a;
  const { data: dataOfB, ...restOfB } = b;
  return dataKey(dataOfA) === dataKey(dataOfB) && JSON.stringify(restOfA) === JSON.stringify(restOfB);
}
