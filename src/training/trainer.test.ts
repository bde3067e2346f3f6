// The trainer with the real reference engine on wasm and the real MNIST bytes.
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { EngineError, type Engine, type ImageSet } from '@/engine/engine';
import { createEngine } from '@/engine/tfjs/backends';
import { defaultConfig } from '@/model/presets';
import type { RunConfig } from '@/model/runConfig';
import type { RunStatus } from '@/protocol/messages';
import { mnistImages } from '../../scripts/mnistImages.ts';
import { answer } from './requests';
import { Trainer, type RunEvent } from './trainer';
import { toWorkerError } from './workerError';

let training: ImageSet;
let test10k: ImageSet;
beforeAll(() => {
  training = mnistImages('train');
  test10k = mnistImages('test');
});

/** A run on few images, so that an epoch is over soon; with momentum it learns in that time. */
function smallRun(network: 'lenet' | 'mynn', steps: number, change: Partial<RunConfig> = {}): RunConfig {
  const config = defaultConfig(network);
  const batchSize = change.batchSize ?? 16;
  return {
    ...config,
    optimizer: { kind: 'SGD', momentum: 0.9, dampening: 0, nesterov: false, weightDecay: 0 },
    learningRate: 0.05,
    batchSize,
    trainingImages: steps * batchSize,
    epochs: 2,
    ...change,
  };
}

class Lab {
  readonly events: RunEvent[] = [];
  readonly source: { training: ImageSet; test: ImageSet };
  readonly trainer: Trainer;
  #waiting: { readonly wanted: (event: RunEvent) => boolean; readonly resolve: () => void }[] = [];

  constructor(source?: { training: ImageSet; test: ImageSet }) {
    this.source = source ?? { training, test: test10k };
    this.trainer = new Trainer({
      source: this.source,
      emit: (event) => {
        this.events.push(event);
        for (const { wanted, resolve } of this.#waiting) if (wanted(event)) resolve();
      },
    });
  }

  async useWasm(): Promise<Engine> {
    return this.trainer.useEngine(async () => (await createEngine('wasm')).engine);
  }

  /** The next event that is wanted. */
  next(wanted: (event: RunEvent) => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ wanted, resolve });
    });
  }

  phase(phase: RunStatus['phase']): Promise<void> {
    return this.next((event) => event.type === 'runStatus' && event.status.phase === phase);
  }

  get status(): RunStatus {
    const last = this.events.findLast((event) => event.type === 'runStatus');
    if (last?.type !== 'runStatus') throw new Error('No status yet.');
    return last.status;
  }

  /** One metric of all steps, each at its own place. */
  metric(name: 'loss' | 'learningRate', runId = 'a'): number[] {
    const values: number[] = [];
    for (const event of this.events) {
      if (event.type !== 'metrics' || event.runId !== runId) continue;
      expect(event.firstStep).toBe(values.length);
      values.push(...event[name]);
    }
    return values;
  }

  evaluations(extent: 'quick' | 'full') {
    return this.events.flatMap((event) =>
      event.type === 'evaluated' && event.extent === extent ? [event] : [],
    );
  }

  /** Steps done when the engine is free. */
  stepNow(): Promise<number> {
    return this.trainer.withNetwork((_, run) => Promise.resolve(run.step));
  }

  async prepare(config: RunConfig, runId = 'a'): Promise<void> {
    await this.trainer.prepare(runId, config);
  }

  async train(until: 'step' | 'epoch' | 'end', runId = 'a'): Promise<void> {
    const rests = this.next(
      (event) =>
        event.type === 'runFailed' ||
        (event.type === 'runStatus' && ['paused', 'finished'].includes(event.status.phase)),
    );
    this.trainer.train(runId, until);
    await rests;
  }
}

const labs: Lab[] = [];
async function openLab(source?: { training: ImageSet; test: ImageSet }): Promise<Lab> {
  const lab = new Lab(source);
  labs.push(lab);
  await lab.useWasm();
  return lab;
}
afterEach(() => {
  for (const lab of labs.splice(0)) lab.trainer.dispose();
});

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

describe('a run', () => {
  test('learns, epoch by epoch, each with a full test, and finishes', async () => {
    const lab = await openLab();
    await lab.prepare(smallRun('lenet', 60));
    expect(lab.status).toMatchObject({ phase: 'ready', step: 0, totalSteps: 120, stepsPerEpoch: 60 });

    await lab.train('epoch');
    expect(lab.status).toMatchObject({ phase: 'paused', step: 60, epoch: 1, testing: false });
    expect(lab.evaluations('full')).toMatchObject([{ step: 60, epoch: 1, count: 10_000 }]);

    await lab.train('end');
    expect(lab.status).toMatchObject({ phase: 'finished', step: 120, epoch: 2, secondsLeft: 0 });
    const losses = lab.metric('loss');
    expect(losses).toHaveLength(120);
    expect(losses[0]).toBeCloseTo(Math.log(10), 0);
    expect(mean(losses.slice(-20))).toBeLessThan(1.3);
    const [, last] = lab.evaluations('full');
    expect(last).toMatchObject({ step: 120, epoch: 2 });
    expect(last?.accuracy).toBeGreaterThan(0.6);
    // 10,000 images are 625 whole batches of 16.
    expect(last?.sumOfBatchMeans).toBeCloseTo((last?.loss ?? 0) * 625, 2);
    expect(lab.status.firstStepMilliseconds).toBeGreaterThan(0);
    expect(lab.status.imagesPerSecond).toBeGreaterThan(0);
  });

  test('takes a single step', async () => {
    const lab = await openLab();
    await lab.prepare(smallRun('lenet', 60));
    await lab.train('step');
    await lab.train('step');
    expect(lab.status).toMatchObject({ phase: 'paused', step: 2 });
    expect(lab.metric('loss')).toHaveLength(2);
  });

  test('pauses within one step, resumes, and takes a new learning rate in flight', async () => {
    const lab = await openLab();
    await lab.prepare(smallRun('lenet', 2000, { learningRate: 0.05 }));
    lab.trainer.train('a', 'end');
    await lab.next((event) => event.type === 'metrics' && event.firstStep > 3);
    const before = await lab.stepNow();
    const paused = lab.phase('paused');
    lab.trainer.pause('a');
    await paused;
    const at = lab.status.step;
    expect(at).toBeLessThanOrEqual(before + 1);
    expect(lab.metric('loss')).toHaveLength(at);
    expect(await lab.stepNow()).toBe(at);

    lab.trainer.train('a', 'end');
    await lab.next((event) => event.type === 'metrics');
    const changedAt = await lab.stepNow();
    lab.trainer.setLearningRate('a', 0.01);
    await lab.next((event) => event.type === 'metrics' && event.firstStep > changedAt);
    const stopped = lab.phase('stopped');
    lab.trainer.stop('a');
    await stopped;
    const rates = lab.metric('learningRate');
    const firstNew = rates.findIndex((rate) => rate < 0.03);
    expect(firstNew).toBeGreaterThanOrEqual(changedAt);
    expect(firstNew).toBeLessThanOrEqual(changedAt + 1);
    expect(new Set(rates)).toEqual(new Set([Math.fround(0.05), Math.fround(0.01)]));

    const { step } = lab.status;
    lab.trainer.train('a', 'end');
    expect(await lab.stepNow(), 'a stopped run stays where it is').toBe(step);
  });

  test('pauses during a full test, and makes it up', async () => {
    const lab = await openLab();
    await lab.prepare(smallRun('lenet', 2));
    lab.trainer.train('a', 'end');
    await lab.next((event) => event.type === 'runStatus' && event.status.testing);
    const begun = performance.now();
    const paused = lab.phase('paused');
    lab.trainer.pause('a');
    await paused;
    // A whole test takes seconds here.
    expect(performance.now() - begun).toBeLessThan(500);
    expect(lab.status).toMatchObject({ step: 2, testing: false });
    expect(lab.evaluations('full')).toEqual([]);
    await lab.train('step');
    expect(lab.evaluations('full').map(({ step }) => step)).toEqual([2]);
    expect(lab.status.step).toBe(3);
  });

  test('answers predictions while it trains, between steps', async () => {
    const lab = await openLab();
    await lab.prepare(smallRun('lenet', 2000));
    lab.trainer.train('a', 'end');
    await lab.next((event) => event.type === 'metrics');
    const request = { type: 'predict', requestId: 1, images: test10k.images, count: 3 } as const;
    const reply = await answer(request, lab.trainer, lab.source);
    if (reply.request !== 'predict') throw new Error('Another reply was asked for.');
    expect(reply.value.step).toBeGreaterThan(0);
    for (const row of [0, 1, 2]) {
      expect(mean([...reply.value.probabilities.subarray(10 * row, 10 * row + 10)])).toBeCloseTo(0.1, 6);
    }
    expect(lab.status.phase).toBe('training');
  });
});

describe('the same seed gives the same losses, bit for bit', () => {
  const config = smallRun('mynn', 12, { seed: 7 });

  /** Losses of the first `count` steps, one command a step. */
  async function lossesStepByStep(lab: Lab, count: number): Promise<number[]> {
    for (let i = 0; i < count; i += 1) await lab.train('step');
    return lab.metric('loss');
  }
  let inOneGo: readonly number[];
  beforeAll(async () => {
    const lab = await openLab();
    await lab.prepare(config);
    await lab.train('epoch');
    inOneGo = lab.metric('loss');
    expect(new Set(inOneGo).size).toBe(12);
  });

  test('over pauses', async () => {
    const lab = await openLab();
    await lab.prepare(config);
    expect(await lossesStepByStep(lab, 11)).toEqual(inOneGo.slice(0, 11));
  });

  test('shuffled, and only with the same seed', async () => {
    const lab = await openLab();
    const shuffled = { ...config, shuffle: true };
    await lab.prepare(shuffled);
    const losses = await lossesStepByStep(lab, 4);
    expect(losses).not.toEqual(inOneGo.slice(0, 4));
    await lab.prepare(shuffled, 'b');
    for (let i = 0; i < 4; i += 1) await lab.train('step', 'b');
    expect(lab.metric('loss', 'b')).toEqual(losses);
    await lab.prepare({ ...shuffled, seed: 8 }, 'c');
    for (let i = 0; i < 4; i += 1) await lab.train('step', 'c');
    expect(lab.metric('loss', 'c')).not.toEqual(losses);
  });

  test('over a change of engine in mid-run', async () => {
    const lab = await openLab();
    await lab.prepare(config);
    await lossesStepByStep(lab, 5);
    await lab.useWasm();
    expect(await lossesStepByStep(lab, 6)).toEqual(inOneGo.slice(0, 11));
  });

  test('over the loss of a device', async () => {
    const lab = await openLab();
    await lab.prepare(config);
    await lossesStepByStep(lab, 4);
    lab.trainer.deviceFailed(new EngineError('device', 'The GPU device was lost: test'));
    expect(lab.events.at(-1)).toMatchObject({ type: 'runFailed', error: { code: 'device' } });
    const from = lab.events.length;
    lab.trainer.train('a', 'end');
    expect(lab.events.slice(from), 'nothing goes on without a device').toEqual([]);
    await lab.useWasm();
    expect(lab.status).toMatchObject({ phase: 'paused', step: 4 });
    expect(await lossesStepByStep(lab, 7)).toEqual(inOneGo.slice(0, 11));
  });

  test('when the images arrive while it trains', async () => {
    const lab = await openLab({ training: { ...training, count: 0 }, test: test10k });
    await lab.prepare(config);
    lab.trainer.train('a', 'end');
    for (const count of [40, 100, 180]) {
      const step = Math.floor(count / 16);
      const stalled = lab.next(
        (event) =>
          event.type === 'runStatus' && event.status.phase === 'waiting' && event.status.step === step,
      );
      lab.source.training = { ...training, count };
      lab.trainer.imagesArrived();
      await stalled;
      expect(lab.status.trainingImages).toBe(count);
    }
    expect(lab.metric('loss')).toEqual(inOneGo.slice(0, 11));
  });
});

describe('what goes wrong', () => {
  test('a replaced run tells nothing any more', async () => {
    const lab = await openLab();
    await lab.prepare(smallRun('lenet', 2000));
    lab.trainer.train('a', 'end');
    await lab.next((event) => event.type === 'metrics');
    const ready = lab.prepare(smallRun('mynn', 60), 'b');
    const from = lab.events.length;
    lab.trainer.pause('a');
    lab.trainer.train('a', 'end');
    await ready;
    await lab.train('step', 'b');
    expect(lab.events.slice(from).map(({ runId }) => runId)).not.toContain('a');
    expect(lab.metric('loss', 'b')).toHaveLength(1);
  });

  test('a network that does not fit fails its run, and the next one works', async () => {
    const lab = await openLab();
    const good = smallRun('lenet', 60);
    const network = { ...good.network, layers: good.network.layers.slice(3) };
    await lab.prepare({ ...good, network });
    expect(lab.events.at(-1)).toMatchObject({
      type: 'runFailed',
      runId: 'a',
      error: { code: 'config', message: expect.stringMatching(/conv2\.0/) },
    });
    await expect(lab.stepNow()).rejects.toThrow(/No network/);
    await lab.prepare(good, 'b');
    await lab.train('step', 'b');
    expect(lab.status.step).toBe(1);
  });

  test('losses that are not finite travel as they are', async () => {
    const lab = await openLab();
    await lab.prepare(
      smallRun('lenet', 8, { learningRate: 10, loss: { kind: 'nll_logits', labelSmoothing: 0 } }),
    );
    await lab.train('epoch');
    expect(lab.metric('loss').at(-1)).toBeNaN();
    expect(lab.evaluations('full')[0]?.loss).toBeNaN();
    expect(lab.status.phase).toBe('paused');
  });
});

describe('weights', () => {
  test('go out and come back, while the optimizer and the step stay', async () => {
    const lab = await openLab();
    await lab.prepare(smallRun('lenet', 60));
    await lab.train('step');
    const saved = await answer({ type: 'exportWeights', requestId: 1 }, lab.trainer, lab.source);
    if (saved.request !== 'exportWeights') throw new Error('Another reply was asked for.');
    expect(saved.value.fileName).toBe('lenet-step-1.safetensors');
    const predict = { type: 'predict', requestId: 2, images: test10k.images, count: 5 } as const;
    const before = await answer(predict, lab.trainer, lab.source);
    await lab.train('step');
    expect(await answer(predict, lab.trainer, lab.source)).not.toEqual(before);
    const { file } = saved.value;
    const loaded = await answer({ type: 'importWeights', requestId: 3, file }, lab.trainer, lab.source);
    expect(loaded.value).toEqual({ keys: 10 });
    const after = await answer(predict, lab.trainer, lab.source);
    expect(after).toEqual({ ...before, value: { ...before.value, step: 2 } });
    await lab.train('step');
    expect(lab.metric('loss')).toHaveLength(3);

    await lab.prepare(smallRun('mynn', 60), 'b');
    const misfit = answer({ type: 'importWeights', requestId: 4, file }, lab.trainer, lab.source);
    expect(toWorkerError(await misfit.catch((error: unknown) => error))).toMatchObject({ code: 'state' });
    const garbage = answer(
      { type: 'importWeights', requestId: 5, file: new ArrayBuffer(9) },
      lab.trainer,
      lab.source,
    );
    expect(toWorkerError(await garbage.catch((error: unknown) => error))).toMatchObject({ code: 'file' });
  });

  test('and test images are asked for too early', async () => {
    const lab = new Lab({ training, test: { ...test10k, count: 0 } });
    const early = answer({ type: 'testImages', requestId: 1, indices: [0] }, lab.trainer, lab.source);
    expect(toWorkerError(await early.catch((error: unknown) => error))).toMatchObject({ code: 'not_ready' });
    const none = answer({ type: 'exportWeights', requestId: 2 }, lab.trainer, lab.source);
    expect(toWorkerError(await none.catch((error: unknown) => error))).toMatchObject({ code: 'not_ready' });
    lab.trainer.dispose();
  });
});
