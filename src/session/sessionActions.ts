/** What a person can do in a session, as commands to the worker and changes of the state. */
import type { StoreApi } from 'zustand/vanilla';
import { withData, withoutDrawings } from '@/model/dataSet';
import { shownData } from '@/session/selectors';
import type { MetricsLog } from '@/session/metricsLog';
import { createRecordedRunActions } from '@/session/recordedRunActions';
import { createRunActions } from '@/session/runActions';
import type { SessionActions, SessionState, Settings } from '@/session/sessionState';
import { keyframesCommand, selectBackendCommand, statisticsCommand } from '@/session/settingsCommands';
import type { StatisticsLog } from '@/session/statisticsLog';
import { createRangeTestActions } from '@/session/rangeTestActions';
import { RequestError } from '@/session/pendingRequests';
import { createTimeTravelActions } from '@/session/timeTravelActions';
import type { TrainerClient } from '@/session/trainerClient';
import { createWeightsActions } from '@/session/weightsActions';
import { createWeightsQuestions } from '@/session/weightsQuestions';
import type { RunStore } from '@/storage/runs/runStore';

export interface ActionContext {
  readonly store: StoreApi<SessionState>;
  readonly metrics: MetricsLog;
  readonly statistics: StatisticsLog;
  /** Null while there is no worker. */
  readonly client: () => TrainerClient | null;
  /** A new worker in place of the old one. */
  readonly restart: () => void;
  /** The page's own way to the runs in storage. */
  readonly runs: () => Promise<RunStore>;
}

export function createActions(context: ActionContext): SessionActions {
  const { store, client } = context;
  const runContext = { ...context, questions: createWeightsQuestions(store) };
  const connected = (): TrainerClient => {
    const current = client();
    if (current !== null) return current;
    throw new RequestError({
      code: 'not_ready',
      message: 'The training worker is not running.',
      subject: null,
    });
  };
  const changeSettings = (change: Partial<Settings>): void => {
    store.setState(({ settings }) => ({ settings: { ...settings, ...change } }));
  };
  const openEngine = (change: Partial<Settings>): void => {
    changeSettings(change);
    client()?.send(selectBackendCommand(store.getState().settings));
  };

  const runActions = createRunActions(runContext);
  const weightsActions = createWeightsActions(runContext, connected);

  return {
    ...runActions,
    ...weightsActions,
    ...createTimeTravelActions(runContext, context.runs),
    ...createRecordedRunActions(runContext, context.runs, weightsActions.confirmReplacing),
    retryData: () => {
      client()?.send({ type: 'loadData' });
    },
    selectBackend: (engineChoice) => {
      openEngine({ engineChoice });
    },
    retryEngine: () => {
      const { run } = store.getState();
      // A browser may keep a part that failed to load for as long as the worker lives.
      if (run === null || run.step === run.keptStep) context.restart();
      else openEngine({});
    },
    setReferenceEngine: (referenceEngine) => {
      openEngine({ referenceEngine });
    },
    setStatisticsInterval: (statisticsInterval) => {
      changeSettings({ statisticsInterval });
      client()?.send(statisticsCommand(store.getState().settings));
    },
    setCurvature: (settings) => {
      store.setState(({ curvature }) => ({ curvature: { ...curvature, settings, error: null } }));
      client()?.send({ type: 'setCurvature', settings });
    },
    setKeyframeBytes: (keyframeBytes) => {
      changeSettings({ keyframeBytes });
      client()?.send(keyframesCommand(store.getState().settings));
    },
    updateSettings: changeSettings,
    ask: async (request, params, onProgress, signal) =>
      connected().request(request, params, onProgress, signal),
    predict: async (images, count) => connected().request('predict', { images, count }),
    testImages: async (indices) =>
      connected().request('testImages', { indices, data: withoutDrawings(shownData(store.getState())) }),
    chooseData: (data) => {
      runActions.loadPreset(withData(store.getState().draft, data));
    },
    testPredictions: async (onProgress) =>
      connected().request('testPredictions', null, ({ done }) => onProgress?.(done)),
    convolve: async (problem) => connected().request('convolve', { problem }),
    layerInput: async (layer, filter, image) => connected().request('layerInput', { layer, filter, image }),
    ...createRangeTestActions(store, client),
    restartWorker: context.restart,
    closeRecovery: () => {
      store.setState({ recovery: null });
    },
  };
}
