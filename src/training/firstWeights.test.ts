// What a run begins with, on our own engine in Node: fresh weights, a file's, or those of the run before it.
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createWasmEngine } from '@/engine/wasm/createWasmEngine';
import type { NetworkSpec } from '@/model/layers';
import { defaultConfig } from '@/model/presets';
import type { RunConfig } from '@/model/runConfig';
import { closeLabs, Lab, mnist, openLab, smallRun, weightsRequest } from '../../scripts/trainerLab.ts';
import { nodeHost } from '../../scripts/wasm/nodeHost.ts';
import { answer } from './requests';
import { toWorkerError } from './workerError';

afterEach(closeLabs);

const trained = (): Blob => new Blob([readFileSync('fixtures/cases/lenet_trained.safetensors')]);

async function wasmLab(): Promise<Lab> {
  const lab = new Lab(mnist());
  await lab.trainer.useEngine(() => createWasmEngine({ host: nodeHost(), threads: 1 }));
  return lab;
}

const importFile = (lab: Lab, network: NetworkSpec, file = trained()) =>
  answer('importWeights', { fileName: 'lenet_trained.safetensors', file, network }, lab);

const predictions = async (lab: Lab): Promise<number[]> => {
  const { probabilities } = await answer('predict', { images: lab.source.test.images, count: 5 }, lab);
  return [...probabilities];
};

const exported = async (lab: Lab): Promise<Uint8Array> =>
  new Uint8Array((await answer('exportFile', weightsRequest, lab)).file);

/** Trains `run` to its end and gives all its losses. */
async function lossesOf(lab: Lab, run: string): Promise<number[]> {
  await lab.train('end', run);
  return lab.metric('loss', run);
}

/** /?network=lenet&trainingImages=3200&epochs=1, with the rate that is set after loading. */
const fineTuning: RunConfig = {
  ...defaultConfig('lenet'),
  trainingImages: 3200,
  epochs: 1,
  learningRate: 0.001,
};

describe('weights of a file', () => {
  test('are what is trained on', async () => {
    const lab = await wasmLab();
    await lab.prepare({ ...fineTuning, learningRate: 0.01 });
    expect(await importFile(lab, fineTuning.network)).toMatchObject({ tensors: 10, nonFinite: [] });
    await lab.prepare(fineTuning, 'b', 'file');
    expect(lab.status).toMatchObject({
      phase: 'ready',
      step: 0,
      origin: { fileName: 'lenet_trained.safetensors', nonFinite: 0, steps: 0 },
    });
    await lab.train('step', 'b');
    // PyTorch 1.13's loss of the first batch, and its accuracy on the test images after the 50 steps.
    expect(lab.metric('loss', 'b')[0]).toBeCloseTo(0.0926, 4);
    await lab.train('end', 'b');
    expect(lab.evaluations('full').at(-1)).toMatchObject({ runId: 'b', step: 50, accuracy: 0.955 });
  });

  test('are changed only with a `prepare`: a file that does not fit changes nothing', async () => {
    const lab = await openLab();
    await lab.prepare(smallRun('mynn', 60));
    await lab.train('step');
    const before = await predictions(lab);
    const misfit = importFile(lab, smallRun('mynn', 60).network);
    expect(toWorkerError(await misfit.catch((error: unknown) => error))).toMatchObject({ code: 'state' });
    const garbage = importFile(lab, smallRun('mynn', 60).network, new Blob([new ArrayBuffer(9)]));
    expect(toWorkerError(await garbage.catch((error: unknown) => error))).toMatchObject({ code: 'file' });
    await importFile(lab, defaultConfig('lenet').network);
    expect(await predictions(lab)).toEqual(before);
    expect(lab.status).toMatchObject({ phase: 'paused', step: 1 });
  });

  test('stand through another engine and a learning-rate range test, and a run begins with them again', async () => {
    const lab = await wasmLab();
    await importFile(lab, fineTuning.network);
    await lab.prepare(fineTuning, 'a', 'file');
    const loaded = await exported(lab);
    await lab.trainer.useEngine(() => createWasmEngine({ host: nodeHost(), threads: 1 }));
    expect(await exported(lab)).toEqual(loaded);

    const losses: number[] = [];
    const rangeTest = { from: 1e-5, to: 1e-3, steps: 3 };
    for (const weights of ['current', 'seed'] as const) {
      await answer('runRangeTest', { config: fineTuning, weights, rangeTest }, lab, ({ loss }) =>
        losses.push(loss),
      );
    }
    expect(losses[0]).toBeCloseTo(0.0926, 4);
    expect(losses[3]).toBeGreaterThan(2);
    expect(await exported(lab)).toEqual(loaded);

    await lab.train('step');
    await lab.train('step');
    expect(await exported(lab)).not.toEqual(loaded);
    await lab.prepare(fineTuning, 'b', 'initial');
    expect(lab.status.origin).toMatchObject({ fileName: 'lenet_trained.safetensors', steps: 0 });
    expect(await exported(lab)).toEqual(loaded);
    await lab.train('step', 'b');
    await lab.train('step', 'b');
    expect(lab.metric('loss', 'b')).toEqual(lab.metric('loss', 'a'));
  });

  test('outlive settings that cannot be trained', async () => {
    const lab = await wasmLab();
    await importFile(lab, fineTuning.network);
    await lab.prepare(fineTuning, 'a', 'file');
    const loaded = await exported(lab);
    await lab.prepare({ ...fineTuning, batchSize: 0 }, 'b', 'current');
    expect(lab.events.at(-1)).toMatchObject({ type: 'runFailed', runId: 'b', error: { code: 'config' } });
    await lab.prepare(fineTuning, 'c', 'initial');
    expect(lab.status).toMatchObject({ phase: 'ready', origin: { fileName: 'lenet_trained.safetensors' } });
    expect(await exported(lab)).toEqual(loaded);
  });

  test('that are no numbers are counted', async () => {
    const lab = new Lab(mnist());
    const bytes = new Uint8Array(await trained().arrayBuffer());
    // The last value of the last tensor becomes NaN.
    bytes.set([0, 0, 0xc0, 0x7f], bytes.length - 4);
    await importFile(lab, fineTuning.network, new Blob([bytes]));
    await lab.prepare(fineTuning, 'a', 'file');
    expect(lab.status.origin).toEqual({ fileName: 'lenet_trained.safetensors', nonFinite: 1, steps: 0 });
  });

  test('wait for an engine where there is none yet', async () => {
    const lab = new Lab(mnist());
    await importFile(lab, fineTuning.network);
    await lab.prepare(fineTuning, 'a', 'file');
    await lab.prepare({ ...fineTuning, batchSize: 32 }, 'b', 'current');
    await lab.useBackend('cpu');
    expect(lab.status).toMatchObject({ phase: 'ready', origin: { fileName: 'lenet_trained.safetensors' } });
    const [first] = await predictions(lab);
    // A 7, as it was trained to say.
    expect(first).toBeLessThan(0.01);
  });
});

describe('weights of the run before', () => {
  test('go on under other settings, wherever they are trained', async () => {
    const lab = await wasmLab();
    await lab.prepare(smallRun('lenet', 4, { epochs: 1 }));
    await lab.train('end');
    const before = await exported(lab);
    const adam = { kind: 'Adam', beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0 } as const;
    await lab.prepare(smallRun('lenet', 4, { optimizer: adam }), 'b', 'current');
    expect(lab.status).toMatchObject({ phase: 'ready', step: 0, origin: { fileName: null, steps: 4 } });
    expect(await exported(lab)).toEqual(before);
    await lab.train('step', 'b');
    await lab.prepare(smallRun('lenet', 4), 'c', 'current');
    expect(lab.status.origin).toMatchObject({ fileName: null, steps: 5 });
  });

  test('are not lost where the engine changes at the same moment', async () => {
    const lab = await wasmLab();
    await lab.prepare(smallRun('lenet', 4));
    await lab.train('step');
    const before = await exported(lab);
    const changed = lab.trainer.useEngine(() => createWasmEngine({ host: nodeHost(), threads: 1 }));
    const prepared = lab.prepare(smallRun('lenet', 4, { seed: 2 }), 'b', 'current');
    await Promise.all([changed, prepared]);
    expect(lab.status).toMatchObject({ phase: 'ready', origin: { steps: 1 } });
    expect(await exported(lab)).toEqual(before);
  });
});

describe('beginning with other weights', () => {
  test('neither reads the optimizer nor compiles a network that is there, and trains as a new run does', async () => {
    const engine = await createWasmEngine({ host: nodeHost(), threads: 1 });
    const calls = {
      compile: vi.spyOn(engine, 'compile'),
      readState: vi.spyOn(engine, 'readState'),
      writeParameters: vi.spyOn(engine, 'writeParameters'),
    };
    const lab = new Lab(mnist());
    await lab.trainer.useEngine(() => Promise.resolve(engine));
    const config = smallRun('lenet', 4);
    await lab.prepare(config);
    await lab.train('step');
    await importFile(lab, config.network);
    const readings = calls.readState.mock.calls.length;
    await lab.prepare(config, 'b', 'file');
    await lab.train('step', 'b');
    expect(calls.writeParameters).toHaveBeenCalledTimes(1);
    await lab.prepare({ ...config, seed: 2 }, 'c', 'current');
    // Keeping the run whenever it rests reads it once.
    expect(calls.readState).toHaveBeenCalledTimes(readings + 1);
    expect(calls.compile).toHaveBeenCalledTimes(2);

    const other = await wasmLab();
    await importFile(other, config.network);
    await other.prepare(config, 'b', 'file');
    await other.train('step', 'b');
    expect(lab.metric('loss', 'b')).toEqual(other.metric('loss', 'b'));
    await other.prepare({ ...config, seed: 2 }, 'c', 'current');
    expect(await exported(lab)).toEqual(await exported(other));
  });
});

describe('a run that is made longer', () => {
  test('is the run that it would have been', async () => {
    const lab = await wasmLab();
    const adam = { kind: 'Adam', beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0 } as const;
    const augment = { shift: 2, rotate: 10, scale: 0.1 };
    const { input } = defaultConfig('lenet');
    const config = smallRun('lenet', 4, {
      optimizer: adam,
      learningRate: 0.001,
      schedule: { kind: 'step', stepEpochs: 1, gamma: 0.5 },
      shuffle: true,
      input: { ...input, augment },
    });
    await lab.prepare({ ...config, epochs: 2 });
    const expected = await lossesOf(lab, 'a');
    const weights = await exported(lab);

    await lab.prepare({ ...config, epochs: 1 }, 'b');
    await lab.train('end', 'b');
    expect(lab.status).toMatchObject({ phase: 'finished', step: 4, totalSteps: 4 });
    await lab.trainer.setEpochs('b', 2);
    expect(lab.status).toMatchObject({ phase: 'paused', step: 4, totalSteps: 8 });
    expect(await lossesOf(lab, 'b')).toEqual(expected);
    expect(lab.status).toMatchObject({ phase: 'finished', step: 8 });
    expect(await exported(lab)).toEqual(weights);
    expect(lab.evaluations('full').filter(({ runId }) => runId === 'b')).toHaveLength(2);
  });

  test('stretches a schedule that depends on the length, from where it is', async () => {
    const lab = await wasmLab();
    const config = smallRun('lenet', 4, { schedule: { kind: 'cosine', minLearningRate: 0 }, epochs: 1 });
    await lab.prepare(config);
    await lab.train('end');
    await lab.trainer.setEpochs('a', 2);
    await lab.train('end');
    const rates = lab.events.flatMap((event) => (event.type === 'metrics' ? [...event.learningRate] : []));
    expect(rates).toHaveLength(8);
    // Half of a cosine over eight steps: at its middle the rate is halved.
    expect(rates[4]).toBeCloseTo(0.025, 6);
    expect(rates[3]).toBeLessThan(0.01);
  });

  test('goes on after it was stopped, and is not cut below what it has trained', async () => {
    const lab = await wasmLab();
    await lab.prepare(smallRun('lenet', 4, { epochs: 2 }));
    await lab.train('step');
    lab.trainer.stop('a');
    expect(lab.status.phase).toBe('stopped');
    await lab.trainer.setEpochs('a', 0);
    expect(lab.status).toMatchObject({ phase: 'stopped', totalSteps: 8 });
    await lab.trainer.setEpochs('a', 1);
    await lab.train('end');
    expect(lab.status).toMatchObject({ phase: 'finished', step: 4 });
  });
});
