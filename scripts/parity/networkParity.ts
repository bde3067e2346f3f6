/** Runs one network's fixture on an engine and compares everything that PyTorch recorded. Free of Node, so it runs in a browser too. */
import type { BatchInspection, Engine } from '@/engine/engine';
import { precisionOf } from '@/engine/wasm/precision';
import { withoutDropout, type NetworkSpec, type OutputActivation } from '@/model/layers';
import { defaultLoss, type LossKind } from '@/model/losses';
import type { RunConfig } from '@/model/runConfig';
import type { StateDict } from '@/model/tensor';
import { compareCheck, summaryErrors, type Check } from '../fixtures/compare.ts';
import { floatTensor, inputPipelineOf, lossKindOf, optimizerOf, type Fixture } from '../fixtures/fixture.ts';
import type { OptimizerParameters } from '../fixtures/manifest.ts';
import {
  bufferChecks,
  counterCheck,
  finalLogitsCheck,
  gradientChecks,
  inputTolerance,
  isCounter,
  logitChecks,
  lossCheck,
  lossTraceChecks,
  predictionCheck,
  runNoises,
  stateChecks,
} from './rules.ts';
import { networkInput } from '@/model/shapes';

export interface ParityOptions {
  /** Which of the manifest's LOSS/OPTIMIZER runs to take; all by default. */
  readonly runs?: (run: string) => boolean;
  readonly onProgress?: (what: string) => void;
  /** Whether the engine computes in float32 even where a BatchNorm is unsteady. */
  readonly isFloat32?: boolean;
}

const plainSgd: OptimizerParameters = { lr: 0.01, momentum: 0, weight_decay: 0 };

function lossKind(loss: string): LossKind {
  const kind = lossKindOf[loss];
  if (kind === undefined) throw new Error(`The fixture has a loss "${loss}" that is not known.`);
  return kind;
}

function runConfig(
  fixture: Fixture,
  network: NetworkSpec,
  loss: string,
  optimizer: OptimizerParameters,
): RunConfig {
  const { manifest, count } = fixture;
  return {
    network,
    input: inputPipelineOf[manifest.preprocess],
    loss: defaultLoss(lossKind(loss)),
    optimizer: optimizerOf(optimizer),
    learningRate: optimizer.lr,
    schedule: { kind: 'constant' },
    warmupSteps: 0,
    clipGradNorm: null,
    epochs: 10,
    // One batch an epoch: every step sees the same images, as the fixture's does.
    batchSize: count,
    seed: 1,
    shuffle: false,
    dropLast: false,
    trainingImages: count,
  };
}

const initialState = ({ init }: Fixture) => ({ step: 0, parameters: init, optimizer: {} });

/** What the report's forward returns for these logits [n, 10]. */
function outputOf(logits: Float32Array, activation: OutputActivation): Float64Array {
  const output = Float64Array.from(logits);
  if (activation === 'none') return output;
  for (let row = 0; row < output.length; row += 10) {
    const values = output.subarray(row, row + 10);
    const max = Math.max(...values);
    const logSum = max + Math.log(values.reduce((sum, z) => sum + Math.exp(z - max), 0));
    values.forEach((z, i) => (values[i] = activation === 'log_softmax' ? z - logSum : Math.exp(z - logSum)));
  }
  return output;
}

/** Input, eval logits and output. The network keeps its dropout here: eval mode must leave it out. */
async function evalChecks(engine: Engine, fixture: Fixture): Promise<Check[]> {
  const { manifest, network, tensors, images, count } = fixture;
  await engine.compile(runConfig(fixture, network, 'ce', plainSgd), initialState(fixture));
  const { data: input = new Float32Array(0) } =
    (await engine.activations(images, count, [networkInput])).get(networkInput) ?? {};
  const logits = await engine.predict(images, count);
  const noise = manifest.eval.logits_noise;
  return [
    ...summaryErrors(input, manifest.input_summary).map(([rule, error]) =>
      compareCheck('input', rule, error, inputTolerance),
    ),
    logitChecks('eval logits', logits, floatTensor(tensors, 'eval/logits'), noise),
    {
      ...logitChecks(
        'eval output',
        Float32Array.from(outputOf(logits, network.outputActivation)),
        floatTensor(tensors, 'eval/output'),
        noise,
      ),
      name: network.outputActivation,
    },
  ];
}

function gradientsOf(fixture: Fixture, loss: string, inspection: BatchInspection): Check[] {
  // The two are the same function, so the fixture gives its gradients once.
  const reference = loss === 'nll_log_softmax' ? 'ce' : loss;
  const expected = fixture.manifest.train.grad[reference];
  if (expected === undefined) throw new Error(`The fixture has no gradients of ${reference}.`);
  return Object.entries(expected).flatMap(([key, summary]) =>
    gradientChecks(fixture, loss, reference, key, floatTensor(inspection.gradients, key), summary),
  );
}

function buffersOf(fixture: Fixture, buffers: StateDict): Check[] {
  const checks = Object.entries(fixture.manifest.train.buffers_after_forward).flatMap(([key, summary]) =>
    isCounter(summary) ? [] : bufferChecks(key, floatTensor(buffers, key), summary),
  );
  for (const [key, tensor] of fixture.init) {
    if (tensor.dtype !== 'I64') continue;
    const counter = buffers.get(key);
    const value = counter?.dtype === 'I64' ? counter.data[0] : undefined;
    checks.push(counterCheck('num_batches_tracked', key, value, Number(tensor.data[0]) + 1));
  }
  return checks;
}

/** The initial state must be bit for bit what it was: inspecting a batch updates nothing. */
function unchangedCheck(init: StateDict, state: StateDict): Check {
  let changed = 0;
  for (const [key, { data }] of init) {
    const now = state.get(key)?.data;
    if (
      now === undefined ||
      now.length !== data.length ||
      !data.every((value: number | bigint, i: number) => value === now[i])
    )
      changed++;
  }
  return compareCheck('state after load and inspection', 'tensors changed', changed, 0);
}

/** One loss: in eval mode over the images, and forward and backward in training mode. */
async function lossChecks(
  engine: Engine,
  fixture: Fixture,
  loss: string,
  isFirst: boolean,
): Promise<Check[]> {
  const { manifest, network, tensors, images, labels, count } = fixture;
  await engine.compile(runConfig(fixture, withoutDropout(network), loss, plainSgd), initialState(fixture));
  const checks: Check[] = [];

  const evaluation = await engine.evaluate('test', count);
  checks.push(lossCheck('eval loss', loss, evaluation.loss, manifest.eval.loss[loss] ?? Number.NaN));

  const inspection = await engine.inspectBatch(images, labels);
  checks.push(
    lossCheck('train loss', loss, inspection.loss, manifest.train.loss[loss] ?? Number.NaN),
    ...gradientsOf(fixture, loss, inspection),
  );
  if (isFirst) {
    checks.push(
      predictionCheck(fixture, evaluation.predictions),
      logitChecks(
        'train logits',
        inspection.logits,
        floatTensor(tensors, 'train/logits'),
        manifest.train.logits_noise,
      ),
      ...buffersOf(fixture, inspection.buffers),
      unchangedCheck(fixture.init, await engine.readParameters()),
    );
  }
  return checks;
}

/** Three steps of one optimizer under one loss. */
async function runChecks(
  engine: Engine,
  fixture: Fixture,
  run: string,
  isFloat32: boolean,
): Promise<Check[]> {
  const { manifest, network, images, labels, count } = fixture;
  const [loss = '', optimizerName = ''] = run.split('/');
  const optimizer = manifest.optimizers[optimizerName];
  const expected = manifest.after3[run];
  if (optimizer === undefined || expected === undefined) {
    throw new Error(`The fixture of ${manifest.net} has no run or optimizer ${run}.`);
  }
  const config = runConfig(fixture, withoutDropout(network), loss, optimizer);
  await engine.compile(config, initialState(fixture));
  await engine.step(3);
  const { loss: losses } = await engine.readMetrics();
  const fourth = (await engine.inspectBatch(images, labels)).loss;
  const checks = lossTraceChecks(fixture, run, [...losses, fourth]);

  const isChancy = isFloat32 && config.optimizer.kind !== 'SGD' && precisionOf(config) === 'float64';
  const noises = isChancy ? runNoises(fixture, run) : null;
  const parameters = await engine.readParameters();
  for (const [key, summary] of Object.entries(expected.state)) {
    if (isCounter(summary)) {
      const counter = parameters.get(key);
      const value = counter?.dtype === 'I64' ? counter.data[0] : undefined;
      checks.push(counterCheck('num_batches_tracked', `${key} ${run}`, value, summary.value));
    } else {
      checks.push(...stateChecks(fixture, run, key, floatTensor(parameters, key), summary, noises));
    }
  }
  checks.push(finalLogitsCheck(fixture, run, await engine.predict(images, count)));
  return checks;
}

/** All comparisons of one network's fixture. @throws EngineError `limits` where the network does not fit the device. */
export async function networkParity(
  engine: Engine,
  fixture: Fixture,
  options: ParityOptions = {},
): Promise<Check[]> {
  const { runs = () => true, onProgress = () => undefined, isFloat32 = false } = options;
  const { manifest, images, labels, count } = fixture;
  await engine.setImages('train', { images, labels, count });
  await engine.setImages('test', { images, labels, count });

  onProgress('eval');
  const checks = await evalChecks(engine, fixture);
  for (const [i, loss] of Object.keys(manifest.train.loss).entries()) {
    onProgress(loss);
    checks.push(...(await lossChecks(engine, fixture, loss, i === 0)));
  }
  for (const run of Object.keys(manifest.after3).filter((name) => runs(name))) {
    onProgress(run);
    checks.push(...(await runChecks(engine, fixture, run, isFloat32)));
  }
  return checks;
}
