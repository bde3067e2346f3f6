/** What a person can do in a session, as commands to the worker and changes of the state. */
import type { StoreApi } from 'zustand/vanilla';
import { assertNever } from '@/model/layers';
import type { RunConfig } from '@/model/runConfig';
import { validateConfig } from '@/model/validate';
import type { StopUnit } from '@/protocol/messages';
import type { MetricsLog } from '@/store/metricsLog';
import { isUnderWay, sameConfig, sameFreshNetwork } from '@/store/selectors';
import type { RunState, SessionActions, SessionState, Settings } from '@/store/sessionState';
import type { StatisticsLog } from '@/store/statisticsLog';
import { createSweepActions } from '@/store/sweepActions';
import { RequestError } from '@/store/pendingRequests';
import type { TrainerClient } from '@/store/trainerClient';

export interface ActionContext {
  readonly store: StoreApi<SessionState>;
  readonly metrics: MetricsLog;
  readonly statistics: StatisticsLog;
  /** Null while there is no worker. */
  readonly client: () => TrainerClient | null;
  /** A new worker in place of the old one. */
  readonly restart: () => void;
}

/** Long enough that typing a number does not build a network a digit. */
const prepareDelayMilliseconds = 250;

export function createActions(context: ActionContext): SessionActions {
  const { store, client } = context;
  const connected = (): TrainerClient => {
    const current = client();
    if (current !== null) return current;
    throw new RequestError({
      code: 'not_ready',
      message: 'The training worker is not running.',
      subject: null,
    });
  };
  const prepareSoon = debounced(prepareDelayMilliseconds, () => {
    const state = store.getState();
    if (isUnderWay(state) || validateConfig(state.draft).length > 0) return;
    if (state.run === null || !sameFreshNetwork(state.run.config, state.draft)) prepare(context);
  });
  const changeDraft = (draft: RunConfig): void => {
    store.setState({ draft });
    prepareSoon();
  };
  const changeSettings = (change: Partial<Settings>): void => {
    store.setState(({ settings }) => ({ settings: { ...settings, ...change } }));
  };
  const openEngine = (change: Partial<Settings>): void => {
    changeSettings(change);
    client()?.send(selectBackendCommand(store.getState().settings));
  };
  const train = (until: 'end' | StopUnit): void => {
    const run = trainableRun(store.getState()) ?? prepare(context);
    client()?.send({ type: 'train', runId: run.runId, until });
  };

  const start = (): void => {
    const { run, draft } = store.getState();
    const isFresh = run?.phase === 'ready' && sameConfig(run.config, draft);
    const { runId } = isFresh ? run : prepare(context);
    client()?.send({ type: 'train', runId, until: 'end' });
  };

  return {
    start,
    startWith: (config) => {
      changeDraft(config);
      start();
    },
    pause: () => {
      sendToRun(context, (runId) => ({ type: 'pause', runId }));
    },
    resume: () => {
      sendToRun(context, (runId) => ({ type: 'train', runId, until: 'end' }));
    },
    stepOnce: () => {
      train('step');
    },
    epochOnce: () => {
      train('epoch');
    },
    stop: () => {
      sendToRun(context, (runId) => ({ type: 'stop', runId }));
    },
    reset: () => {
      prepare(context);
    },
    setLearningRate: (learningRate) => {
      const { run, draft } = store.getState();
      store.setState({ draft: { ...draft, learningRate } });
      if (run === null || !isUnderWay(store.getState())) return;
      store.setState({ run: { ...run, config: { ...run.config, learningRate } } });
      client()?.send({ type: 'setLearningRate', runId: run.runId, learningRate });
    },
    retryData: () => {
      client()?.send({ type: 'loadData' });
    },
    selectBackend: (engineChoice) => {
      openEngine({ engineChoice });
    },
    setReferenceEngine: (referenceEngine) => {
      openEngine({ referenceEngine });
    },
    setStatisticsInterval: (statisticsInterval) => {
      changeSettings({ statisticsInterval });
      client()?.send(statisticsCommand(store.getState().settings));
    },
    updateDraft: (change) => {
      changeDraft({ ...store.getState().draft, ...change });
    },
    loadPreset: changeDraft,
    updateSettings: changeSettings,
    predict: async (images, count) => connected().request('predict', { images, count }),
    testImages: async (indices) => connected().request('testImages', { indices }),
    convolve: async (problem) => connected().request('convolve', { problem }),
    layerInput: async (layer, filter, image) => connected().request('layerInput', { layer, filter, image }),
    exportWeights: async () => connected().request('exportWeights', null),
    importWeights: async (file) => {
      const loaded = await connected().request('importWeights', { file });
      store.setState(({ weightsVersion }) => ({ weightsVersion: weightsVersion + 1 }));
      return loaded;
    },
    ...createSweepActions(store, client),
    restartWorker: context.restart,
  };
}

/** Replaces the run by a fresh one of the draft, here at once and in the worker. */
function prepare({ store, metrics, statistics, client }: ActionContext): RunState {
  const config = store.getState().draft;
  const run: RunState = {
    runId: newRunId(),
    config,
    phase: 'preparing',
    testedImages: null,
    step: 0,
    epoch: 0,
    totalSteps: 0,
    stepsPerEpoch: 0,
    trainingImages: 0,
    imagesPerSecond: null,
    secondsLeft: null,
    firstStepMilliseconds: null,
    error: null,
  };
  metrics.clear();
  statistics.clear();
  store.setState(({ metricsVersion, statisticsVersion }) => ({
    run,
    evaluations: [],
    metricsVersion: metricsVersion + 1,
    statisticsVersion: statisticsVersion + 1,
  }));
  client()?.send({ type: 'prepare', runId: run.runId, config });
  return run;
}

/** The current run, where a single step or epoch belongs to it. */
function trainableRun({ run, draft }: SessionState): RunState | null {
  if (run === null) return null;
  switch (run.phase) {
    case 'preparing':
    case 'ready':
      return sameConfig(run.config, draft) ? run : null;
    case 'waiting':
    case 'training':
    case 'paused':
      return run;
    case 'stopped':
    case 'finished':
    case 'failed':
      return null;
    default:
      return assertNever(run.phase);
  }
}

/** Asks the worker for the engine that the settings name. */
export function selectBackendCommand({ engineChoice, referenceEngine }: Settings): RunCommand {
  return { type: 'selectBackend', choice: engineChoice, reference: referenceEngine };
}

/** Tells the worker how often to measure the layers. */
export function statisticsCommand({ statisticsInterval }: Settings): RunCommand {
  return { type: 'setStatisticsInterval', interval: statisticsInterval };
}

type RunCommand = Parameters<TrainerClient['send']>[0];

function sendToRun({ store, client }: ActionContext, command: (runId: string) => RunCommand): void {
  const { run } = store.getState();
  if (run !== null) client()?.send(command(run.runId));
}

let runCount = 0;

/** crypto.randomUUID is missing on plain http pages; unique within this page is enough. */
function newRunId(): string {
  runCount += 1;
  return `${Date.now().toString(36)}-${runCount}`;
}

function debounced(milliseconds: number, action: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(action, milliseconds);
  };
}
