// The real worker behind the session, in Chromium: wasm, and the data from the server.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaultConfig } from '@/model/presets';
import type { RunConfig } from '@/model/runConfig';
import { createSession } from './session';
import type { SessionState } from './sessionState';
import { RequestError } from './pendingRequests';

const session = createSession();
const { store, actions, metrics } = session;

function until(wanted: (state: SessionState) => boolean, what: string): Promise<SessionState> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      unsubscribe();
      const { backend, data, run } = store.getState();
      reject(new Error(`${what} did not come: ${JSON.stringify({ backend, data, run })}`));
    }, 60_000);
    const look = (state: SessionState): void => {
      if (!wanted(state)) return;
      clearTimeout(timer);
      unsubscribe();
      resolve(state);
    };
    const unsubscribe = store.subscribe(look);
    look(store.getState());
  });
}
const untilPhase = (phase: string) => until(({ run }) => run?.phase === phase, `the phase ${phase}`);

/** LeNet with momentum: learns within a few dozen steps. */
const draft: RunConfig = {
  ...defaultConfig('lenet'),
  optimizer: { kind: 'SGD', momentum: 0.9, dampening: 0, nesterov: false, weightDecay: 0 },
  learningRate: 0.05,
  batchSize: 16,
};

beforeAll(async () => {
  actions.updateSettings({ engineChoice: 'wasm' });
  session.connect('?network=lenet&batchSize=16&learningRate=0.05&momentum=0.9');
  expect(store.getState().draft).toEqual(draft);
  // Asked for before there is a backend or data: it waits for both.
  actions.start();
  await until(({ backend }) => backend.kind === 'ready', 'the backend');
});
afterAll(() => {
  session.disconnect();
  localStorage.clear();
});

test('picks the backend asked for, and says what else there is', () => {
  const { backend } = store.getState();
  expect(backend).toMatchObject({ kind: 'ready', backend: { backend: 'wasm', engine: 'wasm' } });
  if (backend.kind !== 'ready') throw new Error('not ready');
  expect(backend.probes.map((probe) => probe.backend).toSorted()).toEqual(['cpu', 'wasm', 'webgl', 'webgpu']);
});

test('trains as soon as the first images are in, predicts meanwhile, pauses, goes on, and resets', async () => {
  await until(({ run }) => (run?.step ?? 0) >= 20, '20 steps');
  await until(({ data }) => data.testImages > 0, 'test images');
  const images = await actions.testImages([0, 1, 2]);
  expect([...images.labels]).toEqual([7, 2, 1]);
  const { probabilities, step } = await actions.predict(images.images, 3);
  expect(step).toBeGreaterThanOrEqual(20);
  expect(probabilities).toHaveLength(30);
  expect(probabilities.reduce((a, b) => a + b)).toBeCloseTo(3, 5);
  expect(store.getState().run?.phase).toBe('training');

  actions.pause();
  const { run } = await untilPhase('paused');
  expect(metrics.count).toBe(run?.step);
  expect(metrics.values('loss')[0]).toBeCloseTo(Math.log(10), 0);
  actions.stepOnce();
  await until((state) => state.run?.phase === 'paused' && state.run.step === metrics.count, 'the step');
  await until((state) => state.run?.step === (run?.step ?? 0) + 1, 'one step more');

  actions.setLearningRate(0.01);
  actions.resume();
  await until((state) => (state.run?.step ?? 0) > (run?.step ?? 0) + 3, 'more steps');
  actions.pause();
  await untilPhase('paused');
  expect(metrics.latest('learningRate')).toBe(Math.fround(0.01));
  expect(store.getState()).toMatchObject({ draft: { learningRate: 0.01 } });

  actions.reset();
  expect(store.getState()).toMatchObject({
    weightsQuestion: { cause: 'reset', choices: ['seed'] },
    run: { phase: 'paused' },
  });
  actions.answerWeightsQuestion('seed');
  await until((state) => state.run?.step === 0, 'a fresh run');
  expect(store.getState().weightsQuestion).toBeNull();
  await untilPhase('ready');
  expect(metrics.count).toBe(0);
  const { data } = await until((state) => state.data.kind === 'ready', 'all data');
  expect(data).toMatchObject({ trainingImages: 60_000, testImages: 10_000, error: null });
});

test('prepares a network that was chosen, so that it can predict', async () => {
  actions.loadPreset({ ...defaultConfig('mynn'), batchSize: 8 });
  await until(({ run }) => run?.phase === 'ready' && run.config.network.id === 'mynn', 'Mynn');
  const { probabilities } = await actions.predict(new Uint8Array(784), 1);
  expect(Math.max(...probabilities)).toBeLessThan(0.5);
});

test('carries weights out and in, and says why a file does not fit', async () => {
  const { file, fileName } = await actions.exportFile('safetensors');
  expect(fileName).toBe('mynn-step-0.safetensors');
  expect(await actions.importWeights(new File([file], 'mine.safetensors'))).toMatchObject({
    tensors: 8,
    nonFinite: [],
  });
  expect(store.getState().run).toMatchObject({ origin: { fileName: 'mine.safetensors', steps: 0 } });
  await untilPhase('ready');
  // Another rate keeps them; a reset asks, and drops nothing before it has its answer.
  actions.updateDraft({ learningRate: 0.001 });
  actions.stepOnce();
  await until((state) => state.run?.phase === 'paused' && state.run.step === 1, 'a step');
  expect(store.getState().run).toMatchObject({ origin: { fileName: 'mine.safetensors' } });
  actions.reset();
  actions.answerWeightsQuestion(null);
  expect(store.getState().run).toMatchObject({ phase: 'paused', step: 1 });
  actions.reset();
  actions.answerWeightsQuestion('initial');
  await untilPhase('ready');
  expect(store.getState().run).toMatchObject({ step: 0, origin: { fileName: 'mine.safetensors' } });
  await expect(actions.importWeights(new File(['404: Not Found'], 'x.safetensors'))).rejects.toMatchObject({
    code: 'file',
    details: { kind: 'foreign', format: 'text', excerpt: '404: Not Found' },
  });
  await expect(actions.predict(new Uint8Array(10), 1)).rejects.toBeInstanceOf(RequestError);
});

test('convolves with tfjs while our own engine holds the network', async () => {
  const { output, backend } = await actions.convolve({
    operator: 'cross_correlation',
    stride: 1,
    padding: 0,
    dilation: 1,
    groups: 1,
    x: new Float32Array(9).fill(1),
    xShape: [1, 1, 3, 3],
    w: new Float32Array(4).fill(1),
    wShape: [1, 1, 2, 2],
    bias: Float32Array.of(0.5),
  });
  expect([...output]).toEqual([4.5, 4.5, 4.5, 4.5]);
  expect(backend).toBe('cpu');
});

test('goes on with the reference engine in mid-run', async () => {
  const engine = ({ backend }: SessionState) => (backend.kind === 'ready' ? backend.backend.engine : null);
  actions.stepOnce();
  const { run } = await untilPhase('paused');
  expect(run?.step).toBe(1);
  actions.setReferenceEngine(true);
  await until((state) => engine(state) === 'tfjs', 'tfjs');
  actions.stepOnce();
  await until((state) => state.run?.step === 2 && state.run.phase === 'paused', 'the second step');
  expect(metrics.count).toBe(2);
  actions.setReferenceEngine(false);
  await until((state) => engine(state) === 'wasm', 'our own engine');
});

test('goes on in another worker from where the run was kept', async () => {
  const { run } = await until((state) => state.run?.keptStep === state.run?.step, 'the last state');
  const losses = [...metrics.values('loss')];
  expect(run?.step).toBeGreaterThan(0);
  actions.restartWorker();
  expect(store.getState()).toMatchObject({ worker: 'running', run: { phase: 'preparing', step: run?.step } });
  await untilPhase('paused');
  expect(store.getState().run).toMatchObject({ runId: run?.runId, step: run?.step, config: run?.config });
  expect([...metrics.values('loss')]).toEqual(losses);
  // Kept from the first visit.
  const { data } = await until((state) => state.data.trainingImages > 0, 'the first images');
  expect(data.fromCache).toBe(true);
  actions.stepOnce();
  await until((state) => state.run?.step === (run?.step ?? 0) + 1, 'one step more');
  expect(metrics.count).toBe((run?.step ?? 0) + 1);
});

test('requests after the worker has ended fail, instead of waiting for ever', async () => {
  const answer = actions.testImages([0]);
  session.disconnect();
  await expect(answer).rejects.toMatchObject({ code: 'not_ready' });
  await expect(actions.predict(new Uint8Array(784), 1)).rejects.toMatchObject({ code: 'not_ready' });
});
