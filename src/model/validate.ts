/** Whether a run's settings make sense together; the page words each problem, and the worker refuses a config that has one. */
import { singleValueOf } from '@/model/batchNormCheck';
import { dataOf, trainingSize } from '@/model/dataSet';
import { rangeOf, type Hyperparameter, type HyperparameterKey } from '@/model/hyperparameter';
import { hyperparameters } from '@/model/hyperparameters';
import { nameProblems } from '@/model/layerNames';
import { rangeProblem } from '@/model/numberRange';
import { optimizerKinds, optimizerProblems, type OptimizerProblemCode } from '@/model/optimizers';
import { batchSizesOf, type BatchConfig, type RunConfig } from '@/model/runConfig';
import { ShapeError, type ShapeProblemCode } from '@/model/shape';
import { inferShapes, inputShape } from '@/model/shapes';

export type ConfigProblemCode =
  | 'not_a_number'
  | 'not_an_integer'
  | 'too_small'
  | 'too_large'
  | 'not_a_choice'
  | 'no_whole_batch'
  | 'one_value_per_channel'
  | 'network_does_not_fit'
  | OptimizerProblemCode;

export interface ConfigProblem {
  readonly code: ConfigProblemCode;
  readonly key: HyperparameterKey;
  /** What the page's sentence needs: `value`, `min`, `max`; for network_does_not_fit the layer and the ShapeError's details. */
  readonly details: Readonly<Record<string, string | number>>;
  /** For network_does_not_fit. */
  readonly shapeCode?: ShapeProblemCode;
  /** What can be changed so that it is gone. */
  readonly change?: BatchChange;
}

export type BatchChange = Partial<BatchConfig>;

/** The problem of one value by itself, or null. */
export function validateValue(field: Hyperparameter, value: unknown): ConfigProblem | null {
  const { key } = field;
  const problem = (code: ConfigProblemCode, details: ConfigProblem['details'] = {}): ConfigProblem => ({
    code,
    key,
    details: { value: String(value), ...details },
  });
  if (field.kind === 'choice') {
    return typeof value === 'string' && field.choices.includes(value) ? null : problem('not_a_choice');
  }
  if (field.kind === 'boolean') return typeof value === 'boolean' ? null : problem('not_a_choice');
  if (typeof value !== 'number' || !Number.isFinite(value)) return problem('not_a_number');
  const found = rangeProblem(field, value);
  if (found === null) return null;
  return 'min' in found ? problem(found.code, { min: found.min, max: found.max }) : problem(found.code);
}

function settingProblems({ optimizer }: RunConfig): ConfigProblem[] {
  if (!optimizerKinds.includes(optimizer.kind)) return [];
  return optimizerProblems(optimizer).map(({ code, key, value }) => ({ code, key, details: { value } }));
}

function networkProblem(config: RunConfig): ConfigProblem[] {
  const [name] = nameProblems(config.network.layers);
  if (name !== undefined) {
    const details = { layer: name.name, message: name.message };
    return [{ code: 'network_does_not_fit', key: 'network', details }];
  }
  try {
    inferShapes(config.network, inputShape(config.input));
    return [];
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    const details = { ...error.details, layer: error.layer, message: error.message };
    return [{ code: 'network_does_not_fit', key: 'network', details, shapeCode: error.code }];
  }
}

/** The least that has to change for an epoch whose batches can all be trained on, or undefined where none of these helps. */
function batchChange(config: RunConfig): BatchChange | undefined {
  const trainingImages = trainingSize(dataOf(config));
  const changes: readonly BatchChange[] = [
    { dropLast: !config.dropLast },
    { batchSize: 64 },
    { batchSize: 32 },
    { trainingImages },
    { trainingImages, batchSize: 64 },
    { trainingImages, batchSize: 32 },
  ];
  return changes.find((change) => {
    const changed = { ...config, ...change };
    return batchSizesOf(changed).length > 0 && singleValueOf(changed) === null;
  });
}

function batchProblems(config: RunConfig): ConfigProblem[] {
  const { batchSize, trainingImages } = config;
  const change = batchChange(config);
  const mended = change === undefined ? {} : { change };
  if (batchSizesOf(config).length === 0) {
    return [{ code: 'no_whole_batch', key: 'batchSize', details: { batchSize, trainingImages }, ...mended }];
  }
  const single = singleValueOf(config);
  if (single === null) return [];
  const { layer, message, size } = single;
  const details = { layer, message, size: size.join(', '), batchSize, trainingImages };
  return [{ code: 'one_value_per_channel', key: 'batchSize', details, ...mended }];
}

/** Everything that is wrong with a run's settings; empty when it can start. */
export function validateConfig(config: RunConfig): ConfigProblem[] {
  const single = hyperparameters.flatMap((field) => {
    const value = field.read(config);
    const ranged = field.kind === 'number' || field.kind === 'integer' ? rangeOf(field, config) : field;
    const problem = value === undefined ? null : validateValue(ranged, value);
    return problem === null ? [] : [problem];
  });
  const ofNetwork = networkProblem(config);
  // Only of numbers that are in order, and of a network with shapes.
  const ofBatches = single.length > 0 || ofNetwork.length > 0 ? [] : batchProblems(config);
  return [...single, ...settingProblems(config), ...ofNetwork, ...ofBatches];
}
