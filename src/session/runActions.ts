/** Starting, stopping and replacing runs. What that does to weights which were loaded or trained: startPlan.ts. */
import type { StoreApi } from 'zustand/vanilla';
import type { RunConfig } from '@/model/runConfig';
import { validateConfig } from '@/model/validate';
import type { RunSweep } from '@/model/sweep/runSweep';
import { drawnFromSeed, type WeightsOrigin } from '@/model/weightsOrigin';
import type { FirstWeights, StopUnit } from '@/protocol/messages';
import type { MetricsLog } from '@/session/metricsLog';
import { isUnderWay, isWaitingForBackend, sameFreshNetwork } from '@/session/selectors';
import type {
  RunState,
  SessionActions,
  SessionState,
  StartChoice,
  WeightsQuestion,
} from '@/session/sessionState';
import { canContinue, originOf, resetPlan, startPlan, type StartPlan } from '@/session/startPlan';
import { excessOf, startObstacle } from '@/session/startObstacle';
import { selectBackendCommand } from '@/session/settingsCommands';
import type { StatisticsLog } from '@/session/statisticsLog';
import type { TrainerClient } from '@/session/trainerClient';
import { askMemory } from '@/session/watchMemory';
import type { WeightsQuestions } from '@/session/weightsQuestions';

export interface RunContext {
  readonly store: StoreApi<SessionState>;
  readonly metrics: MetricsLog;
  readonly statistics: StatisticsLog;
  /** Null while there is no worker. */
  readonly client: () => TrainerClient | null;
  readonly questions: WeightsQuestions;
}

type RunActions = Pick<
  SessionActions,
  | 'start'
  | 'startWith'
  | 'startFresh'
  | 'askMemory'
  | 'pause'
  | 'resume'
  | 'stepOnce'
  | 'epochOnce'
  | 'stop'
  | 'reset'
  | 'applyEpochs'
  | 'setLearningRate'
  | 'updateDraft'
  | 'loadPreset'
>;

/** Long enough that typing a number does not build a network a digit. */
const prepareDelayMilliseconds = 250;

export function createRunActions(context: RunContext): RunActions {
  const { store, client, questions } = context;
  const send = (command: (runId: string) => Parameters<TrainerClient['send']>[0]): void => {
    const { run } = store.getState();
    if (run !== null) client()?.send(command(run.runId));
  };
  const train = (until: 'end' | StopUnit): void => {
    send((runId) => ({ type: 'train', runId, until }));
  };
  /** Gives the run what may change in flight, so that it goes on with these settings. */
  const changeInFlight = ({ learningRate, epochs }: RunConfig): void => {
    const { run } = store.getState();
    if (run === null) return;
    const { config } = run;
    store.setState({ run: { ...run, config: { ...config, learningRate, epochs } } });
    if (config.learningRate !== learningRate)
      send((runId) => ({ type: 'setLearningRate', runId, learningRate }));
    if (config.epochs !== epochs) send((runId) => ({ type: 'setEpochs', runId, epochs }));
  };

  const prepareWith = (config: RunConfig, choice: StartChoice): void => {
    if (choice !== 'continue') prepare(context, config, choice, originOf(store.getState(), choice));
  };
  const prepareSoon = debounced(prepareDelayMilliseconds, () => {
    const state = store.getState();
    const { run, draft } = state;
    if (isUnderWay(state) || validateConfig(draft).length > 0) return;
    if (run !== null && sameFreshNetwork(run.config, draft)) return;
    const { choices, asks } = startPlan(state, draft);
    // Weights that were loaded or trained stay on show until a person says otherwise.
    if (!asks) prepareWith(draft, choices[0]);
  });
  const changeDraft = (draft: RunConfig): void => {
    store.setState({ draft });
    prepareSoon();
  };

  /** Does what a plan says, after a question where it has one. */
  const carryOut = (
    { choices, asks }: StartPlan,
    question: Pick<WeightsQuestion, 'cause' | 'config'>,
    act: (choice: StartChoice) => void,
  ): void => {
    if (!asks) {
      act(choices[0]);
      return;
    }
    void questions.ask({ ...question, choices }).then((choice) => {
      if (choice !== null) act(choice);
    });
  };
  const begin = (config: RunConfig, until: 'end' | StopUnit): void => {
    if (startObstacle(store.getState(), config) !== null) return;
    carryOut(startPlan(store.getState(), config), { cause: 'start', config }, (choice) => {
      if (config !== store.getState().draft) store.setState({ draft: config });
      if (choice === 'continue') changeInFlight(config);
      else prepareWith(config, choice);
      train(until);
    });
  };
  const goOn = (until: 'end' | StopUnit): void => {
    const state = store.getState();
    if (canContinue(state)) changeInFlight(state.draft);
    train(until);
  };
  const trainOne = (unit: StopUnit): void => {
    const state = store.getState();
    if (isUnderWay(state) || canContinue(state)) goOn(unit);
    else begin(state.draft, unit);
  };

  return {
    start: () => {
      begin(store.getState().draft, 'end');
    },
    startWith: (config) => {
      void askMemory(context.client(), config).then((need) => {
        if (excessOf(need) === null) begin(config, 'end');
        else store.setState({ draft: config, memoryNeed: { config, need } });
      });
    },
    askMemory: async (config) => excessOf(await askMemory(context.client(), config)),
    startFresh: (config, sweep = null) => {
      store.setState({ draft: config });
      prepare(context, config, 'seed', drawnFromSeed, sweep);
      train('end');
    },
    pause: () => {
      send((runId) => ({ type: 'pause', runId }));
    },
    resume: () => {
      // Another try of the engines, where none could take the run over.
      if (isWaitingForBackend(store.getState()))
        client()?.send(selectBackendCommand(store.getState().settings));
      goOn('end');
    },
    stepOnce: () => {
      trainOne('step');
    },
    epochOnce: () => {
      trainOne('epoch');
    },
    stop: () => {
      send((runId) => ({ type: 'stop', runId }));
    },
    reset: () => {
      const state = store.getState();
      const { draft: config } = state;
      carryOut(resetPlan(state), { cause: 'reset', config }, (choice) => {
        prepareWith(config, choice);
      });
    },
    applyEpochs: () => {
      const { run, draft } = store.getState();
      if (run !== null) changeInFlight({ ...run.config, epochs: draft.epochs });
    },
    setLearningRate: (learningRate) => {
      const state = store.getState();
      const { run, draft } = state;
      store.setState({ draft: { ...draft, learningRate } });
      // Whoever looks back sets up a branch.
      if (run !== null && isUnderWay(state) && state.shown === null)
        changeInFlight({ ...run.config, learningRate });
    },
    updateDraft: (change) => {
      changeDraft({ ...store.getState().draft, ...change });
    },
    loadPreset: changeDraft,
  };
}

/** A run whose network is being built. */
export function preparingRun(runId: string, config: RunConfig, origin: WeightsOrigin): RunState {
  return {
    runId,
    config,
    phase: 'preparing',
    testedImages: null,
    step: 0,
    origin,
    epoch: 0,
    totalSteps: 0,
    stepsPerEpoch: 0,
    trainingImages: 0,
    imagesPerSecond: null,
    secondsLeft: null,
    firstStepMilliseconds: null,
    error: null,
    firstStep: 0,
    keptStep: 0,
  };
}

/** Replaces the run by one of this configuration that begins with these weights, here at once and in the worker. */
export function prepare(
  { store, metrics, statistics, client }: Omit<RunContext, 'questions'>,
  config: RunConfig,
  weights: FirstWeights,
  origin: WeightsOrigin,
  sweep: RunSweep | null = null,
): void {
  const run = preparingRun(newRunId(), config, origin);
  metrics.clear();
  statistics.clear();
  store.setState(({ curvature, metricsVersion, statisticsVersion }) => ({
    run,
    curvature: { ...curvature, points: [], error: null },
    recovery: null,
    shown: null,
    comparison: null,
    ancestors: [],
    evaluations: [],
    metricsVersion: metricsVersion + 1,
    statisticsVersion: statisticsVersion + 1,
  }));
  const { runId } = run;
  client()?.send({ type: 'prepare', runId, config, weights, ...(sweep === null ? {} : { sweep }) });
}

/** Unlike all of earlier visits and other tabs. crypto.randomUUID is missing on plain http pages. */
export function newRunId(): string {
  const [random = 0] = crypto.getRandomValues(new Uint32Array(1));
  return `${Date.now().toString(36)}-${random.toString(36)}`;
}

function debounced(milliseconds: number, action: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(action, milliseconds);
  };
}
