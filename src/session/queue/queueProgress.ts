/** How far a queue is, and how long it takes: counted in operations, so that a large network counts for more. */
import { runCost } from '@/model/cost';
import { sameNetwork } from '@/model/networkSchema';
import { imagesPerEpoch, stepsPerEpoch, type RunConfig } from '@/model/runConfig';
import type { BackendInfo } from '@/model/backend';
import { isSettled, type QueueState } from '@/session/queue/runQueue';
import type { RecordedRun } from '@/storage/runs/runSchema';

const testImages = 10_000;
/** Forward, and backward through weights and inputs: each about as many operations as the forward pass. */
const trainingFactor = 3;

/** Of a forward pass by configuration: a queue asks again with every step. */
const knownFlops = new WeakMap<RunConfig, number>();
function flopsOf(config: RunConfig): number {
  const known = knownFlops.get(config) ?? runCost(config).flops;
  knownFlops.set(config, known);
  return known;
}

/** Operations of a whole run, its tests after each epoch included. */
export function workOf(config: RunConfig): number {
  return flopsOf(config) * config.epochs * (trainingFactor * imagesPerEpoch(config) + testImages);
}

export interface RunningRun {
  readonly step: number;
  /** Images of the running test that are done; null where none runs. */
  readonly testedImages: number | null;
  readonly imagesPerSecond: number | null;
}

/** Operations done so far. The test after an epoch may take longer than the epoch: it counts image by image. */
function workDone(config: RunConfig, { step, testedImages }: RunningRun): number {
  const perEpoch = stepsPerEpoch(config);
  const epochs = Math.floor(step / perEpoch);
  const images = (step % perEpoch) * config.batchSize;
  // A test in mid-epoch is a quick one, which is not counted.
  const isFullTest = testedImages !== null && epochs > 0 && step % perEpoch === 0;
  const tested = isFullTest ? (epochs - 1) * testImages + testedImages : epochs * testImages;
  return flopsOf(config) * (trainingFactor * (epochs * imagesPerEpoch(config) + images) + tested);
}

export interface QueueProgress {
  /** Of 1. */
  readonly share: number;
  readonly finished: number;
  /** Null until the speed is known. */
  readonly secondsLeft: number | null;
}

/** How far the queue is. The rest is assumed to be computed as fast as the run in hand, by its number of operations. */
export function queueProgress({ items }: QueueState, run: RunningRun | null): QueueProgress {
  let total = 0;
  let done = 0;
  let perSecond: number | null = null;
  for (const item of items) {
    const { config, state } = item;
    const work = workOf(config);
    total += work;
    if (state === 'running' && run !== null) {
      done += workDone(config, run);
      if (run.imagesPerSecond !== null) perSecond = run.imagesPerSecond * trainingFactor * flopsOf(config);
    } else if (isSettled(item)) {
      done += work;
    }
  }
  return {
    share: total === 0 ? 0 : done / total,
    finished: items.filter(isSettled).length,
    secondsLeft: perSecond === null ? null : (total - done) / perSecond,
  };
}

/** Steps from which a recorded run's speed is told: fewer are all start. */
const leastSteps = 20;

/**
 * Seconds that these runs take on this backend, by a kept run that it computed: the newest of the same network, else the newest of
 * all, by operations. Null where it has computed none.
 */
export function estimatedSeconds(
  configs: readonly RunConfig[],
  kept: readonly RecordedRun[],
  { engine, backend }: Pick<BackendInfo, 'engine' | 'backend'>,
): number | null {
  const usable = kept
    .filter(
      ({ environment, summary, switchedEngine }) =>
        environment.engine === engine &&
        environment.backend === backend &&
        !switchedEngine &&
        summary.steps >= leastSteps &&
        summary.seconds > 0,
    )
    .toSorted((a, b) => b.createdAt - a.createdAt);
  let sum = 0;
  for (const config of configs) {
    const run = usable.find((one) => sameNetwork(one.config.network, config.network)) ?? usable[0];
    if (run === undefined) return null;
    const images = run.summary.steps * run.config.batchSize;
    sum += (workOf(config) * run.summary.seconds) / (trainingFactor * flopsOf(run.config) * images);
  }
  return sum;
}
